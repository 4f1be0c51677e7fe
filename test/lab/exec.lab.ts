import {spawn} from 'node:child_process';
import {createHash, randomBytes} from 'node:crypto';
import {Readable, Writable} from 'node:stream';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {ProblemError} from '../../source/base/problem.ts';
import {createCluster} from '../../source/cluster/cluster.ts';
import type {PodExec} from '../../source/cluster/types.ts';
import {until} from '../cluster/rehearsal.ts';
import {send, targetFromFile} from './api-client.ts';
import {labFacts} from './lab.ts';

const facts = labFacts();
const {kubeconfig, version} = facts.kubernetes;
const target = targetFromFile('lab', kubeconfig);
const cluster = createCluster({kubeconfig, homeDirectory: '/', environment: {}});
const signal = new AbortController().signal;
const [namespace, pod] = ['exec-lab', 'shell'];

/** The image that the node holds for itself: busybox, which links its programs here. */
const shell = {
	apiVersion: 'v1',
	kind: 'Pod',
	metadata: {name: pod, namespace},
	spec: {
		terminationGracePeriodSeconds: 0,
		automountServiceAccountToken: false,
		containers: [
			{
				name: 'shell',
				image: 'lab.internal/pause:1',
				imagePullPolicy: 'Never',
				command: ['/bin/busybox', 'sh', '-c', '/bin/busybox --install -s /bin && exec /bin/busybox sleep 3600'],
			},
		],
	},
};

const untilReady = (name: string) =>
	until(
		async () => (await cluster.pods(namespace, '', signal)).find((one) => one.name === name)?.ready,
		'the pod is ready',
	);

beforeAll(async () => {
	await cluster.create({apiVersion: 'v1', kind: 'Namespace', metadata: {name: namespace}}, signal);
	const account = {apiVersion: 'v1', kind: 'ServiceAccount', namespace, name: 'default'};
	await until(() => cluster.get(account, signal), 'the namespace has its account');
	await cluster.create(shell, signal);
	await untilReady(pod);
});
afterAll(async () => {
	await send(target, 'DELETE', `/api/v1/namespaces/${namespace}`);
});

const exec = (command: readonly string[], more: Partial<PodExec> = {}) =>
	cluster.exec({namespace, pod, command, signal, ...more});

/** Takes bytes, and tells how many and which. */
const taker = () => {
	const hash = createHash('sha256');
	let bytes = 0;
	const stream = new Writable({
		write: (chunk: Buffer, _encoding, done) => {
			hash.update(chunk);
			bytes += chunk.length;
			done();
		},
	});
	return {stream, taken: () => ({bytes, sha256: hash.copy().digest('hex')})};
};

const sh = (script: string): readonly string[] => ['/bin/sh', '-c', script];

const problemIn = async (work: Promise<unknown>) => {
	const error = await work.then(
		() => undefined,
		(thrown: unknown) => thrown,
	);
	if (error instanceof ProblemError) return error.problem;
	throw new Error(`no problem but ${String(error)}`);
};

it('50 MB go through a program and come back as they were', async () => {
	const sent = randomBytes(50_000_000);
	const {stream, taken} = taker();
	const result = await exec(['/bin/cat'], {stdin: Readable.from([sent]), stdout: stream});
	expect(result).toEqual({exitCode: 0, stderr: []});
	expect(taken()).toEqual({bytes: sent.length, sha256: createHash('sha256').update(sent).digest('hex')});
});

it('a program sees the end of 50 MB of stdin, and counts them all', async () => {
	const sent = randomBytes(50_000_000);
	const said: Buffer[] = [];
	const stdout = new Writable({write: (chunk, _encoding, done) => done(void said.push(chunk))});
	await exec(['/bin/sha256sum'], {stdin: Readable.from([sent]), stdout});
	expect(Buffer.concat(said).toString()).toContain(createHash('sha256').update(sent).digest('hex'));
});

it('exit codes and stderr come as the program left them', async () => {
	expect(await exec(sh('echo one >&2; echo two >&2; exit 3'))).toEqual({exitCode: 3, stderr: ['one', 'two']});
	expect(await exec(sh('kill -9 $$'))).toMatchObject({exitCode: 137});
	expect(await exec(sh('cat >/dev/null; exit 255'), {stdin: Readable.from(['x'])})).toMatchObject({exitCode: 255});
});

// Once is not enough: whether the cluster has its exit code right is a race.
it('a program that does not read its stdin ends without it', {repeats: 20}, async () => {
	const endless = new Readable({
		read() {
			this.push(Buffer.alloc(65_536));
		},
	});
	expect(await exec(sh('exit 4'), {stdin: endless})).toMatchObject({exitCode: 4});
	expect(endless.destroyed).toBe(true);
});

it('an abort ends the connection at once, and the stdin of the program', async () => {
	const abort = new AbortController();
	const stdout = new Writable({
		write: (_chunk, _encoding, done) => {
			abort.abort();
			done();
		},
	});
	const stdin = new Readable({read: () => undefined});
	const waiting = exec(sh('echo begun; cat >/dev/null; touch /dev/shm/over'), {stdin, stdout, signal: abort.signal});
	await expect(waiting).rejects.toThrow('aborted');
	expect(stdin.destroyed).toBe(true);
	await until(
		async () => (await exec(sh('test -e /dev/shm/over'))).exitCode === 0,
		'the program saw the end of its stdin',
	);
});

it('a program, a container and a pod that are not there are told apart', async () => {
	expect((await problemIn(exec(['/no/such/program']))).code).toBe('exec-command-missing');
	expect((await problemIn(exec(['/bin/true'], {container: 'other'}))).code).toBe('exec-container-not-running');
	expect((await problemIn(exec(['/bin/true'], {pod: 'other'}))).code).toBe('exec-pod-gone');
});

it('a pod that goes breaks the connection, or kills the program', async () => {
	await cluster.create({...shell, metadata: {name: 'going', namespace}}, signal);
	await untilReady('going');
	const begun = Promise.withResolvers<void>();
	const stdout = new Writable({
		write: (_chunk, _encoding, done) => {
			begun.resolve();
			done();
		},
	});
	const running = exec(sh('echo begun; sleep 300'), {pod: 'going', stdout}).then(
		({exitCode}) => String(exitCode),
		(error: unknown) => (error instanceof ProblemError ? error.problem.code : String(error)),
	);
	// A pod that is gone before that is another matter.
	await Promise.race([begun.promise, running]);
	await cluster.delete({apiVersion: 'v1', kind: 'Pod', namespace, name: 'going'}, signal);
	expect(['137', 'exec-broken', 'kubernetes-server-error']).toContain(await running);
});

it('kubectl sees what we see', async () => {
	const kubectl = spawn('kubectl', ['-n', namespace, 'exec', '-i', pod, '--', '/bin/sh', '-c', 'cat; exit 7'], {
		env: {...process.env, KUBECONFIG: kubeconfig},
	});
	kubectl.stdin.end('hello');
	const said: Buffer[] = [];
	kubectl.stdout.on('data', (chunk: Buffer) => said.push(chunk));
	const code = await new Promise((resolve) => kubectl.once('close', resolve));
	expect({version, code, said: Buffer.concat(said).toString()}).toEqual({version, code: 7, said: 'hello'});
});
