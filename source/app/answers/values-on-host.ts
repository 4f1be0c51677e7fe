import type {Answers} from '../../answers/schema.ts';
import {type Problem, ProblemError} from '../../base/problem.ts';
import {environmentProblems, operatorProblemsAlone, readOperatorValues, runnerProblems} from '../../charts/index.ts';
import {componentsOf} from '../../steps/shared/names.ts';
import {readValuesFile} from '../base/values-file.ts';

const problemsOfFile = async (file: string, answer: string): Promise<readonly Problem[]> => {
	const place = {file, answer};
	try {
		return operatorProblemsAlone(readOperatorValues(await readValuesFile(file, answer), place), place);
	} catch (error) {
		if (error instanceof ProblemError) return [error.problem];
		throw error;
	}
};

/** What is wrong with the operator's values and variables whatever the charts are. */
export const valuesProblems = async (answers: Answers): Promise<readonly Problem[]> => {
	const all = await Promise.all(
		componentsOf(answers).map(async ({path, answers: {helmValues: file}}) =>
			file === undefined ? [] : problemsOfFile(file, `${path}.helmValues`),
		),
	);
	const variables = answers.workspaces.flatMap(({environment}, index) => {
		const at = `workspaces.${index}`;
		return [...environmentProblems(at, environment), ...runnerProblems(at, environment, answers.workloadManager)];
	});
	return [...variables, ...all.flat()];
};
