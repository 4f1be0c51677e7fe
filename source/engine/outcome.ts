import type {Outcome} from './events.ts';
import type {RunState} from './state.ts';

/** How a step ended, in the words of every output. */
export const outcomeWords: Readonly<Record<Outcome, string>> = {
	already: 'nothing to do',
	applied: 'done',
	'not-needed': 'not asked for',
	skipped: 'skipped',
};

/** True once the step is done whose success proves the whole. */
export const isProved = ({steps}: RunState): boolean => steps.some(({proves, status}) => proves && status === 'done');
