import type {Clock} from './clock.ts';

/** How often something is tried, and after which pauses (the last one repeats); `pausesMs` in milliseconds. */
export type RetryRule = {readonly attempts: number; readonly pausesMs: readonly number[]};

/** The pause after the given attempt, counted from 1, ms. */
export const pauseAfter = ({pausesMs}: Pick<RetryRule, 'pausesMs'>, attempt: number): number =>
	pausesMs[Math.min(attempt, pausesMs.length) - 1] ?? 0;

export type RetryOptions = {
	/** The rule that holds for this error; undefined where it must not be tried again. */
	readonly ruleOf: (error: unknown) => RetryRule | undefined;
	readonly clock: Pick<Clock, 'sleep'>;
	readonly signal: AbortSignal;
	/** Told before each pause; may answer with a longer or shorter one, ms. */
	readonly onRetry?: (error: unknown, attempt: number, pauseMs: number) => number | undefined;
};

/**
 * Does work, and does it again as long as its failures pass by themselves: the one loop for that.
 * @param work is told which attempt it is, counted from 1; `advance` says that it came further than any before, so that the next
 * failure counts as the first
 * @throws the last failure; the signal's reason once it is aborted
 */
export const retrying = async <T>(
	work: (attempt: number, advance: () => void) => Promise<T>,
	options: RetryOptions,
): Promise<T> => {
	const {ruleOf, clock, signal, onRetry} = options;
	for (let attempt = 1; ; attempt += 1) {
		signal.throwIfAborted();
		try {
			return await work(attempt, () => {
				attempt = 1;
			});
		} catch (error) {
			signal.throwIfAborted();
			const rule = ruleOf(error);
			if (rule === undefined || attempt >= rule.attempts) throw error;
			const pauseMs = pauseAfter(rule, attempt);
			await clock.sleep(onRetry?.(error, attempt, pauseMs) ?? pauseMs, signal).catch((stopped: unknown) => {
				signal.throwIfAborted();
				throw stopped;
			});
		}
	}
};
