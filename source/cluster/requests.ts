import type {IncomingMessage} from 'node:http';
import {setTimeout as sleep} from 'node:timers/promises';
import {ProblemError} from '../base/problem.ts';
import {type Call, type Connection, connect} from './connection.ts';
import {connectionError, systemCode} from './connection-errors.ts';
import {type Deed, KubernetesError, statusError} from './errors.ts';
import {type LoadedKubeconfig, loadKubeconfig} from './kubeconfig.ts';
import type {KubeconfigOptions} from './kubeconfig-files.ts';

/** How requests behave in time; milliseconds. Reads are repeated after each of the pauses. */
export type Timing = {
	readonly requestMs: number;
	readonly retryPausesMs: readonly number[];
	readonly longestRetryAfterMs: number;
};

export const defaultTiming: Timing = {requestMs: 30_000, retryPausesMs: [250, 1000, 3000], longestRetryAfterMs: 10_000};

/** Faults that pass by themselves: those of the network for reads only, 429 for everything (nothing was done yet). */
const transientCodes: readonly string[] = ['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'];
const transientStatuses: readonly number[] = [500, 502, 503, 504];

/** `deed` completes "refused to …"; `reads` marks a POST that changes nothing. */
export type Request = Omit<Call, 'timeoutMs'> & {readonly deed: string; readonly reads?: boolean};
export type Answer = {readonly status: number; readonly body: unknown; readonly text: string; readonly date: string};

export type Requests = {
	/** Server address of the kubeconfig; throws its problems. */
	readonly server: () => string;
	/** Sends and reads the answer whole. @throws KubernetesError for 400 and above, ProblemError for the connection. */
	readonly send: (request: Request) => Promise<Answer>;
	/** Sends and hands out the stream of the answer (watch). */
	readonly stream: (request: Request) => Promise<IncomingMessage>;
};

const readText = async (response: IncomingMessage, signal: AbortSignal, timeoutMs: number): Promise<string> => {
	const stop = (): void => {
		response.destroy(signal.reason);
	};
	response.setTimeout(timeoutMs, () =>
		response.destroy(Object.assign(new Error('the answer stopped half-way'), {code: 'TIMEOUT'})),
	);
	signal.addEventListener('abort', stop, {once: true});
	try {
		const chunks: Buffer[] = [];
		for await (const chunk of response) chunks.push(chunk as Buffer);
		return Buffer.concat(chunks).toString('utf8');
	} finally {
		signal.removeEventListener('abort', stop);
	}
};

const parse = (text: string): unknown => {
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
};

/** Requests with retries. The kubeconfig is read at the first request, and again after a failure, so a mended file counts. */
export const createRequests = (options: KubeconfigOptions, timing: Timing, now: () => number): Requests => {
	let loaded: LoadedKubeconfig | undefined;
	let connection: Promise<Connection> | undefined;
	let contacted = false;
	const load = (): LoadedKubeconfig => {
		loaded ??= loadKubeconfig(options, now());
		return loaded;
	};
	const connected = (): Promise<Connection> => {
		connection ??= connect(load());
		return connection;
	};
	const forget = (): void => {
		loaded = undefined;
		connection = undefined;
	};
	const deedOf = (request: Request): Deed => ({
		deed: request.deed,
		server: load().server,
		area: contacted ? 'cluster' : 'prerequisites',
	});
	const once = async (request: Request): Promise<Answer> => {
		const deed = deedOf(request);
		const response = await (await connected()).open({...request, timeoutMs: timing.requestMs}, deed);
		let text: string;
		try {
			text = await readText(response, request.signal, timing.requestMs);
		} catch (error) {
			request.signal.throwIfAborted();
			throw connectionError(error, deed);
		}
		const status = response.statusCode ?? 0;
		const body = parse(text);
		if (status >= 400) {
			const error = statusError(status, body, deed);
			const seconds = Number(response.headers['retry-after']);
			throw status === 429 && seconds > 0 ? Object.assign(error, {retryAfterMs: seconds * 1000}) : error;
		}
		if (status < 200 || status >= 300)
			throw statusError(status, `The answer is a redirect to ${response.headers.location ?? 'nowhere'}.`, deed);
		contacted = true;
		return {status, body, text, date: response.headers.date ?? ''};
	};
	const pauseAfter = (error: unknown, request: Request, attempt: number): number | undefined => {
		const pause = timing.retryPausesMs[attempt];
		const reads = request.method === 'GET' || request.reads === true;
		if (pause === undefined) return undefined;
		if (error instanceof KubernetesError) {
			const asked = 'retryAfterMs' in error ? Number(error.retryAfterMs) : pause;
			if (error.status === 429) return Math.min(asked, timing.longestRetryAfterMs);
			return reads && transientStatuses.includes(error.status) ? pause : undefined;
		}
		return reads && error instanceof ProblemError && transientCodes.includes(systemCode(error)) ? pause : undefined;
	};
	const send = async (request: Request): Promise<Answer> => {
		for (let attempt = 0; ; attempt++) {
			try {
				return await once(request);
			} catch (error) {
				const pause = pauseAfter(error, request, attempt);
				if (pause !== undefined) {
					await sleep(pause, undefined, {signal: request.signal});
					continue;
				}
				if (!(error instanceof KubernetesError) || error.status === 401) forget();
				throw error;
			}
		}
	};
	const stream = async (request: Request): Promise<IncomingMessage> => {
		const deed = deedOf(request);
		const response = await (await connected()).open({...request, timeoutMs: timing.requestMs}, deed);
		if (response.statusCode === 200) return response;
		const text = await readText(response, request.signal, timing.requestMs);
		throw statusError(response.statusCode ?? 0, parse(text), deed);
	};
	return {server: () => load().server, send, stream};
};
