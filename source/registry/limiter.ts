/** Tasks that take turns. */
export type Limiter = {
	/**
	 * Runs a task when there is room for it; one that waits leaves the queue when its signal aborts.
	 * @param weight of a layer its bytes: a large one that began last would keep one connection busy when all others are done
	 */
	<T>(signal: AbortSignal, task: () => Promise<T>, weight?: number): Promise<T>;
	/** How many may run at once at present. */
	readonly width: () => number;
};

type Waiter = {
	readonly signal: AbortSignal;
	readonly weight: number;
	readonly enter: () => void;
	readonly reject: (reason: unknown) => void;
};

/** Successes for each connection before there is one more again. */
const steps = 4;

/**
 * Lets at most `size` tasks run at once; of those that wait the heaviest comes next, of one weight the one that came first. A failure
 * that `isTrouble` says yes to halves that number (never below 1); after a row of successes it grows by one. Several that fail of one
 * cause at once halve it once.
 */
export const createLimiter = (size: number, isTrouble: (error: unknown) => boolean = () => false): Limiter => {
	let width = Math.max(1, size);
	let running = 0;
	let good = 0;
	/** Counts the halvings: a task that began before the last one tells nothing new. */
	let era = 0;
	let queue: Waiter[] = [];
	/** Those before it have left the queue: taking the first of a long array away moves all others. */
	let head = 0;
	/** One listener for each signal, whatever waits with it: a signal looks through all that it has when one is added. */
	const signals = new Map<AbortSignal, {waiting: number; readonly leave: () => void}>();
	const wake = (): void => {
		while (running < width && head < queue.length) {
			const {signal, enter} = queue[head++] as Waiter;
			const shared = signals.get(signal);
			if (shared && --shared.waiting === 0) {
				signal.removeEventListener('abort', shared.leave);
				signals.delete(signal);
			}
			running++;
			enter();
		}
		if (head * 2 < queue.length) return;
		queue = queue.slice(head);
		head = 0;
	};
	const leaveAll = (signal: AbortSignal): void => {
		signals.delete(signal);
		const waiting = queue.slice(head);
		head = 0;
		queue = waiting.filter((waiter) => waiter.signal !== signal);
		for (const waiter of waiting) if (waiter.signal === signal) waiter.reject(signal.reason);
	};
	/** Behind all that weigh as much or more. */
	const placeOf = (weight: number): number => {
		let [low, high] = [head, queue.length];
		while (low < high) {
			const middle = (low + high) >>> 1;
			if ((queue[middle] as Waiter).weight >= weight) low = middle + 1;
			else high = middle;
		}
		return low;
	};
	const acquire = (signal: AbortSignal, weight: number): Promise<void> => {
		signal.throwIfAborted();
		if (running < width) {
			running++;
			return Promise.resolve();
		}
		return new Promise((enter, reject) => {
			queue.splice(placeOf(weight), 0, {signal, weight, enter, reject});
			const shared = signals.get(signal) ?? {waiting: 0, leave: () => leaveAll(signal)};
			if (shared.waiting++ > 0) return;
			signals.set(signal, shared);
			signal.addEventListener('abort', shared.leave, {once: true});
		});
	};
	const run = async <T>(signal: AbortSignal, task: () => Promise<T>, weight = 0): Promise<T> => {
		await acquire(signal, weight);
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
