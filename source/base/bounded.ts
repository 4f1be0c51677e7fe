import type {Clock} from './clock.ts';
import type {ProblemArea} from './problem.ts';
import {baseProblems} from './problems.ts';

/** How long work may take to end itself after it was told to stop, in ms: helm needs this to close its release. */
export const graceMs = 20_000;

/**
 * Runs work under an upper bound. When the bound passes, the work's signal is aborted, it gets a grace period, and the
 * call fails with code `time-out` and the reason that `reason()` gives at that moment.
 * @throws what the work throws; the outer signal's reason when that one is aborted.
 */
export const bounded = async <T>(
	work: (signal: AbortSignal) => Promise<T>,
	options: {
		readonly ms: number;
		readonly signal: AbortSignal;
		readonly clock: Clock;
		readonly area: ProblemArea;
		readonly what: string;
		readonly reason: () => string;
	},
): Promise<T> => {
	const {ms, signal, clock, what, area} = options;
	signal.throwIfAborted();
	const timeOut = (): Error =>
		baseProblems.error('time-out', {what, seconds: Math.round(ms / 1000), reason: options.reason()}, {area});
	const expiry = new AbortController();
	const settledOrStopped = new AbortController();
	const timer = clock
		.sleep(ms, settledOrStopped.signal)
		.then(() => expiry.abort(timeOut()))
		.catch(() => undefined);
	const inner = AbortSignal.any([signal, expiry.signal]);
	const stopped = new Promise<never>((_resolve, reject) => {
		inner.addEventListener(
			'abort',
			() => {
				clock.sleep(graceMs, settledOrStopped.signal).then(
					() => reject(inner.reason),
					() => undefined,
				);
			},
			{once: true},
		);
	});
	try {
		return await Promise.race([work(inner), stopped]);
	} catch (error) {
		throw inner.aborted ? (inner.reason ?? error) : error;
	} finally {
		settledOrStopped.abort();
		await timer;
	}
};
