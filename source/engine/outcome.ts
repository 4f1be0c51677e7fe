import type {Outcome} from './events.ts';
import type {Pass, WayInfo} from './plan.ts';
import type {RunState, StepState} from './state.ts';

/** How a step ended, in the words of every output. */
export const outcomeWords: Readonly<Record<Outcome, string>> = {
	already: 'nothing to do',
	applied: 'done',
	'not-needed': 'not asked for',
	skipped: 'skipped',
	'brought-back': 'brought back',
};

/** What became of a step by the end of a run, in the words of every output. */
export const stepWords = ({outcome, status, startedAt}: StepState, pass: Pass): string => {
	if (outcome !== undefined) return outcomeWords[outcome];
	if (status === 'problem') return 'problem';
	if (startedAt === undefined) return 'not begun';
	return pass === 'apply' ? 'not finished' : 'not looked at';
};

/** True once the step is done whose success proves the whole. */
export const isProved = ({steps}: RunState): boolean => steps.some(({proves, status}) => proves && status === 'done');

/** True where every step found that there was nothing to do. */
export const isUnchanged = ({steps}: RunState): boolean =>
	steps.every(({outcome}) => outcome === 'already' || outcome === 'not-needed');

/** A way out of a problem that was agreed to and begun, and did not come to its end. */
export const unfinishedWay = ({steps}: RunState): WayInfo | undefined =>
	steps.find(({way, outcome}) => way !== undefined && outcome === undefined)?.way;

/** True for a step of a journal that needs no further work: what was brought back is not what the answers want. */
export const isDone = ({outcome}: {readonly outcome?: Outcome | undefined}): boolean =>
	outcome !== undefined && outcome !== 'brought-back';
