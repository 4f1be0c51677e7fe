import {readFile} from 'node:fs/promises';
import type {RequestOptions} from 'node:https';
import {setTimeout as sleep} from 'node:timers/promises';
import type {ProblemError} from '../base/problem.ts';
import {wholeBody} from '../http/body.ts';
import {openStream} from '../http/exchange.ts';
import {codeOf} from '../http/fault.ts';
import type {Method, Stream} from '../http/types.ts';
import {connectionError} from './connection-errors.ts';
import type {Deed} from './errors.ts';
import type {LoadedKubeconfig} from './kubeconfig/load.ts';
import {clusterProblems} from './problems.ts';

/** One HTTP request. `path` begins with `/`; a `query` value of undefined is left out; `body` is sent as JSON. */
export type Call = {
	readonly method: Method;
	readonly path: string;
	readonly query?: Readonly<Record<string, string | undefined>>;
	readonly body?: unknown;
	readonly contentType?: string;
	/** How long it is waited for a connection, and then for the answer to begin. */
	readonly timeoutMs: number;
	readonly signal: AbortSignal;
};

/** Sends one request with the identity and trust of the kubeconfig. The answer's body is yet unread, and must be closed. */
export type Connection = {readonly open: (call: Call, deed: Deed) => Promise<Stream>};

const loginMs = 60_000;

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
	if (codeOf(error) !== 'ENOENT')
		return clusterProblems.error(
			'kubeconfig-login-failed',
			{case: 'plug-in', file, context, command},
			{...more, evidence: lines},
		);
	const evidence = [installHint || (lines[0] ?? '')];
	return clusterProblems.error('kubeconfig-exec-missing', {file, command}, {...more, evidence});
};

/** Who asks, and whom it trusts: what the kubeconfig says, as options of node:https. */
type Identity = RequestOptions;

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

const headersOf = ({contentType = 'application/json', body}: Call): Readonly<Record<string, string>> => ({
	Accept: 'application/json, */*',
	'User-Agent': 'zenml-airgap',
	...(body === undefined ? {} : {'Content-Type': contentType}),
});

/**
 * Prepares requests. @kubernetes/client-node does what a kubeconfig may ask for (certificates, exec plug-ins, OIDC,
 * proxies); the requests themselves are made by `http/`, for the reasons in docs/decisions/12-kubernetes-client.md.
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
		const {method, body, signal, timeoutMs} = call;
		const identity = await login(signal);
		const request = {
			method,
			url: urlOf(loaded.server, call),
			headers: headersOf(call),
			body: body === undefined ? undefined : wholeBody(JSON.stringify(body)),
			signal,
		};
		const timeouts = {connect: timeoutMs, stall: timeoutMs, answer: timeoutMs, commit: timeoutMs};
		try {
			return await openStream(request, {connect: () => identity, timeouts});
		} catch (error) {
			signal.throwIfAborted();
			throw connectionError(error, deed);
		}
	};
	return {open};
};
