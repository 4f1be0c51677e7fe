import type {Clock} from '../base/clock.ts';
import {type ProblemCode, ProblemError} from '../base/problem.ts';
import {type RetryRule, retrying} from '../base/retry.ts';
import type {Transport} from './transport.ts';

/** How often a refusal is tried again; one that is not here is not. */
export type RetryTable = Readonly<Partial<Record<ProblemCode, RetryRule>>>;

export const defaultRetries: RetryTable = {
	'registry-line-dropped': {attempts: 5, pausesMs: [500, 1000, 2000, 4000]},
	'registry-login-expired': {attempts: 5, pausesMs: [0, 1000]},
	'registry-stalled': {attempts: 3, pausesMs: [1000, 5000]},
	'registry-unavailable': {attempts: 6, pausesMs: [1000, 2000, 4000, 8000, 15_000]},
	'registry-upload-lost': {attempts: 3, pausesMs: [500, 2000]},
	'registry-rate-limited': {attempts: 6, pausesMs: [2000, 5000, 10_000, 20_000, 30_000]},
};

/** What a registry may ask for (`Retry-After`); beyond this another try is as good. */
const longestWaitMs = 120_000;

/** Pauses vary by up to a quarter, so that several transfers do not come back at once. */
const varied = (ms: number): number => ms * (0.75 + Math.random() / 2);

const codeOf = (error: unknown): ProblemCode | undefined =>
	error instanceof ProblemError ? (error.problem.code as ProblemCode) : undefined;

/** How one registry is tried again. */
export type Retries = {
	/**
	 * Does work until it succeeds, or its failure is not to be tried again.
	 * @param work `advance` says that it came further than any before, so that the next failure counts as the first
	 * @throws what the last attempt threw; the reason of the signal
	 */
	readonly run: <T>(signal: AbortSignal, work: (advance: () => void) => Promise<T>) => Promise<T>;
	/**
	 * A transport that tells these when the registry answers. One that answered once and then cannot be connected to is being restarted: from then on that is tried
	 * again like any trouble of its own. Before, it is a wrong name or a firewall, and waiting helps nobody.
	 */
	readonly hearing: (transport: Transport) => Transport;
};

export const createRetries = (table: RetryTable, clock: Pick<Clock, 'sleep'>): Retries => {
	let answered = false;
	const ruleOf = (error: unknown): RetryRule | undefined => {
		const code = codeOf(error);
		if (code === undefined) return undefined;
		return table[code] ?? (answered && code === 'registry-unreachable' ? table['registry-unavailable'] : undefined);
	};
	return {
		run: (signal, work) =>
			retrying((_attempt, advance) => work(advance), {
				ruleOf,
				clock,
				signal,
				onRetry: (error, _attempt, pauseMs) => {
					const asked = error instanceof ProblemError ? (error.retryAfterMs ?? 0) : 0;
					return Math.max(varied(pauseMs), Math.min(asked, longestWaitMs));
				},
			}),
		hearing: (transport) => async (call) => {
			const answer = await transport(call);
			answered = true;
			return answer;
		},
	};
};

/** Failures after which fewer connections are better: of the line, of a busy registry, of its storage. */
const troubles: ReadonlySet<ProblemCode | undefined> = new Set<ProblemCode>([
	'registry-line-dropped',
	'registry-stalled',
	'registry-unavailable',
	'registry-rate-limited',
	'registry-unreachable',
]);

/** Does this failure say that registry or line have too much to do? */
export const isTrouble = (error: unknown): boolean => troubles.has(codeOf(error));
