import type {Problem} from '../../base/problem.ts';
import type {Handover} from '../../engine/plan.ts';
import type {RunState, StepState} from '../../engine/state.ts';
import type {PageView, RunView} from './types.ts';

/** What the run waits on, and thus which page stands over it. */
export type Page =
	| {readonly kind: 'none'}
	| {readonly kind: 'handover'; readonly step: StepState; readonly handover: Handover}
	| {readonly kind: 'problem'; readonly step: StepState; readonly problem: Problem};

export type Opened = Exclude<Page, {readonly kind: 'none'}>;

const fresh = {section: 0, top: 0, menu: 0, hidden: false} as const;

/** The step that is under way or was last. */
export const currentStep = (run: RunState | undefined): StepState | undefined =>
	run?.steps.find(({id}) => id === run.current);

/** The page that the run calls for, whether shown or hidden. */
export const pageOf = (run: RunState | undefined): Page => {
	const step = currentStep(run);
	if (!step || run?.outcome !== undefined) return {kind: 'none'};
	if (step.status === 'problem' && step.problem) return {kind: 'problem', step, problem: step.problem};
	if (step.status === 'waiting' && step.handover) return {kind: 'handover', step, handover: step.handover};
	return {kind: 'none'};
};

/** A problem is its own subject; a hand-over stays the same while its awaited things change. */
const subjectOf = (page: Opened): Problem | string =>
	page.kind === 'problem' ? page.problem : `${page.step.id}/${page.handover.id}`;

/** The scroll position and such for a page: those of an earlier page do not carry over. */
export const viewOf = (run: RunView, page: Opened): PageView => {
	const subject = subjectOf(page);
	return run.page.subject === subject ? run.page : {...fresh, subject};
};

export const freshRunView: RunView = {
	pane: 'steps',
	detailTop: 0,
	log: {level: 'info', query: ''},
	page: fresh,
	summaryTop: 0,
};
