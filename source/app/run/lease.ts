import {type Holder, processBirth} from '../../base/lock.ts';
import {ProblemError} from '../../base/problem.ts';
import {acquireLease, type HeldLease} from '../../cluster/lease.ts';
import type {ClusterPort} from '../../cluster/types.ts';
import type {Ports} from '../../steps/world.ts';
import type {Context} from '../base/context.ts';

/** How long a Lease lives without being renewed; renewed three times within it. */
const leaseSeconds = 30;

export type LeaseOptions = {
	readonly context: Context;
	readonly cluster: ClusterPort;
	readonly namespace: string;
	/** Who holds it; absent for a run that changes nothing, which takes none. */
	readonly holder: Omit<Holder, 'birth'> | undefined;
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
	const take = async (owner: Omit<Holder, 'birth'>, signal: AbortSignal): Promise<HeldLease> => {
		await after;
		return acquireLease(cluster, {
			namespace,
			holder: owner,
			durationSeconds: leaseSeconds,
			clock: context.clock,
			signal,
			onLost: (problem) => onLost(new ProblemError(problem)),
			isGone: async ({host, pid}) => host === context.hostName && (await processBirth(pid)) === undefined,
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
