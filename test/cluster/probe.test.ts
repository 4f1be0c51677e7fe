import {execFile} from 'node:child_process';
import {afterEach, beforeEach, expect, it} from 'vitest';
import {createAuthority} from '../../rehearsal/authority/index.ts';
import type {Pod} from '../../rehearsal/kubernetes/objects/types.ts';
import {isAbort} from '../../source/base/problem.ts';
import {createProbe} from '../../source/cluster/probe/probe.ts';
import {probeSpec} from '../../source/cluster/probe/scripts.ts';
import type {PodProbe} from '../../source/cluster/types.ts';
import {type Lab, startLab, until} from './rehearsal.ts';
import {problemOf} from './support/problem-of.ts';

let lab: Lab;
let ran: Pod | undefined;
const signal = new AbortController().signal;

// The container's own command runs for real, with node where the image has no Python.
const start = (
	file: string,
	args: readonly string[],
	env: Readonly<Record<string, string>>,
	log: (line: string) => void,
) =>
	new Promise<number>((resolve) => {
		execFile(file, args, {env: {PATH: process.env.PATH, ...env}}, (error, stdout, stderr) => {
			for (const line of `${stdout}${stderr}`.split('\n')) if (line !== '') log(line);
			const failed = error ? 1 : 0;
			resolve(typeof error?.code === 'number' ? error.code : failed);
		});
	});

beforeEach(async () => {
	ran = undefined;
	lab = await startLab(async (pod, {container, env, log, signal: ending}) => {
		ran = pod;
		const {image = '', command = []} = container;
		if (image.includes('missing')) return {waiting: {reason: 'ErrImagePull', message: `${image}: not found`}};
		if (image.includes('hang')) {
			await new Promise((resolve) => ending.addEventListener('abort', resolve, {once: true}));
			return {exit: 143};
		}
		const [file = '', ...args] = command;
		const as = image.includes('node') ? [process.execPath, '-e', args[1] ?? ''] : [file, ...args];
		return {exit: await start(as[0] ?? '', as.slice(1), env, log)};
	});
});
afterEach(() => lab.close());

const probe = (more: Partial<PodProbe>): PodProbe => ({
	namespace: 'lab',
	name: 'look',
	image: 'node:24',
	script: 'console.log("hello")',
	env: {},
	podSecurityContext: {runAsNonRoot: true, runAsUser: 1001, fsGroup: 1002},
	timeoutMs: 20_000,
	signal,
	...more,
});
const left = async () => {
	const [jobs, pods] = await Promise.all([
		lab.cluster.list({apiVersion: 'batch/v1', kind: 'Job', namespace: 'lab'}, signal),
		lab.cluster.list({apiVersion: 'v1', kind: 'Pod', namespace: 'lab'}, signal),
	]);
	return jobs.length + pods.length;
};
const nothingLeft = () => until(async () => (await left()) === 0, 'no Job and no pod of the probe');
it('a probe runs its script with plain and secret environment, returns output and exit code, and leaves nothing', async () => {
	const data = {word: Buffer.from('sesame').toString('base64')};
	const secret = {apiVersion: 'v1', kind: 'Secret', metadata: {name: 's', namespace: 'lab'}, data};
	await lab.cluster.create(secret, signal);
	const result = await lab.cluster.probe(
		probe({
			script: 'console.log(process.env.PLAIN); console.log(process.env.SECRET.length); process.exit(3)',
			env: {PLAIN: 'plain'},
			secretEnv: {SECRET: {secret: 's', key: 'word'}},
			pullSecret: 'pull',
		}),
	);
	expect(result).toEqual({exitCode: 3, output: ['plain', '6']});
	await nothingLeft();
	expect(JSON.stringify(ran)).not.toContain('sesame');
});

it('a probe fits a namespace of the restricted Pod Security level and carries no rights', async () => {
	await lab.cluster.probe(probe({pullSecret: 'pull'}));
	expect(ran?.metadata.labels).toMatchObject({'app.kubernetes.io/managed-by': 'zenml-airgap'});
	expect(ran?.metadata.annotations).toMatchObject({'zenml-airgap.io/probe': 'look'});
	expect(ran?.spec).toMatchObject({
		restartPolicy: 'Never',
		automountServiceAccountToken: false,
		imagePullSecrets: [{name: 'pull'}],
		securityContext: {runAsNonRoot: true, runAsUser: 1001, fsGroup: 1002, seccompProfile: {type: 'RuntimeDefault'}},
		containers: [{securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: ['ALL']}}}],
	});
});

it('a probe leaves user and group to a cluster that hands them out', async () => {
	await lab.cluster.probe(probe({podSecurityContext: {runAsNonRoot: true, runAsUser: null, fsGroup: null}}));
	expect(ran?.spec).toHaveProperty('securityContext', {
		runAsNonRoot: true,
		seccompProfile: {type: 'RuntimeDefault'},
	});
	expect(JSON.stringify(ran?.spec)).not.toMatch(/runAsUser|runAsGroup|fsGroup/u);
});

it('a probe runs the scripts of the steps as they are', async ({skip}) => {
	const version = await start('python3', ['--version'], {}, () => undefined);
	skip(version !== 0, 'there is no python3 on this host');
	const spec = probeSpec('dns', {names: ['localhost']});
	const {exitCode, output} = await lab.cluster.probe(probe({image: 'python:3', ...spec}));
	expect(exitCode).toBe(0);
	expect(JSON.parse(output[0] ?? '').localhost).toContain('127.0.0.1');
});

it('a probe of a runner runs as its account, and reads the CA from the Secret of its namespace', async ({skip}) => {
	const version = await start('python3', ['--version'], {}, () => undefined);
	skip(version !== 0, 'there is no python3 on this host');
	const {caPem} = await createAuthority({name: 'Runner CA'});
	const of = (name: string, kind: string, more: object) =>
		lab.cluster.create({apiVersion: 'v1', kind, metadata: {name, namespace: 'lab'}, ...more}, signal);
	const encoded = (text: string): string => Buffer.from(text).toString('base64');
	await of('ca', 'Secret', {data: {'ca.crt': encoded(caPem), broken: encoded('no PEM')}});
	await of('runner', 'ServiceAccount', {imagePullSecrets: [{name: 'pull'}]});
	const tried = (key: string) =>
		lab.cluster.probe(
			probe({
				image: 'python:3',
				serviceAccount: 'runner',
				secretEnv: {RUNNER_CA: {secret: 'ca', key}},
				...probeSpec('runner', {}),
			}),
		);
	expect((await tried('ca.crt')).output).toEqual(['{"ok": true}']);
	expect(ran?.spec).toMatchObject({serviceAccountName: 'runner', imagePullSecrets: [{name: 'pull'}]});
	expect(JSON.parse((await tried('broken')).output[0] ?? '')).toMatchObject({kind: 'other'});
});

it('a probe whose image is not there is diagnosed at once and removed', async () => {
	const found = await problemOf(lab.cluster.probe(probe({image: 'registry.lab/missing:1'})));
	expect(found).toMatchObject({code: 'image-not-found', answers: ['registry.host', 'registry.prefix']});
	await nothingLeft();
});

it('a probe whose secret is not there names the secret', async () => {
	const found = await problemOf(lab.cluster.probe(probe({secretEnv: {A: {secret: 'gone', key: 'k'}}})));
	expect(found).toMatchObject({code: 'pod-secret-missing'});
	expect(found.cause).toContain('"gone"');
	await nothingLeft();
});

it('a probe that does not end in time is a problem and is removed', async () => {
	const found = await problemOf(lab.cluster.probe(probe({image: 'hang:1', timeoutMs: 700})));
	expect(['probe-timeout', 'pod-too-slow', 'pod-failed']).toContain(found.code);
	await nothingLeft();
});

it('a probe that is aborted is removed too', async () => {
	const controller = new AbortController();
	const running = lab.cluster.probe(probe({image: 'hang:1', signal: controller.signal}));
	const ended = running.catch((error: unknown) => error);
	await until(async () => ran !== undefined, 'a running probe');
	controller.abort();
	expect(isAbort(await ended)).toBe(true);
	await nothingLeft();
});

it('a probe that has ended when it is looked at has cost one request for its pod, and those that remove it', async () => {
	const asked: string[] = [];
	const state = {terminated: {exitCode: 0}};
	const pod = {metadata: {name: 'p'}, status: {containerStatuses: [{name: 'probe', state}]}};
	const say =
		(verb: string, answer: unknown) =>
		async ({kind}: {readonly kind?: string}) => {
			asked.push([verb, kind ?? 'log'].join(' '));
			return answer;
		};
	const api = {
		create: say('create', {}),
		list: say('list', [pod]),
		delete: say('delete', undefined),
		logs: say('read', ['{}']),
	};
	expect(await createProbe(api as never)(probe({}))).toEqual({exitCode: 0, output: ['{}']});
	const removal = ['delete Job', 'list Pod', 'delete Pod'];
	expect(asked).toEqual(['create Job', 'list Pod', 'read log', ...removal]);
});
