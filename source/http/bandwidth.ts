import {setTimeout as sleep} from 'node:timers/promises';

/** A bound on bytes per second that all connections share. */
export type Bandwidth = {
	/** Waits until that many bytes may go; refuses with the signal's reason when it aborts. */
	readonly take: (bytes: number, signal: AbortSignal) => Promise<void>;
	/** Pieces no larger than this keep the line even. */
	readonly pieceBytes: number;
};

/** What may go at once after a pause, in milliseconds of the line. */
const burstMs = 100;

type Time = {
	/** Milliseconds from any start. */
	readonly now: () => number;
	readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
};
const real: Time = {now: () => performance.now(), wait: (ms, signal) => sleep(ms, undefined, {signal})};

/** A token bucket. @param bytesPerSecond more than 0 */
export const createBandwidth = (bytesPerSecond: number, time: Time = real): Bandwidth => {
	let free = 0;
	return {
		pieceBytes: Math.max(4096, Math.floor(bytesPerSecond / 10)),
		take: async (bytes, signal) => {
			const now = time.now();
			free = Math.max(free, now - burstMs) + (bytes / bytesPerSecond) * 1000;
			if (free > now) await time.wait(free - now, signal);
		},
	};
};
