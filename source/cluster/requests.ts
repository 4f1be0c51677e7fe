import type {IncomingMessage} from 'node:http';
import {systemClock} from '../base/clock.ts';
import {type RetryRule, retrying} from '../base/retry.ts';
import {formatBytes} from '../base/units.ts';
import {type Call, type Connection, connect} from './connection.ts';
import {connectionError, LineFault, systemCode} from './connection-errors.ts';
import {type Deed, isStatus, KubernetesError} from './errors.ts';
import type {KubeconfigOptions} from './kubeconfig/files.ts';
import {type LoadedKubeconfig, loadKubeconfig} from './kubeconfig/load.ts';
import {statusError} from './refusals.ts';

/** The bounds of requests; times in milliseconds. Reads are repeated after each of the pauses. */
export type Timing = {
	readonly requestMs: number;
	readonly retryPausesMs: readonly number[];
	readonly longestRetryAfterMs: number;
	/** The longest answer that is read. A page of a list has 500 objects, and most objects have a few KiB. */
	readonly mostBytes: number;
};

export const defaultTiming: Timing = {
	requestMs: 30_000,
	retryPausesMs: [250, 1000, 3000],
	longestRetryAfterMs: 10_000,
	mostBytes: 64 * 1024 * 1024,
};

/** Faults that pass by themselves: those of the network for reads only, 429 for everything (nothing was done yet). */
const transientCodes: readonly string[] = ['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'];
const transientStatuses: readonly number[] = [500, 502, 503, 504];
const busy = 429;

/** `deed` completes "refused to …"; `reads` marks a POST that changes nothing. */
type Request = Omit<Call, 'timeoutMs'> & {readonly deed: string; readonly reads?: boolean | undefined};
type Answer = {readonly status: number; readonly body: unknown; readonly text: string; readonly date: string};

export type Requests = {
	/** Server address of the kubeconfig; throws its problems. */
	readonly server: () => string;
	/** Sends and reads the answer whole. @throws KubernetesError for 400 and above, ProblemError for the connection. */
	readonly send: (request: Request) => Promise<Answer>;
	/** Sends and hands out the stream of the answer (watch). */
	readonly stream: (request: Request) => Promise<IncomingMessage>;
};

/** Reads a body whole. @throws LineFault when it pauses for too long or never ends */
const readText = async (
	response: IncomingMessage,
	signal: AbortSignal,
	{requestMs, mostBytes}: Timing,
): Promise<string> => {
	const stop = (): void => {
		response.destroy(signal.reason);
	};
	response.setTimeout(requestMs, () => response.destroy(new LineFault('TIMEOUT', 'the answer stopped half-way')));
	signal.addEventListener('abort', stop, {once: true});
	try {
		const chunks: Buffer[] = [];
		let bytes = 0;
		for await (const chunk of response as AsyncIterable<Buffer>) {
			bytes += chunk.length;
			if (bytes > mostBytes) throw new LineFault('TOO_LONG', `the answer did not end within ${formatBytes(mostBytes)}`);
			chunks.push(chunk);
		}
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

/** How long a server asks to wait, ms; only its whole seconds are understood (RFC 9110 section 10.2.3). */
const retryAfterOf = ({statusCode, headers}: IncomingMessage): number | undefined => {
	const seconds = Number(headers['retry-after']);
	return statusCode === busy && seconds > 0 ? seconds * 1000 : undefined;
};

/** The refusal in an answer that is none of 200 to 299; undefined where it is one. */
const refusalIn = (response: IncomingMessage, body: unknown, deed: Deed): KubernetesError | undefined => {
	const {statusCode = 0, headers} = response;
	if (statusCode >= 400) return statusError(statusCode, body, deed, retryAfterOf(response));
	if (statusCode >= 200 && statusCode < 300) return undefined;
	return statusError(statusCode, `The answer is a redirect to ${headers.location ?? 'nowhere'}.`, deed);
};

/** True for a failure after which the same request may be sent again. */
const isPassing = (error: unknown, {method, reads}: Request): boolean => {
	if (isStatus(error, busy)) return true;
	if (method !== 'GET' && reads !== true) return false;
	return isStatus(error, ...transientStatuses) || transientCodes.includes(systemCode(error));
};

/**
 * The kubeconfig and the connection it leads to, each made when it is first needed, and anew once they are forgotten.
 */
const createAccess = (options: KubeconfigOptions, now: () => number) => {
	let loaded: LoadedKubeconfig | undefined;
	let connection: Promise<Connection> | undefined;
	const load = (): LoadedKubeconfig => {
		loaded ??= loadKubeconfig(options, now());
		return loaded;
	};
	return {
		load,
		connected: (): Promise<Connection> => {
			connection ??= connect(load());
			return connection;
		},
		forget: (): void => {
			loaded = undefined;
			connection = undefined;
		},
	};
};

/**
 * Requests with retries. The kubeconfig is read at the first request, and again after a failure, so a mended file
 * counts.
 */
export const createRequests = (options: KubeconfigOptions, timing: Timing, now: () => number): Requests => {
	const {load, connected, forget} = createAccess(options, now);
	let contacted = false;
	const rule: RetryRule = {attempts: timing.retryPausesMs.length + 1, pausesMs: timing.retryPausesMs};
	const deedOf = ({deed}: Request): Deed => ({
		deed,
		server: load().server,
		area: contacted ? 'cluster' : 'prerequisites',
	});
	const open = async (request: Request, deed: Deed): Promise<IncomingMessage> =>
		(await connected()).open({...request, timeoutMs: timing.requestMs}, deed);
	const textOf = async (response: IncomingMessage, {signal}: Request, deed: Deed): Promise<string> => {
		try {
			return await readText(response, signal, timing);
		} catch (error) {
			signal.throwIfAborted();
			throw connectionError(error, deed);
		}
	};
	const once = async (request: Request): Promise<Answer> => {
		const deed = deedOf(request);
		const response = await open(request, deed);
		const text = await textOf(response, request, deed);
		const body = parse(text);
		const refusal = refusalIn(response, body, deed);
		if (refusal) throw refusal;
		contacted = true;
		return {status: response.statusCode ?? 0, body, text, date: response.headers.date ?? ''};
	};
	const send = async (request: Request): Promise<Answer> => {
		try {
			return await retrying(() => once(request), {
				ruleOf: (error) => (isPassing(error, request) ? rule : undefined),
				onRetry: (error, _attempt, pauseMs) =>
					isStatus(error, busy) && error.retryAfterMs !== undefined
						? Math.min(error.retryAfterMs, timing.longestRetryAfterMs)
						: pauseMs,
				clock: systemClock,
				signal: request.signal,
			});
		} catch (error) {
			if (!(error instanceof KubernetesError) || error.status === 401) forget();
			throw error;
		}
	};
	const stream = async (request: Request): Promise<IncomingMessage> => {
		const deed = deedOf(request);
		const response = await open(request, deed);
		if (response.statusCode === 200) return response;
		throw statusError(response.statusCode ?? 0, parse(await textOf(response, request, deed)), deed);
	};
	return {server: () => load().server, send, stream};
};
