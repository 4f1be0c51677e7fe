import {setImmediate as turn} from 'node:timers/promises';
import type {Clock} from '../../source/base/clock.ts';

/** A clock that goes on only when nothing else is left to do. */
export type FakeClock = Clock & {
	/** Sleepers that nobody ended. */
	readonly asleep: () => number;
	/** Runs work to its end; whenever it stands still, time jumps to the next sleeper. */
	readonly drive: <T>(work: Promise<T>) => Promise<T>;
	/** Calls back when time passes this moment. */
	readonly at: (ms: number, act: () => void) => void;
};

export const fakeClock = (): FakeClock => {
	let now = 0;
	const sleepers = new Set<{readonly due: number; readonly wake: () => void}>();
	const sleep = async (ms: number, signal?: AbortSignal): Promise<void> =>
		new Promise((resolve, reject) => {
			const end = (): void => {
				sleepers.delete(sleeper);
				signal?.removeEventListener('abort', stop);
			};
			const stop = (): void => {
				end();
				reject(new DOMException('The operation was aborted', 'AbortError'));
			};
			const sleeper = {
				due: now + ms,
				wake: () => {
					end();
					resolve();
				},
			};
			if (signal?.aborted) {
				reject(new DOMException('The operation was aborted', 'AbortError'));
				return;
			}
			sleepers.add(sleeper);
			signal?.addEventListener('abort', stop, {once: true});
		});
	return {
		now: () => now,
		sleep,
		asleep: () => sleepers.size,
		at: (ms, act) => {
			sleepers.add({due: ms, wake: act});
		},
		drive: async (work) => {
			let settled = false;
			const done = (): void => {
				settled = true;
			};
			work.then(done, done);
			for (let jumps = 0; ; jumps += 1) {
				for (let idle = 0; idle < 3 && !settled; idle += 1) await turn();
				if (settled) return work;
				const next = [...sleepers].sort((a, b) => a.due - b.due)[0];
				if (!next || jumps > 10_000) throw new Error('The work waits for something that never comes');
				now = Math.max(now, next.due);
				sleepers.delete(next);
				next.wake();
			}
		},
	};
};
