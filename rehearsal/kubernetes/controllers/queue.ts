import {ApiError} from '../objects/errors.ts';

/** A work queue with unique keys: what is added while it is worked on is worked on again. */
export type Queue = {
	readonly add: (key: string) => void;
	readonly stop: () => void;
};

type Work = (namespace: string, name: string) => number | undefined;

/** How soon a key is looked at again after the API server refused something, ms. */
const refusedMs = 500;

/** Works on a key; answers when it wants to see it again, ms. A refusal of the API server is tried again. */
const workOn = (reconcile: Work, key: string): number | undefined => {
	const [namespace = '', ...name] = key.split('/');
	try {
		return reconcile(namespace, name.join('/'));
	} catch (error) {
		if (error instanceof ApiError) return refusedMs;
		throw error;
	}
};

/** Adds keys after a time; one that is set again counts from then. */
const createTimers = (add: (key: string) => void) => {
	const timers = new Map<string, NodeJS.Timeout>();
	return {
		set: (key: string, milliseconds: number): void => {
			clearTimeout(timers.get(key));
			const timer = setTimeout(() => {
				timers.delete(key);
				add(key);
			}, milliseconds);
			timers.set(key, timer);
		},
		stop: (): void => {
			for (const timer of timers.values()) clearTimeout(timer);
			timers.clear();
		},
	};
};

/**
 * Run `reconcile` once per added key, one at a time, in a later turn of the event loop. It may answer a number of
 * milliseconds after which it wants to see the key again.
 */
export const createQueue = (reconcile: Work): Queue => {
	const waiting = new Set<string>();
	let next: NodeJS.Immediate | undefined;
	let stopped = false;
	const schedule = (): void => {
		if (!stopped && waiting.size > 0) next ??= setImmediate(work);
	};
	const add = (key: string): void => {
		waiting.add(key);
		schedule();
	};
	const timers = createTimers(add);
	const work = (): void => {
		next = undefined;
		const [key] = waiting;
		if (key === undefined || stopped) return;
		waiting.delete(key);
		try {
			const again = workOn(reconcile, key);
			if (again !== undefined && !stopped) timers.set(key, again);
		} finally {
			schedule();
		}
	};
	return {
		add,
		stop: () => {
			stopped = true;
			clearImmediate(next);
			timers.stop();
			waiting.clear();
		},
	};
};
