import {declareProblems} from '../../base/problem-table.ts';

/** Problems of databases that are made to be dropped. */
export const scratchProblems = declareProblems({
	'scratch-not-ours': {
		area: 'database',
		who: 'database admin',
		message: 'On {server} there is {what} "{name}" that the drill did not make.',
		cause: 'It is not marked as a scratch database of the drill, so it is neither used nor dropped.',
		fix: 'Have the database admin look what it is, and rename it or drop it where nobody needs it; then start the drill again.',
	},
});

declare module '../../base/problem.ts' {
	interface ProblemTables {
		readonly scratch: typeof scratchProblems.table;
	}
}
