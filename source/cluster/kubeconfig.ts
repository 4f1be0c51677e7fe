import {X509Certificate} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {dirname, resolve} from 'node:path';
import * as z from 'zod';
import {codeOf, type Entry, type KubeconfigOptions, readFiles, refuse} from './kubeconfig-files.ts';

const clusterSchema = z.looseObject({
	server: z.string().regex(/^https?:\/\/[^/]/u, 'is not an address such as https://host:6443'),
	'certificate-authority': z.string().optional(),
});
const userSchema = z.looseObject({
	token: z.coerce.string().optional(),
	tokenFile: z.string().optional(),
	'client-certificate': z.string().optional(),
	'client-certificate-data': z.string().optional(),
	'client-key': z.string().optional(),
	exec: z
		.looseObject({
			command: z.string().min(1),
			apiVersion: z.string().optional(),
			installHint: z.string().optional(),
			env: z.array(z.object({name: z.string(), value: z.string()})).nullish(),
		})
		.optional(),
});
const contextSchema = z.looseObject({cluster: z.string().optional(), user: z.string().optional()});
/** The chosen context with every path made absolute, as one small kubeconfig document in JSON. */
export type LoadedKubeconfig = {
	readonly file: string;
	readonly context: string;
	readonly server: string;
	readonly document: string;
	/** Read anew for each request, as client-go does: such tokens are rotated. */
	readonly tokenFile?: string;
	readonly exec?: {readonly command: string; readonly installHint?: string};
};

const pick = <Value>(
	list: Entry[],
	schema: z.ZodType<Value>,
	name: string | undefined,
	what: string,
	context: Entry,
) => {
	const entry = list.find((candidate) => candidate.name === name);
	const read = schema.safeParse(entry?.value ?? (what === 'user' && entry ? {} : undefined));
	if (entry && read.success) return {name: entry.name, file: entry.file, value: read.data};
	const issue = read.error?.issues[0];
	throw refuse({
		code: 'kubeconfig-incomplete',
		message: `The context "${context.name}" of ${context.file} has no usable ${what}.`,
		cause: entry
			? `${what} "${entry.name}": ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}.`
			: name
				? `It names the ${what} "${name}", which the kubeconfig does not define.`
				: `It names no ${what}.`,
		fix: 'Choose another context, or ask the cluster admin for a complete kubeconfig.',
		location: {file: entry?.file ?? context.file},
	});
};

/** Makes the paths of one entry absolute against its own file, and proves that those files can be read. */
const withPaths = <Value extends {readonly [key: string]: unknown}>(
	value: Value,
	file: string,
	keys: string[],
): Value => {
	const absolute = keys.flatMap((key) => {
		const path = value[key];
		if (typeof path !== 'string' || path === '') return [];
		const full = resolve(dirname(file), path);
		try {
			readFileSync(full);
		} catch (error) {
			throw refuse({
				code: 'kubeconfig-file-missing',
				message: `The kubeconfig ${file} needs the file ${full}, which cannot be read.`,
				cause: `Its key ${key} names that file; the operating system says ${codeOf(error)}.`,
				fix: 'Put the file there, or use a kubeconfig that holds its certificates itself.',
				location: {file},
			});
		}
		return [[key, full] as const];
	});
	return {...value, ...Object.fromEntries(absolute)};
};

const checkClientCertificate = (user: z.output<typeof userSchema>, file: string, now: number): void => {
	const data = user['client-certificate-data'];
	const path = user['client-certificate'];
	const pem = path ? readFileSync(path) : data ? Buffer.from(data, 'base64') : undefined;
	if (!pem) return;
	const where = path ?? `client-certificate-data of ${file}`;
	let certificate: X509Certificate;
	try {
		certificate = new X509Certificate(pem);
	} catch (error) {
		throw refuse(
			{
				code: 'kubeconfig-invalid',
				message: `The client certificate in ${where} is not a certificate.`,
				cause: error instanceof Error ? error.message : String(error),
				fix: 'Ask the cluster admin for a new kubeconfig.',
				location: {file},
			},
			error,
		);
	}
	const end = Date.parse(certificate.validTo);
	if (end > now) return;
	throw refuse({
		code: 'kubeconfig-certificate-expired',
		who: 'cluster admin',
		message: `The client certificate of the kubeconfig ${file} has expired.`,
		cause: `It was valid until ${new Date(end).toISOString()}; this host says it is ${new Date(now).toISOString()}.`,
		fix: 'Get a renewed kubeconfig from the cluster admin; if the date of this host is wrong, correct it.',
		location: {file},
	});
};

/**
 * Reads the kubeconfig and chooses a context. Formats: client-go `clientcmd/api/v1` Config.
 * @throws ProblemError area `usage` or, for the login, `prerequisites`: kubeconfig-missing, -unreadable, -invalid, -no-context, -incomplete,
 * -file-missing, -certificate-expired; each names the file.
 */
export const loadKubeconfig = (options: KubeconfigOptions, now: number): LoadedKubeconfig => {
	const config = readFiles(options);
	const wanted = options.context ?? config.current;
	const context = config.contexts.find(({name}) => name === wanted);
	if (!context) {
		const names = config.contexts.map(({name}) => name);
		throw refuse({
			code: 'kubeconfig-no-context',
			message: wanted
				? `The kubeconfig ${config.file} has no context "${wanted}".`
				: `The kubeconfig ${config.file} has no current context.`,
			cause: names.length > 0 ? `Its contexts are: ${names.join(', ')}.` : 'It has no contexts at all.',
			fix: names.length > 0 ? 'Choose one of its contexts.' : 'Use a kubeconfig that has a context.',
			location: {file: config.file},
		});
	}
	const {value: names} = pick(config.contexts, contextSchema, context.name, 'content', context);
	const cluster = pick(config.clusters, clusterSchema, names.cluster, 'cluster', context);
	const chosen = pick(config.users, userSchema, names.user, 'user', context);
	const clusterValue = withPaths(cluster.value, cluster.file, ['certificate-authority']);
	const user = withPaths(chosen.value, chosen.file, ['client-certificate', 'client-key', 'tokenFile']);
	checkClientCertificate(user, chosen.file, now);
	const exec = user.exec && execEntry(user.exec, chosen.file);
	const document = JSON.stringify({
		clusters: [{name: 'cluster', cluster: clusterValue}],
		users: [{name: 'user', user: {...user, ...(exec && {exec})}}],
		contexts: [{name: 'context', context: {cluster: 'cluster', user: 'user'}}],
		'current-context': 'context',
	});
	return {
		file: context.file,
		context: context.name,
		server: clusterValue.server.replace(/\/$/u, ''),
		document,
		...(user.tokenFile && !user.token && {tokenFile: user.tokenFile}),
		...(exec && {exec: {command: exec.command, ...(exec.installHint && {installHint: exec.installHint})}}),
	};
};

/** A relative command is looked for beside its kubeconfig, and the plug-in is told who calls (client-go `exec` plug-ins). */
const execEntry = (exec: NonNullable<z.output<typeof userSchema>['exec']>, file: string) => ({
	...exec,
	command: exec.command.includes('/') ? resolve(dirname(file), exec.command) : exec.command,
	env: [
		...(exec.env ?? []),
		{
			name: 'KUBERNETES_EXEC_INFO',
			value: JSON.stringify({apiVersion: exec.apiVersion, kind: 'ExecCredential', spec: {interactive: false}}),
		},
	],
});
