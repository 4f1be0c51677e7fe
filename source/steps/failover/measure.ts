import {ProblemError, toProblem} from '../../base/problem.ts';
import {cutTo, oneLine} from '../../base/text.ts';
import {stepProblems} from '../problems.ts';
import type {World} from '../world.ts';
import type {Watched} from './watched.ts';

/** What was seen of one that is watched. Times are ms since the epoch. */
export type Seen = {
	readonly label: string;
	readonly kind: Watched['kind'];
	readonly isUp: boolean;
	/** What it said last: its answer, or why it gave none. */
	readonly said: string;
	readonly lastOk: number;
	/** The first failure, the last success before it, and the first success after the last failure. */
	readonly firstFailure?: number | undefined;
	readonly okBefore?: number | undefined;
	readonly firstOk?: number | undefined;
	readonly failures: number;
	/** Codes of the problems that it failed with, each once: a standby that takes no changes is among them by its own. */
	readonly reasons: readonly string[];
};

/** How long an answer may take, and the pause between two questions, ms. */
export type Pace = {readonly answerMs: number; readonly pauseMs: number};

const success = (seen: Seen, said: string, now: number): Seen => ({
	...seen,
	...{isUp: true, said, lastOk: now},
	...(seen.isUp ? {} : {firstOk: now}),
});

const failure = (seen: Seen, error: unknown, now: number): Seen => {
	const {code, message} = toProblem(error);
	return {
		...seen,
		...{isUp: false, said: cutTo(oneLine(message), 200), failures: seen.failures + 1, firstOk: undefined},
		firstFailure: seen.firstFailure ?? now,
		okBefore: seen.firstFailure === undefined ? seen.lastOk : seen.okBefore,
		reasons: seen.reasons.includes(code) ? seen.reasons : [...seen.reasons, code],
	};
};

/** As the watch begins, with all that answer. */
export const beginning = ({label, kind}: Watched, said: string, now: number): Seen => ({
	...{label, kind, said, isUp: true, lastOk: now, failures: 0, reasons: []},
});

/**
 * Asks one, and gives it so long.
 * @throws ProblemError `failover-silent` where nothing came, else what it was refused with; the signal's reason
 */
export const askWithin = async ({signal}: World, {label, ask}: Watched, limitMs: number): Promise<string> => {
	const limit = AbortSignal.timeout(limitMs);
	try {
		return await ask(AbortSignal.any([signal, limit]));
	} catch (error) {
		signal.throwIfAborted();
		if (error instanceof ProblemError || !limit.aborted) throw error;
		// Without what was thrown: it says of itself that it was aborted, and nobody stopped this run.
		throw stepProblems.error('failover-silent', {who: label, seconds: limitMs / 1000});
	}
};

/** Asks one once more. A failure counts from when it was asked: it was away then. @throws the signal's reason */
export const askOnce = async (world: World, watched: Watched, seen: Seen, {answerMs}: Pace): Promise<Seen> => {
	const {clock, signal} = world;
	const askedAt = clock.now();
	try {
		const said = await askWithin(world, watched, answerMs);
		return success(seen, said, clock.now());
	} catch (error) {
		signal.throwIfAborted();
		return failure(seen, error, askedAt);
	}
};

/** How long it gave no answer, ms, at least and at most; undefined where it always did, or is away still. */
export const awayMs = ({
	firstFailure,
	okBefore,
	firstOk,
}: Seen): {readonly least: number; readonly most: number} | undefined =>
	firstFailure === undefined || firstOk === undefined
		? undefined
		: {least: firstOk - firstFailure, most: firstOk - (okBefore ?? firstFailure)};

/** True once some database was away and all that is watched has answered for so long. @param quietMs ms */
export const isOver = (all: readonly Seen[], now: number, quietMs: number): boolean =>
	all.some(({kind, failures}) => kind === 'database' && failures > 0) &&
	all.every(({isUp, firstOk}) => isUp && now - (firstOk ?? 0) >= quietMs);

const seconds = (ms: number): string => (ms / 1000).toFixed(1);

/** What was measured of one, in words. */
export const wordsOf = (seen: Seen): string => {
	const {isUp, said, reasons, failures} = seen;
	const away = awayMs(seen);
	const why = reasons.length === 0 ? '' : ` (${reasons.join(', ')})`;
	if (!isUp) return `gives no answer${why}: ${said}`;
	if (!away) return `always answered; ${said}`;
	return `${seconds(away.least)} to ${seconds(away.most)} s without an answer, asked ${failures} times in vain${why}; now ${said}`;
};
