import {Agent} from 'node:https';
import {setTimeout as sleep} from 'node:timers/promises';
import {printable} from '../base/printable.ts';
import type {ProblemError} from '../base/problem.ts';
import {wholeBody} from '../http/body.ts';
import {openStream} from '../http/exchange.ts';
import {codeOf} from '../http/fault.ts';
import type {Method, Stream} from '../http/types.ts';
import {connectionError} from './connection-errors.ts';
import type {Deed} from './errors.ts';
import type {Opened, SocketCall} from './exec/open-socket.ts';
import {addressOf, isPlain} from './kubeconfig/address.ts';
import type {LoadedKubeconfig} from './kubeconfig/load.ts';
import type {Credential} from './login/credential.ts';
import {createIdentify, type Identity, type Way, wayTo} from './login/identity.ts';
import type {PlugIn} from './login/plug-in.ts';
import {clusterProblems} from './problems.ts';

/** One HTTP request. `path` begins with `/`; a `query` value of undefined is left out; `body` is sent as JSON. */
export type Call = {
	readonly method: Method;
	readonly path: string;
	readonly query?: Readonly<Record<string, string | undefined>>;
	readonly body?: unknown;
	readonly contentType?: string;
	/** It changes nothing, and is sent again where its connection breaks off. */
	readonly reads: boolean;
	/** How long it is waited for a connection, and then for the answer to begin. */
	readonly timeoutMs: number;
	readonly signal: AbortSignal;
};

/** A WebSocket to ask for; `path` begins with `/` and has its query in it. */
export type Upgrade = Pick<Call, 'path' | 'timeoutMs' | 'signal'> & Pick<SocketCall, 'protocols'>;

/** Sends one request with the identity and trust of the kubeconfig. */
export type Connection = {
	/** The answer's body is yet unread, and must be closed. */
	readonly open: (call: Call, deed: Deed) => Promise<Stream>;
	/** A socket must be ended. */
	readonly upgrade: (upgrade: Upgrade, deed: Deed) => Promise<Opened>;
};

const loginMs = 60_000;

/**
 * Connections that are kept for the next request that only reads; what changes something gets one of its own, for nobody knows what
 * became of it where a kept one was just being closed. Idle ones end long before servers and devices on the way let go of them.
 */
const keptConnections = (): Agent =>
	new Agent({keepAlive: true, maxFreeSockets: 32, scheduling: 'lifo', timeout: 4000});

/** Of a line that somebody else wrote. */
const mostCharacters = 500;

/** The last words of a plug-in or the library. */
const linesOf = (error: unknown): readonly string[] =>
	(error instanceof Error ? error.message : String(error))
		.trim()
		.split('\n')
		.slice(-10)
		.map((line) => printable(line.slice(0, mostCharacters)));

/** Why the login of a sound kubeconfig failed: its program is not there, or it, or the library, said something. */
const loginProblem = (error: unknown, {file, context, exec}: LoadedKubeconfig): ProblemError => {
	const lines = linesOf(error);
	const more = {location: {file}, error};
	if (exec === undefined)
		return clusterProblems.error(
			'kubeconfig-login-failed',
			{case: 'credentials', file, context},
			{...more, evidence: lines},
		);
	const {command, installHint} = exec;
	if (codeOf(error) !== 'ENOENT')
		return clusterProblems.error(
			'kubeconfig-login-failed',
			{case: 'plug-in', file, context, command},
			{...more, evidence: lines},
		);
	const evidence = [installHint || (lines[0] ?? '')];
	return clusterProblems.error('kubeconfig-exec-missing', {file, command}, {...more, evidence});
};

/** Waits for a login, but not for ever: OIDC asks a server of its own. */
const inTime = async (identify: () => Promise<Identity>, signal: AbortSignal): Promise<Identity> => {
	const done = new AbortController();
	const late = sleep(loginMs, undefined, {signal: AbortSignal.any([signal, done.signal])}).then(() => {
		throw new Error(`The login did not end within ${loginMs / 1000} s.`);
	});
	try {
		return await Promise.race([identify(), late]);
	} finally {
		done.abort();
		late.catch(() => undefined);
	}
};

const urlOf = (server: string, {path, query = {}}: Call): URL => {
	const url = new URL(server + path);
	for (const [key, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(key, value);
	return url;
};

const headersOf = ({contentType = 'application/json', body}: Call): Readonly<Record<string, string>> => ({
	Accept: 'application/json, */*',
	'User-Agent': 'zenml-airgap',
	...(body === undefined ? {} : {'Content-Type': contentType}),
});

/** How the requests of one kubeconfig are made, beside what stands in it. */
export type ConnectionOptions = {
	/** The plug-in of its user, where there is one. */
	readonly plugIn: PlugIn | undefined;
	/** Of the process: what proxies it names. */
	readonly environment: Readonly<Record<string, string | undefined>>;
	readonly onSecret: (secret: string) => void;
};

type Login = {readonly identity: Identity; readonly credential: Credential | undefined};

/** Finds out who asks. @throws ProblemError `kubeconfig-login-failed`, `kubeconfig-exec-missing` */
const createLogin = (loaded: LoadedKubeconfig, way: Way | undefined, {plugIn, onSecret}: ConnectionOptions) => {
	const {file, context, exec} = loaded;
	const identify = createIdentify(loaded, way, onSecret);
	return async (signal: AbortSignal): Promise<Login> => {
		if (exec?.interactiveMode === 'Always')
			throw clusterProblems.error(
				'kubeconfig-login-failed',
				{case: 'interactive', file, context, command: exec.command},
				{location: {file}},
			);
		try {
			const credential = await plugIn?.credential(signal);
			return {credential, identity: await inTime(() => identify(credential), signal)};
		} catch (error) {
			signal.throwIfAborted();
			throw loginProblem(error, loaded);
		}
	};
};

/** The kinds of proxies that client-go knows. */
const isProxy = (proxy: string): boolean => /^(?:https?|socks5h?):\/\/[^/]/iu.test(proxy) && URL.canParse(proxy);

/**
 * Prepares requests. @kubernetes/client-node does what a kubeconfig may ask for (certificates, OIDC, proxies); plug-ins are run by
 * `login/`, and the requests themselves are made by `http/`, for the reasons in docs/decisions/12-kubernetes-client.md. A login that
 * the server refuses (401) is asked for once more where a plug-in gave it.
 * @throws ProblemError: kubeconfig-*, kubernetes-unreachable, kubernetes-untrusted, kubernetes-unauthorized.
 */
export const connect = (loaded: LoadedKubeconfig, options: ConnectionOptions): Connection => {
	const way = wayTo(loaded, options.environment);
	if (way && isProxy(way.proxy)) for (const secret of addressOf(way.proxy).secrets) options.onSecret(secret);
	const login = createLogin(loaded, way, options);
	// Ways through proxies, and without TLS, are the library's.
	const kept = way || isPlain(loaded.server) ? undefined : keptConnections();
	const ask = async (call: Call, deed: Deed, {identity}: Login): Promise<Stream> => {
		const {method, body, signal, timeoutMs, reads} = call;
		const line = reads && kept ? {...identity, agent: kept} : identity;
		const request = {
			method,
			url: urlOf(loaded.server, call),
			headers: headersOf(call),
			body: body === undefined ? undefined : wholeBody(JSON.stringify(body)),
			signal,
		};
		const timeouts = {connect: timeoutMs, stall: timeoutMs, answer: timeoutMs, commit: timeoutMs};
		try {
			return await openStream(request, {connect: () => line, timeouts});
		} catch (error) {
			signal.throwIfAborted();
			throw connectionError(error, deed, way);
		}
	};
	const demandProxy = (deed: Deed): void => {
		if (way && !isProxy(way.proxy))
			throw connectionError(new Error(`${way.variable} holds no address of a proxy.`), deed, way);
	};
	const askUpgrade = async (upgrade: Upgrade, deed: Deed, {identity}: Login): Promise<Opened> => {
		const {openSocket} = await import('./exec/open-socket.ts');
		try {
			return await openSocket({...upgrade, url: new URL(loaded.server + upgrade.path)}, identity);
		} catch (error) {
			upgrade.signal.throwIfAborted();
			throw connectionError(error, deed, way);
		}
	};
	return {
		open: async (call, deed) => {
			demandProxy(deed);
			const first = await login(call.signal);
			const answer = await ask(call, deed, first);
			if (answer.status !== 401 || !options.plugIn || !first.credential) return answer;
			answer.close();
			options.plugIn.drop(first.credential);
			return ask(call, deed, await login(call.signal));
		},
		upgrade: async (upgrade, deed) => {
			demandProxy(deed);
			const first = await login(upgrade.signal);
			const opened = await askUpgrade(upgrade, deed, first);
			if (opened.declined?.status !== 401 || !options.plugIn || !first.credential) return opened;
			options.plugIn.drop(first.credential);
			return askUpgrade(upgrade, deed, await login(upgrade.signal));
		},
	};
};
