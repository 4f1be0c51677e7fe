import type {Clock} from '../base/clock.ts';
import {ProblemError} from '../base/problem.ts';
import type {Lease} from './kinds.ts';
import {
	type Claim,
	holderOf,
	isFree,
	isHeldBy,
	type LeaseHolder,
	lifeOf,
	lockedBy,
	released,
	stateOf,
	taken,
} from './lease-rules.ts';
import {clusterProblems} from './problems.ts';
import type {ClusterPort} from './types.ts';

/** How long giving back may take, ms; the lease ends by itself anyway. */
const releaseMs = 15_000;

export type LeaseCluster = Pick<ClusterPort, 'get' | 'create' | 'replace' | 'serverTime'>;

/** A Lease as far as it is read and written here: every write is bound to the version that was read. */
export const createStore = (cluster: LeaseCluster, claim: Claim) => ({
	read: async (signal: AbortSignal) => (await cluster.get(claim.reference, signal)) as Lease | undefined,
	/** Undefined when another was quicker. */
	make: async (lease: Lease, signal: AbortSignal) => (await cluster.create(lease, signal)) as Lease | undefined,
	/** Undefined when it was changed since, or deleted. */
	change: async (lease: Lease, signal: AbortSignal) => (await cluster.replace(lease, signal)) as Lease | undefined,
});

type Store = ReturnType<typeof createStore>;

/** A claim with the means to make it good; `now` is the API server's time, so clocks of two jump hosts may differ. */
export type Attempt = {
	readonly claim: Claim;
	readonly store: Store;
	readonly now: () => number;
	readonly isGone: (holder: LeaseHolder) => boolean | Promise<boolean>;
	readonly clock: Clock;
	/** Time as it passes here, ms from any moment on: a clock that is set does not move it. */
	readonly elapsed: () => number;
};

/** True for a Lease that is nobody's, ours, or that of a process which is known to be gone. */
const mayTake = async (lease: Lease, {claim, isGone}: Attempt): Promise<boolean> => {
	if (isFree(lease, claim)) return true;
	const holder = holderOf(lease);
	return holder !== undefined && (await isGone(holder));
};

/** How often a Lease of another run is looked at, as a part of its life. */
const looksInLife = 15;

/**
 * Watches a Lease that another run holds. Its times were written by other clocks and count for nothing; what counts is whether it
 * is renewed while we look on, as in client-go's leader election.
 * @returns the Lease where it stayed as it was for as long as it lasts: its run is dead. Undefined when it went to somebody
 * else, or is gone
 * @throws ProblemError `install-locked` once it is renewed
 */
const watchHeld = async (first: Lease, attempt: Attempt, signal: AbortSignal): Promise<Lease | undefined> => {
	const {claim, store, now, clock, elapsed} = attempt;
	const life = lifeOf(first, claim);
	if (life === undefined) throw new ProblemError(lockedBy(first, claim, now(), 'long'));
	const lifeMs = life * 1000;
	for (const begun = elapsed(); elapsed() - begun < lifeMs; ) {
		await clock.sleep(lifeMs / looksInLife, signal);
		const current = await store.read(signal);
		if (!current || current.spec?.holderIdentity !== first.spec?.holderIdentity) return undefined;
		if (stateOf(current) !== stateOf(first)) throw new ProblemError(lockedBy(current, claim, now(), 'held'));
	}
	return first;
};

/**
 * Takes the Lease as soon as nobody else is quicker: at once where it is free, else when its run is dead.
 * @throws ProblemError `install-locked` while another run holds it
 */
export const take = async (attempt: Attempt, signal: AbortSignal): Promise<Lease> => {
	const {claim, store, now} = attempt;
	for (;;) {
		signal.throwIfAborted();
		const seen = await store.read(signal);
		const old = seen && !(await mayTake(seen, attempt)) ? await watchHeld(seen, attempt, signal) : seen;
		if (seen && !old) continue;
		const wanted = taken(old, claim, now());
		const won = old ? await store.change(wanted, signal) : await store.make(wanted, signal);
		if (won) return won;
	}
};

/** How often giving back is tried, and the pause between two tries, ms. */
const releaseTries = 4;
const releasePauseMs = 1000;

/** One try. @returns true once it is no longer ours; false where it was written meanwhile, by an earlier try of our own */
const giveBackOnce = async ({claim, store}: Attempt, signal: AbortSignal): Promise<boolean> => {
	const current = await store.read(signal);
	if (!current || !isHeldBy(current, claim)) return true;
	return (await store.change(released(current) as Lease, signal)) !== undefined;
};

const notGivenBack = ({reference, durationSeconds}: Claim, failure: unknown): ProblemError => {
	const facts = {lease: reference.name, namespace: reference.namespace ?? '', seconds: durationSeconds};
	const why = failure instanceof ProblemError ? failure.problem.cause : 'The cluster did not answer in time.';
	return clusterProblems.error('install-lock-left', {...facts, why}, {error: failure});
};

/** Gives the Lease free, where it is still ours; tried a few times. @throws ProblemError `install-lock-left` */
export const giveBack = async (attempt: Attempt): Promise<void> => {
	const signal = AbortSignal.timeout(releaseMs);
	let failure: unknown;
	for (let tries = 0; tries < releaseTries && !signal.aborted; tries += 1) {
		try {
			if (tries > 0) await attempt.clock.sleep(releasePauseMs, signal);
			if (await giveBackOnce(attempt, signal)) return;
		} catch (error) {
			// An end of the time says less than the refusal before it.
			failure = signal.aborted ? (failure ?? error) : error;
		}
	}
	throw notGivenBack(attempt.claim, failure);
};
