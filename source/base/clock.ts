import {setTimeout as delay} from 'node:timers/promises';

/** Time as a port, so that tests need not wait. */
export type Clock = {
	/** Milliseconds since the epoch. */
	readonly now: () => number;
	/** Rejects with the signal's AbortError when it is aborted. */
	readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
};

/** The clock of this machine. */
export const systemClock: Clock = {
	now: () => Date.now(),
	sleep: async (ms, signal) => {
		await delay(ms, undefined, signal ? {signal} : undefined);
	},
};
