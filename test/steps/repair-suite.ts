import {gunzipSync, gzipSync} from 'node:zlib';
import {describe, expect, test} from 'vitest';
import {systemClock} from '../../source/base/clock.ts';
import {createCluster} from '../../source/cluster/cluster.ts';
import type {KubeObject} from '../../source/cluster/types.ts';
import type {Detail} from '../../source/engine/plan.ts';
import {isIdle} from '../../source/steps/shared/release/pods.ts';
import {repairRelease} from '../../source/steps/shared/release/repair.ts';
import type {WantedRelease} from '../../source/steps/shared/release/wanted.ts';
import type {World} from '../../source/steps/world.ts';
import {problemOf} from '../helm/lab.ts';
import {type HelmVersion, killDuring, type Stage, states, upgrade, useStage, valuesFor} from '../helm/stage.ts';

const {signal} = new AbortController();
const one = 'https://one.example.internal';
const two = 'https://two.example.internal';

/** The release of a stage in a world that has just these parts. */
const sceneOf = ({helm, kubeconfig, namespace}: Stage) => {
	const told: Detail[] = [];
	const cluster = createCluster({kubeconfig, homeDirectory: '/nowhere', environment: {}});
	const parts: Partial<World> = {helm, cluster, signal, clock: systemClock, report: (detail) => told.push(detail)};
	const world = parts as World;
	const wanted = {name: 'zenml', namespace, component: 'workspaces.0'} as unknown as WantedRelease;
	return {
		repair: () => repairRelease(world, wanted),
		idle: () => isIdle(world, wanted),
		lines: () => told.flatMap((detail) => (detail.kind === 'line' ? [detail.text] : [])),
		pods: () => cluster.pods(namespace, 'app.kubernetes.io/instance=zenml', signal),
		cluster,
		record: async (): Promise<KubeObject> => {
			const name = 'sh.helm.release.v1.zenml.v1';
			const secret = await cluster.get({apiVersion: 'v1', kind: 'Secret', namespace, name}, signal);
			if (!secret) throw new Error('Helm kept nothing');
			return secret;
		},
	};
};

/** Writes a state into Helm's record of the first revision, as a Helm that was killed at that moment leaves it. */
const mark = async ({cluster, record}: ReturnType<typeof sceneOf>, status: string): Promise<void> => {
	const secret = await record();
	const {release} = secret.data as {readonly release: string};
	const packed = Buffer.from(Buffer.from(release, 'base64').toString('latin1'), 'base64');
	const stored = JSON.parse(gunzipSync(packed).toString('utf8'));
	const text = JSON.stringify({...stored, info: {...stored.info, status}});
	const data = {release: Buffer.from(gzipSync(text).toString('base64')).toString('base64')};
	const labels = {...secret.metadata.labels, status};
	expect(await cluster.replace({...secret, metadata: {...secret.metadata, labels}, data}, signal)).toBeDefined();
};

const serverNames = async ({pods}: ReturnType<typeof sceneOf>): Promise<readonly string[]> =>
	(await pods()).filter(({phase}) => phase === 'Running').map(({name}) => name);

/** The suite with one version of Helm. */
export const testRepair = (version: HelmVersion): void => {
	describe(`what a killed run left with Helm ${version}`, () => {
		const on = useStage(version);

		test('in the middle of an upgrade is upgraded without a step back', async () => {
			const stage = on();
			await upgrade(stage, one);
			stage.migration = 'hangs';
			await killDuring(stage, 'pending-upgrade', two);
			stage.migration = 'works';
			const scene = sceneOf(stage);
			await scene.repair();
			expect(await states(stage)).toEqual(['deployed', 'failed']);
			expect(scene.lines()).toEqual([
				`release ${stage.namespace}/zenml: revision 2 was left pending-upgrade by a run that was killed; it counts as failed`,
			]);
			expect(await upgrade(stage, two)).toMatchObject({revision: 3, status: 'deployed'});
			expect(stage.lines.join('\n')).not.toContain('goes back');
			expect(await stage.helm.values('zenml', stage.namespace, signal)).toEqual(valuesFor(two));
		}, 60_000);

		test('in the middle of the first install, before anything served, is removed and installed anew', async () => {
			const stage = on();
			stage.migration = 'hangs';
			await killDuring(stage, 'pending-install', one);
			stage.migration = 'works';
			const scene = sceneOf(stage);
			await scene.repair();
			expect(await states(stage)).toEqual(['failed']);
			expect(await upgrade(stage, one, {isIdle: scene.idle})).toMatchObject({revision: 1, status: 'deployed'});
		}, 60_000);

		test('when all of it ran already stays where it is: pods that run are never removed', async () => {
			const stage = on();
			const scene = sceneOf(stage);
			await upgrade(stage, one);
			await mark(scene, 'pending-install');
			const before = await serverNames(scene);
			// Helm's own words for it, before anything is repaired: it is not taken for nobody's.
			expect(await problemOf(upgrade(stage, one, {isIdle: scene.idle}))).toMatchObject({
				code: 'helm-busy',
				message: `Nobody can tell whether release zenml in namespace ${stage.namespace} is being changed right now.`,
				cause:
					'Helm has it as pending-install, which a Helm that is at work and one that was killed leave alike; its pods run, so it is not removed.',
				fix: 'Make sure that no helm works on it, look at its history, and end what was begun by hand; then try again.',
				nextSteps: [`helm -n ${stage.namespace} history zenml`, `helm -n ${stage.namespace} rollback zenml`],
			});
			await scene.repair();
			expect(await states(stage)).toEqual(['failed']);
			expect(await upgrade(stage, one, {isIdle: scene.idle})).toMatchObject({revision: 2, status: 'deployed'});
			expect(stage.lines.join('\n')).toContain(
				'upgraded over its first install, which Helm calls failed: pods of it run.',
			);
			expect(await serverNames(scene)).toEqual(before);
		}, 60_000);

		test('that is kept in another shape is left as it is', async () => {
			const stage = on();
			stage.migration = 'hangs';
			await killDuring(stage, 'pending-install', one);
			const scene = sceneOf(stage);
			const secret = await scene.record();
			await scene.cluster.replace({...secret, data: {release: 'bm90IGd6aXA='}}, signal);
			await scene.repair();
			expect((await scene.record()).data).toEqual({release: 'bm90IGd6aXA='});
		}, 60_000);

		test('needs nothing where it came to its end', async () => {
			const stage = on();
			await upgrade(stage, one);
			const scene = sceneOf(stage);
			await scene.repair();
			expect([await states(stage), scene.lines()]).toEqual([['deployed'], []]);
			expect(await scene.idle()).toBe(false);
		}, 60_000);
	});
};
