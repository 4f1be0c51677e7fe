import {describe, expect, test} from 'vitest';
import type {KubeObject, PodProbe} from '../../source/cluster/types.ts';
import {namespacesStep} from '../../source/steps/namespaces.ts';
import {workloadManagerStep} from '../../source/steps/workload-manager.ts';
import {carried, kept, refusal} from './parts.ts';
import {answersOf, changesOf, code, linesOf, look, refusalOf, worldOf} from './world.ts';

const namespace = (name: string, more: object = {}): KubeObject => ({
	apiVersion: 'v1',
	kind: 'Namespace',
	metadata: {name, ...more},
});
const everything = answersOf((input) => ({...input, workloadManager: {enabled: true}}));
/** A cluster that lets runner pods start. */
const startsPods = {probe: async () => ({exitCode: 0, output: ['{"ok": true}']})};

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
	const cluster = {...kept(), ...startsPods};
	const world = worldOf({cluster, answers: everything, bundle: carried()});
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

describe('a runner pod is tried once its account is there', () => {
	const site = async (change: object, probe: (asked: PodProbe) => Promise<{exitCode: number; output: string[]}>) => {
		const answers = answersOf((input) => ({...input, workloadManager: {enabled: true, ...change}}));
		const cluster = kept();
		await workloadManagerStep.apply?.(worldOf({cluster, answers}));
		return look(workloadManagerStep, worldOf({cluster: {...cluster, probe}, answers, bundle: carried()}));
	};
	const asked = async (change: object): Promise<PodProbe> => {
		let seen: PodProbe | undefined;
		await site(change, async (one) => {
			seen = one;
			return {exitCode: 0, output: ['{"ok": true}']};
		});
		if (!seen) throw new Error('no probe was asked for');
		return seen;
	};

	test('as that account, which brings the leave to pull, with the client image and the CA of the namespace', async () => {
		expect(await asked({tolerations: {dedicated: ':NoSchedule'}})).toMatchObject({
			namespace: 'zenml-workload-manager',
			serviceAccount: 'zenml-runner',
			image: 'registry.corp/zenml/zenml:1.0',
			pullSecret: undefined,
			scheduling: {tolerations: [{key: 'dedicated', operator: 'Exists', effect: 'NoSchedule'}]},
			secretEnv: {RUNNER_CA: {secret: 'zenml-ca', key: 'ca.crt'}},
		});
	});

	test.each([
		[{runnerImage: 'registry.corp/ml/runner:1'}, 'registry.corp/ml/runner:1'],
		[{runnerImage: 'registry.corp/ml/runner:1', buildRunnerImage: true}, 'registry.corp/zenml/zenml:1.0'],
	])('with the image of the answers: %j', async (change, image) => {
		expect((await asked(change)).image).toBe(image);
	});

	test('one that cannot read the CA, or does not start, is told', async () => {
		const says = '{"error": "no start line", "kind": "other"}';
		expect(await refusalOf(site({}, async () => ({exitCode: 0, output: [says]})))).toMatchObject({
			code: code('runner-without-ca'),
			cause:
				'A pod of the image registry.corp/zenml/zenml:1.0, as the account zenml-workload-manager/zenml-runner, says: no start line',
			answers: ['workloadManager.runnerImage', 'tls.ca'],
		});
		const failing = site({}, async () => {
			throw refusal('image-not-found');
		});
		expect(await refusalOf(failing)).toMatchObject({code: 'image-not-found'});
	});

	test('not where pod checks are off', async () => {
		const answers = answersOf((input) => ({
			...input,
			workloadManager: {enabled: true},
			network: {podChecks: false},
		}));
		const cluster = kept();
		await workloadManagerStep.apply?.(worldOf({cluster, answers}));
		expect(await look(workloadManagerStep, worldOf({cluster, answers}))).toMatchObject({status: 'ok'});
	});
});

test('the workload manager is left out unless the answers want it', () => {
	expect([answersOf(), everything].map((answers) => workloadManagerStep.when?.(answers))).toEqual([false, true]);
});
