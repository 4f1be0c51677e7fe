import {expect, it} from 'vitest';
import type {Pod} from '../../source/cluster/kinds.ts';
import type {ObjectApi} from '../../source/cluster/objects/types.ts';
import {probeJob} from '../../source/cluster/probe/job.ts';
import {createProbe} from '../../source/cluster/probe/probe.ts';
import {clusterProblems} from '../../source/cluster/problems.ts';
import type {PodProbe} from '../../source/cluster/types.ts';
import {containerOf, ended, event, podOf, waiting} from './pods/fixtures.ts';
import {expectProblem, type Told} from './support/problem-of.ts';

const facts = {server: 's', deed: 'delete the job', answer: 'HTTP 403'};
const refused = async (): Promise<never> => {
	throw clusterProblems.error('kubernetes-forbidden', facts);
};

/** A cluster in which the pods of every probe look like this. */
const apiOf = (pods: readonly Pod[], more: Partial<ObjectApi> = {}): ObjectApi => ({
	get: refused,
	apply: refused,
	diff: refused,
	replace: refused,
	patch: refused,
	listVersioned: refused,
	create: async (object) => object,
	list: async ({kind}) => (kind === 'Pod' ? pods : []),
	delete: async () => undefined,
	logs: async () => ['hello'],
	...more,
});
const probe = (timeoutMs: number): PodProbe => ({
	namespace: 'a',
	name: 'look',
	image: 'python:3',
	script: 'print("hello")',
	env: {},
	podSecurityContext: {runAsNonRoot: true, runAsUser: 1001, fsGroup: 1002},
	timeoutMs,
	signal: new AbortController().signal,
});
const tooSlow: Told = {
	code: 'probe-timeout',
	who: 'cluster admin',
	area: 'cluster',
	message: 'The check "look" in a pod of a did not end within 0 s.',
	fix: 'See whether the cluster can start pods at all, then try again.',
	nextSteps: ['kubectl -n a get events --sort-by=.lastTimestamp'],
};

it('a probe of which the cluster makes no pod says so', async () => {
	const work = createProbe(apiOf([]))(probe(1));
	await expectProblem(work, {...tooSlow, cause: 'The cluster made no pod for it.'});
});

it('a probe whose pod just goes on says where it runs', async () => {
	const running = podOf({phase: 'Running', containerStatuses: [containerOf({name: 'probe', state: {running: {}}})]});
	await expectProblem(createProbe(apiOf([running]))(probe(1)), {
		...tooSlow,
		cause: 'Its pod p is Running on n1, with the image python:3.',
	});
	const fresh: Pod = {apiVersion: 'v1', kind: 'Pod', metadata: {name: 'p'}};
	await expectProblem(createProbe(apiOf([fresh]))(probe(1)), {
		...tooSlow,
		cause: 'Its pod p is not started on no node, with the image python:3.',
	});
});

const noNetwork = 'Failed to create pod sandbox: plugin type="calico" failed: no CNI plug-in';

it('a probe whose pod has no network is told with the newest warning, also while it is waited for', async () => {
	const told: string[] = [];
	const api = apiOf([podOf({phase: 'Pending'})], {
		list: async ({kind}) => {
			if (kind === 'Pod')
				return [
					podOf({
						phase: 'Pending',
						containerStatuses: [containerOf({name: 'probe', state: {waiting: {reason: 'ContainerCreating'}}})],
					}),
				];
			return kind === 'Event' ? [event('FailedCreatePodSandBox', noNetwork)] : [];
		},
	});
	const found = await expectProblem(createProbe(api)({...probe(120), onWaiting: (reason) => told.push(reason)}), {
		code: 'node-network-failed',
		cause: 'The node cannot make the network or the pause container of the pod; its own words are below.',
	});
	expect(found.evidence).toEqual([noNetwork, `FailedCreatePodSandBox: ${noNetwork}`]);
	expect(told).toEqual([`the node cannot set up the pod (FailedCreatePodSandBox): ${noNetwork}`]);
});

it('a probe whose pod is on its way out when it is late is told with the warnings about it', async () => {
	const leaving = podOf(
		{phase: 'Pending'},
		{metadata: {name: 'p', namespace: 'a', deletionTimestamp: '2026-01-01T00:00:00Z'}},
	);
	const api = apiOf([leaving], {
		list: async ({kind}) => {
			if (kind === 'Pod') return [leaving];
			return kind === 'Event' ? [event('FailedCreatePodSandBox', noNetwork)] : [];
		},
	});
	const found = await expectProblem(createProbe(api)(probe(1)), tooSlow);
	expect(found.evidence).toEqual([`FailedCreatePodSandBox: ${noNetwork}`]);
});

it('a probe without a pod is told with the warnings about its Job', async () => {
	let job = '';
	const api = apiOf([], {
		create: async (object) => {
			job = object.metadata.name;
			return object;
		},
		list: async ({kind}) => (kind === 'Event' ? [event('Strange', 'a quota of the cloud', 'Job', job)] : []),
	});
	const found = await expectProblem(createProbe(api)(probe(1)), {...tooSlow, cause: 'The cluster made no pod for it.'});
	expect(found.evidence).toEqual(['Strange: a quota of the cloud']);
});

it('the Job of a probe outlives the wait for it, so that its pod is there to tell why it does not start', () => {
	expect(probeJob(probe(90_000), 'look').spec?.activeDeadlineSeconds).toBe(150);
});

const unplaced = podOf({
	phase: 'Pending',
	conditions: [
		{type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/1 nodes: 1 Insufficient cpu.'},
	],
});
const done = podOf({phase: 'Failed', containerStatuses: [containerOf({name: 'probe', state: ended(3)})]});

it('a probe whose pod may yet get a node is waited for', async () => {
	let looks = 0;
	const api = apiOf([], {
		list: async ({kind}) => {
			if (kind !== 'Pod') return [];
			looks += 1;
			return [looks < 4 ? unplaced : done];
		},
	});
	expect(await createProbe(api)(probe(60_000))).toEqual({exitCode: 3, output: ['hello']});
});

it('a probe whose pod gets no node in time is told with that cause', async () => {
	const found = await expectProblem(createProbe(apiOf([unplaced]))(probe(1)), {
		code: 'cluster-too-small',
		cause: 'No node has enough free cpu for what the pod requests.',
		fix: 'Have a node added or freed, or request less.',
	});
	// What a probe requests is written in no answer.
	expect(found.answers).toBeUndefined();
});

it('a probe that cannot be removed ends with its own cause and the command that removes it', async () => {
	const api = apiOf([waiting('InvalidImageName')], {delete: refused});
	const found = await expectProblem(createProbe(api)(probe(10_000)), {code: 'image-name-invalid'});
	expect(found.nextSteps.at(-1)).toMatch(/^kubectl -n a delete job look-[0-9a-f]{6}$/u);
	const broken = apiOf([], {
		delete: refused,
		create: async () => {
			throw new TypeError('a bug');
		},
	});
	await expect(createProbe(broken)(probe(10_000))).rejects.toThrow('a bug');
});

it('a probe that has ended well but cannot be removed is a problem too', async () => {
	const work = createProbe(apiOf([done], {delete: refused}))(probe(10_000));
	await expectProblem(work, {code: 'kubernetes-forbidden'});
});

it('a probe reads a Secret as files, and starts without it; its spec tells no more than the name', () => {
	const secretVolume = {secret: 'zenml-database', path: '/run/database'};
	const {spec} = probeJob({...probe(1), secretVolume}, 'look-1').spec?.template ?? {};
	expect(spec?.volumes).toEqual([{name: 'secret', secret: {secretName: 'zenml-database', optional: true}}]);
	expect(spec?.containers[0]?.volumeMounts).toEqual([{name: 'secret', mountPath: '/run/database', readOnly: true}]);
	expect(probeJob(probe(1), 'look-1').spec?.template.spec).not.toHaveProperty('volumes');
});
