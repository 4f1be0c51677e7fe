/** Tasks that take turns. */
export type Limiter = {
	/** Runs a task when there is room for it; one that waits leaves the queue when its signal aborts. */
	<T>(signal: AbortSignal, task: () => Promise<T>): Promise<T>;
	/** How many may run at once at present. */
	readonly width: () => number;
};

/** Successes for each connection before there is one more again. */
const steps = 4;

/**
 * Lets at most `size` tasks run at once, in the order they came. A failure that `isTrouble` says yes to halves that number (never
 * below 1); after a row of successes it grows by one. Several that fail of one cause at once halve it once.
 */
export const createLimiter = (size: number, isTrouble: (error: unknown) => boolean = () => false): Limiter => {
	let width = Math.max(1, size);
	let running = 0;
	let good = 0;
	/** Counts the halvings: a task that began before the last one tells nothing new. */
	let era = 0;
	const queue: (() => void)[] = [];
	const wake = (): void => {
		while (running < width && queue.length > 0) queue.shift()?.();
	};
	const acquire = (signal: AbortSignal): Promise<void> => {
		signal.throwIfAborted();
		if (running < width) {
			running++;
			return Promise.resolve();
		}
		return new Promise((resolve, reject) => {
			const enter = () => {
				signal.removeEventListener('abort', leave);
				running++;
				resolve();
			};
			const leave = () => {
				queue.splice(queue.indexOf(enter), 1);
				reject(signal.reason);
			};
			queue.push(enter);
			signal.addEventListener('abort', leave, {once: true});
		});
	};
	const run = async <T>(signal: AbortSignal, task: () => Promise<T>): Promise<T> => {
		await acquire(signal);
		const begun = era;
		try {
			const result = await task();
			if (begun === era && width < size && ++good >= width * steps) {
				width++;
				good = 0;
			}
			return result;
		} catch (error) {
			if (begun === era && isTrouble(error)) {
				width = Math.max(1, Math.floor(width / 2));
				good = 0;
				era++;
			}
			throw error;
		} finally {
			running--;
			wake();
		}
	};
	return Object.assign(run, {width: () => width});
};
