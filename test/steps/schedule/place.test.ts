import {describe, expect, test} from 'vitest';
import type {KubeObject} from '../../../source/cluster/types.ts';
import {scheduleObjectsStep} from '../../../source/steps/schedule/objects.ts';
import {scheduleReadyStep} from '../../../source/steps/schedule/ready.ts';
import {refusal} from '../parts.ts';
import {changesOf, code, type Given, look, refusalOf} from '../world.ts';
import {namespaceNamed, scheduledTo, siteOf, volume} from './site.ts';

const answers = scheduledTo(
	{...volume, namespace: 'backups'},
	{registry: {host: 'registry.corp', username: 'puller', password: 'env:REGISTRY'}},
);

const ofRules = (kind: 'LimitRange' | 'ResourceQuota', spec: unknown): KubeObject =>
	({apiVersion: 'v1', kind, metadata: {name: 'rules', namespace: 'backups'}, spec}) as KubeObject;

/** A site whose schedule goes to a namespace of its own, with what is there. */
const siteWith = (given: Given, ...objects: readonly KubeObject[]) =>
	siteOf(
		{
			answers,
			holdLease: async () => undefined,
			resolveSecret: async () => 'pull-it',
			registerSecret: () => undefined,
			...given,
			cluster: {denied: async () => [], ...given.cluster},
		},
		{apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: {name: 'files'}},
		...objects,
	);

const refused = async (given: Given, ...objects: readonly KubeObject[]) => {
	const {world, all} = siteWith(given, ...objects);
	const before = all.size;
	const problem = await refusalOf(look(scheduleReadyStep, world));
	expect(all.size).toBe(before);
	return problem;
};

describe('a namespace of its own for the schedule', () => {
	test('is made where it is not there, with what lets its pods pull', async () => {
		const {world, all} = siteWith({});
		expect(await look(scheduleReadyStep, world)).toMatchObject({status: 'ok'});
		expect(changesOf(await look(scheduleObjectsStep, world))).toEqual(
			expect.arrayContaining([
				'create namespace backups',
				'create Secret backups/internal-registry-secret',
				'create CronJob backups/zenml-backup',
			]),
		);
		await scheduleObjectsStep.apply?.(world);
		expect([...all.values()].some(({kind, metadata}) => kind === 'Namespace' && metadata.name === 'backups')).toBe(
			true,
		);
		const pull = [...all.values()].find(({metadata}) => metadata.name === 'internal-registry-secret');
		expect(pull?.metadata.namespace).toBe('backups');
		expect(JSON.stringify(pull?.data)).toContain('.dockerconfigjson');
		expect(await look(scheduleReadyStep, world)).toMatchObject({status: 'ok'});
		expect(await look(scheduleObjectsStep, world)).toMatchObject({status: 'ok'});
	});

	test('gets no second pull secret where it is that of a component, and none without a login', async () => {
		const beside = siteWith({answers: scheduledTo(volume, {registry: answers.registry})});
		await scheduleObjectsStep.apply?.(beside.world);
		const names = [...beside.all.values()].map(({metadata}) => metadata.name);
		expect(names).not.toContain('internal-registry-secret');
		const open = siteWith({
			answers: scheduledTo({...volume, namespace: 'backups'}, {registry: {host: 'registry.corp'}}),
		});
		expect(changesOf(await look(scheduleObjectsStep, open.world))).not.toContain(
			'create Secret backups/internal-registry-secret',
		);
	});

	test('that this login may not make is asked of the cluster admin before anything is made', async () => {
		const denied: Given = {
			cluster: {
				denied: async (accesses) =>
					accesses.filter(({resource}) => resource === 'namespaces').map((access) => ({...access, reason: ''})),
			},
		};
		expect(await refused(denied)).toMatchObject({
			code: code('schedule-namespace-missing'),
			who: 'cluster admin',
			message: 'The namespace backups for scheduled backups is not there, and this login may not make it.',
			cause: 'backup.schedule.namespace names it; the install makes those of the components alone.',
			fix: 'Have the cluster admin make it, or take backup.schedule.namespace out: then the schedule lies beside the control plane.',
			nextSteps: ['kubectl create namespace backups'],
		});
		const {world} = siteWith(denied, namespaceNamed('backups'));
		expect(await look(scheduleReadyStep, world)).toMatchObject({status: 'ok'});
	});

	test('that this login may not look at has to be there', async () => {
		const {world, all} = siteWith({});
		const get: typeof world.cluster.get = async (reference, signal) => {
			if (reference.kind === 'Namespace') throw refusal('kubernetes-forbidden');
			return world.cluster.get(reference, signal);
		};
		const hidden = {...world, cluster: {...world.cluster, get}};
		expect(changesOf(await look(scheduleObjectsStep, hidden))).not.toContain('create namespace backups');
		expect(all.has('Namespace backups')).toBe(false);
	});

	test('that is on its way out, or holds its pods to a level, limits or a quota, refuses them at once', async () => {
		const leaving = {
			...namespaceNamed('backups'),
			metadata: {name: 'backups', deletionTimestamp: '2026-11-29T01:00:00Z'},
		};
		expect(await refused({}, leaving)).toMatchObject({code: code('namespace-terminating')});
		const level = namespaceNamed('backups', {'pod-security.kubernetes.io/enforce': 'restricted'});
		const nfs = scheduledTo({kind: 'nfs', nfs: {server: '10.0.0.9', path: '/backups'}, namespace: 'backups'});
		expect(await refused({answers: nfs}, level)).toMatchObject({
			code: code('namespace-pod-security'),
			cause: expect.stringContaining('only volumes of the level'),
		});
		const there = namespaceNamed('backups');
		const quota = await refused({}, there, ofRules('ResourceQuota', {hard: {'limits.memory': '512Mi'}}));
		expect(quota).toMatchObject({code: code('namespace-quota'), answers: []});
		const limits = ofRules('LimitRange', {limits: [{type: 'Container', max: {memory: '512Mi'}}]});
		expect(await refused({}, there, limits)).toMatchObject({code: code('namespace-limits'), answers: []});
	});

	test('whose policy refuses the pod says so before the first Job', async () => {
		const {world} = siteWith({}, namespaceNamed('backups'));
		const apply: typeof world.cluster.apply = async (object) => {
			if (object.kind === 'Pod') throw refusal('kubernetes-admission-denied');
			return object;
		};
		const guarded = {...world, cluster: {...world.cluster, apply}};
		expect(await refusalOf(look(scheduleReadyStep, guarded))).toMatchObject({code: code('namespace-admission')});
	});
});

describe('the image of the schedule', () => {
	test('that the registry lacks is told before the first Job', async () => {
		expect(await refused({registry: {manifestDigest: async () => undefined}}, namespaceNamed('backups'))).toMatchObject(
			{
				code: code('schedule-image-missing'),
				message: expect.stringMatching(
					/^The registry does not have the image of scheduled backups, registry\.corp\/.*@/u,
				),
				cause:
					'The install or the upgrade pushes it with the others; this bundle was not pushed yet, or backup.toolsImage names another.',
				fix: 'Install or upgrade from this bundle first, or name in backup.toolsImage an image that is there.',
			},
		);
	});

	test('of a registry that does not answer, or of another one, stops nobody', async () => {
		const mute = siteWith(
			{registry: {manifestDigest: async () => Promise.reject(refusal('registry-stalled', 'It is silent.'))}},
			namespaceNamed('backups'),
		);
		expect(await look(scheduleReadyStep, mute.world)).toMatchObject({
			warnings: [expect.stringMatching(/^whether registry\.corp has .* was not checked: It is silent\.$/u)],
		});
	});
});
