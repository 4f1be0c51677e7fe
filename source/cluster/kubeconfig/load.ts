import {readFileSync} from 'node:fs';
import {dirname, resolve} from 'node:path';
import type * as z from 'zod';
import {errnoWords} from '../../base/errno.ts';
import {clusterProblems} from '../problems.ts';
import {checkClientCertificate} from './client-certificate.ts';
import {clusterSchema, contextSchema, type execSchema, type Need, pick, userSchema} from './entries.ts';
import {type Entry, type KubeconfigOptions, readFiles} from './files.ts';

/** The chosen context with every path made absolute, as one small kubeconfig document in JSON. */
export type LoadedKubeconfig = {
	readonly file: string;
	readonly context: string;
	readonly server: string;
	readonly document: string;
	/** Read anew for each request, as client-go does: such tokens are rotated. */
	readonly tokenFile: string | undefined;
	readonly exec: {readonly command: string; readonly installHint?: string | undefined} | undefined;
};

/** @throws ProblemError `kubeconfig-file-missing` */
const proveReadable = (needed: string, key: string, kubeconfig: string): void => {
	try {
		readFileSync(needed);
	} catch (error) {
		throw clusterProblems.error(
			'kubeconfig-file-missing',
			{file: kubeconfig, needed, key, why: errnoWords(error, 'read')},
			{location: {file: kubeconfig}, error},
		);
	}
};

/** Makes the paths of one entry absolute against its own file, and proves that those files can be read. */
const withPaths = <Value extends {readonly [key: string]: unknown}>(
	value: Value,
	file: string,
	keys: readonly string[],
): Value => {
	const absolute = keys.flatMap((key) => {
		const path = value[key];
		if (typeof path !== 'string' || path === '') return [];
		const full = resolve(dirname(file), path);
		proveReadable(full, key, file);
		return [[key, full] as const];
	});
	return {...value, ...Object.fromEntries(absolute)};
};

/**
 * A relative command is looked for beside its kubeconfig, and the plug-in is told who calls (client-go `exec`
 * plug-ins).
 */
const execEntry = (exec: z.output<typeof execSchema>, file: string) => ({
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

/** @throws ProblemError `kubeconfig-no-context` */
const chooseContext = ({file, contexts, current}: ReturnType<typeof readFiles>, asked: string | undefined): Entry => {
	const wanted = asked ?? current;
	const found = contexts.find(({name}) => name === wanted);
	if (found) return found;
	const more = {location: {file}};
	if (contexts.length === 0) throw clusterProblems.error('kubeconfig-no-context', {case: 'none at all', file}, more);
	const names = contexts.map(({name}) => name).join(', ');
	throw wanted
		? clusterProblems.error('kubeconfig-no-context', {case: 'absent', file, context: wanted, contexts: names}, more)
		: clusterProblems.error('kubeconfig-no-context', {case: 'none chosen', file, contexts: names}, more);
};

/** The user of a context, with paths and plug-in as they are needed from any working folder. */
const readUser = (need: Need<z.output<typeof userSchema>>, context: Entry, now: number) => {
	const {file, value} = pick(need, context);
	const user = withPaths(value, file, ['client-certificate', 'client-key', 'tokenFile']);
	checkClientCertificate({path: user['client-certificate'], data: user['client-certificate-data']}, file, now);
	return {...user, exec: user.exec && execEntry(user.exec, file)};
};

/**
 * Reads the kubeconfig and chooses a context. Formats: client-go `clientcmd/api/v1` Config.
 * @param now ms since the epoch, for the end of a client certificate
 * @throws ProblemError area `usage` or, for the login, `prerequisites`: kubeconfig-missing, -unreadable, -invalid,
 * -no-context, -incomplete, -file-missing, -certificate-expired; each names the file.
 */
export const loadKubeconfig = (options: KubeconfigOptions, now: number): LoadedKubeconfig => {
	const config = readFiles(options);
	const context = chooseContext(config, options.context);
	const {value: names} = pick(
		{what: 'content', name: context.name, list: config.contexts, schema: contextSchema},
		context,
	);
	const found = pick({what: 'cluster', name: names.cluster, list: config.clusters, schema: clusterSchema}, context);
	const cluster = withPaths(found.value, found.file, ['certificate-authority']);
	const user = readUser({what: 'user', name: names.user, list: config.users, schema: userSchema}, context, now);
	const document = JSON.stringify({
		clusters: [{name: 'cluster', cluster}],
		users: [{name: 'user', user}],
		contexts: [{name: 'context', context: {cluster: 'cluster', user: 'user'}}],
		'current-context': 'context',
	});
	return {
		file: context.file,
		context: context.name,
		server: cluster.server.replace(/\/$/u, ''),
		document,
		tokenFile: user.token ? undefined : user.tokenFile,
		exec: user.exec,
	};
};
