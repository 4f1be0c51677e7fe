import {dirname, resolve} from 'node:path';
import {errnoWords} from '../../base/errno.ts';
import {firstOf} from '../../base/text.ts';
import {clusterProblems} from '../problems.ts';
import {type Address, addressOf, isPlain} from './address.ts';
import {checkAuthority, checkClientCertificate, checkClientKey} from './client-certificate.ts';
import {
	type ClusterEntry,
	clusterSchema,
	contextSchema,
	type ExecEntry,
	type Need,
	notUsable,
	pick,
	type UserEntry,
	userSchema,
} from './entries.ts';
import {type Entry, type KubeconfigOptions, readFiles} from './files.ts';
import {impersonation} from './impersonation.ts';
import {readNamedFile} from './read-file.ts';
import {secretsIn, warningsOf} from './worth-knowing.ts';

/** The chosen context with every path made absolute, as one small kubeconfig document in JSON. */
export type LoadedKubeconfig = {
	readonly file: string;
	readonly context: string;
	/** Name of the user of that context, as the file has it. */
	readonly user: string | undefined;
	/** Address of the API server, without login. */
	readonly server: string;
	/** Cluster and user as they are written, but for what is told beside it here. */
	readonly document: string;
	readonly cluster: ClusterEntry;
	/** Headers of every request: whose rights are borrowed, and the login in the server's address. */
	readonly headers: Readonly<Record<string, string | readonly string[]>>;
	/** Read anew for each request, as client-go does: such tokens are rotated. */
	readonly tokenFile: string | undefined;
	/** The plug-in that gives credentials, started by `login/plug-in.ts`. */
	readonly exec: ExecEntry | undefined;
	/** What must appear in no output. */
	readonly secrets: readonly string[];
	/** What stops nothing, and must not go unsaid. */
	readonly warnings: readonly string[];
};

/** Of contexts in one sentence. */
const mostNamed = 20;

/** @throws ProblemError `kubeconfig-file-missing` */
const proveReadable = (needed: string, key: string, kubeconfig: string): void => {
	try {
		readNamedFile(needed);
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

/** A relative command is looked for beside its kubeconfig (client-go `exec` plug-ins). */
const besideFile = (exec: ExecEntry, file: string): ExecEntry => ({
	...exec,
	command: exec.command.includes('/') ? resolve(dirname(file), exec.command) : exec.command,
});

/** @throws ProblemError `kubeconfig-no-context` */
const chooseContext = ({file, contexts, current}: ReturnType<typeof readFiles>, asked: string | undefined): Entry => {
	const wanted = asked ?? current;
	const found = contexts.find(({name}) => name === wanted);
	if (found) return found;
	const more = {location: {file}};
	if (contexts.length === 0) throw clusterProblems.error('kubeconfig-no-context', {case: 'none at all', file}, more);
	const names = firstOf(
		contexts.map(({name}) => name),
		mostNamed,
	);
	throw wanted
		? clusterProblems.error('kubeconfig-no-context', {case: 'absent', file, context: wanted, contexts: names}, more)
		: clusterProblems.error('kubeconfig-no-context', {case: 'none chosen', file, contexts: names}, more);
};

/** Names of the contexts to choose from, in the order of the files. @throws ProblemError where they cannot be read */
export const contextNames = (options: KubeconfigOptions): readonly string[] =>
	readFiles(options).contexts.map(({name}) => name);

/** What helm and kubectl refuse of a user (client-go `clientcmd` validateAuthInfo), in words. */
const refusedOf = (user: UserEntry): string | undefined => {
	const {as, 'as-uid': uid, 'as-groups': groups = [], 'as-user-extra': extra = {}} = user;
	if (!as && (uid || groups.length > 0 || Object.keys(extra).length > 0))
		return 'as-uid, as-groups or as-user-extra without as, which helm and kubectl refuse';
	if ((user.token || user.tokenFile) && (user.username || user.password))
		return 'a token and a password, of which helm and kubectl allow one only';
	return user.exec && user['auth-provider']
		? 'exec and auth-provider, of which helm and kubectl allow one only'
		: undefined;
};

/** The user of a context, with paths and plug-in as they are needed from any working folder. */
const readUser = (need: Need<UserEntry>, context: Entry, now: number) => {
	const {name, file, value} = pick(need, context);
	const words = refusedOf(value);
	if (words !== undefined) throw notUsable(context, {what: 'user', name, words});
	const user = withPaths(value, file, ['client-certificate', 'client-key', 'tokenFile']);
	checkClientCertificate({path: user['client-certificate'], data: user['client-certificate-data']}, file, now);
	checkClientKey({path: user['client-key'], data: user['client-key-data']}, file);
	// A token that is there already needs no plug-in (client-go `exec` UpdateTransportConfig).
	const exec = user.token || user.tokenFile ? undefined : user.exec;
	return {...user, exec: exec && besideFile(exec, file)};
};

const readCluster = (need: Need<ClusterEntry>, context: Entry) => {
	const {name, file, value} = pick(need, context);
	const cluster = withPaths(value, file, ['certificate-authority']);
	const authority = {path: cluster['certificate-authority'], data: cluster['certificate-authority-data']};
	checkAuthority(authority, file);
	if (cluster['insecure-skip-tls-verify'] && (authority.path || authority.data))
		throw notUsable(context, {
			what: 'cluster',
			name,
			words: 'insecure-skip-tls-verify is true beside a certificate-authority, which helm and kubectl refuse',
		});
	return {name, cluster};
};

/** The two entries as the library takes them: what this program does itself is left out. */
const documentOf = (cluster: ClusterEntry, {exec: _exec, tokenFile: _file, ...user}: UserEntry, server: string) => {
	const {as: _as, 'as-uid': _uid, 'as-groups': _groups, 'as-user-extra': _extra, ...login} = user;
	// The library refuses a server without TLS unless this is set, and client-go does not.
	const plain = isPlain(server) ? {'insecure-skip-tls-verify': true} : {};
	return JSON.stringify({
		clusters: [{name: 'cluster', cluster: {...cluster, server, ...plain}}],
		users: [{name: 'user', user: login}],
		contexts: [{name: 'context', context: {cluster: 'cluster', user: 'user'}}],
		'current-context': 'context',
	});
};

/** Where there is no TLS, client-go reads no login of a user (`clientcmd` ClientConfig), so that none goes over the line; whose rights are borrowed it does. */
const sentOf = <User extends UserEntry>(user: User, {base}: Address): UserEntry => {
	if (!isPlain(base)) return user;
	const {as, 'as-uid': uid, 'as-groups': groups, 'as-user-extra': extra} = user;
	return {
		...(as && {as}),
		...(uid && {'as-uid': uid}),
		...(groups && {'as-groups': groups}),
		...(extra && {'as-user-extra': extra}),
	};
};

const headersOf = (user: UserEntry, {authorization}: Address): LoadedKubeconfig['headers'] => ({
	...impersonation(user),
	...(authorization === undefined ? {} : {Authorization: authorization}),
});

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
	const clusterNeed = {what: 'cluster', name: names.cluster, list: config.clusters, schema: clusterSchema} as const;
	const {name: clusterName, cluster} = readCluster(clusterNeed, context);
	const written = readUser({what: 'user', name: names.user, list: config.users, schema: userSchema}, context, now);
	const address = addressOf(cluster.server);
	const user = sentOf(written, address);
	return {
		file: context.file,
		context: context.name,
		user: names.user,
		server: address.base,
		document: documentOf(cluster, user, address.base),
		cluster: {...cluster, server: address.base},
		headers: headersOf(user, address),
		tokenFile: user.token ? undefined : user.tokenFile,
		exec: user.exec,
		secrets: [...address.secrets, ...secretsIn(cluster, written)],
		warnings: warningsOf(cluster, {file: context.file, name: clusterName}),
	};
};
