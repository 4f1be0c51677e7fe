import {declareProblems} from '../base/problem-table.ts';
import {connectionTable} from './problems/connection.ts';
import {loginTable} from './problems/login.ts';
import {refusalTable} from './problems/refusal.ts';
import {uploadTable} from './problems/upload.ts';

/** Problems of a registry, whatever is asked of it. Some are told otherwise to who pulls: nothing is sent then. */
export const registryProblems = declareProblems({...connectionTable, ...loginTable, ...refusalTable, ...uploadTable});

/** A code of these. */
export type RegistryCode = keyof typeof registryProblems.table;

declare module '../base/problem.ts' {
	interface ProblemTables {
		readonly registry: typeof registryProblems.table;
	}
}
