import type {Listener} from '../../engine/events.ts';
import {createFold} from '../../engine/fold.ts';
import type {RunState} from '../../engine/state.ts';

/** Longest time a screen may lag behind the engine, ms; a flood of events is folded at once and told together. */
const tellEveryMs = 33;

/** The state of a run for whoever draws it. */
export type Store = {
	readonly listener: Listener;
	readonly getState: () => RunState | undefined;
	readonly subscribe: (listener: () => void) => () => void;
};

/** Folds events and tells its subscribers, at most thirty times a second. */
export const createStore = (): Store => {
	const fold = createFold();
	let begun = false;
	let waiting = false;
	const subscribers = new Set<() => void>();
	const tell = (): void => {
		waiting = false;
		for (const subscriber of subscribers) subscriber();
	};
	return {
		listener: (event) => {
			fold.add(event);
			begun = true;
			if (!waiting) setTimeout(tell, tellEveryMs);
			waiting = true;
		},
		getState: () => (begun ? fold.state() : undefined),
		subscribe: (subscriber) => {
			subscribers.add(subscriber);
			return () => subscribers.delete(subscriber);
		},
	};
};
