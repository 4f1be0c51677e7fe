import pMap from 'p-map';

/**
 * Runs work over items, `width` at a time; results in the order of the items. After a failure nothing new is begun.
 * @throws the first failure, once all that was begun has ended: nobody works on behind the back of who handles it
 */
export const inPool = async <T, R>(
	items: readonly T[],
	width: number,
	work: (item: T) => Promise<R>,
): Promise<readonly R[]> => {
	const begun: Promise<R>[] = [];
	const begin = (item: T): Promise<R> => {
		const running = work(item);
		begun.push(running);
		return running;
	};
	try {
		return await pMap(items, begin, {concurrency: width});
	} catch (error) {
		await Promise.allSettled(begun);
		throw error;
	}
};

/** Runs work when there is room for it. Whoever waits leaves the line when its signal aborts. @throws the signal's reason; what the work throws */
export type Turns = <T>(signal: AbortSignal, work: () => Promise<T>) => Promise<T>;

/** Lets at most so many work at once, whoever they are; those that came first come first. */
export const createTurns = (width: number): Turns => {
	let free = width;
	const line = new Set<() => void>();
	const enter = async (signal: AbortSignal): Promise<void> => {
		signal.throwIfAborted();
		if (free > 0) {
			free -= 1;
			return;
		}
		const turn = Promise.withResolvers<void>();
		const giveUp = (): void => {
			line.delete(turn.resolve);
			turn.reject(signal.reason);
		};
		line.add(turn.resolve);
		signal.addEventListener('abort', giveUp, {once: true});
		await turn.promise.finally(() => signal.removeEventListener('abort', giveUp));
	};
	const leave = (): void => {
		const [next] = line;
		if (!next) {
			free += 1;
			return;
		}
		line.delete(next);
		next();
	};
	return async (signal, work) => {
		await enter(signal);
		return work().finally(leave);
	};
};
