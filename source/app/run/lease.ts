import type {Taker} from '../../base/lock/lock.ts';
import {isSamePlace, processBirth, processPlace} from '../../base/lock/process.ts';
import {ProblemError, toProblem} from '../../base/problem.ts';
import {acquireLease, type HeldLease, type LeaseHolder, type LeaseNews} from '../../cluster/lease.ts';
import type {ClusterPort} from '../../cluster/types.ts';
import type {PlanEntry} from '../../plans/index.ts';
import type {Ports} from '../../steps/world.ts';
import type {Context} from '../base/context.ts';

/**
 * How long a Lease lives without being renewed, seconds. A run that changes something and cannot renew it stops at two thirds of it;
 * the last third is longer than helm gets to close its release.
 */
export const leaseSeconds = 48;

/** True where the process can be looked up here and is not there, or is another one of its number. */
const isGone = async ({pid, birth, ...place}: LeaseHolder): Promise<boolean> =>
	isSamePlace(place, processPlace()) && birth !== undefined && (await processBirth(pid)) !== birth;

export type LeaseOptions = {
	readonly context: Context;
	readonly cluster: ClusterPort;
	readonly namespace: string;
	/** Who holds it; absent for a run that changes nothing, which takes none. */
	readonly holder: Taker | undefined;
	/** Settles when an earlier holding of this run has ended. */
	readonly after: Promise<void>;
	/** It went to somebody else: the run must stop. */
	readonly onLost: (reason: Error) => void;
	readonly tell: (level: 'info' | 'warn', text: string) => void;
};

/** What the holder of a Lease does for its run. */
export type RunLease = {
	/** Takes it, where it is not held yet. */
	readonly hold: Ports['holdLease'];
	/** True once it was taken. */
	readonly isHeld: () => boolean;
	/** Does what changes something while it is surely held. Where it was never taken, nothing is asked for. */
	readonly changing: <T>(work: () => Promise<T>) => Promise<T>;
	/** False while it was taken and may be another's. */
	readonly isSure: () => boolean;
	readonly release: () => Promise<void>;
};

const wordsOf = (news: LeaseNews): string =>
	news.kind === 'lapsed'
		? `The lock of this cluster could not be renewed for ${news.seconds} s. Nothing is being changed, so this run waits until it can be again. ${news.why}`
		: `The cluster answers again after ${news.seconds} s. Nobody has taken the lock meanwhile: this run goes on.`;

/** The Lease of one run: taken at the first `hold`, kept through later ones. */
export const createLeaseHolder = (options: LeaseOptions): RunLease => {
	const {context, cluster, namespace, holder, after, onLost, tell} = options;
	let held: Promise<HeldLease> | undefined;
	let taken: HeldLease | undefined;
	const take = async (owner: Taker, signal: AbortSignal): Promise<HeldLease> => {
		await after;
		const birth = await processBirth(owner.pid);
		return acquireLease(cluster, {
			namespace,
			holder: {...owner, birth, ...processPlace()},
			durationSeconds: leaseSeconds,
			clock: context.clock,
			signal,
			onLost: (problem) => onLost(new ProblemError(problem)),
			onNews: (news) => tell(news.kind === 'back' ? 'info' : 'warn', wordsOf(news)),
			isGone,
		});
	};
	return {
		hold: async (signal) => {
			if (!holder) return;
			held ??= take(holder, signal);
			try {
				taken = await held;
			} catch (error) {
				held = undefined;
				throw error;
			}
		},
		isHeld: () => held !== undefined,
		changing: async (work) => {
			const lease = await held;
			return lease ? lease.changing(work) : work();
		},
		isSure: () => taken?.isSure() ?? true,
		release: async () => {
			const lease = await held?.catch(() => undefined);
			held = undefined;
			await lease?.release();
		},
	};
};

/** Whether a run begins after the step that takes the Lease. */
export const skipsLeaseStep = ({
	plan: {stepIds, leaseStep},
	from,
}: {
	readonly plan: Pick<PlanEntry, 'stepIds' | 'leaseStep'>;
	readonly from?: string | undefined;
}): boolean => from !== undefined && (leaseStep === undefined || stepIds.indexOf(from) > stepIds.indexOf(leaseStep));

/**
 * Holds the Lease for a run that leaves out the step that takes it: one that begins behind it, or goes on there with edited answers.
 * There is none before there is a namespace.
 */
export const holdEarly = async ({holdLease}: Pick<Ports, 'holdLease'>, signal: AbortSignal): Promise<void> => {
	await holdLease(signal).catch((error: unknown) => {
		if (toProblem(error).code !== 'kubernetes-namespace-missing') throw error;
	});
};
