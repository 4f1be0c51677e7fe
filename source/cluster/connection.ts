import {readFile} from 'node:fs/promises';
import http, {type IncomingMessage} from 'node:http';
import https from 'node:https';
import {setTimeout as sleep} from 'node:timers/promises';
import type {ProblemError} from '../base/problem.ts';
import {connectionError, LineFault, systemCode} from './connection-errors.ts';
import type {Deed} from './errors.ts';
import type {LoadedKubeconfig} from './kubeconfig/load.ts';
import {clusterProblems} from './problems.ts';

/** One HTTP request. `path` begins with `/`; a `query` value of undefined is left out; `body` is sent as JSON. */
export type Call = {
	readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
	readonly path: string;
	readonly query?: Readonly<Record<string, string | undefined>>;
	readonly body?: unknown;
	readonly contentType?: string;
	/** How long until the headers of the answer are here. */
	readonly timeoutMs: number;
	readonly signal: AbortSignal;
};

/** Sends one request with the identity and trust of the kubeconfig and returns the answer, its body yet unread. */
export type Connection = {readonly open: (call: Call, deed: Deed) => Promise<IncomingMessage>};

const loginMs = 60_000;

/** A time-out that ends with its call; AbortSignal.timeout would keep counting through long watches. */
const withTimeout = async <Result>(
	timeoutMs: number,
	signal: AbortSignal,
	work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> => {
	const local = new AbortController();
	const timer = setTimeout(
		() => local.abort(new LineFault('TIMEOUT', `no answer within ${timeoutMs / 1000} s`)),
		timeoutMs,
	);
	const stop = (): void => local.abort(signal.reason);
	signal.addEventListener('abort', stop, {once: true});
	try {
		signal.throwIfAborted();
		return await work(local.signal);
	} catch (error) {
		throw local.signal.aborted ? local.signal.reason : error;
	} finally {
		clearTimeout(timer);
		signal.removeEventListener('abort', stop);
	}
};

/** Why the login of a sound kubeconfig failed: its program is not there, or it, or the library, said something. */
const loginProblem = (error: unknown, {file, context, exec}: LoadedKubeconfig): ProblemError => {
	const lines = (error instanceof Error ? error.message : String(error)).trim().split('\n').slice(-10);
	const more = {location: {file}, error};
	if (exec === undefined)
		return clusterProblems.error(
			'kubeconfig-login-failed',
			{case: 'credentials', file, context},
			{...more, evidence: lines},
		);
	const {command, installHint} = exec;
	if (systemCode(error) !== 'ENOENT')
		return clusterProblems.error(
			'kubeconfig-login-failed',
			{case: 'plug-in', file, context, command},
			{...more, evidence: lines},
		);
	const evidence = [installHint || (lines[0] ?? '')];
	return clusterProblems.error('kubeconfig-exec-missing', {file, command}, {...more, evidence});
};

/** Who asks, and whom it trusts: what the kubeconfig says, as options of node:https. */
type Identity = https.RequestOptions;

/** Client certificates, exec plug-ins, OIDC and proxies are the library's part. */
const createIdentify = async ({document, tokenFile}: LoadedKubeconfig): Promise<() => Promise<Identity>> => {
	const {KubeConfig} = await import('./client.ts');
	const config = new KubeConfig();
	config.loadFromString(document);
	return async () => {
		const options: Identity = {};
		await config.applyToHTTPSOptions(options);
		if (!tokenFile) return options;
		const token = (await readFile(tokenFile, 'utf8')).trim();
		return {...options, headers: {...options.headers, Authorization: `Bearer ${token}`}};
	};
};

/** Waits for a login, but not for ever: an exec plug-in may wait for somebody who types. */
const inTime = async (identify: () => Promise<Identity>, signal: AbortSignal): Promise<Identity> => {
	const done = new AbortController();
	const late = sleep(loginMs, undefined, {signal: AbortSignal.any([signal, done.signal])}).then(() => {
		throw new Error(`The login did not end within ${loginMs / 1000} s; it may be waiting for input.`);
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

const headersOf = (identity: Identity, {contentType = 'application/json'}: Call, body: Buffer | undefined) => ({
	...(identity.headers as http.OutgoingHttpHeaders | undefined),
	Accept: 'application/json, */*',
	'User-Agent': 'zenml-airgap',
	...(body && {'Content-Type': contentType, 'Content-Length': body.length}),
});

/** Sends one request; resolves when the headers of its answer are here. */
const exchange = (
	url: URL,
	options: https.RequestOptions,
	body: Buffer | undefined,
	signal: AbortSignal,
): Promise<IncomingMessage> =>
	new Promise((resolve, reject) => {
		const request = (url.protocol === 'https:' ? https : http).request(url, options);
		const stop = (): void => {
			request.destroy(signal.reason);
		};
		signal.addEventListener('abort', stop, {once: true});
		request.once('response', (response) => {
			signal.removeEventListener('abort', stop);
			resolve(response);
		});
		request.once('error', reject);
		request.end(body);
	});

/**
 * Prepares requests. @kubernetes/client-node does what a kubeconfig may ask for (certificates, exec plug-ins, OIDC,
 * proxies); the requests themselves are plain node:https, for the reasons in docs/decisions/kubernetes-client.md.
 * @throws ProblemError: kubeconfig-*, kubernetes-unreachable, kubernetes-untrusted, kubernetes-unauthorized.
 */
export const connect = async (loaded: LoadedKubeconfig): Promise<Connection> => {
	const identify = await createIdentify(loaded);
	const login = async (signal: AbortSignal): Promise<Identity> => {
		try {
			return await inTime(identify, signal);
		} catch (error) {
			signal.throwIfAborted();
			throw loginProblem(error, loaded);
		}
	};
	const open: Connection['open'] = async (call, deed) => {
		const identity = await login(call.signal);
		const url = urlOf(loaded.server, call);
		const body = call.body === undefined ? undefined : Buffer.from(JSON.stringify(call.body));
		const options = {...identity, method: call.method, headers: headersOf(identity, call, body)};
		try {
			return await withTimeout(call.timeoutMs, call.signal, (signal) => exchange(url, options, body, signal));
		} catch (error) {
			call.signal.throwIfAborted();
			throw connectionError(error, deed);
		}
	};
	return {open};
};
