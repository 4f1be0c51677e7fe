import {afterAll, beforeAll, describe, expect, it, test} from 'vitest';
import {toTable} from '../../../rehearsal/kubernetes/api/tables/table.ts';
import type {KubernetesServer} from '../../../rehearsal/kubernetes/index.ts';
import type {KubeObject} from '../../../rehearsal/kubernetes/objects/types.ts';
import {type Dict, dict, list} from '../../../rehearsal/kubernetes/objects/values.ts';
import {call, eventually, startCluster} from './cluster.ts';

const now = new Date('2026-01-10T00:00:00Z');
const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

const cells = (id: string, seconds: number): unknown => {
	const creationTimestamp = new Date(now.getTime() - seconds * 1000).toISOString();
	const object = {kind: 'ConfigMap', metadata: {name: 'm', creationTimestamp}, data: {a: '1'}} as unknown as KubeObject;
	const [row] = toTable(id, [object], {}, {now, whole: false}).rows as {cells: unknown}[];
	return row?.cells;
};

// What the real server prints (apimachinery, duration.HumanDuration).
test.each([
	[119, '119s'],
	[2 * minute, '2m'],
	[9 * minute + 5, '9m5s'],
	[10 * minute + 5, '10m'],
	[3 * hour, '3h'],
	[7 * hour + 5 * minute, '7h5m'],
	[47 * hour, '47h'],
	[3 * day + hour, '3d1h'],
	[8 * day + hour, '8d'],
])('an object that was made %i seconds ago is %s old', (seconds, age) => {
	expect(cells('referencegrants.gateway.networking.k8s.io', seconds)).toEqual(['m', age]);
	expect(cells('configmaps', seconds)).toEqual(['m', 1, age]);
});

/** Rows as `kubectl get` prints them: the values of a row by the heads that it has, wide ones too when asked for. */
type Rows = readonly Readonly<Record<string, unknown>>[];

const rowsOf = (table: Dict, isWide: boolean): Rows => {
	const heads = list(table.columnDefinitions).map(dict);
	return list(table.rows).map((row) =>
		Object.fromEntries(
			list(dict(row).cells).flatMap((cell, at) =>
				heads[at]?.priority === 0 || isWide ? [[String(heads[at]?.name).toUpperCase(), cell]] : [],
			),
		),
	);
};

describe('what kubectl get asks for', () => {
	const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
	const someAge = expect.stringMatching(/^\d+s$/u);
	let cluster: KubernetesServer;

	const get = async (path: string, isWide = false): Promise<Rows> =>
		rowsOf((await call(cluster, `GET ${path}`, undefined, {accept})).body, isWide);
	const make = (path: string, body: Dict): Promise<unknown> => call(cluster, `POST ${path}`, body);
	const pod = (name: string, spec: Dict): Promise<unknown> =>
		make('/api/v1/namespaces/tables/pods', {metadata: {name}, spec});
	const ofPod = async (name: string, isWide = false) =>
		(await get(`/api/v1/namespaces/tables/pods/${name}`, isWide))[0];

	beforeAll(async () => {
		cluster = await startCluster();
		await make('/api/v1/namespaces', {metadata: {name: 'tables'}});
		await eventually(() => cluster.store.get('serviceaccounts', 'tables', 'default'));
	});
	afterAll(() => cluster.stop());

	const until = (ask: () => Promise<Rows[number] | undefined>, wanted: Dict): Promise<unknown> =>
		expect.poll(ask, {timeout: 5000}).toEqual(wanted);

	it('is, of a pod, how many are ready, its status and its restarts, and wide its address and its node', async () => {
		await pod('up', {containers: [{name: 'a', image: 'plain'}]});
		const short = {NAME: 'up', READY: '1/1', STATUS: 'Running', RESTARTS: '0', AGE: someAge};
		await until(() => ofPod('up'), short);
		expect(await ofPod('up', true)).toEqual({
			...short,
			IP: expect.stringMatching(/^10\./u),
			NODE: 'rehearsal-1',
			'NOMINATED NODE': '<none>',
			'READINESS GATES': '<none>',
		});
	});

	it('tells what a pod waits for, and where its init containers stand', async () => {
		await pod('unpulled', {containers: [{name: 'a', image: 'missing'}]});
		await pod('ready-not', {containers: [{name: 'a', image: 'unready'}]});
		await pod('starting', {
			initContainers: [
				{name: 'first', image: 'plain'},
				{name: 'second', image: 'missing'},
			],
			containers: [{name: 'a', image: 'plain'}],
		});
		await pod('task', {restartPolicy: 'Never', containers: [{name: 'a', image: 'plain'}]});
		await until(async () => ({told: (await ofPod('unpulled'))?.STATUS}), {
			told: expect.stringMatching(/^(?:ErrImagePull|ImagePullBackOff)$/u),
		});
		await until(async () => ({told: (await ofPod('starting'))?.STATUS}), {
			told: expect.stringMatching(/^Init:(?:ErrImagePull|ImagePullBackOff)$/u),
		});
		await until(() => ofPod('ready-not'), {
			NAME: 'ready-not',
			READY: '0/1',
			STATUS: 'Running',
			RESTARTS: '0',
			AGE: someAge,
		});
		await until(() => ofPod('task'), {NAME: 'task', READY: '0/1', STATUS: 'Completed', RESTARTS: '0', AGE: someAge});
	});

	it('counts how often a pod was started again, and when last', async () => {
		await pod('broken', {containers: [{name: 'a', image: 'crash'}]});
		await until(async () => ({told: (await ofPod('broken'))?.RESTARTS}), {
			told: expect.stringMatching(/^[1-9]\d* \(\d+s ago\)$/u),
		});
		await until(async () => ({told: (await ofPod('broken'))?.STATUS}), {told: 'CrashLoopBackOff'});
	});

	it('is, of what makes pods, how far it is', async () => {
		const template = {metadata: {labels: {app: 'a'}}, spec: {containers: [{name: 'a', image: 'plain'}]}};
		const spec = {replicas: 2, selector: {matchLabels: {app: 'a'}}, template};
		await make('/apis/apps/v1/namespaces/tables/deployments', {metadata: {name: 'web'}, spec});
		const deployments = '/apis/apps/v1/namespaces/tables/deployments';
		const short = {NAME: 'web', READY: '2/2', 'UP-TO-DATE': 2, AVAILABLE: 2, AGE: someAge};
		await until(async () => (await get(deployments))[0], short);
		const wide = {...short, CONTAINERS: 'a', IMAGES: 'plain', SELECTOR: 'app=a'};
		expect(await get(deployments, true)).toEqual([wide]);
		const [set] = await get('/apis/apps/v1/namespaces/tables/replicasets');
		expect(set).toMatchObject({DESIRED: 2, CURRENT: 2, READY: 2});
		const job = {template: {spec: {...template.spec, restartPolicy: 'Never'}}};
		await make('/apis/batch/v1/namespaces/tables/jobs', {metadata: {name: 'once'}, spec: job});
		await until(async () => (await get('/apis/batch/v1/namespaces/tables/jobs'))[0], {
			NAME: 'once',
			STATUS: 'Complete',
			COMPLETIONS: '1/1',
			DURATION: someAge,
			AGE: someAge,
		});
		const nightly = {schedule: '0 3 * * *', jobTemplate: {spec: job}};
		await make('/apis/batch/v1/namespaces/tables/cronjobs', {metadata: {name: 'nightly'}, spec: nightly});
		const [cron] = await get('/apis/batch/v1/namespaces/tables/cronjobs');
		expect(cron).toMatchObject({SCHEDULE: '0 3 * * *', TIMEZONE: '<none>', ACTIVE: 0, 'LAST SCHEDULE': '<none>'});
		expect(cron?.SUSPEND).toBe('False');
	});

	it('is, of what leads to pods, where it leads', async () => {
		const ports = [{name: 'http', port: 80}];
		await make('/api/v1/namespaces/tables/services', {metadata: {name: 'web'}, spec: {ports, selector: {app: 'a'}}});
		await make('/api/v1/namespaces/tables/services', {
			metadata: {name: 'balanced'},
			spec: {type: 'LoadBalancer', ports, selector: {app: 'a'}},
		});
		const services = '/api/v1/namespaces/tables/services';
		const [web] = await get(`${services}/web`, true);
		expect(web).toMatchObject({TYPE: 'ClusterIP', 'EXTERNAL-IP': '<none>', 'PORT(S)': '80/TCP', SELECTOR: 'app=a'});
		await until(async () => ({at: (await get(`${services}/balanced`))[0]?.['EXTERNAL-IP']}), {at: '127.0.0.9'});
		const backend = {service: {name: 'web', port: {number: 80}}};
		const rules = [{host: 'a.site.internal', http: {paths: [{path: '/', pathType: 'Prefix', backend}]}}];
		const ingresses = '/apis/networking.k8s.io/v1/namespaces/tables/ingresses';
		await make(ingresses, {
			metadata: {name: 'way'},
			spec: {ingressClassName: 'nginx', tls: [{secretName: 't'}], rules},
		});
		await until(async () => (await get(ingresses))[0], {
			NAME: 'way',
			CLASS: 'nginx',
			HOSTS: 'a.site.internal',
			ADDRESS: '127.0.0.9',
			PORTS: '80, 443',
			AGE: someAge,
		});
	});

	it('is, of nodes, namespaces and what is kept in them, what they are', async () => {
		expect(await get('/api/v1/nodes')).toEqual([
			{
				NAME: 'rehearsal-1',
				STATUS: 'Ready',
				ROLES: 'control-plane',
				AGE: someAge,
				VERSION: expect.stringMatching(/^v1\./u),
			},
		]);
		expect((await get('/api/v1/nodes', true))[0]).toMatchObject({'INTERNAL-IP': '10.0.0.11', 'EXTERNAL-IP': '<none>'});
		expect(await get('/api/v1/namespaces/tables')).toEqual([{NAME: 'tables', STATUS: 'Active', AGE: someAge}]);
		await make('/api/v1/namespaces/tables/secrets', {metadata: {name: 'login'}, stringData: {a: '1', b: '2'}});
		expect(await get('/api/v1/namespaces/tables/secrets/login')).toEqual([
			{NAME: 'login', TYPE: 'Opaque', DATA: 2, AGE: someAge},
		]);
		const claim = {
			accessModes: ['ReadWriteOnce'],
			storageClassName: 'standard',
			resources: {requests: {storage: '1Gi'}},
		};
		const claims = '/api/v1/namespaces/tables/persistentvolumeclaims';
		await make(claims, {metadata: {name: 'kept'}, spec: claim});
		await until(async () => (await get(claims))[0], {
			NAME: 'kept',
			STATUS: 'Bound',
			VOLUME: expect.stringMatching(/^pvc-/u),
			CAPACITY: '1Gi',
			'ACCESS MODES': 'RWO',
			STORAGECLASS: 'standard',
			VOLUMEATTRIBUTESCLASS: '<unset>',
			AGE: someAge,
		});
		expect((await get('/apis/storage.k8s.io/v1/storageclasses'))[0]?.NAME).toBe('standard (default)');
	});

	it('is, of events, what happened to what; their names are wide', async () => {
		const events = await get('/api/v1/namespaces/tables/events');
		expect(events[0]).toEqual({
			'LAST SEEN': someAge,
			TYPE: expect.stringMatching(/^(?:Normal|Warning)$/u),
			REASON: expect.any(String),
			OBJECT: expect.stringMatching(/^[a-z]+\/./u),
			MESSAGE: expect.any(String),
		});
		expect((await get('/api/v1/namespaces/tables/events', true))[0]).toHaveProperty('NAME');
	});
});
