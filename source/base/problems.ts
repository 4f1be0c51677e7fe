import {declareProblems} from './problem-table.ts';

/** Problems of the ground floor. */
export const baseProblems = declareProblems({
	'time-out': {
		area: 'bug',
		message: '{what} did not end within {seconds} s.',
		cause: 'It was still busy with: {reason}.',
		fix: 'Look at the log for what it waited for, mend that, and try again; what is done already stays done.',
	},
});

declare module './problem.ts' {
	interface ProblemTables {
		readonly base: typeof baseProblems.table;
	}
}
