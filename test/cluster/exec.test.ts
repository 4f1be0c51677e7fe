import {spawn, spawnSync} from 'node:child_process';
import {createHash, randomBytes} from 'node:crypto';
import {mkdtemp, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {Readable, Writable} from 'node:stream';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {execAccesses} from '../../source/cluster/exec/exec.ts';
import type {PodExec} from '../../source/cluster/types.ts';
import {type Lab, startLab, until} from './rehearsal.ts';
import {execHere} from './support/exec-pod.ts';
import {problemOf} from './support/problem-of.ts';

let lab: Lab;
const signal = new AbortController().signal;
const namespace = 'lab';

const podNamed = (name: string, image = 'tools', containers = ['main']) => ({
	apiVersion: 'v1',
	kind: 'Pod',
	metadata: {name, namespace},
	spec: {restartPolicy: 'Never', containers: containers.map((one) => ({name: one, image}))},
});

const open = async (version: string) => {
	lab = await startLab(
		async (_pod, {container: {image = ''}}) => {
			if (image.includes('missing')) return {waiting: {reason: 'ErrImagePull', message: 'not found'}};
			return image.includes('done') ? {exit: 0} : 'running';
		},
		{execPod: execHere, version},
	);
	await lab.cluster.create(podNamed('tool'), signal);
	const isRunning = async () => (await lab.cluster.pods(namespace, '', signal)).some(({phase}) => phase === 'Running');
	await until(isRunning, 'the pod runs');
};
afterEach(() => lab.close());

const exec = (command: readonly string[], more: Partial<PodExec> = {}) =>
	lab.cluster.exec({namespace, pod: 'tool', command, signal, ...more});
const sh = (script: string): readonly string[] => ['sh', '-c', script];

/** As much as goes on its way at once, by either protocol. */
const piece = Buffer.alloc(2 ** 20, 'x');

const taker = () => {
	const chunks: Buffer[] = [];
	const stream = new Writable({
		write: (chunk: Buffer, _encoding, done) => {
			chunks.push(chunk);
			done();
		},
	});
	return {stream, taken: () => Buffer.concat(chunks)};
};
const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe.each(['v1.34.0', 'v1.29.4'])('Kubernetes %s', (version) => {
	beforeEach(() => open(version));

	it.each([0, 1, 32_767, 32_768, 65_537, 1_048_576, 3_000_001])(
		'%i bytes go through a program and come back',
		async (size) => {
			const sent = randomBytes(size);
			const {stream, taken} = taker();
			const pieces = [sent.subarray(0, 10), sent.subarray(10)].filter(({length}) => length > 0);
			const result = await exec(['cat'], {stdin: Readable.from(pieces), stdout: stream});
			expect(result).toEqual({exitCode: 0, stderr: []});
			expect([taken().length, digest(taken())]).toEqual([size, digest(sent)]);
			expect(stream.writableEnded).toBe(false);
		},
	);

	it('words of a command reach the program as they are', async () => {
		const {stream, taken} = taker();
		const words = ['a b', '', '$HOME', `"'`, 'ü&=+%', '-n'];
		await exec(['printf', '%s|', ...words], {stdin: Readable.from(['x']), stdout: stream});
		expect(taken().toString()).toBe(words.map((word) => `${word}|`).join(''));
	});

	it('exit codes come as the program left them, with the last lines of its stderr, cleaned', async () => {
		expect(await exec(sh('printf "\\033[31mone\\033[0m\\r\\ntwo" >&2; exit 3'))).toEqual({
			exitCode: 3,
			stderr: ['one', 'two'],
		});
		expect(await exec(sh('cat >/dev/null; exit 255'), {stdin: Readable.from(['x'])})).toMatchObject({exitCode: 255});
		const {exitCode, stderr} = await exec(sh('seq 1 1000 >&2; kill -9 $$'));
		expect([exitCode, stderr.length, stderr.at(-1)]).toEqual([137, 200, '1000']);
	});

	it('a program that leaves its stdin ends, and the stdin is destroyed', async () => {
		const endless = new Readable({
			read() {
				this.push(Buffer.alloc(65_536));
			},
		});
		expect(await exec(sh('exec 0<&-; exit 4'), {stdin: endless})).toMatchObject({exitCode: 4});
		expect(endless.destroyed).toBe(true);
	});

	it('a slow taker of output keeps the program waiting, not the memory growing', async () => {
		let [taken, most] = [0, 0];
		const slow = new Writable({
			highWaterMark: 65_536,
			write: (chunk: Buffer, _encoding, done) => {
				taken += chunk.length;
				most = Math.max(most, slow.writableLength);
				setImmediate(done);
			},
		});
		await exec(sh('head -c 20000000 /dev/zero'), {stdout: slow});
		await new Promise((resolve) => slow.end(resolve));
		expect(taken).toBe(20_000_000);
		expect(most).toBeLessThan(1_000_000);
	});

	it('what a stdin throws is what is thrown, and the program does not hear of a good end', async () => {
		const broken = new Readable({read: () => undefined});
		broken.push(piece);
		const {stream, taken} = taker();
		const work = exec(['cat'], {stdin: broken, stdout: stream});
		await until(async () => taken().length > 0, 'the half came back');
		broken.destroy(new Error('the disk is gone'));
		await expect(work).rejects.toThrow('the disk is gone');
	});

	it('what the taker of output throws is what is thrown', async () => {
		const full = new Writable({write: (_chunk, _encoding, done) => done(new Error('no room'))});
		await expect(exec(['yes'], {stdout: full})).rejects.toThrow('no room');
	});

	it('an abort ends the connection and the stdin of the program', async () => {
		const abort = new AbortController();
		const stdin = new Readable({read: () => undefined});
		const waiting = exec(['cat'], {
			stdin,
			stdout: new Writable({
				write: (_chunk, _encoding, done) => {
					abort.abort(new Error('enough'));
					done();
				},
			}),
			signal: abort.signal,
		});
		stdin.push(piece);
		await expect(waiting).rejects.toThrow('enough');
		expect(stdin.destroyed).toBe(true);
		await expect(exec(['true'], {signal: abort.signal})).rejects.toThrow('enough');
	});

	it.each([false, true])(
		'a program that the image does not have is told by its name, with a stdin: %s',
		async (has) => {
			const told = await problemOf(exec(['pg-dumb', '--all'], has ? {stdin: Readable.from(['x'])} : {}));
			expect(told).toMatchObject({
				code: 'exec-command-missing',
				message: 'The program "pg-dumb" cannot be started in the pod tool of lab.',
				cause: 'The image of the pod does not have that program, or it may not be executed.',
				fix: 'Check that the image is the one that holds the tools.',
			});
		},
	);

	it('a pod that is gone, a container that does not run and a missing right are told apart', async () => {
		expect(await problemOf(exec(['true'], {pod: 'other', stdin: Readable.from(['x'])}))).toMatchObject({
			code: 'exec-pod-gone',
			message: 'No command can be run in the pod other of lab.',
			cause: 'The pod is not there any more.',
			fix: 'Try again: every step looks at the cluster anew.',
		});
		await lab.cluster.create(podNamed('waiting', 'missing'), signal);
		const told = {
			code: 'exec-container-not-running',
			cause: 'Its container does not run, or not yet; the words of the cluster are below.',
			fix: 'See why it does not run, then try again.',
			nextSteps: ['kubectl -n lab describe pod waiting'],
		};
		expect(await problemOf(exec(['true'], {pod: 'waiting', stdin: Readable.from(['x'])}))).toMatchObject(told);
		expect(await problemOf(exec(['true'], {container: 'side'}))).toMatchObject({
			code: 'exec-container-not-running',
			evidence: ['container side is not valid for pod tool'],
		});
		lab.kubernetes.setDenied([{verb: 'get', resource: 'pods/exec'}]);
		expect(await problemOf(exec(['true'], {stdin: Readable.from(['x'])}))).toMatchObject({
			code: 'exec-forbidden',
			cause: 'The user of this kubeconfig may not use "pods/exec" in the namespace lab.',
			fix: 'Have a Role with the verbs get and create on pods/exec in lab bound to the user: Kubernetes asks for get up to 1.34, for both from 1.35 on.',
		});
		expect(await lab.cluster.denied(execAccesses(namespace), signal)).toMatchObject([
			{verb: 'get', resource: 'pods/exec', namespace},
		]);
	});

	it('a pod with several containers is asked for one of them', async () => {
		await lab.cluster.create(podNamed('two', 'tools', ['one', 'other']), signal);
		await until(async () => (await lab.cluster.pods(namespace, '', signal)).every(({ready}) => ready), 'both run');
		expect((await problemOf(exec(['true'], {pod: 'two'}))).evidence).toEqual([
			'a container name must be specified for pod two, choose one of: [one other]',
		]);
		expect(await exec(['true'], {pod: 'two', container: 'other'})).toMatchObject({exitCode: 0});
	});

	it('a connection that breaks is told with what is not known', async () => {
		const {stream, taken} = taker();
		const waiting = problemOf(exec(sh('echo begun; sleep 60'), {stdout: stream}));
		await until(async () => taken().length > 0, 'it has begun');
		await lab.kubernetes.stop();
		expect(await waiting).toMatchObject({
			code: 'exec-broken',
			message: 'The connection to "sh" in the pod tool of lab broke off.',
			cause: 'It was closed before the program said how it ended; what it has done is not known.',
			fix: 'Try again; if it stays, look at the pod, its node, and the load balancer of the API server.',
		});
	});
});

describe('from 1.35 on', () => {
	beforeEach(() => open('v1.35.0'));
	it('the right to create is asked for as well', async () => {
		lab.kubernetes.setDenied([{verb: 'create', resource: 'pods/exec'}]);
		expect(await problemOf(exec(['true']))).toMatchObject({
			code: 'exec-forbidden',
			evidence: [expect.stringContaining('cannot create resource "pods/exec"')],
		});
	});
});

const hasKubectl = spawnSync('kubectl', ['version', '--client']).status === 0;

describe.skipIf(!hasKubectl)('kubectl', () => {
	beforeEach(() => open('v1.34.0'));
	it('runs commands in played pods as in real ones', async () => {
		const kubeconfig = join(await mkdtemp(join(tmpdir(), 'exec-test-')), 'config');
		await writeFile(kubeconfig, lab.kubernetes.kubeconfig);
		const kubectl = spawn('kubectl', ['-n', namespace, 'exec', '-i', 'tool', '--', 'sh', '-c', 'cat; exit 7'], {
			env: {...process.env, KUBECONFIG: kubeconfig},
		});
		kubectl.stdin.end('hello');
		const said: Buffer[] = [];
		kubectl.stdout.on('data', (chunk: Buffer) => said.push(chunk));
		const code = await new Promise((resolve) => kubectl.once('close', resolve));
		expect({code, said: Buffer.concat(said).toString()}).toEqual({code: 7, said: 'hello'});
	});
});
