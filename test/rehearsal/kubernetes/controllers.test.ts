import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {KubernetesServer, Pod} from '../../../rehearsal/kubernetes/index.ts';
import {dict, list} from '../../../rehearsal/kubernetes/objects/values.ts';
import {call, deployment, eventually, patchAs, startCluster} from './cluster.ts';

let cluster: KubernetesServer;
beforeAll(async () => {
	cluster = await startCluster();
	await eventually(() => cluster.store.get('serviceaccounts', 'default', 'default'));
});
afterAll(() => cluster.stop());

const core = '/api/v1/namespaces/default';
const apps = '/apis/apps/v1/namespaces/default';
const jobs = '/apis/batch/v1/namespaces/default/jobs';
const podsOf = (app: string): Pod[] =>
	cluster.store.list<Pod>('pods', 'default').filter((pod) => pod.metadata.labels?.app === app);
const mainOf = (app: string) => podsOf(app)[0]?.status?.containerStatuses?.[0];
const status = (shelf: string, name: string) => dict(cluster.store.get(shelf, 'default', name)?.status);
const condition = (shelf: string, name: string, type: string) =>
	list(status(shelf, name).conditions)
		.map(dict)
		.find((one) => one.type === type);
const reasons = (name: string): string[] =>
	cluster.store
		.list('events', 'default')
		.filter((event) => String(dict(event.involvedObject).name).startsWith(name))
		.map((event) => String(event.reason));

describe('a Deployment', () => {
	it('becomes available, and rolls to a new template without going below what it may', async () => {
		const body = deployment('roll', 'server:1');
		await call(cluster, `POST ${apps}/deployments`, {...body, spec: {...dict(body.spec), replicas: 3}});
		await eventually(() => status('deployments.apps', 'roll').availableReplicas === 3);
		let fewest = 3;
		const end = cluster.subscribe('deployments.apps', ({object}) => {
			fewest = Math.min(fewest, Number(dict(object.status).availableReplicas ?? 0));
		});
		const patch = {spec: {template: {spec: {containers: [{name: 'main', image: 'server:2'}]}}}};
		await call(cluster, `PATCH ${apps}/deployments/roll`, patch, {'content-type': patchAs.strategic});
		await eventually(
			() => podsOf('roll').length === 3 && podsOf('roll').every((pod) => pod.spec.containers[0]?.image === 'server:2'),
		);
		await eventually(() => condition('deployments.apps', 'roll', 'Progressing')?.reason === 'NewReplicaSetAvailable');
		end();
		expect(fewest).toBe(3);
		expect(status('deployments.apps', 'roll')).toMatchObject({
			replicas: 3,
			updatedReplicas: 3,
			readyReplicas: 3,
			observedGeneration: 2,
		});
		const annotations = cluster.store.get('deployments.apps', 'default', 'roll')?.metadata.annotations;
		expect(annotations?.['deployment.kubernetes.io/revision']).toBe('2');
	});

	it('says that its progress deadline has passed', async () => {
		const body = deployment('late', 'unready:1');
		await call(cluster, `POST ${apps}/deployments`, {
			...body,
			spec: {...dict(body.spec), progressDeadlineSeconds: 1},
		});
		const found = await eventually(() => {
			const one = condition('deployments.apps', 'late', 'Progressing');
			return one?.status === 'False' && one;
		});
		expect(found.reason).toBe('ProgressDeadlineExceeded');
		expect(condition('deployments.apps', 'late', 'Available')?.status).toBe('False');
		expect(reasons('late')).toContain('Unhealthy');
	});

	it('takes its sets and pods with it when it is deleted', async () => {
		await call(cluster, `POST ${apps}/deployments`, deployment('gone', 'server:1'));
		await eventually(() => podsOf('gone').length === 1);
		await call(cluster, `DELETE ${apps}/deployments/gone`);
		await eventually(() => podsOf('gone').length === 0);
		expect(
			cluster.store.list('replicasets.apps', 'default').filter((set) => set.metadata.name.startsWith('gone-')),
		).toEqual([]);
	});

	it('is named in no pod when its service account is missing, and says so', async () => {
		const body = deployment('orphan', 'server:1');
		dict(dict(dict(body.spec).template).spec).serviceAccountName = 'nobody';
		await call(cluster, `POST ${apps}/deployments`, body);
		const failure = await eventually(() => condition('deployments.apps', 'orphan', 'ReplicaFailure'));
		expect(failure.message).toMatch(
			/is forbidden: error looking up service account default\/nobody: serviceaccount "nobody" not found$/,
		);
	});
});

describe('a pod', () => {
	it('backs off from an image that cannot be pulled, with Events', async () => {
		await call(cluster, `POST ${apps}/deployments`, deployment('pull', 'missing:1'));
		const waiting = await eventually(
			() => mainOf('pull')?.state.waiting?.reason === 'ImagePullBackOff' && mainOf('pull')?.state.waiting,
		);
		expect(waiting?.message).toContain('Back-off pulling image "missing:1"');
		await eventually(() =>
			cluster.store.list('events', 'default').some((event) => event.reason === 'BackOff' && Number(event.count) > 1),
		);
		expect(reasons('pull-')).toEqual(expect.arrayContaining(['Scheduled', 'Pulling', 'Failed', 'BackOff']));
	});

	it('in a crash loop counts restarts and keeps the previous log', async () => {
		await call(cluster, `POST ${apps}/deployments`, deployment('crash', 'crash:1'));
		const found = await eventually(() => {
			const main = mainOf('crash');
			return main && main.restartCount >= 2 && main.state.waiting?.reason === 'CrashLoopBackOff' && main;
		});
		expect(found.lastState.terminated).toMatchObject({exitCode: 1, reason: 'Error'});
		const name = podsOf('crash')[0]?.metadata.name;
		const before = await call(cluster, `GET ${core}/pods/${name}/log?previous=true`);
		expect(before.text).toMatch(/^main attempt \d+ says nothing\n$/);
	});

	it('waits for a Secret in its environment, then starts with its value', async () => {
		const env = [{name: 'GREETING', valueFrom: {secretKeyRef: {name: 'later', key: 'word'}}}];
		await call(cluster, `POST ${apps}/deployments`, deployment('env', 'server:1', {env}));
		const waiting = await eventually(
			() => mainOf('env')?.state.waiting?.reason === 'CreateContainerConfigError' && mainOf('env')?.state.waiting,
		);
		expect(waiting?.message).toBe('secret "later" not found');
		await call(cluster, `POST ${core}/secrets`, {metadata: {name: 'later'}, stringData: {other: 'x'}});
		await eventually(() => mainOf('env')?.state.waiting?.message === "couldn't find key word in Secret default/later");
		await call(cluster, `PATCH ${core}/secrets/later`, {stringData: {word: 'hello'}}, {'content-type': patchAs.merge});
		await eventually(() => mainOf('env')?.ready);
		const log = await call(cluster, `GET ${core}/pods/${podsOf('env')[0]?.metadata.name}/log`);
		expect(log.text).toBe('main attempt 0 says hello\n');
	});

	it('waits for a Secret that it mounts', async () => {
		const body = deployment('mount', 'server:1');
		dict(dict(dict(body.spec).template).spec).volumes = [{name: 'tls', secret: {secretName: 'absent'}}];
		await call(cluster, `POST ${apps}/deployments`, body);
		await eventually(() => reasons('mount-').includes('FailedMount'));
		expect(mainOf('mount')?.state.waiting?.reason).toBe('ContainerCreating');
		const event = cluster.store.list('events', 'default').find((one) => one.reason === 'FailedMount');
		expect(event?.message).toBe('MountVolume.SetUp failed for volume "tls" : secret "absent" not found');
	});

	it('stays pending when no node has room', async () => {
		await call(
			cluster,
			`POST ${apps}/deployments`,
			deployment('big', 'server:1', {resources: {requests: {cpu: '64'}}}),
		);
		const found = await eventually(() =>
			podsOf('big')[0]?.status?.conditions?.find((one) => one.reason === 'Unschedulable'),
		);
		expect(found.message).toBe('0/1 nodes are available: 1 Insufficient cpu.');
	});
});

describe('a Job', () => {
	const job = (name: string, image: string, spec = {}) => ({
		metadata: {name},
		spec: {...spec, template: {spec: {restartPolicy: 'Never', containers: [{name: 'task', image}]}}},
	});

	it('completes with the conditions of a current cluster', async () => {
		await call(cluster, `POST ${jobs}`, job('fine', 'task:1'));
		await eventually(() => condition('jobs.batch', 'fine', 'Complete'));
		expect(condition('jobs.batch', 'fine', 'SuccessCriteriaMet')?.status).toBe('True');
		expect(status('jobs.batch', 'fine')).toMatchObject({succeeded: 1, ready: 0});
		expect(status('jobs.batch', 'fine').completionTime).toBeTypeOf('string');
	});

	it('fails when its pods failed too often', async () => {
		await call(cluster, `POST ${jobs}`, job('bad', 'crash:1', {backoffLimit: 0}));
		const failed = await eventually(() => condition('jobs.batch', 'bad', 'Failed'));
		expect(failed).toMatchObject({
			reason: 'BackoffLimitExceeded',
			message: 'Job has reached the specified backoff limit',
		});
		expect(status('jobs.batch', 'bad').failed).toBe(1);
	});

	it('goes away after its time to live', async () => {
		await call(cluster, `POST ${jobs}`, job('brief', 'task:1', {ttlSecondsAfterFinished: 0}));
		await eventually(() => !cluster.store.get('jobs.batch', 'default', 'brief'));
		await eventually(
			() => !cluster.store.list('pods', 'default').some((pod) => pod.metadata.name.startsWith('brief-')),
		);
	});

	it('leaves its pods behind when deleted without a policy, and warns', async () => {
		await call(cluster, `POST ${jobs}`, job('kept', 'task:1'));
		await eventually(() => condition('jobs.batch', 'kept', 'Complete'));
		const answer = await call(cluster, `DELETE ${jobs}/kept`);
		expect(answer.headers.warning).toContain('child pods are preserved by default');
		await eventually(() => !cluster.store.get('jobs.batch', 'default', 'kept'));
		expect(cluster.store.list('pods', 'default').filter((pod) => pod.metadata.name.startsWith('kept-'))).toHaveLength(
			1,
		);
	});
});

describe('the rest of the cluster', () => {
	it('fills Endpoints, addresses of Ingresses, budgets and claims', async () => {
		await call(
			cluster,
			`POST ${apps}/deployments`,
			deployment('shop', 'server:1', {ports: [{name: 'http', containerPort: 8080}]}),
		);
		await call(cluster, `POST ${core}/services`, {
			metadata: {name: 'shop'},
			spec: {selector: {app: 'shop'}, ports: [{port: 80, targetPort: 'http'}]},
		});
		const rules = [
			{
				host: 'shop.example',
				http: {paths: [{path: '/', pathType: 'Prefix', backend: {service: {name: 'shop', port: {number: 80}}}}]},
			},
		];
		await call(cluster, 'POST /apis/networking.k8s.io/v1/namespaces/default/ingresses', {
			metadata: {name: 'shop'},
			spec: {ingressClassName: 'nginx', rules},
		});
		await call(cluster, 'POST /apis/policy/v1/namespaces/default/poddisruptionbudgets', {
			metadata: {name: 'shop'},
			spec: {minAvailable: 0, selector: {matchLabels: {app: 'shop'}}},
		});
		await call(cluster, `POST ${core}/persistentvolumeclaims`, {
			metadata: {name: 'shop'},
			spec: {accessModes: ['ReadWriteOnce'], resources: {requests: {storage: '1Gi'}}},
		});
		const subset = await eventually(() => {
			const one = dict(list(cluster.store.get('endpoints', 'default', 'shop')?.subsets)[0]);
			return one.addresses ? one : undefined;
		});
		expect(subset.ports).toEqual([{port: 8080, protocol: 'TCP'}]);
		await eventually(() => dict(status('ingresses.networking.k8s.io', 'shop').loadBalancer).ingress);
		expect(status('ingresses.networking.k8s.io', 'shop').loadBalancer).toEqual({ingress: [{ip: '127.0.0.9'}]});
		await eventually(() => status('poddisruptionbudgets.policy', 'shop').disruptionsAllowed === 1);
		await eventually(() => status('persistentvolumeclaims', 'shop').phase === 'Bound');
	});

	it('goes on after a restart from its snapshot with the same kubeconfig', async () => {
		const first = await startCluster();
		await eventually(() => first.store.get('serviceaccounts', 'default', 'default'));
		const body = deployment('again', 'server:1');
		dict(dict(dict(body.spec).template).spec).initContainers = [{name: 'wait', image: 'server:1'}];
		await call(first, `POST ${apps}/deployments`, body);
		await eventually(() => dict(first.store.get('deployments.apps', 'default', 'again')?.status).readyReplicas === 1);
		const port = Number(new URL(first.url).port);
		const load = JSON.parse(JSON.stringify(first.snapshot()));
		const version = first.store.version();
		await first.stop();
		const second = await startCluster({port, load});
		let fewest = 1;
		second.subscribe('deployments.apps', ({object}) => {
			fewest = Math.min(fewest, Number(dict(object.status).readyReplicas ?? 0));
		});
		expect(second.kubeconfig).toBe(first.kubeconfig);
		expect((await call(second, `GET ${apps}/deployments/again`)).code).toBe(200);
		await call(second, `PATCH ${apps}/deployments/again/scale`, {spec: {replicas: 2}}, {'content-type': patchAs.merge});
		await eventually(() => dict(second.store.get('deployments.apps', 'default', 'again')?.status).readyReplicas === 2);
		expect(fewest).toBe(1);
		expect(second.store.version()).toBeGreaterThan(version);
		await second.stop();
	});
});
