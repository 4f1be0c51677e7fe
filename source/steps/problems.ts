import {declareProblems} from '../base/problem-table.ts';

/** Problems of the steps: what no single room can know. */
export const stepProblems = declareProblems({
	'handover-dns': {
		area: 'people',
		who: 'network team',
		message: '{title}: not done {when}.',
		cause: 'Still to come: {missing}.',
		fix: 'Give the text of this hand-over to the network team, then start the same command again.',
	},
	'handover-ca': {
		area: 'people',
		who: 'network team',
		message: '{title}: not done {when}.',
		cause: 'Still to come: {missing}.',
		fix: 'Give the text of this hand-over to the network team, then start the same command again.',
	},
});

declare module '../base/problem.ts' {
	interface ProblemTables {
		readonly steps: typeof stepProblems.table;
	}
}
