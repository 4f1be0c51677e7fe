import type {Answers} from '../../answers/schema.ts';
import type {Problem} from '../../base/problem.ts';
import {chartsProblems} from '../problems.ts';
import {runnerContradictions} from './runner-settings.ts';
import {variablesUndoing} from './variables.ts';

/**
 * Variables of a component's answers that undo other answers; no chart is needed to tell.
 * @param values the variables, alone or within the values that are made from the answers
 */
export const environmentProblems = (component: string, values: unknown): readonly Problem[] => {
	const names = variablesUndoing(values);
	if (names.length === 0) return [];
	const answer = `${component}.environment`;
	return [chartsProblems.problem('environment-undoes-answers', {answer, names: names.join(', ')}, {answers: [answer]})];
};

/**
 * Variables of a workspace's answers that say something else than those that `workloadManager` is made into; no chart is needed to tell.
 * @param environment the variables of the answers alone
 */
export const runnerProblems = (
	component: string,
	environment: Readonly<Record<string, string>>,
	manager: Answers['workloadManager'],
): readonly Problem[] => {
	const found = runnerContradictions(environment, manager);
	if (found.length === 0) return [];
	const answer = `${component}.environment`;
	const names = found.map(({name}) => name).join(', ');
	const decided = [...new Set(found.map((one) => one.decided))];
	const facts = {answer, names, decided: decided.join(', ')};
	return [chartsProblems.problem('environment-contradicts-runners', facts, {answers: [answer, ...decided]})];
};
