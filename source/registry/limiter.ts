import {createWaitingLine} from './waiting.ts';

/** Tasks that take turns. */
export type Limiter = {
	/**
	 * Runs a task when there is room for it; one that waits leaves the line when its signal aborts.
	 * @param weight of a layer its bytes: a large one that began last would keep one connection busy when all others are done
	 */
	<T>(signal: AbortSignal, task: () => Promise<T>, weight?: number): Promise<T>;
	/** How many may run at once at present. */
	readonly width: () => number;
};

/** Successes for each connection before there is one more again. */
const steps = 4;

/**
 * A width that a failure halves (never below 1), and that grows by one after a row of successes. Several that fail of one cause at
 * once halve it once.
 */
const createWidth = (size: number, isTrouble: (error: unknown) => boolean) => {
	let width = Math.max(1, size);
	let good = 0;
	/** Counts the halvings: a task that began before the last one tells nothing new. */
	let era = 0;
	return {
		now: () => width,
		era: () => era,
		succeeded: (begun: number): void => {
			if (begun !== era || width >= size || ++good < width * steps) return;
			width++;
			good = 0;
		},
		failed: (begun: number, error: unknown): void => {
			if (begun !== era || !isTrouble(error)) return;
			width = Math.max(1, Math.floor(width / 2));
			good = 0;
			era++;
		},
	};
};

/**
 * Lets at most `size` tasks run at once; of those that wait the heaviest comes next, of one weight the one that came first.
 * @param isTrouble failures after which fewer shall run at once, for a while
 */
export const createLimiter = (size: number, isTrouble: (error: unknown) => boolean = () => false): Limiter => {
	const width = createWidth(size, isTrouble);
	const waiting = createWaitingLine();
	let running = 0;
	const enter = async (signal: AbortSignal, weight: number): Promise<void> => {
		signal.throwIfAborted();
		// Who is let in from the line has been counted by who left.
		if (running >= width.now()) return waiting.join(signal, weight);
		running++;
	};
	const leave = (): void => {
		running--;
		while (running < width.now() && waiting.admit()) running++;
	};
	const run = async <T>(signal: AbortSignal, task: () => Promise<T>, weight = 0): Promise<T> => {
		await enter(signal, weight);
		const begun = width.era();
		try {
			const result = await task();
			width.succeeded(begun);
			return result;
		} catch (error) {
			width.failed(begun, error);
			throw error;
		} finally {
			leave();
		}
	};
	return Object.assign(run, {width: width.now});
};
