import type {Problem} from '../../base/problem.ts';
import {chartsProblems} from '../problems.ts';
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
