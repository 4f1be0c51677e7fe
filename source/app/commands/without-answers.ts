import {ProblemError} from '../../base/problem.ts';

/**
 * A refusal of a room as a command tells it that reads no answers: without those that would mend it.
 * @param fix the move that mends it here, where that is another one
 */
export const withoutAnswers = (error: ProblemError, fix = error.problem.fix): ProblemError => {
	const {answers: _answers, ...problem} = error.problem;
	return new ProblemError({...problem, fix}, {cause: error, facts: error.facts});
};
