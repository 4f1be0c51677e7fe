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

test('commands reach the programs of client tools over the API server, and the folder of the pod goes with it', async () => {
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
	const pod = (image: string) => ({
		...{namespace: 'lab', name: 'dump', image: `${registryHost}/zenml/${image}`, env: {PLAIN: 'plain'}},
		resources: {requests: {cpu: '100m', memory: '128Mi'}, limits: {cpu: '1', memory: '512Mi'}},
		podSecurityContext: {runAsNonRoot: true, runAsUser: 1000, fsGroup: 1000},
		...{scratch: {path: '/tmp', sizeLimit: '64Mi'}, startMs: 20_000, lifeMs: 3_600_000},
	});
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
