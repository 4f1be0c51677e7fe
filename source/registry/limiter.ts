/** Lets at most `size` tasks run at once, in the order they came. A waiting task leaves the queue when its signal aborts. */
export const createLimiter = (size: number) => {
	let running = 0;
	const queue: (() => void)[] = [];
	const acquire = (signal: AbortSignal): Promise<void> => {
		signal.throwIfAborted();
		if (running < size) {
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
	return async <T>(signal: AbortSignal, task: () => Promise<T>): Promise<T> => {
		await acquire(signal);
		try {
			return await task();
		} finally {
			running--;
			queue.shift()?.();
		}
	};
};
