import {type Problem, partsOf, toProblem} from '../base/problem.ts';
import {counted} from '../base/text.ts';
import {bytesInWords, changesInWords, writesIn} from './changes.ts';
import type {Change, PlanFact, PlanPage} from './plan.ts';
import type {RunState, StepState} from './state.ts';

/** What one step would do. `unknown`: it can only be told once earlier steps are done; `held`: once a problem of an earlier one is mended. */
export type PlanStep = {readonly id: string; readonly title: string; readonly pages?: readonly PlanPage[]} & (
	| {readonly state: 'ok'; readonly note?: string}
	| {readonly state: 'todo'; readonly changes: readonly Change[]}
	| {readonly state: 'unknown'; readonly note?: string}
	| {readonly state: 'held'}
	| {readonly state: 'not-needed'}
	| {readonly state: 'problem'; readonly problem: Problem}
);

/** What a dry run found, step by step. */
export type PlanView = {readonly steps: readonly PlanStep[]; readonly facts?: readonly PlanFact[]};

const viewOf = (
	{id, title, problem, outcome, note, changes, pages}: StepState,
	index: number,
	all: readonly StepState[],
): PlanStep => {
	const head = {id, title, ...(pages && {pages})};
	if (problem) return {...head, state: 'problem', problem};
	if (outcome === 'not-needed') return {...head, state: 'not-needed'};
	if (outcome !== undefined) return {...head, state: 'ok', ...(note && {note})};
	if (changes.length > 0) return {...head, state: 'todo', changes};
	const isHeld = all.slice(0, index).some((earlier) => earlier.problem !== undefined);
	return {...head, state: isHeld ? 'held' : 'unknown'};
};

/** Everything that is to be read before the plan is started, in the order of its steps. */
export const pagesOf = ({steps}: PlanView): readonly PlanPage[] => steps.flatMap(({pages = []}) => pages);

/** The first step of a plan that takes something away says what: the problem that kept it from that, where one did. */
export const untoldLoss = ({steps: [first]}: PlanView): Problem | undefined =>
	first?.state === 'problem' ? first.problem : undefined;

/** A dry run's state as a review page shows it. */
export const planViewOf = (state: RunState): PlanView => ({
	steps: state.steps.map(viewOf),
	...(state.facts && {facts: state.facts}),
});

/** For a dry run that was refused before it began: the refusal, told as the problem of the first step. */
export const refusedPlan = (error: unknown): PlanView => ({
	steps: [{id: 'plan', title: 'Plan', state: 'problem', problem: toProblem(error)}],
});

/** What a step would do, in a few words; of a problem only that there is one. */
export const verdictOf = (step: PlanStep): string => {
	switch (step.state) {
		case 'ok':
			return step.note ?? 'nothing to do';
		case 'todo':
			return changesInWords(step.changes);
		case 'unknown':
			return step.note ?? 'planned after the earlier steps';
		case 'held':
			return 'held by the problem above: planned once that is mended';
		case 'not-needed':
			return 'not asked for';
		case 'problem':
			return 'problem';
	}
};

/** What the plan met, each by itself. */
export const problemsIn = ({steps}: Pick<PlanView, 'steps'>): readonly Problem[] =>
	steps.flatMap((step) => (step.state === 'problem' ? partsOf(step.problem) : []));

/** The whole plan in a few words: `1 problem, 21 changes, 3 steps planned later`. */
export const planInWords = ({steps}: PlanView): string => {
	const all = steps.flatMap((step) => (step.state === 'todo' ? step.changes : []));
	const changes = writesIn(all).length;
	const problems = problemsIn({steps}).length;
	const later = steps.filter(({state}) => state === 'unknown').length;
	const held = steps.filter(({state}) => state === 'held').length;
	const words = [
		...(problems > 0 ? [counted(problems, 'problem')] : []),
		...(changes > 0 ? [counted(changes, 'change')] : []),
		...bytesInWords(all),
		...(later > 0 ? [`${counted(later, 'step')} planned later`] : []),
		...(held > 0 ? [`${counted(held, 'step')} held`] : []),
	];
	return words.length === 0 ? 'nothing to change' : words.join(', ');
};

/** What the place is called that a plan goes to, for the question whether to start: the one of these values that is there first. */
export const placeOf = ({facts = []}: PlanView): string | undefined => {
	const {context, server} = facts.find(({id}) => id === 'cluster')?.values ?? {};
	return [context, server].find((one): one is string => typeof one === 'string' && one !== '');
};
