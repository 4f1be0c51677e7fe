import type * as z from 'zod';
import {systemClock} from '../base/clock.ts';
import {printable} from '../base/printable.ts';
import type {ProblemError} from '../base/problem.ts';
import {type RetryRule, retrying} from '../base/retry.ts';
import {cutTo} from '../base/text.ts';
import {readWhole} from '../http/answer.ts';
import {HttpFailure} from '../http/failure.ts';
import {faultOf} from '../http/fault.ts';
import type {Head, Stream} from '../http/types.ts';
import {type AccessOptions, createAccess} from './access.ts';
import {parseAnswer, readAnswer, unreadable} from './answer.ts';
import type {Call, Upgrade} from './connection.ts';
import {connectionError} from './connection-errors.ts';
import {type Deed, isStatus, KubernetesError} from './errors.ts';
import type {Opened} from './exec/open-socket.ts';
import {statusError} from './refusals.ts';

/** The bounds of requests; times in milliseconds. Reads are repeated after each of the pauses. */
export type Timing = {
	readonly requestMs: number;
	readonly retryPausesMs: readonly number[];
	readonly longestRetryAfterMs: number;
	/** How long an answer may take from its head to its end. */
	readonly wholeMs: number;
	/** The longest answer that is read: etcd keeps no object over 1.5 MiB. */
	readonly mostBytes: number;
	/** The same of one page of a list. */
	readonly mostListBytes: number;
};

export const defaultTiming: Timing = {
	requestMs: 30_000,
	retryPausesMs: [250, 1000, 3000],
	longestRetryAfterMs: 10_000,
	wholeMs: 120_000,
	mostBytes: 8 * 1024 * 1024,
	mostListBytes: 32 * 1024 * 1024,
};

/** Refusals that pass by themselves, as broken connections do: these for reads only, 429 for everything (nothing was done yet). */
const transientStatuses: readonly number[] = [500, 502, 503, 504];
const busy = 429;

/** `deed` completes "refused to …"; `reads` marks a POST that changes nothing, `isList` a page of a list. */
type Request = Omit<Call, 'timeoutMs' | 'reads'> & {
	readonly deed: string;
	readonly reads?: boolean | undefined;
	readonly isList?: boolean | undefined;
};
type Answer = {
	readonly status: number;
	readonly body: unknown;
	readonly text: string;
	readonly date: string;
	/** Its body by its form. @throws ProblemError `kubernetes-unreadable` */
	readonly as: <Shape extends z.ZodType>(shape: Shape) => z.output<Shape>;
};

export type Requests = {
	/** Server address of the kubeconfig; throws its problems. */
	readonly server: () => string;
	/** Name of the kubeconfig's context that is in use; throws its problems. */
	readonly context: () => string;
	/** What of the kubeconfig is worth knowing though it stops nothing; throws its problems. */
	readonly warnings: () => readonly string[];
	/** Sends and reads the answer whole. @throws KubernetesError for 400 and above, ProblemError for the connection. */
	readonly send: (request: Request) => Promise<Answer>;
	/**
	 * Sends and hands out the answer as a stream (watch), which must be closed. `unreadable` is the problem of a line that is none of a
	 * watch.
	 */
	readonly stream: (request: Request) => Promise<Stream & {readonly unreadable: (words: string) => ProblemError}>;
	/** Asks for a WebSocket; not repeated. @throws ProblemError for the connection */
	readonly upgrade: (request: Omit<Upgrade, 'timeoutMs'> & Pick<Request, 'deed'>) => Promise<Opened>;
};

/** A byte now and then is no silence, and no answer either. */
const tooSlow = (waitedMs: number): HttpFailure =>
	new HttpFailure('slowness', {stage: 'receive', sentBytes: 0, waitedMs});

/** The refusal in an answer that is none of 200 to 299; undefined where it is one. */
const refusalIn = ({status, headers, retryAfterMs}: Head, body: unknown, deed: Deed): KubernetesError | undefined => {
	if (status >= 400) return statusError(status, body, deed, status === busy ? retryAfterMs : undefined);
	if (status >= 200 && status < 300) return undefined;
	return statusError(
		status,
		`The answer is a redirect to ${cutTo(printable(String(headers.location ?? 'nowhere')), 200)}.`,
		deed,
	);
};

const isReading = ({method, reads}: Request): boolean => method === 'GET' || reads === true;

/** True for a failure after which the same request may be sent again. */
const isPassing = (error: unknown, request: Request): boolean => {
	if (isStatus(error, busy)) return true;
	if (!isReading(request)) return false;
	return isStatus(error, ...transientStatuses) || faultOf(error) === 'closed';
};

/**
 * Requests with retries. The kubeconfig is read at the first request, and again after a failure, so a mended file
 * counts.
 */
export const createRequests = (options: AccessOptions, timing: Timing): Requests => {
	const {load, connected, forget} = createAccess(options);
	const rule: RetryRule = {attempts: timing.retryPausesMs.length + 1, pausesMs: timing.retryPausesMs};
	const deedOf = ({deed}: Pick<Request, 'deed'>): Deed => ({deed, server: load().server});
	const {requestMs, wholeMs, mostBytes, mostListBytes} = timing;
	const open = async (request: Request, deed: Deed): Promise<Stream> =>
		connected().open({...request, reads: isReading(request), timeoutMs: requestMs}, deed);
	const textOf = async ({read, close}: Stream, {signal, isList}: Request, deed: Deed): Promise<string> => {
		const end = AbortSignal.timeout(wholeMs);
		end.addEventListener('abort', close, {once: true});
		try {
			return (await readWhole(read(requestMs), isList ? mostListBytes : mostBytes)).toString('utf8');
		} catch (error) {
			signal.throwIfAborted();
			throw connectionError(end.aborted ? tooSlow(wholeMs) : error, deed);
		} finally {
			end.removeEventListener('abort', close);
			close();
		}
	};
	const once = async (request: Request): Promise<Answer> => {
		const deed = deedOf(request);
		const answer = await open(request, deed);
		const text = await textOf(answer, request, deed);
		const body = parseAnswer(text);
		const refusal = refusalIn(answer, body, deed);
		if (refusal) throw refusal;
		const {status, headers} = answer;
		return {status, body, text, date: String(headers.date ?? ''), as: (shape) => readAnswer(shape, body, deed)};
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
	const stream: Requests['stream'] = async (request) => {
		const deed = deedOf(request);
		const answer = await open(request, deed);
		if (answer.status === 200) return {...answer, unreadable: (words) => unreadable(deed, words)};
		throw statusError(answer.status, parseAnswer(await textOf(answer, request, deed)), deed);
	};
	const upgrade: Requests['upgrade'] = async (request) => {
		const deed = deedOf(request);
		try {
			const opened = await connected().upgrade({...request, timeoutMs: requestMs}, deed);
			if (opened.declined?.status === 401) forget();
			return opened;
		} catch (error) {
			forget();
			throw error;
		}
	};
	return {
		server: () => load().server,
		context: () => load().context,
		warnings: () => load().warnings,
		send,
		stream,
		upgrade,
	};
};
