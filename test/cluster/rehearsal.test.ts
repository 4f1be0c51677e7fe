import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import type {KubeObject, PodView, Rollout} from '../../source/cluster/types.ts';
import {type Lab, startLab, until} from './rehearsal.ts';
import {problemOf} from './support/problem-of.ts';

const signal = new AbortController().signal;
const untrusted =
	'failed to pull image: tls: failed to verify certificate: x509: certificate signed by unknown authority';
let lab: Lab;
beforeEach(async () => {
	lab = await startLab(async ({spec}, {container, log, isInit}) => {
		if (container.image?.includes('untrusted')) return {waiting: {reason: 'ErrImagePull', message: untrusted}};
		if (container.image?.includes('crash')) {
			log('connecting to postgres.lab');
			log('FATAL: password authentication failed for user "zenml"');
			return {exit: 1};
		}
		return isInit || spec.restartPolicy === 'Never' ? {exit: 0} : 'running';
	});
});
afterEach(() => lab.close());

const secret = (data: Record<string, string>): KubeObject => ({
	apiVersion: 'v1',
	kind: 'Secret',
	metadata: {name: 's', namespace: 'lab'},
	type: 'Opaque',
	data,
});
const deployment = (image: string, replicas = 1): KubeObject => ({
	apiVersion: 'apps/v1',
	kind: 'Deployment',
	metadata: {name: 'web', namespace: 'lab', labels: {app: 'web'}},
	spec: {
		replicas,
		selector: {matchLabels: {app: 'web'}},
		template: {metadata: {labels: {app: 'web'}}, spec: {containers: [{name: 'web', image}]}},
	},
});
const job = (image: string): KubeObject => ({
	apiVersion: 'batch/v1',
	kind: 'Job',
	metadata: {name: 'migrate', namespace: 'lab', labels: {app: 'migrate'}},
	spec: {
		backoffLimit: 0,
		template: {
			metadata: {labels: {app: 'migrate'}},
			spec: {restartPolicy: 'Never', containers: [{name: 'migrate', image}]},
		},
	},
});
const rollout = (labelSelector: string): Rollout => ({namespace: 'lab', labelSelector, component: 'workspaces.0'});
describe('a cluster', () => {
	it('adds keys to a Secret by a patch that compares first, and adds none to one that holds others than were read', async () => {
		const {cluster} = lab;
		const at = {apiVersion: 'v1', kind: 'Secret', namespace: 'lab', name: 's'};
		const adding = (before: unknown) =>
			cluster.patch(
				at,
				[
					{op: 'test', path: '/data', value: before},
					{op: 'add', path: '/data/b', value: 'Yg=='},
				],
				signal,
			);
		expect(await adding({})).toBeUndefined();
		await cluster.create(secret({a: 'YQ=='}), signal);
		expect(await adding({})).toBeUndefined();
		expect((await cluster.get(at, signal))?.data).toEqual({a: 'YQ=='});
		expect((await adding({a: 'YQ=='}))?.data).toEqual({a: 'YQ==', b: 'Yg=='});
	});

	it('converges: apply, no difference, change, the paths of the difference, apply', async () => {
		const {cluster} = lab;
		expect(await cluster.version(signal)).toBe('v1.34.0');
		expect(await cluster.whoAmI(signal)).toBe('kubernetes-admin');
		expect(cluster.context()).not.toBe('');
		expect(await cluster.diff(secret({a: 'YQ=='}), signal)).toEqual(['(new)']);
		await cluster.apply(secret({a: 'YQ=='}), {signal});
		expect(await cluster.diff(secret({a: 'YQ=='}), signal)).toEqual([]);
		expect([...(await cluster.diff(secret({b: 'Yg=='}), signal))].sort()).toEqual(['data.a', 'data.b']);
		await cluster.apply(secret({b: 'Yg=='}), {signal});
		const live = await cluster.get({apiVersion: 'v1', kind: 'Secret', namespace: 'lab', name: 's'}, signal);
		expect(live?.data).toEqual({b: 'Yg=='});
	});

	it('sees no difference in a Deployment whose defaults the server filled in', async () => {
		await lab.cluster.apply(deployment('web:1'), {signal});
		expect(await lab.cluster.diff(deployment('web:1'), signal)).toEqual([]);
		expect(await lab.cluster.diff(deployment('web:2'), signal)).toEqual(['spec.template.spec.containers[0].image']);
	});

	it('does not overwrite what another manager set, unless it is forced to', async () => {
		await lab.client().send({
			method: 'POST',
			path: '/api/v1/namespaces/lab/secrets',
			query: {fieldManager: 'helm'},
			body: secret({a: 'YQ=='}),
			deed: 'create a secret',
			signal,
		});
		const found = await problemOf(lab.cluster.apply(secret({a: 'Yg=='}), {signal}));
		expect(found).toMatchObject({code: 'kubernetes-field-conflict', cause: 'helm also manages: .data.a.'});
		await lab.cluster.apply(secret({a: 'Yg=='}), {signal, force: true});
		expect(await lab.cluster.diff(secret({a: 'Yg=='}), signal)).toEqual([]);
	});

	it('may apply over what it created itself', async () => {
		await lab.cluster.create(secret({a: 'YQ=='}), signal);
		await lab.cluster.apply(secret({a: 'Yg=='}), {signal});
		expect(await lab.cluster.diff(secret({a: 'Yg=='}), signal)).toEqual([]);
	});

	it('says which accesses are denied, by its rules or one by one', async () => {
		const verbs = ['create', 'get', 'list', 'watch', 'patch', 'delete'];
		const accesses = verbs.map((verb) => ({verb, group: '', resource: 'secrets', namespace: 'lab'}));
		expect(await lab.cluster.denied(accesses, signal)).toEqual([]);
		lab.kubernetes.setDenied([{verb: 'create', resource: 'secrets'}]);
		const denied = await lab.cluster.denied(accesses, signal);
		expect(denied.map(({verb}) => verb)).toEqual(['create']);
		expect(await problemOf(lab.cluster.create(secret({}), signal))).toMatchObject({code: 'kubernetes-forbidden'});
	});

	it('replaces an object only at the version that was read', async () => {
		const first = await lab.cluster.create(secret({a: 'YQ=='}), signal);
		if (!first) throw new Error('not created');
		expect(await lab.cluster.create(secret({}), signal)).toBeUndefined();
		expect(await lab.cluster.replace({...first, data: {a: 'Yg=='}}, signal)).toMatchObject({data: {a: 'Yg=='}});
		expect(await lab.cluster.replace({...first, data: {a: 'Yw=='}}, signal)).toBeUndefined();
	});

	it('does not accept a token of another cluster', async () => {
		const stranger = lab.another('token-of-another-cluster');
		const reference = {apiVersion: 'v1', kind: 'Namespace', name: 'lab'};
		expect(await problemOf(stranger.get(reference, signal))).toMatchObject({code: 'kubernetes-unauthorized'});
	});
});

describe('a rollout', () => {
	const phases = (views: readonly PodView[]): string => views.map(({ready}) => (ready ? 'ready' : 'not')).join();

	it('is followed from nothing to ready and gone, until the signal ends it', async () => {
		const end = new AbortController();
		const pictures: string[] = [];
		const watching = lab.cluster.watchPods('lab', 'app=web', (views) => pictures.push(phases(views)), end.signal);
		await lab.cluster.apply(deployment('web:1', 2), {signal});
		await until(async () => pictures.at(-1) === 'ready,ready', 'two ready pods');
		expect(await lab.cluster.diagnose(rollout('app=web'), signal)).toBeUndefined();
		await lab.cluster.delete({apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'lab', name: 'web'}, signal);
		await until(async () => pictures.at(-1) === '', 'no pods');
		end.abort();
		await watching;
	});

	it('whose image the nodes cannot pull is stuck, and the cause is named', async () => {
		await lab.cluster.apply(deployment('registry.lab/untrusted:1'), {signal});
		const [pod] = await until(async () => {
			const found = await lab.cluster.pods('lab', 'app=web', signal);
			return found[0]?.stuck ? found : undefined;
		}, 'a stuck pod');
		expect(pod?.reason).toContain('the node does not trust the registry');
		const found = await lab.cluster.diagnose(rollout('app=web'), signal);
		expect(found).toMatchObject({code: 'image-registry-untrusted', who: 'cluster admin'});
	});

	it('that crashes is diagnosed with the last lines of its log', async () => {
		await lab.cluster.apply(deployment('crash:1'), {signal});
		const found = await until(async () => {
			const told = await lab.cluster.diagnose(rollout('app=web'), signal);
			return told?.code === 'pod-crashing' ? told : undefined;
		}, 'a crash loop');
		expect(found.evidence?.at(-1)).toBe('FATAL: password authentication failed for user "zenml"');
		expect(found.cause).toContain('exit code 1');
	});

	it('with a failed Job shows the Job in the watch and its log in the diagnosis', async () => {
		await lab.cluster.apply(job('crash:1'), {signal});
		const end = new AbortController();
		let last: readonly PodView[] = [];
		const watching = lab.cluster.watchPods(
			'lab',
			'app=migrate',
			(views) => {
				last = views;
			},
			end.signal,
		);
		await until(async () => last.some(({name, stuck}) => name === 'job/migrate' && stuck), 'a failed Job');
		end.abort();
		await watching;
		const found = await lab.cluster.diagnose(rollout('app=migrate'), signal);
		expect(found).toMatchObject({code: 'pod-failed'});
		expect(found?.evidence).toContain('FATAL: password authentication failed for user "zenml"');
	});

	it('that no node has room for names what is short', async () => {
		const greedy = deployment('web:1');
		const {template} = greedy.spec as {template: {spec: {containers: Record<string, unknown>[]}}};
		const [container] = template.spec.containers;
		if (container) container.resources = {requests: {cpu: '500', memory: '1Gi'}};
		await lab.cluster.apply(greedy, {signal});
		const found = await until(() => lab.cluster.diagnose(rollout('app=web'), signal), 'a diagnosis');
		expect(found).toMatchObject({code: 'cluster-too-small', answers: ['workspaces.0.resources.requests']});
		expect(found.cause).toContain('cpu');
	});
});
