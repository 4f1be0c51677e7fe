import {declareProblems} from '../base/problem-table.ts';
import {admissionTable} from './problems/admission.ts';
import {connectionTable} from './problems/connection.ts';
import {containerTable} from './problems/containers.ts';
import {execTable} from './problems/exec.ts';
import {imageTable} from './problems/images.ts';
import {kubeconfigTable} from './problems/kubeconfig.ts';
import {lockTable} from './problems/lock.ts';
import {placementTable} from './problems/placement.ts';
import {refusalTable} from './problems/refusals.ts';

/** Problems of the cluster, written down by what they are about. */
export const clusterProblems = declareProblems({
	...kubeconfigTable,
	...connectionTable,
	...refusalTable,
	...admissionTable,
	...lockTable,
	...imageTable,
	...containerTable,
	...execTable,
	...placementTable,
});

declare module '../base/problem.ts' {
	interface ProblemTables {
		readonly cluster: typeof clusterProblems.table;
	}
}
