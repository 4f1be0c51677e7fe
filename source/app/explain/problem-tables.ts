import {rehearsalProblems} from '../../../rehearsal/problems.ts';
import {answersProblems} from '../../answers/problems.ts';
import {archiveProblems} from '../../archive/problems.ts';
import {backupProblems} from '../../backup/problems.ts';
import type {Declaration, ProblemTable} from '../../base/problem-table.ts';
import {baseProblems} from '../../base/problems.ts';
import {createProblems} from '../../bundle/create/problems.ts';
import {diffProblems} from '../../bundle/diff/problems.ts';
import {imageProblems} from '../../bundle/images/problems.ts';
import {layoutProblems} from '../../bundle/layout/problems.ts';
import {openProblems} from '../../bundle/open/problems.ts';
import {signProblems} from '../../bundle/sign/problems.ts';
import {signatureProblems} from '../../bundle/signature/problems.ts';
import {splitProblems} from '../../bundle/split/problems.ts';
import {writeProblems} from '../../bundle/write/problems.ts';
import {chartsProblems} from '../../charts/problems.ts';
import {clusterProblems} from '../../cluster/problems.ts';
import {dumpProblems} from '../../database/dump/problems.ts';
import {databaseProblems} from '../../database/problems.ts';
import {scratchProblems} from '../../database/scratch/problems.ts';
import {engineProblems} from '../../engine/problems.ts';
import {helmProblems} from '../../helm/problems.ts';
import {minisignProblems} from '../../minisign/problems.ts';
import {networkProblems} from '../../network/problems.ts';
import {ociProblems} from '../../oci/problems.ts';
import {registryProblems} from '../../registry/problems.ts';
import {pullProblems} from '../../registry/pull/problems.ts';
import {stepProblems} from '../../steps/problems.ts';
import {crashProblems} from '../../zenml/crash-problems.ts';
import {zenmlProblems} from '../../zenml/problems.ts';
import {bundleCommandProblems} from '../base/bundle-problems.ts';
import {plainProblems} from '../base/plain-problems.ts';
import {appProblems} from '../base/problems.ts';
import {registryCommandProblems} from '../base/registry-problems.ts';
import {rehearsalRunProblems} from '../base/rehearsal-problems.ts';
import {selfProblems} from '../base/self-problems.ts';

/** The tables of all rooms that declare problems, from the ground floor up. */
export const problemTables: readonly ProblemTable[] = [
	baseProblems.table,
	ociProblems.table,
	archiveProblems.table,
	minisignProblems.table,
	backupProblems.table,
	engineProblems.table,
	answersProblems.table,
	networkProblems.table,
	clusterProblems.table,
	helmProblems.table,
	databaseProblems.table,
	scratchProblems.table,
	dumpProblems.table,
	chartsProblems.table,
	zenmlProblems.table,
	crashProblems.table,
	createProblems.table,
	diffProblems.table,
	imageProblems.table,
	layoutProblems.table,
	openProblems.table,
	signProblems.table,
	signatureProblems.table,
	splitProblems.table,
	writeProblems.table,
	registryProblems.table,
	pullProblems.table,
	stepProblems.table,
	appProblems.table,
	bundleCommandProblems.table,
	selfProblems.table,
	registryCommandProblems.table,
	plainProblems.table,
	rehearsalRunProblems.table,
	rehearsalProblems.table,
];

/** Every problem that this program can tell of, by code, sorted; a code that two rooms tell of has the words of both. */
export const allProblems = (): ReadonlyMap<string, readonly Declaration[]> => {
	const all = new Map<string, readonly Declaration[]>();
	const entries = problemTables.flatMap((table) => Object.entries(table));
	for (const [code, declaration] of entries.toSorted(([one], [other]) => (one < other ? -1 : 1)))
		all.set(code, [...(all.get(code) ?? []), declaration]);
	return all;
};
