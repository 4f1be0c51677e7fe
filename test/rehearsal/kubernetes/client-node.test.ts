import {AppsV1Api, CoreV1Api, KubeConfig, KubernetesObjectApi, Watch} from '@kubernetes/client-node';
import {afterAll, beforeAll, expect, it} from 'vitest';
import type {KubernetesServer} from '../../../rehearsal/kubernetes/index.ts';
import {deployment, eventually, startCluster} from './cluster.ts';

let cluster: KubernetesServer;
const config = new KubeConfig();
beforeAll(async () => {
	cluster = await startCluster();
	config.loadFromString(cluster.kubeconfig);
	await eventually(() => cluster.store.get('serviceaccounts', 'default', 'default'));
});
afterAll(() => cluster.stop());

it('lists, creates, replaces and deletes with the typed client', async () => {
	const core = config.makeApiClient(CoreV1Api);
	expect((await core.listNode()).items.map((node) => node.metadata?.name)).toEqual(['rehearsal-1']);
	const made = await core.createNamespacedSecret({
		namespace: 'default',
		body: {metadata: {name: 's'}, stringData: {a: 'b'}},
	});
	expect(made.metadata?.creationTimestamp).toBeInstanceOf(Date);
	const replaced = await core.replaceNamespacedSecret({
		namespace: 'default',
		name: 's',
		body: {...made, stringData: {c: 'd'}},
	});
	expect(replaced.data).toEqual({a: 'Yg==', c: 'ZA=='});
	await core.deleteNamespacedSecret({namespace: 'default', name: 's'});
	await expect(core.readNamespacedSecret({namespace: 'default', name: 's'})).rejects.toMatchObject({code: 404});
});

it('applies on the server with the object client', async () => {
	const objects = KubernetesObjectApi.makeApiClient(config);
	const body = {apiVersion: 'v1', kind: 'ConfigMap', metadata: {name: 'applied', namespace: 'default'}, data: {a: '1'}};
	const applied = await objects.patch(body, undefined, undefined, 'tester', true, 'application/apply-patch+yaml');
	expect(applied.metadata).toMatchObject({managedFields: [{manager: 'tester', operation: 'Apply'}]});
});

it('watches, and reads a log to its last line', async () => {
	const names: string[] = [];
	const controller = await new Watch(config).watch(
		'/api/v1/namespaces/default/pods',
		{},
		(type, pod) => names.push(`${type} ${pod.metadata?.labels?.app}`),
		() => undefined,
	);
	await config
		.makeApiClient(AppsV1Api)
		.createNamespacedDeployment({namespace: 'default', body: deployment('web', 'server:1') as never});
	await eventually(() => names.includes('ADDED web'));
	controller.abort();
	const pod = await eventually(() =>
		cluster.store.list('pods', 'default').find((one) => cluster.logs.lines(one.metadata.uid, 'main')?.length),
	);
	const core = config.makeApiClient(CoreV1Api);
	const read = (tailLines?: number) =>
		core.readNamespacedPodLog({
			namespace: 'default',
			name: pod.metadata.name,
			container: 'main',
			...(tailLines === undefined ? {} : {tailLines}),
		});
	expect(await read()).toBe('main attempt 0 says nothing\n');
	cluster.logs.write(pod.metadata.uid, 'main', 'one more line');
	expect(await read()).toBe('main attempt 0 says nothing\none more line\n');
	expect(await read(1)).toBe('one more line\n');
	expect(await read(0)).toBe('');
});
