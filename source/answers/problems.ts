import {declareProblems} from '../base/problem-table.ts';
import {secretTable} from './problems/secrets.ts';
import {textTable} from './problems/text.ts';
import {valueTable} from './problems/values.ts';

/** Problems of the answers: what they are, how they are written, and the secrets that they refer to. */
export const answersProblems = declareProblems({...valueTable, ...textTable, ...secretTable});

declare module '../base/problem.ts' {
	interface ProblemTables {
		readonly answers: typeof answersProblems.table;
	}
}
