import {afterAll, beforeAll, expect, test} from 'vitest';
import {readLog} from '../../../rehearsal/kubernetes/api/log.ts';
import type {KubernetesServer, Pod, RunPod} from '../../../rehearsal/kubernetes/index.ts';
import {createLogs} from '../../../rehearsal/kubernetes/objects/logs.ts';
import type {Container, ContainerStatus} from '../../../rehearsal/kubernetes/objects/types.ts';
import {dict} from '../../../rehearsal/kubernetes/objects/values.ts';
import {call, eventually, patchAs, runByImage, startCluster} from './cluster.ts';

const core = '/api/v1/namespaces/default';
let cluster: KubernetesServer;
beforeAll(async () => {
	cluster = await startCluster({
		runPod: async (pod, run) => {
			if (run.container.image === 'broken:1') throw 'no such runtime';
			return run.container.restartPolicy === 'Always' ? 'running' : runByImage(pod, run);
		},
	});
	await eventually(() => cluster.store.get('serviceaccounts', 'default', 'default'));
});
afterAll(() => cluster.stop());

const server = {name: 'main', image: 'server:1'};
const start = async (name: string, spec: object) => {
	expect(
		await call(cluster, `POST ${core}/pods`, {metadata: {name}, spec: {containers: [server], ...spec}}),
	).toMatchObject({code: 201});
	return () => cluster.store.get<Pod>('pods', 'default', name);
};
const waitingOf = (pod: Pod | undefined) => pod?.status?.containerStatuses?.[0]?.state.waiting;
const warningsOf = (name: string) =>
	cluster.store
		.list('events', 'default')
		.filter((event) => dict(event.involvedObject).name === name && event.type === 'Warning')
		.map(({message}) => message);

test('a native sidecar runs beside the server and goes with its pod', async () => {
	const pod = await start('beside', {initContainers: [{name: 'proxy', image: 'proxy:1', restartPolicy: 'Always'}]});
	await eventually(() => pod()?.status?.containerStatuses?.[0]?.ready);
	expect(pod()?.status?.initContainerStatuses?.[0]?.state).toHaveProperty('running');
	await call(cluster, `DELETE ${core}/pods/beside`);
	await eventually(() => !pod());
});

test('a sidecar goes with its pod while a later init container is still awaited', async () => {
	const proxy = {name: 'proxy', image: 'proxy:1', restartPolicy: 'Always'};
	const pod = await start('early', {initContainers: [proxy, {name: 'wait', image: 'missing:1'}]});
	await eventually(() => pod()?.status?.initContainerStatuses?.[1]?.state.waiting?.reason === 'ImagePullBackOff');
	await call(cluster, `DELETE ${core}/pods/early`);
	await eventually(() => !pod());
	// A promise that is left rejected would end the process of a rehearsal, and fails this run.
	await new Promise((done) => setTimeout(done, 20));
});

test('a pod that is never restarted fails with its first init container', async () => {
	const pod = await start('never', {
		restartPolicy: 'Never',
		initContainers: [{name: 'check', image: 'check:1', command: ['false']}],
		containers: [{...server, image: 'crash:1'}],
	});
	await eventually(() => pod()?.status?.phase === 'Failed');
});

test('a container that cannot even be tried is told, and the cluster lives on', async () => {
	const pod = await start('broken', {containers: [{...server, image: 'broken:1'}]});
	await eventually(() => waitingOf(pod()));
	expect(await eventually(() => waitingOf(pod())?.reason === 'CreateContainerError' && waitingOf(pod()))).toEqual({
		reason: 'CreateContainerError',
		message: 'no such runtime',
	});
	expect(warningsOf('broken')).toContain('Error: no such runtime');
});

test('a pull secret that is not there is told, and the pull is tried without it', async () => {
	const pod = await start('secretless', {imagePullSecrets: [{name: 'absent'}]});
	await eventually(() => pod()?.status?.containerStatuses?.[0]?.ready);
	expect(warningsOf('secretless')).toContain(
		'Unable to retrieve some image pull secrets (absent); attempting to pull the image may not succeed.',
	);
});

const claim = (name: string, more: object = {}) =>
	call(cluster, `POST ${core}/persistentvolumeclaims`, {
		metadata: {name},
		spec: {accessModes: ['ReadWriteOnce'], resources: {requests: {storage: '1Gi'}}, ...more},
	});

test('a pod waits for the claim that it mounts', async () => {
	const pod = await start('claims', {volumes: [{name: 'data', persistentVolumeClaim: {claimName: 'data'}}]});
	await eventually(() => warningsOf('claims').includes('persistentvolumeclaim "data" not found'));
	await claim('data');
	await eventually(() => pod()?.status?.containerStatuses?.[0]?.ready);
});

test('a claim of a class that is not there stays pending, and says so', async () => {
	await claim('classless', {storageClassName: 'none'});
	await eventually(() => warningsOf('classless').includes('storageclass.storage.k8s.io "none" not found'));
	expect(dict(cluster.store.get('persistentvolumeclaims', 'default', 'classless')?.status).phase).toBe('Pending');
});

test('a pod goes only to a node that fits and takes pods', async () => {
	const pod = await start('picky', {nodeSelector: {disk: 'fast'}});
	const why = (words: string) =>
		eventually(() => pod()?.status?.conditions?.[0]?.message === `0/1 nodes are available: 1 ${words}.`);
	await why("node(s) didn't match Pod's node affinity/selector");
	const [node] = cluster.store.list('nodes');
	const path = `/api/v1/nodes/${node?.metadata.name}`;
	const change = (body: object) => call(cluster, `PATCH ${path}`, body, {'content-type': patchAs.merge});
	await change({metadata: {labels: {disk: 'fast'}}, spec: {unschedulable: true}});
	await why('node(s) were unschedulable');
	await change({spec: {unschedulable: null}});
	await eventually(() => pod()?.status?.phase === 'Running');
});

const logged = (status: Partial<Record<string, ContainerStatus['state']>>, spec: object = {}) => {
	const pod = {
		metadata: {name: 'p', uid: 'u'},
		spec: {containers: [{name: 'a'}] as Container[], ...spec},
		status: {containerStatuses: Object.entries(status).map(([name, state]) => ({name, state}))},
	} as unknown as Pod;
	return (query: string) => readLog(createLogs(), pod, new URLSearchParams(query));
};
const two = {containers: [{name: 'a'}, {name: 'b'}]};

test.each([
	['of two containers', logged({}, two), '', 'a container name must be specified for pod p, choose one of: [a b]'],
	[
		'of two containers and one before them',
		logged({}, {...two, initContainers: [{name: 'i'}]}),
		'',
		'a container name must be specified for pod p, choose one of: [a b] or one of the init containers: [i]',
	],
	['of no container', logged({}), 'container=x', 'container x is not valid for pod p'],
	['of an earlier run', logged({}), 'previous=true', 'previous terminated container "a" in pod "p" not found'],
	[
		'of an image that cannot be pulled',
		logged({a: {waiting: {reason: 'ImagePullBackOff'}}}),
		'',
		'container "a" in pod "p" is waiting to start: trying and failing to pull image',
	],
	[
		'of a container that waits',
		logged({a: {waiting: {reason: 'PodInitializing'}}}),
		'container=a',
		'container "a" in pod "p" is waiting to start: PodInitializing',
	],
	['of a pod on no node', logged({}), '', 'pod p does not have a host assigned'],
] as const)('there is no log %s', (...[, read, query, words]) => {
	expect(() => read(query)).toThrow(words);
});

test('the log of a container that said nothing yet is empty', () => {
	expect(logged({a: {running: {startedAt: ''}}})('container=a')).toBe('');
});

test('what was up and ready when the cluster was stopped goes on, and is no new start; what was not is', async () => {
	const resumed = new Map<string, boolean>();
	const runPod: RunPod = async (pod, run) => {
		resumed.set(pod.metadata.name, run.resumed);
		return runByImage(pod, run);
	};
	const first = await startCluster({runPod});
	await eventually(() => first.store.get('serviceaccounts', 'default', 'default'));
	for (const [name, image] of [
		['up', 'server:1'],
		['not-up', 'unready:1'],
	] as const)
		await call(first, `POST ${core}/pods`, {metadata: {name}, spec: {containers: [{name: 'main', image}]}});
	const statusOf = (of: KubernetesServer, name: string) =>
		of.store.get<Pod>('pods', 'default', name)?.status?.containerStatuses?.[0];
	await eventually(() => statusOf(first, 'up')?.ready && statusOf(first, 'not-up')?.state.running);
	expect([...resumed.values()]).toEqual([false, false]);
	const load = JSON.parse(JSON.stringify(first.snapshot()));
	await first.stop();
	resumed.clear();
	const second = await startCluster({runPod, load});
	await eventually(() => resumed.size === 2);
	expect(Object.fromEntries(resumed)).toEqual({up: true, 'not-up': false});
	expect(statusOf(second, 'up')).toMatchObject({ready: true, restartCount: 0});
	await second.stop();
});
