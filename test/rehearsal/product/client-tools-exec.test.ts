import {once} from 'node:events';
import {mkdtemp, readdir, rm} from 'node:fs/promises';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {PassThrough, Readable} from 'node:stream';
import {text} from 'node:stream/consumers';
import {expect, onTestFinished, test} from 'vitest';
import {findPrograms} from '../../../rehearsal/client-tools/index.ts';
import {createClientToolPods, createProduct} from '../../../rehearsal/product/index.ts';
import {createPodNetwork} from '../../../rehearsal/product/network/pod-network.ts';
import type {ToolPlace} from '../../../source/cluster/types.ts';
import {startLab, until} from '../../cluster/rehearsal.ts';

const {signal} = new AbortController();

/** A registry that has every image. */
const anyImage = async (): Promise<string> => {
	const server = createServer((_request, response) => response.writeHead(200).end());
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
	onTestFinished(() => void server.close());
	return `127.0.0.1:${(server.address() as AddressInfo).port}`;
};

/** A lab whose pods have the client tools, and what a pod of them is. */
const startTools = async () => {
	const folder = await mkdtemp(join(tmpdir(), 'zenml-airgap-exec-test-'));
	onTestFinished(() => rm(folder, {recursive: true, force: true}));
	const registryHost = await anyImage();
	const network = createPodNetwork('127.0.0.1:9');
	const programs = await findPrograms({wanted: 'none', postgresMajor: 18});
	const product = createProduct({
		...{cluster: () => lab.kubernetes.store, network, registryHost, slowness: 0},
		clientTools: createClientToolPods(programs, folder, {resolve: async () => []}),
	});
	const lab = await startLab(product.runPod, {execPod: product.execPod});
	onTestFinished(() => lab.close());
	const pod = (image: string) => ({
		...{namespace: 'lab', name: 'dump', image: `${registryHost}/zenml/${image}`, env: {PLAIN: 'plain'}},
		resources: {requests: {cpu: '100m', memory: '128Mi'}, limits: {cpu: '1', memory: '512Mi'}},
		podSecurityContext: {runAsNonRoot: true, runAsUser: 1000, fsGroup: 1000},
		...{scratch: {path: '/tmp', sizeLimit: '64Mi'}, startMs: 20_000, lifeMs: 3_600_000},
	});
	return {lab, folder, pod};
};

test('commands reach the programs of client tools over the API server, and the folder of the pod goes with it', async () => {
	const {lab, folder, pod} = await startTools();
	const run = async (place: ToolPlace, command: readonly string[], input = '') => {
		const stdout = new PassThrough();
		const said = text(stdout);
		const {exitCode, stderr} = await lab.cluster.exec({
			...{...place, command, stdout, signal},
			stdin: Readable.from([input]),
		});
		stdout.end();
		return {exitCode, stderr, out: await said};
	};
	await lab.cluster.withToolPod(
		pod('client-tools:1.0'),
		async (place) => {
			const script = 'cat; echo "$PLAIN $1"; echo wrong >&2; exit 3';
			expect(await run(place, ['sh', '-c', script, 'sh', 'word'], 'input\n')).toEqual({
				...{exitCode: 3, stderr: ['wrong'], out: 'input\nplain word\n'},
			});
			expect(await readdir(folder)).toHaveLength(1);
			await expect(run(place, ['pg_dump', '--version'])).rejects.toThrow();
		},
		signal,
	);
	await until(async () => (await readdir(folder)).length === 0, 'no folder of a pod');
	await lab.cluster.withToolPod(
		pod('busybox:1'),
		async (place) => {
			await expect(run(place, ['sh', '-c', 'true'])).rejects.toThrow();
		},
		signal,
	);
});

const isThere = (pid: number): boolean => {
	try {
		return process.kill(pid, 0);
	} catch {
		return false;
	}
};

/** Starts a script whose first line is the number of a process that is at work; nobody waits for its end. */
const started = async (
	{cluster}: Awaited<ReturnType<typeof startLab>>,
	place: ToolPlace,
	{script, signal: until}: {readonly script: string; readonly signal: AbortSignal},
): Promise<number> => {
	const stdout = new PassThrough({highWaterMark: 1});
	const ending = cluster.exec({...place, command: ['sh', '-c', script], stdout, signal: until});
	ending.catch(() => undefined);
	const [line] = (await once(stdout, 'data')) as [Buffer];
	return Number.parseInt(line.toString(), 10);
};

test('a program whose client is gone ends with the next word that it writes, and not before', async () => {
	const {lab, pod} = await startTools();
	const client = new AbortController();
	await lab.cluster.withToolPod(
		pod('client-tools:1.0'),
		async (place) => {
			const writes = await started(lab, place, {script: 'echo $$; while :; do echo row; done', signal: client.signal});
			const waits = await started(lab, place, {script: 'sleep 600 & echo $!; wait', signal: client.signal});
			client.abort(new Error('killed'));
			await until(async () => !isThere(writes), 'the end of what writes');
			expect(isThere(waits)).toBe(true);
		},
		signal,
	);
});

test('what runs in a pod ends with the pod, whatever it waits for', async () => {
	const {lab, pod} = await startTools();
	let waits = 0;
	await lab.cluster.withToolPod(
		pod('client-tools:1.0'),
		async (place) => {
			waits = await started(lab, place, {script: 'sleep 600 & echo $!; wait', signal});
			expect(isThere(waits)).toBe(true);
		},
		signal,
	);
	await until(async () => !isThere(waits), 'the end of what runs in the pod');
});
