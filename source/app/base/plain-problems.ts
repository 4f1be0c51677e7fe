import {ProblemError} from '../../base/problem.ts';
import {declareProblems} from '../../base/problem-table.ts';

/** Problems of a conversation in lines. */
export const plainProblems = declareProblems({
	'input-ended': {
		area: 'stopped',
		message: 'There is nobody left to answer.',
		cause: 'The input ended.',
		fix: 'Start the same command again in a terminal, or give all answers with --answers and --non-interactive.',
	},
});

declare module '../../base/problem.ts' {
	interface ProblemTables {
		readonly plain: typeof plainProblems.table;
	}
}

/** True for the error of a question that nobody is left to answer. */
export const isInputEnded = (error: unknown): boolean =>
	error instanceof ProblemError && error.problem.code === 'input-ended';
