import type {Clock} from '../base/clock.ts';
import {type Problem, ProblemError, toProblem} from '../base/problem.ts';
import {baseProblems} from '../base/problems.ts';
import type {Lease} from './kinds.ts';
import {
	type Claim,
	holderOf,
	isFree,
	isHeldBy,
	type LeaseHolder,
	lockedBy,
	released,
	renewed,
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
};

const mayTake = async (lease: Lease, {claim, now, isGone}: Attempt): Promise<boolean> => {
	if (isFree(lease, claim, now())) return true;
	const holder = holderOf(lease);
	return holder !== undefined && (await isGone(holder));
};

/** Takes the Lease as soon as nobody else is quicker. @throws ProblemError `install-locked` while another holds it */
export const take = async (attempt: Attempt, signal: AbortSignal): Promise<Lease> => {
	const {claim, store, now} = attempt;
	for (;;) {
		signal.throwIfAborted();
		const old = await store.read(signal);
		if (old && !(await mayTake(old, attempt))) throw new ProblemError(lockedBy(old, claim, now(), 'held'));
		const wanted = taken(old, claim, now());
		const won = old ? await store.change(wanted, signal) : await store.make(wanted, signal);
		if (won) return won;
	}
};

const deleted = ({reference: {name, namespace = ''}}: Claim): Problem =>
	baseProblems.problem('install-locked', {case: 'deleted', lease: name, namespace});

const notRenewed = (error: unknown, {durationSeconds}: Claim): Problem => {
	const {cause, evidence} = toProblem(error);
	return clusterProblems.problem('install-lock-lost', {seconds: durationSeconds, why: cause}, {evidence});
};

type Keeping = {readonly attempt: Attempt; readonly clock: Clock; readonly signal: AbortSignal};

/** Renews the Lease three times within its duration. @returns why it is lost; undefined once the signal ends it */
export const keep = async (first: Lease, {attempt, clock, signal}: Keeping): Promise<Problem | undefined> => {
	const {claim, store, now} = attempt;
	const durationMs = claim.durationSeconds * 1000;
	let lease = first;
	let renewedAt = clock.now();
	/** Why it is ours no longer. A write that did not succeed may be our own earlier one whose answer was lost. */
	const renew = async (): Promise<Problem | undefined> => {
		const written = await store.change(renewed(lease, claim, now()), signal);
		const current = written ?? (await store.read(signal));
		if (!current) return deleted(claim);
		if (!isHeldBy(current, claim)) return lockedBy(current, claim, now(), 'taken over');
		lease = current;
		if (written) renewedAt = clock.now();
		return undefined;
	};
	for (;;) {
		await clock.sleep(durationMs / 3, signal);
		if (signal.aborted) return undefined;
		try {
			const loss = await renew();
			if (loss) return loss;
		} catch (error) {
			if (signal.aborted) return undefined;
			if (clock.now() - renewedAt >= durationMs) return notRenewed(error, claim);
		}
	}
};

/** Gives the Lease free, where it is still ours. */
export const giveBack = async ({claim, store}: Attempt): Promise<void> => {
	const signal = AbortSignal.timeout(releaseMs);
	const current = await store.read(signal);
	if (current && isHeldBy(current, claim)) await store.change(released(current) as Lease, signal);
};
