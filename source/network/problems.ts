import {declareProblems} from '../base/problem-table.ts';
import {certificateTable} from './problems/certificates.ts';
import {httpsTable} from './problems/https.ts';
import {nameTable} from './problems/names.ts';

/** Problems of the network: names, servers that are asked over HTTPS, and certificates in files. */
export const networkProblems = declareProblems({...nameTable, ...httpsTable, ...certificateTable});

declare module '../base/problem.ts' {
	interface ProblemTables {
		readonly network: typeof networkProblems.table;
	}
}
