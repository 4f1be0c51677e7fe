import type {Taker} from '../../base/lock/lock.ts';
import {isSamePlace, processBirth, processPlace} from '../../base/lock/process.ts';
import {ProblemError} from '../../base/problem.ts';
import {acquireLease, type HeldLease, type LeaseHolder} from '../../cluster/lease.ts';
import type {ClusterPort} from '../../cluster/types.ts';
import type {Ports} from '../../steps/world.ts';
import type {Context} from '../base/context.ts';

/**
 * How long a Lease lives without being renewed, seconds. A run that cannot renew it stops at two thirds of it; the last third
 * is longer than helm gets to close its release.
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
};

/** The Lease of one run: taken at the first `hold`, kept through later ones. */
export const createLeaseHolder = (
	options: LeaseOptions,
): {readonly hold: Ports['holdLease']; readonly release: () => Promise<void>} => {
	const {context, cluster, namespace, holder, after, onLost} = options;
	let held: Promise<HeldLease> | undefined;
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
			isGone,
		});
	};
	return {
		hold: async (signal) => {
			if (!holder) return;
			held ??= take(holder, signal);
			try {
				await held;
			} catch (error) {
				held = undefined;
				throw error;
			}
		},
		release: async () => {
			const lease = await held?.catch(() => undefined);
			held = undefined;
			await lease?.release();
		},
	};
};
