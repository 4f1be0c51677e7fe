import {toProblem} from '../base/problem.ts';
import type {RunState, StepState} from '../engine/types.ts';
import type {PlanStep, PlanView} from '../ui/session.ts';

const viewOf = (step: StepState): PlanStep => {
	const {id, title} = step;
	if (step.problem) return {id, title, state: 'problem', problem: step.problem};
	if (step.outcome === 'not-needed') return {id, title, state: 'not-needed'};
	if (step.outcome !== undefined) return {id, title, state: 'ok', ...(step.note ? {note: step.note} : {})};
	if (step.changes.length > 0) return {id, title, state: 'todo', changes: step.changes};
	return {id, title, state: 'unknown'};
};

/** A dry run's state as the review page shows it. */
export const planViewOf = (state: RunState): PlanView => ({steps: state.steps.map(viewOf)});

/** For a dry run that was refused before it began: the refusal, told as the problem of the first step. */
export const refusedPlan = (error: unknown): PlanView => ({
	steps: [{id: 'bundle', title: 'Plan', state: 'problem', problem: toProblem(error)}],
});
