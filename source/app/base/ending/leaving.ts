import {setTimeout as sleep} from 'node:timers/promises';

/** Longest wait for what must be on disk before the program leaves at once, ms. */
const leavingMs = 2000;

/** The way out for somebody who does not wait for the safe point. */
export type Leaving = {
	/** Has `work` waited for, within bounds, before the program ends; until the returned function is called. What it throws keeps nobody. */
	readonly beforeLeaving: (work: () => Promise<void>) => () => void;
	/** Ends the program as soon as all of that is done, 2 seconds from now at the latest; asked for again it does not wait anew. */
	readonly leave: (exitCode: number) => Promise<void>;
};

/** Makes that way out. @param exit ends the process */
export const createLeaving = (exit: (exitCode: number) => void, mostMs = leavingMs): Leaving => {
	const works = new Set<() => Promise<void>>();
	const workThenExit = async (exitCode: number): Promise<void> => {
		const bound = new AbortController();
		const done = Promise.allSettled([...works].map(async (work) => work()));
		const late = sleep(mostMs, undefined, {signal: bound.signal}).catch(() => undefined);
		await Promise.race([done, late]);
		bound.abort();
		exit(exitCode);
	};
	let leaving: Promise<void> | undefined;
	return {
		beforeLeaving: (work) => {
			// Of two callers with the same work each has its own.
			const own = async (): Promise<void> => work();
			works.add(own);
			return () => void works.delete(own);
		},
		leave: async (exitCode) => {
			leaving ??= workThenExit(exitCode);
			await leaving;
		},
	};
};
