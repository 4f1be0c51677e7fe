import type {Event} from './events.ts';
import {logBlock, logLimit} from './log.ts';
import {emptyRun, reduce} from './reduce.ts';
import type {RunState} from './state.ts';

/** A fold over a stream of events that many may come of before anybody looks. */
export type Fold = {
	readonly add: (event: Event) => void;
	/** The state after every event so far; the same value as long as none was added. */
	readonly state: () => RunState;
};

/** Events that are folded together at most: few enough that what waits takes no memory worth a thought. */
const together = 250;

/**
 * The same as `reduce` for each event in turn. The reducer only ever appends to the log, so the new lines are gathered
 * beside the old ones and put behind them once: a flood of lines does not copy the whole log for each of them.
 */
export const reduceAll = (state: RunState, events: readonly Event[]): RunState => {
	let all = state;
	for (let first = 0; first < events.length; first += together) {
		let next: RunState = {...all, log: [], logDropped: 0};
		for (const event of events.slice(first, first + together)) next = reduce(next, event);
		const count = all.log.length + next.log.length;
		const dropped = Math.max(0, Math.ceil((count - logLimit - logBlock) / logBlock) * logBlock);
		const log = next.log.length === 0 ? all.log : [...all.log.slice(dropped), ...next.log];
		all = {...next, log, logDropped: all.logDropped + dropped};
	}
	return all;
};

/** Folds from the empty run on. */
export const createFold = (): Fold => {
	let state: RunState = emptyRun;
	let waiting: Event[] = [];
	const settle = (): RunState => {
		if (waiting.length > 0) {
			state = reduceAll(state, waiting);
			waiting = [];
		}
		return state;
	};
	return {
		add: (event) => {
			waiting.push(event);
			if (waiting.length >= together) settle();
		},
		state: settle,
	};
};
