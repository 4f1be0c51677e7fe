import type {Clock} from '../base/clock.ts';
import {type Problem, ProblemError, toProblem} from '../base/problem.ts';
import {createKeeper, type LeaseNews} from './lease-keeping.ts';
import type {Claim, LeaseHolder} from './lease-rules.ts';
import {type Attempt, createStore, giveBack, type LeaseCluster, take} from './lease-steps.ts';

export type {LeaseNews} from './lease-keeping.ts';
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
	/** Called once when the lease is another's, or could not be renewed for as long as it lasts while something was changed. */
	readonly onLost?: ((problem: Problem) => void) | undefined;
	/** Hears that it cannot be renewed while nothing is changed, and that it is renewed again. */
	readonly onNews?: ((news: LeaseNews) => void) | undefined;
	/** True for a holder that is known to be gone: a dead process of this boot and pid namespace; its lease is taken over at once. */
	readonly isGone?: ((holder: LeaseHolder) => boolean | Promise<boolean>) | undefined;
};

export type HeldLease = {
	/** Aborted, with a ProblemError as reason, when the lease is lost. */
	readonly lost: AbortSignal;
	/**
	 * Does what changes something. It begins once the lease is surely held, and ends by `lost` when the lease cannot be renewed any
	 * longer; beside it a lease that cannot be renewed is waited for.
	 * @throws ProblemError `install-lock-unsure` where the cluster does not answer; why it was lost; what the work throws
	 */
	readonly changing: <T>(work: () => Promise<T>) => Promise<T>;
	/** False while it may be another's: it is lost, or could not be renewed for two thirds of its life. */
	readonly isSure: () => boolean;
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
	const {namespace, name = 'zenml-airgap', holder, durationSeconds, clock, signal, onLost, onNews, isGone} = options;
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
	const lose = (problem: Problem): void => {
		if (stop.signal.aborted || lost.signal.aborted) return;
		lost.abort(new ProblemError(problem));
		onLost?.(problem);
	};
	const keeper = createKeeper(lease, {attempt, signal: stop.signal, onLost: lose, onNews});
	const keeping = keeper.keep().catch((error: unknown) => lose(toProblem(error)));
	let releasing: Promise<void> | undefined;
	const release = async (): Promise<void> => {
		stop.abort();
		await keeping;
		if (!lost.signal.aborted) await giveBack(attempt);
	};
	return {
		lost: lost.signal,
		changing: keeper.changing,
		isSure: () => !lost.signal.aborted && keeper.isSure(),
		release: () => {
			releasing ??= release();
			return releasing;
		},
	};
};
