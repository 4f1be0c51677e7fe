import {readFile} from 'node:fs/promises';
import http, {type IncomingMessage} from 'node:http';
import https from 'node:https';
import {setTimeout as sleep} from 'node:timers/promises';
import {ProblemError} from '../base/problem.ts';
import {connectionError, systemCode} from './connection-errors.ts';
import type {Deed} from './errors.ts';
import type {LoadedKubeconfig} from './kubeconfig.ts';

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
		() => local.abort(Object.assign(new Error(`no answer within ${timeoutMs / 1000} s`), {code: 'TIMEOUT'})),
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

const loginProblem = (error: unknown, {file, context, exec}: LoadedKubeconfig): ProblemError => {
	const missing = systemCode(error) === 'ENOENT' && exec !== undefined;
	const lines = (error instanceof Error ? error.message : String(error)).trim().split('\n').slice(-10);
	return new ProblemError(
		{
			code: missing ? 'kubeconfig-exec-missing' : 'kubeconfig-login-failed',
			area: 'prerequisites',
			message: missing
				? `The kubeconfig ${file} logs in with the program "${exec.command}", which is not on this host.`
				: `The context "${context}" of the kubeconfig ${file} cannot log in.`,
			cause: missing
				? 'Its user gets credentials from an exec plug-in, and that program is neither at this path nor on $PATH.'
				: exec
					? `The exec plug-in "${exec.command}" failed.`
					: 'Its credentials cannot be used.',
			fix: missing
				? 'Install that program, or use a kubeconfig with a token or client certificate.'
				: 'Log in as this cluster demands, then try again; or use a kubeconfig with a token or client certificate.',
			answers: ['kubernetes.kubeconfig', 'kubernetes.context'],
			evidence: missing ? [exec.installHint ?? lines[0] ?? ''] : lines,
			location: {file},
		},
		{cause: error},
	);
};

/**
 * Prepares requests. @kubernetes/client-node does what a kubeconfig may ask for (certificates, exec plug-ins, OIDC,
 * proxies); the requests themselves are plain node:https, because apply, logs and watch need headers and streams as
 * they are. @throws ProblemError: kubeconfig-*, kubernetes-unreachable, kubernetes-untrusted, kubernetes-unauthorized.
 */
export const connect = async (loaded: LoadedKubeconfig): Promise<Connection> => {
	const {KubeConfig} = await import('@kubernetes/client-node');
	const config = new KubeConfig();
	config.loadFromString(loaded.document);
	const identify = async (): Promise<https.RequestOptions> => {
		const options: https.RequestOptions = {};
		await config.applyToHTTPSOptions(options);
		if (!loaded.tokenFile) return options;
		const token = (await readFile(loaded.tokenFile, 'utf8')).trim();
		return {...options, headers: {...options.headers, Authorization: `Bearer ${token}`}};
	};
	const login = async (signal: AbortSignal): Promise<https.RequestOptions> => {
		const bound = new AbortController();
		const late = sleep(loginMs, undefined, {signal: AbortSignal.any([signal, bound.signal])}).then(() => {
			throw new Error(`The login did not end within ${loginMs / 1000} s; it may be waiting for input.`);
		});
		try {
			return await Promise.race([identify(), late]);
		} catch (error) {
			signal.throwIfAborted();
			throw loginProblem(error, loaded);
		} finally {
			bound.abort();
			late.catch(() => undefined);
		}
	};
	const open: Connection['open'] = async (call, deed) => {
		const identity = await login(call.signal);
		const url = new URL(loaded.server + call.path);
		for (const [key, value] of Object.entries(call.query ?? {}))
			if (value !== undefined) url.searchParams.set(key, value);
		const body = call.body === undefined ? undefined : Buffer.from(JSON.stringify(call.body));
		try {
			return await withTimeout(
				call.timeoutMs,
				call.signal,
				(signal) =>
					new Promise<IncomingMessage>((resolve, reject) => {
						const request = (url.protocol === 'https:' ? https : http).request(url, {
							...identity,
							method: call.method,
							headers: {
								...identity.headers,
								Accept: 'application/json, */*',
								'User-Agent': 'zenml-airgap',
								...(body && {
									'Content-Type': call.contentType ?? 'application/json',
									'Content-Length': body.length,
								}),
							},
						});
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
					}),
			);
		} catch (error) {
			call.signal.throwIfAborted();
			throw connectionError(error, deed);
		}
	};
	return {open};
};
