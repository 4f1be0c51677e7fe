import {expect, it} from 'vitest';
import {admissionTable} from '../../source/cluster/problems/admission.ts';
import {connectionTable} from '../../source/cluster/problems/connection.ts';
import {containerTable} from '../../source/cluster/problems/containers.ts';
import {execTable} from '../../source/cluster/problems/exec.ts';
import {imageTable} from '../../source/cluster/problems/images.ts';
import {kubeconfigTable} from '../../source/cluster/problems/kubeconfig.ts';
import {lockTable} from '../../source/cluster/problems/lock.ts';
import {placementTable} from '../../source/cluster/problems/placement.ts';
import {refusalTable} from '../../source/cluster/problems/refusals.ts';
import {clusterProblems} from '../../source/cluster/problems.ts';

// How each of them is raised, with its cause and fix, stands in the tests of what raises it.
it('no code is written down in two tables', () => {
	const tables = [
		admissionTable,
		connectionTable,
		containerTable,
		execTable,
		imageTable,
		kubeconfigTable,
		lockTable,
		placementTable,
		refusalTable,
	];
	expect(tables.flatMap((table) => Object.keys(table)).sort()).toEqual(Object.keys(clusterProblems.table).sort());
});
