import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {KubernetesServer, Pod} from '../../../rehearsal/kubernetes/index.ts';
import {dict} from '../../../rehearsal/kubernetes/objects/values.ts';
import {call, deployment, eventually, patchAs, startCluster} from './cluster.ts';

let cluster: KubernetesServer;
beforeAll(async () => {
	cluster = await startCluster();
	await eventually(() => cluster.store.get('serviceaccounts', 'default', 'default'));
});
afterAll(() => cluster.stop());

const core = '/api/v1/namespaces/default';
const apps = '/apis/apps/v1/namespaces/default';
const podsOf = (app: string): Pod[] =>
	cluster.store.list<Pod>('pods', 'default').filter((pod) => pod.metadata.labels?.app === app);
const isReady = (pod: Pod): boolean => pod.status?.containerStatuses?.every(({ready}) => ready) === true;

describe('what journeys in a real cluster showed', () => {
	it('keeps the last available pod while the pods of a new template cannot start, even when the count changes too', async () => {
		const body = deployment('keep', 'server:1');
		await call(cluster, `POST ${apps}/deployments`, {...body, spec: {...dict(body.spec), replicas: 2}});
		await eventually(() => podsOf('keep').length === 2 && podsOf('keep').every(isReady));
		const patch = {spec: {replicas: 1, template: {spec: {containers: [{name: 'main', image: 'missing:2'}]}}}};
		await call(cluster, `PATCH ${apps}/deployments/keep`, patch, {'content-type': patchAs.strategic});
		await eventually(() =>
			podsOf('keep').some((pod) => pod.status?.containerStatuses?.[0]?.state.waiting?.reason === 'ImagePullBackOff'),
		);
		await eventually(() => podsOf('keep').filter((pod) => pod.spec.containers[0]?.image === 'server:1').length === 1);
		// Every later reconcile must leave it alone: one more write makes the controller look again.
		const label = {metadata: {labels: {seen: 'again'}}};
		await call(cluster, `PATCH ${apps}/deployments/keep`, label, {'content-type': patchAs.merge});
		await eventually(
			() => dict(cluster.store.get('deployments.apps', 'default', 'keep')?.status).observedGeneration === 2,
		);
		expect(podsOf('keep').filter(isReady).length).toBe(1);
	});

	it('mounts the access of the service account, unless the pod wants none', async () => {
		const pod = (name: string, more: object) => ({
			metadata: {name},
			spec: {containers: [{name: 'main', image: 'server:1'}], ...more},
		});
		const {body: open} = await call(cluster, `POST ${core}/pods`, pod('open', {}));
		const {body: closed} = await call(
			cluster,
			`POST ${core}/pods`,
			pod('closed', {automountServiceAccountToken: false}),
		);
		expect(dict(open.spec).volumes).toMatchObject([{name: expect.stringMatching(/^kube-api-access-.{5}$/u)}]);
		expect(dict(open.spec).containers).toMatchObject([
			{volumeMounts: [{mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', readOnly: true}]},
		]);
		expect(dict(closed.spec).volumes).toBeUndefined();
	});

	it('answers a deleted Service with the object, and a deleted pod with its own grace period', async () => {
		await call(cluster, `POST ${core}/services`, {metadata: {name: 'gone'}, spec: {ports: [{port: 80}]}});
		expect((await call(cluster, `DELETE ${core}/services/gone`)).body).toMatchObject({
			kind: 'Service',
			metadata: {name: 'gone'},
		});
		await call(cluster, `POST ${core}/pods`, {
			metadata: {name: 'short'},
			spec: {terminationGracePeriodSeconds: 3, containers: [{name: 'main', image: 'server:1'}]},
		});
		const {body} = await call(cluster, `DELETE ${core}/pods/short`);
		expect(dict(body.metadata).deletionGracePeriodSeconds).toBe(3);
	});

	it('tells the digest under which an image was pulled', async () => {
		await call(cluster, `POST ${core}/pods`, {
			metadata: {name: 'pulled'},
			spec: {containers: [{name: 'main', image: 'pulled:abc'}]},
		});
		const found = await eventually(() => {
			const pod = cluster.store.get<Pod>('pods', 'default', 'pulled');
			return pod?.status?.containerStatuses?.[0]?.imageID;
		});
		expect(found).toBe('pulled@sha256:abc');
	});

	it('names the repository of an image with the port of its registry, and the container in its events', async () => {
		await call(cluster, `POST ${core}/pods`, {
			metadata: {name: 'ported'},
			spec: {containers: [{name: 'main', image: '127.0.0.1:5000/a/server:1'}]},
		});
		const found = await eventually(() => {
			const pod = cluster.store.get<Pod>('pods', 'default', 'ported');
			return pod?.status?.containerStatuses?.[0]?.imageID;
		});
		expect(found).toMatch(/^127\.0\.0\.1:5000\/a\/server@sha256:/u);
		const events = cluster.store.list('events', 'default').filter((one) => dict(one.involvedObject).name === 'ported');
		expect(events.map(({reason}) => reason).sort()).toEqual(['Created', 'Pulled', 'Pulling', 'Scheduled', 'Started']);
		const scheduled = events.find(({reason}) => reason === 'Scheduled');
		expect(scheduled).toMatchObject({lastTimestamp: null, eventTime: expect.stringMatching(/\.\d{6}Z$/u)});
		expect(dict(events.find(({reason}) => reason === 'Started')?.involvedObject).fieldPath).toBe(
			'spec.containers{main}',
		);
	});
});
