import {ApiError} from '../objects/errors.ts';

/** A work queue with unique keys: what is added while it is worked on is worked on again. */
export type Queue = {
	readonly add: (key: string) => void;
	readonly addAfter: (key: string, milliseconds: number) => void;
	readonly stop: () => void;
};

/**
 * Run `reconcile` once per added key, one at a time, in a later turn of the event loop. It may answer a number of
 * milliseconds after which it wants to see the key again. A refusal of the API server is tried again after 500 ms.
 */
export const createQueue = (reconcile: (namespace: string, name: string) => number | undefined): Queue => {
	const waiting = new Set<string>();
	const timers = new Map<string, NodeJS.Timeout>();
	let scheduled: NodeJS.Immediate | undefined;
	let stopped = false;

	const work = (): void => {
		scheduled = undefined;
		const [key] = waiting;
		if (key === undefined || stopped) return;
		waiting.delete(key);
		const slash = key.indexOf('/');
		try {
			const again = reconcile(key.slice(0, slash), key.slice(slash + 1));
			if (again !== undefined) queue.addAfter(key, again);
		} catch (error) {
			if (!(error instanceof ApiError)) throw error;
			queue.addAfter(key, 500);
		} finally {
			if (waiting.size > 0) schedule();
		}
	};
	const schedule = (): void => {
		if (!stopped) scheduled ??= setImmediate(work);
	};
	const queue: Queue = {
		add: (key) => {
			waiting.add(key);
			schedule();
		},
		addAfter: (key, milliseconds) => {
			if (stopped) return;
			clearTimeout(timers.get(key));
			const timer = setTimeout(() => {
				timers.delete(key);
				queue.add(key);
			}, milliseconds);
			timers.set(key, timer);
		},
		stop: () => {
			stopped = true;
			if (scheduled) clearImmediate(scheduled);
			for (const timer of timers.values()) clearTimeout(timer);
			timers.clear();
			waiting.clear();
		},
	};
	return queue;
};
