import type {Clock} from '../base/clock.ts';
import {type Problem, ProblemError, toProblem} from '../base/problem.ts';
import type {Claim, LeaseHolder} from './lease-rules.ts';
import {type Attempt, createStore, giveBack, keep, type LeaseCluster, take} from './lease-steps.ts';

export type {LeaseHolder} from './lease-rules.ts';

export type LeaseOptions = {
	readonly namespace: string;
	readonly name?: string | undefined;
	readonly holder: LeaseHolder;
	readonly durationSeconds: number;
	readonly clock: Clock;
	/** Time as it passes, ms from any moment on, whatever is done to a clock; by default the system's own. */
	readonly elapsed?: (() => number) | undefined;
	/** Ends the wait of the first call; the lease itself lives until `release`. */
	readonly signal: AbortSignal;
	/** Called once when the lease is another's or could not be renewed for as long as it lasts. */
	readonly onLost?: ((problem: Problem) => void) | undefined;
	/** True for a holder that is known to be gone: a dead process of this boot and pid namespace; its lease is taken over at once. */
	readonly isGone?: ((holder: LeaseHolder) => boolean | Promise<boolean>) | undefined;
};

export type HeldLease = {
	/** Aborted, with a ProblemError as reason, when the lease is lost. */
	readonly lost: AbortSignal;
	/** Stops renewing and gives the lease free. Safe to call twice. @throws ProblemError `install-lock-left` */
	readonly release: () => Promise<void>;
};

/**
 * Takes the lock of this cluster: a Lease that is created, or replaced with its resourceVersion, so of two runs only
 * one succeeds. That of another run is watched: taken over when it is not renewed for as long as it lasts, and refused as
 * soon as it is. Times in it are for people only. It is renewed six times within its duration until `release`.
 * @throws ProblemError area `locked`, code `install-locked`; cluster problems.
 */
export const acquireLease = async (cluster: LeaseCluster, options: LeaseOptions): Promise<HeldLease> => {
	const {namespace, name = 'zenml-airgap', holder, durationSeconds, clock, signal, onLost, isGone} = options;
	const {elapsed = () => performance.now()} = options;
	const reference = {apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace, name};
	const claim: Claim = {reference, holder, durationSeconds};
	const offset = (await cluster.serverTime(signal)) - clock.now();
	const attempt: Attempt = {
		claim,
		store: createStore(cluster, claim),
		now: () => clock.now() + offset,
		isGone: isGone ?? (() => false),
		clock,
		elapsed,
	};
	const lease = await take(attempt, signal);

	const stop = new AbortController();
	const lost = new AbortController();
	const lose = (problem: Problem | undefined): void => {
		if (stop.signal.aborted || !problem) return;
		lost.abort(new ProblemError(problem));
		onLost?.(problem);
	};
	const keeping = keep(lease, {attempt, signal: stop.signal}).catch(toProblem).then(lose);
	let releasing: Promise<void> | undefined;
	const release = async (): Promise<void> => {
		stop.abort();
		await keeping;
		if (!lost.signal.aborted) await giveBack(attempt);
	};
	return {
		lost: lost.signal,
		release: () => {
			releasing ??= release();
			return releasing;
		},
	};
};
