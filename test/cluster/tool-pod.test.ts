import {afterEach, beforeEach, expect, it} from 'vitest';
import type {Pod} from '../../rehearsal/kubernetes/objects/types.ts';
import type {ToolPod} from '../../source/cluster/types.ts';
import {type Lab, startLab, until} from './rehearsal.ts';
import {execHere} from './support/exec-pod.ts';
import {problemOf} from './support/problem-of.ts';

let lab: Lab;
let ran: Pod | undefined;
const signal = new AbortController().signal;
const namespace = 'lab';

beforeEach(async () => {
	ran = undefined;
	lab = await startLab(
		async (pod, {container: {image = ''}}) => {
			ran = pod;
			return image.includes('missing')
				? {waiting: {reason: 'ErrImagePull', message: `${image}: not found`}}
				: 'running';
		},
		{execPod: execHere, pace: {readyAfterMs: 20, stopMs: 300, backoffMs: 20, retryMs: 20}},
	);
});
afterEach(() => lab.close());

const tool = (more: Partial<ToolPod> = {}): ToolPod => ({
	namespace,
	name: 'dump',
	image: 'tools:1',
	env: {PLAIN: 'plain'},
	secretEnv: {PGPASSWORD: {secret: 'login', key: 'password'}},
	secretVolume: {secret: 'login', path: '/login'},
	podSecurityContext: {runAsNonRoot: true, runAsUser: 1000, fsGroup: 1000},
	resources: {requests: {cpu: '100m', memory: '128Mi'}, limits: {cpu: '1', memory: '512Mi'}},
	scratch: {path: '/tmp', sizeLimit: '64Mi'},
	startMs: 20_000,
	lifeMs: 3_600_000,
	...more,
});

const left = async () => {
	const [jobs, pods] = await Promise.all([
		lab.cluster.list({apiVersion: 'batch/v1', kind: 'Job', namespace}, signal),
		lab.cluster.list({apiVersion: 'v1', kind: 'Pod', namespace}, signal),
	]);
	return jobs.length + pods.length;
};
const nothingLeft = () => until(async () => (await left()) === 0, 'no Job and no pod of the tools');

const login = () =>
	lab.cluster.create(
		{apiVersion: 'v1', kind: 'Secret', metadata: {name: 'login', namespace}, data: {password: 'c2VzYW1l'}} as never,
		signal,
	);

it('commands run in a pod that sleeps, and nothing is left afterwards', async () => {
	await login();
	const result = await lab.cluster.withToolPod(
		tool(),
		(place) => lab.cluster.exec({...place, command: ['sh', '-c', 'exit 5'], signal}),
		signal,
	);
	expect(result).toEqual({exitCode: 5, stderr: []});
	const [container] = ran?.spec.containers ?? [];
	expect(container).toMatchObject({
		command: ['sleep', '3620'],
		securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: ['ALL']}},
		resources: {limits: {cpu: '1', memory: '512Mi'}},
		volumeMounts: [{mountPath: '/login', readOnly: true}, {mountPath: '/tmp'}],
	});
	expect(JSON.stringify(ran)).not.toContain('sesame');
	await nothingLeft();
});

it('work that fails, or is aborted, leaves nothing and is told as it failed', async () => {
	await login();
	const abort = new AbortController();
	const work = lab.cluster.withToolPod(
		tool(),
		async (place) => {
			abort.abort(new Error('enough'));
			return lab.cluster.exec({...place, command: ['true'], signal: abort.signal});
		},
		abort.signal,
	);
	await expect(work).rejects.toThrow('enough');
	await nothingLeft();
});

it('a pod whose image is not there is told as every other one, and removed', async () => {
	await login();
	const work = lab.cluster.withToolPod(tool({image: 'missing:1', startMs: 3000}), () => Promise.resolve(), signal);
	expect((await problemOf(work)).code).toBe('image-not-found');
	await nothingLeft();
});

it('what a killed run left under the same name is removed first, and that of another name is not', async () => {
	await login();
	const places: string[] = [];
	const run = (name: string, end: Promise<void>) =>
		lab.cluster.withToolPod(
			tool({name}),
			async ({pod}) => {
				places.push(pod);
				await end;
			},
			signal,
		);
	const [first, other] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
	const killed = run('dump', first.promise);
	await until(async () => places.length === 1, 'the first runs');
	let wasGone: boolean | undefined;
	const ofKilled = places[0];
	lab.kubernetes.subscribe('jobs.batch', ({type, object}) => {
		if (type !== 'ADDED' || !object.metadata.name.startsWith('dump-')) return;
		wasGone = lab.kubernetes.store.get('pods', namespace, ofKilled ?? '') === undefined;
	});
	const beside = run('restore', other.promise);
	await until(async () => places.length === 2, 'the other runs');
	await run('dump', Promise.resolve());
	// The pod was not only told to go: it was gone before the next one was started.
	expect(wasGone).toBe(true);
	const pods = await lab.cluster.list({apiVersion: 'v1', kind: 'Pod', namespace}, signal);
	expect(pods.map(({metadata}) => metadata.name)).toContain(places[1]);
	expect(pods.map(({metadata}) => metadata.name)).not.toContain(places[0]);
	first.resolve();
	other.resolve();
	await Promise.all([killed, beside]);
	await nothingLeft();
});
