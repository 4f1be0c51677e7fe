import {afterEach, beforeEach, expect, test} from 'vitest';
import {systemClock} from '../../source/base/clock.ts';
import type {KubeObject, PodView} from '../../source/cluster/types.ts';
import {podsAtWork, serversStopped, startServers, stopServers} from '../../source/steps/shared/release/servers.ts';
import {type Lab, startLab, until} from '../cluster/rehearsal.ts';
import {podOf} from './parts.ts';
import {answersOf, code, linesOf, refusalOf, rowsOf, worldOf} from './world.ts';

const release = {name: 'zenml', namespace: 'lab'};
const labels = {'app.kubernetes.io/instance': 'zenml'};
const quick = {...systemClock, sleep: async (_ms: number, signal?: AbortSignal) => systemClock.sleep(5, signal)};

const deployment = (name: string, replicas: number | undefined, more: object = {}): KubeObject => ({
	apiVersion: 'apps/v1',
	kind: 'Deployment',
	metadata: {name, namespace: 'lab', labels},
	spec: {
		...(replicas !== undefined && {replicas}),
		selector: {matchLabels: {...labels, of: name}},
		template: {metadata: {labels: {...labels, of: name}}, spec: {containers: [{name: 'web', image: 'web'}]}},
	},
	...more,
});

let lab: Lab;
let migration: 'works' | 'hangs' | 'no image';
beforeEach(async () => {
	migration = 'works';
	lab = await startLab(async ({spec}) => {
		if (spec.restartPolicy !== 'Never') return 'running';
		if (migration === 'no image') return {waiting: {reason: 'ErrImagePull', message: 'not found'}};
		return migration === 'works' ? {exit: 0} : 'running';
	});
});
afterEach(() => lab.close());

const world = () => worldOf({cluster: lab.cluster, clock: quick});
const {signal} = new AbortController();

const read = async (name: string): Promise<KubeObject> => {
	const found = await lab.cluster.get({apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'lab', name}, signal);
	if (!found) throw new Error(`no deployment ${name}`);
	return found;
};
const countOf = async (name: string): Promise<unknown> => (await read(name)).spec;
const running = async (count: number) =>
	until(async () => (await podsAtWork(world(), release)).filter(({ready}) => ready).length === count, `${count} pods`);

test('servers are stopped until no pod is left, their numbers are kept on them, and as many are started again', async () => {
	await lab.cluster.create(deployment('server', 3), signal);
	await lab.cluster.create(deployment('workers', undefined), signal);
	await lab.cluster.create(deployment('asleep', 0), signal);
	await running(4);
	expect(await serversStopped(world(), release)).toBe(false);
	const own = world();
	await stopServers(own, release);
	expect(await podsAtWork(world(), release)).toEqual([]);
	expect(await serversStopped(world(), release)).toBe(true);
	expect(linesOf(own.told)).toEqual(['info deployment lab/server: stopped', 'info deployment lab/workers: stopped']);
	expect((await read('server')).metadata.annotations).toMatchObject({'zenml-airgap.io/replicas': '3'});
	await startServers(world(), release);
	await running(4);
	expect(await countOf('server')).toMatchObject({replicas: 3});
	expect(await countOf('workers')).toMatchObject({replicas: 1});
	expect(await countOf('asleep')).toMatchObject({replicas: 0});
	expect((await read('server')).metadata.annotations).not.toHaveProperty('zenml-airgap.io/replicas');
});

test('a second stop keeps the number of the first, and what was started by others meanwhile keeps its own', async () => {
	await lab.cluster.create(deployment('server', 3), signal);
	await stopServers(world(), release);
	const one = [{op: 'add', path: '/spec/replicas', value: 1}] as const;
	const at = {apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'lab', name: 'server'};
	await lab.cluster.patch(at, one, signal);
	await stopServers(world(), release);
	expect((await read('server')).metadata.annotations).toMatchObject({'zenml-airgap.io/replicas': '3'});
	await lab.cluster.patch(at, one, signal);
	await startServers(world(), release);
	expect(await countOf('server')).toMatchObject({replicas: 1});
	expect((await read('server')).metadata.annotations ?? {}).not.toHaveProperty('zenml-airgap.io/replicas');
	await startServers(world(), release);
	expect(await countOf('server')).toMatchObject({replicas: 1});
});

test("the number of replicas does not become this tool's own: who sets it later meets no conflict", async () => {
	const asHelm = async (replicas: number) =>
		lab.client().send({
			method: 'PATCH',
			path: '/apis/apps/v1/namespaces/lab/deployments/server',
			query: {fieldManager: 'helm', force: 'false'},
			contentType: 'application/apply-patch+yaml',
			body: deployment('server', replicas),
			deed: 'apply as Helm 4 does',
			signal,
		});
	await asHelm(2);
	await stopServers(world(), release);
	await startServers(world(), release);
	await asHelm(5);
	expect(await countOf('server')).toMatchObject({replicas: 5});
});

test('a Job that migrates is waited for until it ends, and told', async () => {
	migration = 'hangs';
	const template = {
		metadata: {labels},
		spec: {restartPolicy: 'Never', containers: [{name: 'migrate', image: 'web'}]},
	};
	const metadata = {name: 'migrate', namespace: 'lab', labels};
	await lab.cluster.create({apiVersion: 'batch/v1', kind: 'Job', metadata, spec: {template}}, signal);
	await until(async () => (await podsAtWork(world(), release)).some(({phase}) => phase === 'Running'), 'its pod');
	const own = world();
	const stopping = stopServers(own, release);
	await until(async () => rowsOf(own.told).some((row) => row.includes('of Job migrate, is waited for')), 'told');
	await lab.cluster.delete({apiVersion: 'batch/v1', kind: 'Job', namespace: 'lab', name: 'migrate'}, signal);
	await stopping;
});

test('a Job whose pod cannot start is removed: later it would migrate what was restored', async () => {
	migration = 'no image';
	const template = {
		metadata: {labels},
		spec: {restartPolicy: 'Never', containers: [{name: 'migrate', image: 'gone'}]},
	};
	const metadata = {name: 'migrate', namespace: 'lab', labels};
	await lab.cluster.create({apiVersion: 'batch/v1', kind: 'Job', metadata, spec: {template}}, signal);
	await until(async () => (await podsAtWork(world(), release)).length === 1, 'a pod of the Job');
	const own = world();
	await stopServers(own, release);
	expect(linesOf(own.told)).toContain('info job lab/migrate: its pod never started; removed');
	expect(await lab.cluster.get({apiVersion: 'batch/v1', kind: 'Job', namespace: 'lab', name: 'migrate'}, signal)).toBe(
		undefined,
	);
});

const late = (pods: readonly PodView[]) => {
	let now = 0;
	return worldOf({
		answers: answersOf(),
		cluster: {list: async () => [], pods: async () => pods},
		clock: {
			now: () => now,
			sleep: async (ms) => {
				now += ms;
			},
		},
	});
};

test('pods that do not end are a problem that names them', async () => {
	const problem = await refusalOf(stopServers(late([podOf('server-1')]), release));
	expect(problem).toMatchObject({
		code: code('servers-not-stopped'),
		message: 'The servers of release lab/zenml are not all stopped.',
		fix: 'Find out what holds them, most often a node that does not answer; then try again.',
	});
	expect(problem.cause).toMatch(/^These pods did not end within \d+ minutes: server-1\.$/u);
});

test('a migration that does not end is a problem that names its Job', async () => {
	const problem = await refusalOf(stopServers(late([{...podOf('migrate-x'), job: 'migrate'}]), release));
	expect(problem.cause).toMatch(/^The Job migrate is still at work on the database after \d+ minutes: migrate-x\.$/u);
	expect(problem.fix).toBe('Let it end. Where its log says that it hangs, delete it; then try again.');
	expect(problem.nextSteps).toEqual(['kubectl -n lab logs job/migrate', 'kubectl -n lab delete job migrate']);
});

test('servers that somebody else starts again and again are a problem that says so', async () => {
	const live = deployment('server', 2);
	const stubborn = worldOf({
		cluster: {list: async () => [live], get: async () => live, pods: async () => [], patch: async () => live},
		clock: quick,
	});
	expect(await refusalOf(stopServers(stubborn, release))).toMatchObject({
		cause: 'Somebody else starts the deployment server again whenever it is stopped.',
		fix: 'Find out who: a GitOps controller, KEDA, or another operator. Have it pause for this release; then try again.',
	});
});
