import {expect, test} from 'vitest';
import {parseAllDocuments} from 'yaml';
import type {Answers} from '../../source/answers/schema.ts';
import {clusterProblems} from '../../source/cluster/problems.ts';
import type {Access} from '../../source/cluster/types.ts';
import {gatherCluster} from '../../source/steps/handover/cluster.ts';
import * as accesses from '../../source/steps/shared/accesses.ts';
import {textOf} from '../handover/run-script.ts';
import {programFiles, textOfFile} from '../helpers/imports.ts';
import {answersOf, worldOf} from './world.ts';

const everything = answersOf((input) => ({
	...input,
	workloadManager: {enabled: true},
	backup: {
		passphrase: 'env:P',
		tools: 'cluster',
		schedule: {kind: 'nfs', namespace: 'keep', nfs: {server: 'nfs.corp', path: '/x'}},
	},
}));

const papersOf = async (answers: Answers, whoAmI: () => Promise<string | undefined>) => {
	const {pack, lacks} = await gatherCluster(worldOf({answers, pass: 'look', cluster: {whoAmI}}));
	return {lacks, note: textOf(pack.sections, 'README.txt'), rights: textOf(pack.sections, 'rights.yaml'), pack};
};

type Role = {
	readonly kind: string;
	readonly metadata: {readonly namespace?: string};
	readonly rules?: readonly {
		readonly apiGroups: readonly string[];
		readonly resources: readonly string[];
		readonly verbs: readonly string[];
	}[];
	readonly subjects?: readonly {readonly name: string}[];
};
const documentsOf = (text: string): readonly Role[] => parseAllDocuments(text).map((one) => one.toJS() as Role);
const word = ({verb, group, resource, namespace = ''}: Access): string => `${verb} ${group}/${resource} ${namespace}`;

const granted = (documents: readonly Role[]): ReadonlySet<string> =>
	new Set(
		documents.flatMap(({metadata: {namespace}, rules = []}) =>
			rules.flatMap(({apiGroups: [group = ''], resources: [resource = ''], verbs}) =>
				verbs.map((verb) => word({verb, group, resource, namespace})),
			),
		),
	);

test('the rights hold every access that any step asks for', async () => {
	const {rights} = await papersOf(everything, async () => 'ada');
	const has = granted(documentsOf(rights));
	const asked = {
		needed: accesses.accessesNeeded(everything),
		schedule: accesses.accessesOfSchedule(everything),
		dumps: accesses.accessesOfDumps(everything),
		restore: accesses.accessesOfRestore(everything, ['zenml-pro', 'zenml-workspace']),
	};
	for (const list of Object.values(asked)) expect(list.map(word).filter((one) => !has.has(one))).toEqual([]);
	for (const one of [
		'create batch/cronjobs keep',
		'create /persistentvolumeclaims keep',
		'create /pods/exec zenml-pro',
	])
		expect(has).toContain(one);
});

test('no step asks the cluster for a list of rights of its own', async () => {
	const asking: string[] = [];
	for (const file of programFiles.filter((one) => one.startsWith('source/steps/'))) {
		const text = await textOfFile(file);
		if (/\.denied\(/u.test(text) && !/accesses(?:Needed|Of\w+)\(/u.test(text)) asking.push(file);
	}
	// That asks for `create namespaces` alone, which is among the rights of every install.
	expect(asking).toEqual(['source/steps/schedule/place.ts']);
});

test('backups that are not scheduled, and dumps on this host, ask for no rights', async () => {
	const {rights} = await papersOf(
		answersOf((input) => ({...input, backup: {tools: 'host'}})),
		async () => 'ada',
	);
	expect(rights).not.toMatch(/cronjobs|pods\/exec/u);
});

test('the operator stands in the file as the API server knows them', async () => {
	const {rights, note, lacks} = await papersOf(everything, async () => 'system:serviceaccount:ops:inst "x"');
	const names = documentsOf(rights).flatMap(({subjects = []}) => subjects.map(({name}) => name));
	expect(new Set(names)).toEqual(new Set(['system:serviceaccount:ops:inst "x"']));
	expect(note).toContain('kubectl apply -f rights.yaml');
	expect(lacks).toEqual([]);
});

test('where nobody knows the operator, no program takes the file as it is', async () => {
	const refuse = async () => {
		throw clusterProblems.error('kubernetes-no-api-server', {server: 'https://10.0.0.1:6443'});
	};
	const {rights, note, lacks} = await papersOf(everything, refuse);
	expect(parseAllDocuments(rights).flatMap(({errors}) => errors).length).toBeGreaterThan(0);
	expect(documentsOf(rights.replaceAll('@OPERATOR@', 'ada')).length).toBeGreaterThan(4);
	expect(note).toContain("sed 's/@OPERATOR@/NAME/' rights.yaml | kubectl apply -f -");
	expect(lacks.join()).toContain('@OPERATOR@');
});

test('the note names cluster, room, user of the pods, and the namespace of the backups', async () => {
	const {note, pack} = await papersOf(everything, async () => 'ada');
	for (const part of ['https://10.0.0.1:6443 (context prod of the operator)', 'requests 500m CPU', 'user 1000'])
		expect(note).toContain(part);
	expect(textOf(pack.sections, 'namespaces.yaml')).toContain('name: keep');
});
