import {type Problem, ProblemError, toProblem} from '../base/problem.ts';
import {baseProblems} from '../base/problems.ts';
import type {Lease} from './kinds.ts';
import {type Claim, isHeldBy, lockedBy, renewed} from './lease-rules.ts';
import type {Attempt} from './lease-steps.ts';
import {clusterProblems} from './problems.ts';

/**
 * What happens to a held Lease while nothing is changed: it could not be renewed for so long, seconds, and `why` in a sentence; or it is
 * renewed again, and nobody had it in between.
 */
export type LeaseNews =
	| {readonly kind: 'lapsed'; readonly seconds: number; readonly why: string}
	| {readonly kind: 'back'; readonly seconds: number};

/** How often a Lease is renewed within its life. */
const renewalsInLife = 6;

/** The part of its life after which a Lease that cannot be renewed is given up: what is left is for helm to end in. */
const givenUpAfter = 2 / 3;

/** The part of its life that one renewal may take at least, and the least in ms. */
const shortestTry = {part: 1 / 3, ms: 1000} as const;

const deleted = ({reference: {name, namespace = ''}}: Claim): Problem =>
	baseProblems.problem('install-locked', {case: 'deleted', lease: name, namespace});

/** Why a renewal did not succeed. */
type Why = Pick<Problem, 'cause' | 'evidence'>;

const silence: Why = {cause: 'The cluster did not answer in time.'};

type Keeping = {
	readonly attempt: Attempt;
	/** Ends the keeping. */
	readonly signal: AbortSignal;
	readonly onLost: (problem: Problem) => void;
	readonly onNews?: ((news: LeaseNews) => void) | undefined;
};

/** A Lease that is kept, and what is known of it. */
type Kept = Keeping & {
	/** As it was last seen, while it was ours. */
	lease: Lease;
	renewedAt: number;
	/** Changes that are under way. */
	changes: number;
	/** Set from the first renewal that failed to the next that succeeds. */
	why: Why | undefined;
	/** True from the time on that it was told as lapsed. */
	lapsed: boolean;
};

const lifeOf = ({attempt: {claim}}: Kept): number => claim.durationSeconds * 1000;

/** How long it was not renewed, ms. */
const agedMs = ({attempt, renewedAt}: Kept): number => attempt.elapsed() - renewedAt;

/** How long it is surely ours, ms; none or less where it may be another's. */
const leftMs = (kept: Kept): number => lifeOf(kept) * givenUpAfter - agedMs(kept);

const factsOf = (kept: Kept) => ({
	seconds: Math.round(agedMs(kept) / 1000),
	why: (kept.why ?? silence).cause,
});

/** Why it is ours no longer. A write that did not succeed may be our own earlier one whose answer was lost. */
const renew = async (kept: Kept, signal: AbortSignal): Promise<Problem | undefined> => {
	const {claim, store, now, elapsed} = kept.attempt;
	const written = await store.change(renewed(kept.lease, claim, now()), signal);
	const current = written ?? (await store.read(signal));
	if (!current) return deleted(claim);
	if (!isHeldBy(current, claim)) return lockedBy(current, claim, now(), 'taken over');
	kept.lease = current;
	if (!written) return undefined;
	const {seconds} = factsOf(kept);
	kept.renewedAt = elapsed();
	kept.why = undefined;
	if (kept.lapsed) kept.onNews?.({kind: 'back', seconds});
	kept.lapsed = false;
	return undefined;
};

/** What comes of a renewal that failed: nothing yet, the loss of the Lease, or, where nothing is changed, that it lapses. */
const failed = (kept: Kept, why: Why): Problem | undefined => {
	kept.why = why;
	if (leftMs(kept) > 0) return undefined;
	const facts = factsOf(kept);
	if (kept.changes > 0) return clusterProblems.problem('install-lock-lost', facts, {evidence: why.evidence});
	if (!kept.lapsed) kept.onNews?.({kind: 'lapsed', ...facts});
	kept.lapsed = true;
	return undefined;
};

/** One renewal, within the time for which the Lease is surely ours. @returns why it is lost */
const tryRenewal = async (kept: Kept): Promise<Problem | undefined> => {
	const {signal} = kept;
	const bound = AbortSignal.timeout(Math.ceil(Math.max(leftMs(kept), lifeOf(kept) * shortestTry.part, shortestTry.ms)));
	try {
		return await renew(kept, AbortSignal.any([signal, bound]));
	} catch (error) {
		if (signal.aborted) return undefined;
		return failed(kept, bound.aborted ? silence : toProblem(error));
	}
};

/**
 * Keeps a Lease that is held: renews it six times within its duration. Where it cannot be renewed for two thirds of it, it is lost
 * while something is changed. Else it is only unsure: every write is bound to the version that was last seen, so once one succeeds
 * nobody had it in between, and where one does not, what is there tells who has it.
 */
export const createKeeper = (first: Lease, keeping: Keeping) => {
	const {attempt, signal, onLost} = keeping;
	const kept: Kept = {
		...keeping,
		lease: first,
		renewedAt: attempt.elapsed(),
		changes: 0,
		why: undefined,
		lapsed: false,
	};
	let trying: Promise<Problem | undefined> | undefined;
	/** One renewal at a time: whoever else asks gets its end. */
	const once = async (): Promise<Problem | undefined> => {
		trying ??= tryRenewal(kept).finally(() => {
			trying = undefined;
		});
		const loss = await trying;
		if (loss) onLost(loss);
		return loss;
	};
	/** A renewal that is begun within this age ends before the Lease is given up: what is changed meanwhile keeps its last third. */
	const isFresh = (): boolean => leftMs(kept) >= lifeOf(kept) * shortestTry.part;
	const sure = async (): Promise<void> => {
		// The first may only find that an earlier write of ours, whose answer was lost, was done.
		for (let tries = 0; tries < 2 && !isFresh(); tries += 1) {
			const loss = await once();
			if (loss) throw new ProblemError(loss);
		}
		if (isFresh()) return;
		throw clusterProblems.error('install-lock-unsure', factsOf(kept), {evidence: kept.why?.evidence});
	};
	/** Renews until the signal ends it, or the Lease is lost. */
	const keep = async (): Promise<void> => {
		for (;;) {
			await attempt.clock.sleep(lifeOf(kept) / renewalsInLife, signal);
			if (signal.aborted || (await once())) return;
		}
	};
	const changing = async <T>(work: () => Promise<T>): Promise<T> => {
		await sure();
		kept.changes += 1;
		try {
			return await work();
		} finally {
			kept.changes -= 1;
		}
	};
	return {keep, changing, isSure: () => leftMs(kept) > 0};
};
