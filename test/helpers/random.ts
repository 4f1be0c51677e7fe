/** Numbers that look random and follow from a seed alone, so that a failure comes back. */
export type Random = {
	/** A whole number from 0 to below the limit. */
	readonly below: (limit: number) => number;
	readonly pick: <T>(list: readonly T[]) => T;
};

/** Mulberry32 (Tommy Ettinger, public domain): seeds beside each other begin differently. */
export const randomFrom = (seed: number): Random => {
	let state = seed | 0;
	const below = (limit: number): number => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * Math.max(1, limit));
	};
	const pick = <T>(list: readonly T[]): T => {
		if (list.length === 0) throw new Error('There is nothing to pick from.');
		return list[below(list.length)] as T;
	};
	return {below, pick};
};
