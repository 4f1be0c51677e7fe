import {afterAll, beforeAll, expect, test} from 'vitest';
import type {KubernetesServer, Pod} from '../../../rehearsal/kubernetes/index.ts';
import {dict, list} from '../../../rehearsal/kubernetes/objects/values.ts';
import {call, deployment, eventually, patchAs, startCluster} from './cluster.ts';

const core = '/api/v1/namespaces/default';
const apps = '/apis/apps/v1/namespaces/default';
let cluster: KubernetesServer;
beforeAll(async () => {
	cluster = await startCluster();
	await eventually(() => cluster.store.get('serviceaccounts', 'default', 'default'));
});
afterAll(() => cluster.stop());

const podsOf = (app: string): Pod[] =>
	cluster.store.list<Pod>('pods', 'default').filter((pod) => pod.metadata.labels?.app === app);
const isReady = (pod: Pod): boolean => pod.status?.containerStatuses?.every(({ready}) => ready) === true;
const imagesOf = (app: string) => new Set(podsOf(app).map((pod) => pod.spec.containers[0]?.image));
const areUp = (app: string, count: number, image = 'server:1') =>
	podsOf(app).length === count && podsOf(app).every(isReady) && imagesOf(app).has(image) && imagesOf(app).size === 1;
const statusOf = (app: string) => dict(cluster.store.get('deployments.apps', 'default', app)?.status);
const make = async (name: string, spec: object): Promise<void> => {
	const body = deployment(name, 'server:1');
	await call(cluster, `POST ${apps}/deployments`, {...body, spec: {...dict(body.spec), ...spec}});
};
const change = (name: string, body: object, type = patchAs.strategic) =>
	call(cluster, `PATCH ${apps}/deployments/${name}`, body, {'content-type': type});
const toImage = (image: string) => ({spec: {template: {spec: {containers: [{name: 'main', image}]}}}});

test('with Recreate no pod of the new template starts before the last of the old one is gone', async () => {
	await make('recreate', {replicas: 2, strategy: {type: 'Recreate'}});
	await eventually(() => areUp('recreate', 2));
	let mostKinds = 1;
	const end = cluster.subscribe('pods', () => {
		mostKinds = Math.max(mostKinds, imagesOf('recreate').size);
	});
	await change('recreate', toImage('server:2'));
	await eventually(() => areUp('recreate', 2, 'server:2'));
	end();
	expect(mostKinds).toBe(1);
});

test.each([
	['one more and none fewer', {maxSurge: 1, maxUnavailable: 0}, {most: 5, fewest: 4}],
	['none more and half fewer', {maxSurge: 0, maxUnavailable: '50%'}, {most: 4, fewest: 2}],
	['no room at all, where one may go', {maxSurge: 0, maxUnavailable: '10%'}, {most: 4, fewest: 3}],
])('a roll-out with %s keeps to it', async (_, rollingUpdate, bounds) => {
	const name = `roll-${bounds.fewest}`;
	await make(name, {replicas: 4, strategy: {type: 'RollingUpdate', rollingUpdate}});
	// Counted as well: the status follows the pods a moment later.
	await eventually(() => areUp(name, 4) && statusOf(name).availableReplicas === 4);
	let [most, fewest] = [4, 4];
	const end = cluster.subscribe('deployments.apps', ({object}) => {
		if (object.metadata.name !== name) return;
		const {replicas = 0, availableReplicas = 0} = dict(object.status);
		most = Math.max(most, Number(replicas));
		fewest = Math.min(fewest, Number(availableReplicas));
	});
	await change(name, toImage('server:2'));
	await eventually(() => areUp(name, 4, 'server:2') && statusOf(name).updatedReplicas === 4);
	end();
	expect(most).toBeLessThanOrEqual(bounds.most);
	expect(fewest).toBeGreaterThanOrEqual(bounds.fewest);
});

test('while it is paused nothing rolls out, and afterwards all of it', async () => {
	await make('paused', {replicas: 1});
	await eventually(() => areUp('paused', 1));
	await change('paused', {spec: {...toImage('server:2').spec, paused: true}});
	await eventually(() => statusOf('paused').observedGeneration === 2);
	expect([...imagesOf('paused')]).toEqual(['server:1']);
	await change('paused', {spec: {paused: false}});
	await eventually(() => areUp('paused', 1, 'server:2'));
});

test('a deletion in the foreground shows the Deployment until the last pod is gone', async () => {
	await make('foreground', {replicas: 1});
	await eventually(() => areUp('foreground', 1));
	const left: number[] = [];
	const end = cluster.subscribe('deployments.apps', ({type, object}) => {
		if (type === 'DELETED' && object.metadata.name === 'foreground') left.push(podsOf('foreground').length);
	});
	await call(cluster, `DELETE ${apps}/deployments/foreground`, {propagationPolicy: 'Foreground'});
	await eventually(() => left.length === 1);
	end();
	expect(left).toEqual([0]);
});

test.each([
	['the policy', {propagationPolicy: 'Orphan'}],
	['the older word', {orphanDependents: true}],
])('a deletion that orphans by %s leaves the ReplicaSet and its pods to nobody', async (title, options) => {
	const name = title.replace('the ', '').replace(' ', '-');
	await make(name, {replicas: 1});
	await eventually(() => areUp(name, 1));
	await call(cluster, `DELETE ${apps}/deployments/${name}`, options);
	await eventually(() => !cluster.store.get('deployments.apps', 'default', name));
	const set = cluster.store.list('replicasets.apps', 'default').find(({metadata}) => metadata.labels?.app === name);
	if (!set) throw new Error('the ReplicaSet is gone');
	expect(set.metadata.ownerReferences).toBeUndefined();
	expect(podsOf(name).map(({metadata}) => metadata.deletionTimestamp)).toEqual([undefined]);
});

test('an object with two owners stays until the second one goes', async () => {
	const maps = `${core}/configmaps`;
	const owners: object[] = [];
	for (const name of ['one', 'other']) {
		const {body} = await call(cluster, `POST ${maps}`, {metadata: {name}});
		owners.push({apiVersion: 'v1', kind: 'ConfigMap', name, uid: dict(body.metadata).uid});
	}
	await call(cluster, `POST ${maps}`, {metadata: {name: 'shared', ownerReferences: owners}});
	const shared = () => cluster.store.get('configmaps', 'default', 'shared');
	await call(cluster, `DELETE ${maps}/one`);
	await eventually(() => shared()?.metadata.ownerReferences?.length === 1);
	await call(cluster, `DELETE ${maps}/other`);
	await eventually(() => !shared());
});

test('budgets count in percent, and by how many may be missing', async () => {
	await make('counted', {replicas: 4});
	await eventually(() => areUp('counted', 4));
	const budgets = '/apis/policy/v1/namespaces/default/poddisruptionbudgets';
	const budget = async (name: string, spec: object) => {
		const selector = {matchLabels: {app: 'counted'}};
		await call(cluster, `POST ${budgets}`, {metadata: {name}, spec: {...spec, selector}});
		return eventually(() => {
			const {desiredHealthy, disruptionsAllowed} = dict(
				cluster.store.get('poddisruptionbudgets.policy', 'default', name)?.status,
			);
			return desiredHealthy === undefined ? undefined : [desiredHealthy, disruptionsAllowed];
		});
	};
	expect(await budget('percent', {minAvailable: '50%'})).toEqual([2, 2]);
	expect(await budget('missing', {maxUnavailable: 1})).toEqual([3, 1]);
});

test('a LoadBalancer gets its address, and a Service its ports by number and by name', async () => {
	const service = (name: string, spec: object) =>
		call(cluster, `POST ${core}/services`, {metadata: {name}, spec: {selector: {app: 'counted'}, ...spec}});
	await service('balanced', {type: 'LoadBalancer', ports: [{name: 'web', port: 80, targetPort: 8080}]});
	await service('unnamed', {ports: [{name: 'web', port: 80, targetPort: 'absent'}]});
	const status = () => dict(dict(cluster.store.get('services', 'default', 'balanced')?.status).loadBalancer);
	await eventually(() => list(status().ingress).length === 1);
	const ports = (name: string) => dict(list(cluster.store.get('endpoints', 'default', name)?.subsets)[0]).ports;
	expect(await eventually(() => ports('balanced'))).toEqual([{name: 'web', port: 8080, protocol: 'TCP'}]);
	// A name that no container has leads to the port of the Service itself.
	expect(await eventually(() => ports('unnamed'))).toEqual([{name: 'web', port: 80, protocol: 'TCP'}]);
});
