import {type Problem, toProblem} from '../base/problem.ts';
import type {Change, PlanPage} from './plan.ts';
import type {RunState, StepState} from './state.ts';

/** What one step would do. `unknown`: it can only be told once earlier steps are done. */
export type PlanStep = {readonly id: string; readonly title: string; readonly pages?: readonly PlanPage[]} & (
	| {readonly state: 'ok'; readonly note?: string}
	| {readonly state: 'todo'; readonly changes: readonly Change[]}
	| {readonly state: 'unknown'; readonly note?: string}
	| {readonly state: 'not-needed'}
	| {readonly state: 'problem'; readonly problem: Problem}
);

/** What a dry run found, step by step. */
export type PlanView = {readonly steps: readonly PlanStep[]};

const viewOf = ({id, title, problem, outcome, note, changes, pages}: StepState): PlanStep => {
	const head = {id, title, ...(pages && {pages})};
	if (problem) return {...head, state: 'problem', problem};
	if (outcome === 'not-needed') return {...head, state: 'not-needed'};
	if (outcome !== undefined) return {...head, state: 'ok', ...(note && {note})};
	if (changes.length > 0) return {...head, state: 'todo', changes};
	return {...head, state: 'unknown'};
};

/** Everything that is to be read before the plan is started, in the order of its steps. */
export const pagesOf = ({steps}: PlanView): readonly PlanPage[] => steps.flatMap(({pages = []}) => pages);

/** The first step of a plan that takes something away says what: the problem that kept it from that, where one did. */
export const untoldLoss = ({steps: [first]}: PlanView): Problem | undefined =>
	first?.state === 'problem' ? first.problem : undefined;

/** A dry run's state as a review page shows it. */
export const planViewOf = (state: RunState): PlanView => ({steps: state.steps.map(viewOf)});

/** For a dry run that was refused before it began: the refusal, told as the problem of the first step. */
export const refusedPlan = (error: unknown): PlanView => ({
	steps: [{id: 'plan', title: 'Plan', state: 'problem', problem: toProblem(error)}],
});
