import {describe, expect, it} from 'vitest';
import {type Problem, problem} from '../../../source/base/problem.ts';
import type {Pod} from '../../../source/cluster/kinds.ts';
import {findCulprit} from '../../../source/cluster/pods/culprit.ts';
import {diagnosePicture} from '../../../source/cluster/pods/diagnose.ts';
import {type Picture, takePicture, takePods} from '../../../source/cluster/pods/picture.ts';
import {podView} from '../../../source/cluster/pods/views.ts';
import {clusterProblems} from '../../../source/cluster/problems.ts';
import type {ReadCrash} from '../../../source/cluster/types.ts';
import {containerOf, ended, event, jobOf, picture, podOf, refused, unscheduled, waiting} from './fixtures.ts';
import {diagnose} from './told.ts';

const {signal} = new AbortController();
const refusal = (evidence: string): Problem =>
	problem({
		...{code: 'server-database-login', area: 'database', message: '', cause: 'The password.', fix: 'Mend it.'},
		evidence: [evidence],
	});
const outOfMemory = picture({pods: [waiting('CrashLoopBackOff', '', {lastState: ended(137, 'OOMKilled')})]});
const crashed = waiting('CrashLoopBackOff', 'back-off', {restartCount: 4, lastState: ended(127)});
const failedTry = (kind: string, name: string) =>
	podOf(
		{phase: 'Failed', containerStatuses: [containerOf({state: ended(1)})]},
		{metadata: {name: 'p', namespace: 'a', ownerReferences: [{apiVersion: 'v1', kind, name, uid: '1'}]}},
	);
const ready = (name: string, owner: string) =>
	podOf(
		{phase: 'Running', conditions: [{type: 'Ready', status: 'True'}]},
		{
			metadata: {
				name,
				namespace: 'a',
				ownerReferences: [{apiVersion: 'v1', kind: 'ReplicaSet', name: owner, uid: '1'}],
			},
		},
	);

describe('no reason to worry', () => {
	it.each<readonly [string, Picture]>([
		['a pod that is being made', picture({pods: [waiting('ContainerCreating')]})],
		['a pod that nobody has looked at yet', picture({pods: [podOf({phase: 'Pending'})]})],
		['a pod without any status', picture({pods: [podOf(undefined)]})],
		['an init container that works', picture({pods: [waiting('PodInitializing')]})],
		[
			'an init container that runs',
			picture({pods: [podOf({phase: 'Pending', initContainerStatuses: [containerOf({state: {running: {}}})]})]}),
		],
		[
			'a running, ready pod with old warnings',
			picture({
				pods: [podOf({phase: 'Running', conditions: [{type: 'Ready', status: 'True'}]})],
				events: [event('Unhealthy', 'Readiness probe failed: EOF')],
			}),
		],
		[
			'a pod that has done its work',
			picture({
				pods: [podOf({phase: 'Succeeded', containerStatuses: [containerOf({state: ended(0, 'Completed')})]})],
			}),
		],
		[
			'an init container that has done its work',
			picture({
				pods: [podOf({phase: 'Pending', initContainerStatuses: [containerOf({state: ended(0, 'Completed')})]})],
			}),
		],
		[
			'the failed first try of a Job that ended well',
			picture({jobs: [jobOf('Complete')], pods: [failedTry('Job', 'j')]}),
		],
		['a failed pod of which another has been made', picture({pods: [failedTry('ReplicaSet', 'r'), ready('q', 'r')]})],
		[
			'a pod that is being deleted',
			picture({
				pods: [
					{
						...waiting('InvalidImageName'),
						metadata: {name: 'p', namespace: 'a', deletionTimestamp: '2026-01-01T00:00:00Z'},
					},
				],
			}),
		],
	])('is %s', async (_, found) => {
		expect(findCulprit(found, 'a')).toBeUndefined();
		expect(await diagnose(found)).toBeUndefined();
	});
});

describe('a diagnosis', () => {
	it('prefers what cannot mend itself over what may', async () => {
		const other = {metadata: {name: 'q', namespace: 'a'}};
		const found = picture({
			pods: [unscheduled('0/1 nodes are available: 1 Insufficient cpu.'), {...waiting('InvalidImageName'), ...other}],
		});
		expect((await diagnose(found))?.code).toBe('image-name-invalid');
	});

	it('shows the log of the run that crashed, the exit code and the commands to look further', async () => {
		const asked: unknown[] = [];
		const logs = async (pod: object, {previous}: {readonly previous?: boolean | undefined}) => {
			asked.push({...pod, previous});
			return ['line one', 'could not connect to server'];
		};
		const scene = {namespace: 'a', component: undefined, signal};
		const found = await diagnosePicture({logs}, picture({pods: [crashed]}), scene);
		expect(asked).toEqual([{namespace: 'a', name: 'p', container: 'c', previous: true}]);
		expect(found?.evidence).toEqual(['back-off', 'line one', 'could not connect to server']);
		expect(found?.cause).toBe(
			'The container "c" ended with exit code 127: its program does not exist in the image. Its log ends: line one / could not connect to server',
		);
		expect(found?.nextSteps).toEqual(['kubectl -n a describe pod p', 'kubectl -n a logs p -c c --previous']);
	});

	it('names the end of the log in the cause: cleaned, cut, without empty lines', async () => {
		const logs = async () => ['first', `\u001B[31m${'x'.repeat(400)}`, 'OSError: No space left on device', '  ', ''];
		const scene = {namespace: 'a', component: undefined, signal};
		const {cause = ''} = (await diagnosePicture({logs}, picture({pods: [crashed]}), scene)) ?? {};
		expect(cause).toMatch(/x… \/ OSError: No space left on device$/u);
		expect(cause).not.toContain('\u001B');
		expect(cause.length).toBeLessThan(400);
	});

	it('shows the log of the run that is there when that of the run before is gone', async () => {
		const logs = async (_pod: object, {previous}: {readonly previous?: boolean | undefined}) =>
			previous ? [] : ['just started'];
		const scene = {namespace: 'a', component: undefined, signal};
		const found = await diagnosePicture({logs}, picture({pods: [crashed]}), scene);
		expect(found?.evidence).toEqual(['back-off', 'just started']);
	});

	it('says so where the log may not be read, and still tells the cause', async () => {
		const facts = {server: 's', deed: 'read a log', answer: 'HTTP 403'};
		const logs = async () => {
			throw clusterProblems.error('kubernetes-forbidden', facts, {evidence: ['pods/log is forbidden']});
		};
		const scene = {namespace: 'a', component: undefined, signal};
		const found = await diagnosePicture({logs}, picture({pods: [crashed]}), scene);
		expect(found).toMatchObject({
			code: 'pod-crashing',
			evidence: ['back-off', '(the log could not be read: pods/log is forbidden)'],
		});
	});

	it('does not hide a fault of its own', async () => {
		const logs = async () => {
			throw new TypeError('a bug');
		};
		const scene = {namespace: 'a', component: undefined, signal};
		await expect(diagnosePicture({logs}, picture({pods: [crashed]}), scene)).rejects.toThrow('a bug');
	});
});

describe('what a program says before it ends', () => {
	const said = refusal('last words');
	const readCrash: ReadCrash = (log, {pod, job}) =>
		log.includes('fatal') ? {...said, message: `${pod} of ${job}`} : undefined;
	const scene = {namespace: 'a', component: undefined, signal, readCrash};
	const logs = async ({name}: {readonly name: string}) =>
		name === 'q' ? [...Array.from({length: 500}, (_line, at) => `line ${at}`), 'fatal', 'the end'] : ['something'];
	const named = (pod: Pod, name: string): Pod => ({...pod, metadata: {...pod.metadata, name}});

	it('comes before the bare fact that it ended, with both evidences', async () => {
		const found = await diagnosePicture({logs}, picture({pods: [named(crashed, 'q')]}), scene);
		expect(found?.message).toBe('q of undefined');
		expect(found?.evidence?.slice(0, 2)).toEqual(['last words', 'back-off']);
		expect(found?.evidence?.slice(-2)).toEqual(['fatal', 'the end']);
		expect(found?.evidence).toHaveLength(32);
		expect(found?.nextSteps).toContain('kubectl -n a logs q -c c --previous');
	});

	it('is looked for in every pod that ended, and names the Job of the pod', async () => {
		const pods = [crashed, named(failedTry('Job', 'migration'), 'q')];
		expect((await diagnosePicture({logs}, picture({pods}), scene))?.message).toBe('q of migration');
		expect((await diagnosePicture({logs}, picture({pods: [crashed]}), scene))?.code).toBe('pod-crashing');
	});

	it('is not asked of one that ran out of memory, or of pods that are out of question', async () => {
		const full = named(waiting('CrashLoopBackOff', '', {lastState: ended(137, 'OOMKilled')}), 'q');
		expect((await diagnosePicture({logs}, picture({pods: [full]}), scene))?.code).toBe('pod-out-of-memory');
		const only = new Set(['p']);
		const found = await diagnosePicture({logs}, picture({pods: [named(crashed, 'q'), crashed]}), {...scene, only});
		expect(found).toMatchObject({code: 'pod-crashing', message: expect.stringContaining('a/p')});
	});
});

describe('the answers that a diagnosis names', () => {
	it.each([['controlPlane'], ['workspaces.0'], ['workspaces.12']] as const)(
		'are those of the component it is asked about: %s',
		async (component) => {
			expect((await diagnose(outOfMemory, component))?.answers).toEqual([`${component}.resources.limits.memory`]);
		},
	);

	it('are none of a component where the pod belongs to none', async () => {
		const scene = {namespace: 'a', component: undefined, signal};
		const found = await diagnosePicture({logs: async () => []}, outOfMemory, scene);
		expect(found?.code).toBe('pod-out-of-memory');
		expect(found?.answers).toBeUndefined();
	});
});

describe('what a diagnosis shows', () => {
	it('names a Deployment whose pods are not let in, with its newest events first', async () => {
		const found = await diagnose(
			picture({
				deployments: [refused('something new')],
				events: [
					{...event('FailedCreate', 'old', 'Deployment', 'd'), lastTimestamp: '2026-01-01T00:00:00Z'},
					{...event('FailedCreate', 'new', 'Deployment', 'd'), eventTime: '2026-01-02T00:00:00.000000Z'},
				],
			}),
		);
		expect(found?.message).toBe('The deployment a/d: the pod cannot be created (ReplicaFailure).');
		expect(found?.evidence).toEqual(['something new', 'FailedCreate: new', 'FailedCreate: old']);
		expect(found?.nextSteps).toEqual(['kubectl -n a describe deployment d']);
	});

	it('never shows a value of the environment of a pod', async () => {
		const secretive = {
			...crashed,
			spec: {containers: [{name: 'c', env: [{name: 'PASSWORD', value: 'hunter2'}]}]},
		};
		const found = picture({pods: [secretive]});
		expect(JSON.stringify([await diagnose(found), podView(secretive, [])])).not.toContain('hunter2');
	});
});

describe('a picture of a namespace', () => {
	const of = {namespace: 'a', labelSelector: 'app=x'};
	const forbidden = () =>
		clusterProblems.error('kubernetes-forbidden', {server: 's', deed: 'list', answer: 'HTTP 403'});

	it('leaves out the kinds that this user may not list, but for the pods', async () => {
		const api = {
			list: async ({kind}: {readonly kind: string}) => {
				if (kind === 'Pod') return [waiting('InvalidImageName')];
				throw forbidden();
			},
		};
		expect(await takePicture(api, of, signal)).toMatchObject({jobs: [], deployments: [], events: []});
		const blind = {
			list: async () => {
				throw forbidden();
			},
		};
		await expect(takePicture(blind, of, signal)).rejects.toMatchObject({problem: {code: 'kubernetes-forbidden'}});
	});

	it('asks for nothing beside pods and events where these are enough, and needs no leave to list events', async () => {
		const kinds: string[] = [];
		const api = {
			list: async ({kind}: {readonly kind: string}) => {
				kinds.push(kind);
				if (kind === 'Pod') return [waiting('InvalidImageName')];
				throw forbidden();
			},
		};
		expect(await takePods(api, of, signal)).toEqual({pods: [waiting('InvalidImageName')], events: []});
		expect(kinds).toEqual(['Pod', 'Event']);
	});

	it('is not taken of a cluster that does not answer', async () => {
		const api = {
			list: async ({kind}: {readonly kind: string}) => {
				if (kind !== 'Event') return [];
				const facts = {server: 's', deed: 'list', answer: 'HTTP 500'};
				throw clusterProblems.error('kubernetes-server-error', facts);
			},
		};
		await expect(takePicture(api, of, signal)).rejects.toMatchObject({problem: {code: 'kubernetes-server-error'}});
	});
});
