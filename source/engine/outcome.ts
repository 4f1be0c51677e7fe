import type {Problem} from '../base/problem.ts';
import {formatMoment} from '../base/units.ts';
import type {Outcome} from './events.ts';
import type {Pass, WayInfo} from './plan.ts';
import type {RunState, StepState} from './state.ts';

/** How a step ended that no people had a part in. */
export const outcomeWords: Readonly<Record<Outcome, string>> = {
	already: 'nothing to do',
	applied: 'done',
	'not-needed': 'not asked for',
	skipped: 'skipped',
	'brought-back': 'brought back',
};

/** What a step knows of its own part, and of the people whose work it needed. */
type Parts = Partial<Pick<StepState, 'waitedFor' | 'keep' | 'onlyLooks'>>;

/** How a step ended that found all in order, and never has anything to do itself. */
export const inOrder = 'ok';

/**
 * How a step ended that had nothing to do, where more is known of it: what others did is not "nothing to do", what nobody saw is not
 * done, and who only looks has found all in order. Else undefined.
 */
export const partWords = ({waitedFor, keep, onlyLooks}: Parts, outcome: Outcome | undefined): string | undefined => {
	if (outcome !== 'already') return undefined;
	if (keep?.unseen !== undefined) return 'taken as done';
	if (waitedFor !== undefined) return `waited for ${waitedFor}`;
	return onlyLooks ? inOrder : undefined;
};

/** How a step ended, in the words of every output. */
export const endWords = (step: Parts, outcome: Outcome): string => partWords(step, outcome) ?? outcomeWords[outcome];

/** What a problem makes of its step: a difference that a verification found is one, and nothing that failed. */
export const problemWords = (problem: Pick<Problem, 'code'> | undefined, pass: Pass): string =>
	pass === 'verify' && problem?.code === 'drift' ? 'differs' : 'problem';

/** What became of a step by the end of a run, in the words of every output. */
export const stepWords = (step: StepState, pass: Pass): string => {
	const {outcome, status, startedAt} = step;
	if (outcome !== undefined) return endWords(step, outcome);
	if (status === 'problem') return problemWords(step.problem, pass);
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

/** That a step was tried again, and when that ended in the same problem. */
export const sameAgainWords = (at: number): string => `Tried again at ${formatMoment(at, 'seconds')}: the same.`;
