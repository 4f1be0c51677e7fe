import pMap from 'p-map';
import {abortable} from './abort.ts';

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

/**
 * Work that serves all who ask for it while it is under way, as one of them. Whoever is stopped leaves alone: where that was the one for
 * whom it was begun, it is begun anew for the others. @throws the signal's reason; what the work throws
 */
export const shared = <T>(work: (signal: AbortSignal) => Promise<T>): ((signal: AbortSignal) => Promise<T>) => {
	type Running = {readonly by: AbortSignal; readonly result: Promise<T>};
	let running: Running | undefined;
	const begin = (by: AbortSignal): Running => {
		const begun = {by, result: work(by)};
		const over = (): void => {
			if (running === begun) running = undefined;
		};
		running = begun;
		begun.result.then(over, over);
		return begun;
	};
	const ask = async (signal: AbortSignal): Promise<T> => {
		signal.throwIfAborted();
		const asked = running ?? begin(signal);
		try {
			return await (asked.by === signal ? asked.result : abortable(asked.result, signal));
		} catch (error) {
			signal.throwIfAborted();
			if (!asked.by.aborted) throw error;
			if (running === asked) running = undefined;
			return ask(signal);
		}
	};
	return ask;
};
