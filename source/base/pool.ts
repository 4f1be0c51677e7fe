/** Runs work over items, `width` at a time; results in the order of the items. The first failure is thrown once all that runs has ended. */
export const inPool = async <T, R>(
	items: readonly T[],
	width: number,
	work: (item: T) => Promise<R>,
): Promise<readonly R[]> => {
	const results: R[] = [];
	const failures: unknown[] = [];
	let next = 0;
	const run = async (): Promise<void> => {
		for (let index = next++; index < items.length && failures.length === 0; index = next++) {
			try {
				results[index] = await work(items[index] as T);
			} catch (error) {
				failures.push(error);
			}
		}
	};
	await Promise.all(Array.from({length: Math.min(width, items.length)}, run));
	if (failures.length > 0) throw failures[0];
	return results;
};
