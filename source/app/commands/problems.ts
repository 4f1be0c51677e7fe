import {declareProblems} from '../../base/problem-table.ts';

/** Problems of commands beside the install, whatever their group. */
export const commandProblems = declareProblems({
	'temporary-unwritable': {
		area: 'usage',
		message: 'The folder for temporary files, {folder}, cannot be used.',
		cause: 'The system says: {reason}',
		fix: 'Make room there, or name a folder on another disk with the environment variable TMPDIR.',
		nextSteps: ['df -h {folder}'],
	},
});

declare module '../../base/problem.ts' {
	interface ProblemTables {
		readonly commands: typeof commandProblems.table;
	}
}
