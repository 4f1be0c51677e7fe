import {setTimeout as sleep} from 'node:timers/promises';
import {ProblemError} from '../base/problem.ts';
import type {Transport} from './transport.ts';

/** How often a request is tried in all, and the pauses between, in milliseconds; the last pause repeats. */
export type RetryRule = {readonly attempts: number; readonly pausesMs: readonly number[]};

/** By problem code; a code that is not here is not tried again. */
export type RetryTable = Readonly<Record<string, RetryRule>>;

export const defaultRetries: RetryTable = {
	'registry-line-dropped': {attempts: 5, pausesMs: [500, 1000, 2000, 4000]},
	'registry-login-expired': {attempts: 5, pausesMs: [0, 1000]},
	'registry-stalled': {attempts: 3, pausesMs: [1000, 5000]},
	'registry-unavailable': {attempts: 6, pausesMs: [1000, 2000, 4000, 8000, 15_000]},
	'registry-upload-lost': {attempts: 3, pausesMs: [500, 2000]},
	'registry-rate-limited': {attempts: 6, pausesMs: [2000, 5000, 10_000, 20_000, 30_000]},
};

/**
 * A registry that answered once and then cannot be connected to is being restarted: from then on that is tried again like any trouble of its own.
 * Before, it is a wrong name or a firewall, and waiting helps nobody.
 * @returns the table to follow, and the transport that watches for the first answer
 */
export const onceHeard = (
	table: RetryTable,
	transport: Transport,
): {readonly retries: RetryTable; readonly transport: Transport} => {
	const retries: Record<string, RetryRule> = {...table};
	return {
		retries,
		transport: async (call) => {
			const answer = await transport(call);
			const rule = table['registry-unavailable'];
			if (rule) retries['registry-unreachable'] ??= rule;
			return answer;
		},
	};
};

/** The registry's own wish (`Retry-After`, RFC 9110 section 10.2.3), kept beside the problem. In milliseconds. */
const wishes = new WeakMap<ProblemError, number>();
const longestWishMs = 120_000;

/** Remembers `Retry-After` (seconds or a date) for a problem and gives the problem back. */
export const withWish = (problem: ProblemError, header: unknown): ProblemError => {
	if (typeof header !== 'string') return problem;
	const ms = /^\d+$/u.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
	if (Number.isFinite(ms) && ms >= 0) wishes.set(problem, Math.min(ms, longestWishMs));
	return problem;
};

/**
 * Runs `attempt` until it succeeds, its problem is not in the table, or its attempts are used up.
 * Pauses vary by up to a quarter, so that several transfers do not come back at once.
 * @param attempt told how many attempts there were without progress, itself included; `advance` says that it came further than any
 * before, so that the next failure counts as the first
 * @throws what the last attempt threw
 */
export const withRetry = async <T>(
	table: RetryTable,
	signal: AbortSignal,
	attempt: (count: number, advance: () => void) => Promise<T>,
): Promise<T> => {
	for (let count = 1; ; count++) {
		try {
			return await attempt(count, () => {
				count = 1;
			});
		} catch (error) {
			const rule = error instanceof ProblemError ? table[error.problem.code] : undefined;
			if (!rule || !(error instanceof ProblemError) || count >= rule.attempts || signal.aborted) throw error;
			const pause = rule.pausesMs[Math.min(count, rule.pausesMs.length) - 1] ?? 0;
			const jittered = pause * (0.75 + Math.random() / 2);
			await sleep(Math.max(jittered, wishes.get(error) ?? 0), undefined, {signal});
		}
	}
};

/** Failures after which fewer connections are better: of the line, of a busy registry, of its storage. */
const troubles = new Set([
	'registry-line-dropped',
	'registry-stalled',
	'registry-unavailable',
	'registry-rate-limited',
	'registry-unreachable',
]);

/** Does this failure say that registry or line have too much to do? */
export const isTrouble = (error: unknown): boolean => error instanceof ProblemError && troubles.has(error.problem.code);
