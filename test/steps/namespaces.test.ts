import {expect, test} from 'vitest';
import type {KubeObject} from '../../source/cluster/types.ts';
import {namespacesStep} from '../../source/steps/namespaces.ts';
import {workloadManagerStep} from '../../source/steps/workload-manager.ts';
import {kept} from './parts.ts';
import {answersOf, changesOf, code, linesOf, look, refusalOf, worldOf} from './world.ts';

const namespace = (name: string, more: object = {}): KubeObject => ({
	apiVersion: 'v1',
	kind: 'Namespace',
	metadata: {name, ...more},
});
const everything = answersOf((input) => ({...input, workloadManager: {enabled: true}}));

test('namespaces that are missing are to come, that of the runner jobs where it is wanted', async () => {
	const cluster = kept(namespace('zenml-pro'));
	expect(changesOf(await look(namespacesStep, worldOf({cluster})))).toEqual(['create namespace zenml-workspace']);
	expect(changesOf(await look(namespacesStep, worldOf({cluster, answers: everything})))).toEqual([
		'create namespace zenml-workspace',
		'create namespace zenml-workload-manager',
	]);
});

test('they are created, never written over, and the Lease is taken as soon as they are there', async () => {
	const theirs = namespace('zenml-pro', {labels: {owner: 'ops'}});
	const cluster = kept(theirs);
	let held = 0;
	const holdLease = async () => {
		held += 1;
	};
	const world = worldOf({cluster, holdLease});
	await namespacesStep.apply?.(world);
	expect(linesOf(world.told)).toEqual(['info namespace zenml-workspace created']);
	expect(cluster.all.get('Namespace /zenml-pro')).toEqual(theirs);
	expect(held).toBe(0);
	expect(await look(namespacesStep, world)).toEqual({status: 'ok', note: 'zenml-pro, zenml-workspace'});
	expect(held).toBe(1);
});

test('only those that are missing are made: who may make none may have had the others made', async () => {
	const cluster = kept(namespace('zenml-pro'), namespace('zenml-workspace'));
	const create = async () => {
		throw new Error('namespaces is forbidden');
	};
	const world = worldOf({cluster: {...cluster, create}});
	await namespacesStep.apply?.(world);
	expect(linesOf(world.told)).toEqual([]);
});

test('one that is being deleted takes nothing new', async () => {
	const cluster = kept(namespace('zenml-pro', {deletionTimestamp: '2026-05-01T10:00:00Z'}));
	expect(await refusalOf(look(namespacesStep, worldOf({cluster})))).toMatchObject({
		code: code('namespace-terminating'),
		who: 'cluster admin',
		message: 'Namespace zenml-pro is being deleted.',
		cause: 'It was deleted at 2026-05-01T10:00:00Z, and some object in it does not go away.',
		fix: 'Wait until it is gone, then try again.',
		nextSteps: ["kubectl get namespace zenml-pro -o jsonpath='{.status.conditions}'"],
	});
});

test('the workload manager gets an account, a Role of just its verbs, and a binding for every workspace', async () => {
	const cluster = kept();
	const world = worldOf({cluster, answers: everything});
	expect(changesOf(await look(workloadManagerStep, world))).toEqual([
		'create ServiceAccount zenml-workload-manager/zenml-runner',
		'create Role zenml-workload-manager/zenml-workload-manager',
		'create RoleBinding zenml-workload-manager/zenml-workload-manager',
	]);
	await workloadManagerStep.apply?.(world);
	expect(linesOf(world.told)[0]).toBe('info ServiceAccount zenml-workload-manager/zenml-runner applied');
	expect(await look(workloadManagerStep, world)).toEqual({status: 'ok', note: 'namespace zenml-workload-manager'});
	expect(cluster.all.get('ServiceAccount zenml-workload-manager/zenml-runner')).toMatchObject({
		imagePullSecrets: [{name: 'internal-registry-secret'}],
	});
	expect(cluster.all.get('RoleBinding zenml-workload-manager/zenml-workload-manager')).toMatchObject({
		subjects: [{kind: 'ServiceAccount', name: 'zenml', namespace: 'zenml-workspace'}],
	});
});

test('a right that was taken away is named; a registry without login needs no pull secret for runners', async () => {
	const answers = answersOf((input) => ({
		...input,
		registry: {host: 'registry.corp'},
		workloadManager: {enabled: true},
	}));
	const cluster = kept();
	await workloadManagerStep.apply?.(worldOf({cluster, answers}));
	expect(cluster.all.get('ServiceAccount zenml-workload-manager/zenml-runner')).not.toHaveProperty('imagePullSecrets');
	const diff = async ({kind}: KubeObject) => (kind === 'Role' ? ['rules'] : []);
	expect(changesOf(await look(workloadManagerStep, worldOf({cluster: {...cluster, diff}, answers})))).toEqual([
		'update Role zenml-workload-manager/zenml-workload-manager (rules)',
	]);
});

test('the workload manager is left out unless the answers want it', () => {
	expect([answersOf(), everything].map((answers) => workloadManagerStep.when?.(answers))).toEqual([false, true]);
});
