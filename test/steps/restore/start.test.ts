import {describe, expect, test} from 'vitest';
import type {PodView} from '../../../source/cluster/types.ts';
import {noFlags, type RestoreScope} from '../../../source/steps/restore/options.ts';
import {createSource} from '../../../source/steps/restore/source.ts';
import {startingFirst, startStep} from '../../../source/steps/restore/start.ts';
import {podOf} from '../parts.ts';
import {changesOf, code, linesOf, look, refusalOf} from '../world.ts';
import {carry, id, ownSteps, restoreSite} from './site.ts';

const database = {kind: 'database', name: 'default'} as const;

const sourceOf = (only: RestoreScope) => createSource({backup: id, only, flags: noFlags});

/** A site whose data is restored, and whose servers are still stopped. */
const stoppedSite = async (only: RestoreScope) => {
	const site = restoreSite();
	const steps = ownSteps(only).filter(({id: step}) => step !== 'restore-start' && step !== 'restored');
	await carry(steps, site.world());
	return site;
};

const replicasOf = ({state}: ReturnType<typeof restoreSite>): readonly (number | undefined)[] =>
	['zenml-pro', 'zenml'].map((name) => state.deployments[name]?.replicas);

/** A step of the install that has nothing to do, or something once. */
const installStep = (todo: boolean) => {
	const done: string[] = [];
	const step = {
		...startStep(sourceOf(database)),
		id: 'of-the-install',
		check: async () =>
			todo && done.length === 0
				? ({status: 'todo', changes: [{action: 'update', target: 'release'}]} as const)
				: ({status: 'ok', note: 'as wanted'} as const),
		apply: async () => {
			done.push('applied');
		},
	};
	return {step, done};
};

describe('a step of the install after a restore', () => {
	test.each([
		['controlPlane', [1, 0]],
		['workspaces', [0, 2]],
	] as const)('starts the servers of %s first, and no others', async (which, replicas) => {
		const site = await stoppedSite({kind: 'whole'});
		expect(replicasOf(site)).toEqual([0, 0]);
		const {step, done} = installStep(false);
		const starting = startingFirst(sourceOf({kind: 'whole'}), step, which);
		const found = changesOf(await look(starting, site.world()));
		expect(found).toEqual([expect.stringContaining('(its servers are started)')]);
		await starting.apply?.(site.world());
		expect(replicasOf(site)).toEqual(replicas);
		expect(done).toEqual([]);
		expect(await look(starting, site.world())).toEqual({status: 'ok', note: 'as wanted'});
	});

	test('does its own work when its servers are started, and nothing of theirs is done twice', async () => {
		const site = await stoppedSite({kind: 'whole'});
		const {step, done} = installStep(true);
		const starting = startingFirst(sourceOf({kind: 'whole'}), step, 'workspaces');
		await starting.apply?.(site.world());
		expect([done, replicasOf(site)]).toEqual([['applied'], [0, 2]]);
		const {length} = site.state.done;
		await starting.apply?.(site.world());
		expect(site.state.done).toHaveLength(length);
	});

	test('tells in a dry run of its own work: no server is stopped then', async () => {
		const site = await stoppedSite({kind: 'whole'});
		const {step} = installStep(true);
		const starting = startingFirst(sourceOf({kind: 'whole'}), step, 'controlPlane');
		expect(changesOf(await look(starting, site.world({pass: 'look'})))).toEqual(['update release']);
	});
});

describe('servers that are started', () => {
	const starting = startStep(sourceOf(database));

	test('are those that were stopped for the restore; where none was, there is nothing to do', async () => {
		const site = await stoppedSite(database);
		expect(changesOf(await look(starting, site.world()))).toHaveLength(1);
		await starting.apply?.(site.world());
		expect(replicasOf(site)).toEqual([1, 2]);
		expect(await look(starting, site.world())).toEqual({status: 'ok', note: 'all that were stopped'});
	});

	test('are none where there was none, and nobody is waited for', async () => {
		const site = await stoppedSite(database);
		site.state.deployments.zenml = {replicas: 0, annotations: {'zenml-airgap.io/replicas': '0'}, version: 1};
		const world = site.world();
		await starting.apply?.(world);
		expect(site.state.deployments.zenml).toMatchObject({replicas: 0, annotations: {}});
		expect(linesOf(world.told)).toEqual([]);
	});

	test.each<[string, readonly PodView[], string]>([
		['no pod comes', [], 'These pods are not ready: there is none.'],
		[
			'pods are not ready',
			[podOf('zenml-1', {ready: false}), podOf('zenml-2'), podOf('zenml-3', {ready: false, reason: 'no image'})],
			'These pods are not ready: zenml-1; zenml-3: no image.',
		],
	])('are waited for as long as Helm would wait; where %s it is said', async (_why, pods, cause) => {
		const site = await stoppedSite(database);
		let time = 0;
		const clock = {
			now: () => time,
			sleep: async (ms: number) => {
				time += ms;
			},
		};
		const world = site.world({clock, cluster: {...site.given().cluster, pods: async () => pods}});
		expect(await refusalOf(Promise.resolve(starting.apply?.(world)))).toMatchObject({
			code: code('restore-servers-not-ready'),
			cause,
		});
		expect(time).toBe(world.answers.helm.timeoutMinutes * 60_000);
		expect(site.state.deployments.zenml?.replicas).toBe(2);
	});
});
