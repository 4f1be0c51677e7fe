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
