import {randomBytes} from 'node:crypto';
import {once} from 'node:events';
import {existsSync} from 'node:fs';
import {truncate, writeFile} from 'node:fs/promises';
import net, {type AddressInfo, type Socket} from 'node:net';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {describe, expect, onTestFinished, test} from 'vitest';
import {createFileMemo} from '../../source/registry/push/memo.ts';
import {targetsToPush} from '../../source/steps/images/compressed-images.ts';
import {startProxy} from './fault-proxy.ts';
import {client, imageOf, never, noise, problemOf, push, quick, serve, temporary} from './helpers.ts';
import {distribution3, dockerRegistry, startBinary} from './real-registries.ts';

const mebi = 1024 * 1024;
const middle = imageOf('middle', [randomBytes(12 * mebi)]);
const upload = /\/blobs\/uploads\//u;
const broken = {method: 'PUT', path: upload, does: {kind: 'drop', after: 7 * mebi}} as const;

describe('after a line that broke', () => {
	test('a registry that answers 500 for ever for what it had of the upload is given the layer anew', async () => {
		const server = await serve({users: []});
		const proxy = await startProxy(server.host);
		proxy.faults.push(
			{...broken},
			{method: 'GET', path: upload, times: 9, does: {kind: 'answer', after: 0, status: 500}},
		);
		await push(client(proxy.host), middle, 'zenml/middle');
		expect(await server.has('zenml/middle', '1.0')).toBe(true);
	});

	test.each([400, 404, 405, 416, 501])(
		'a registry that refuses pieces with %i is given layers whole',
		async (status) => {
			const server = await serve({users: []});
			const proxy = await startProxy(server.host);
			const refusal = {kind: 'answer', after: 0, status} as const;
			proxy.faults.push(
				{...broken},
				{method: 'GET', path: upload, times: 99, does: {...refusal, status: 404}},
				{method: 'PATCH', path: upload, times: 99, does: refusal},
			);
			const registry = client(proxy.host);
			await push(registry, middle, 'zenml/middle');
			await push(registry, imageOf('next', [randomBytes(5 * mebi)]), 'zenml/next');
			expect(await server.has('zenml/middle', '1.0')).toBe(true);
			expect(proxy.seen.filter(({method}) => method === 'PATCH')).toHaveLength(1);
		},
	);

	/** A line to a server that can be cut and opened again at the same port. */
	const lineTo = async (target: string) => {
		const [host, port] = target.split(':');
		const sockets = new Set<Socket>();
		const line = net.createServer((socket) => {
			const up = net.connect(Number(port), host);
			for (const one of [socket, up]) sockets.add(one.on('error', () => {}));
			socket.pipe(up).pipe(socket);
		});
		const open = async (at: number): Promise<number> => {
			line.listen(at, '127.0.0.1');
			await once(line, 'listening');
			return (line.address() as AddressInfo).port;
		};
		const cut = (): void => {
			line.close();
			for (const socket of sockets) socket.destroy();
		};
		onTestFinished(cut);
		return {port: await open(0), open, cut};
	};

	test('a registry that cannot be connected to while it starts again is waited for, but not one that was never there', async () => {
		const server = await serve({users: [], pace: {bytesPerSecond: 20 * mebi}});
		const line = await lineTo(server.host);
		const host = `127.0.0.1:${line.port}`;
		let pauses = 0;
		const clock = {
			sleep: async (): Promise<void> => {
				pauses++;
				if (pauses === 3) await line.open(line.port);
			},
		};
		const retries = {...quick, 'registry-unavailable': {attempts: 6, pausesMs: [400]}};
		let cut = false;
		await push(client(host, {retries, clock}), middle, 'zenml/middle', {
			onProgress: ({done}: {readonly done: number}) => {
				if (cut || done === 0) return;
				cut = true;
				line.cut();
			},
		});
		expect(await server.has('zenml/middle', '1.0')).toBe(true);
		expect(pauses).toBeGreaterThanOrEqual(3);
		line.cut();
		pauses = 0;
		const unheard = client(host, {retries, clock});
		expect((await problemOf(unheard.ping(never))).code).toBe('registry-unreachable');
		expect(pauses).toBe(0);
	});
});

describe('the file of uploads', () => {
	test('that cannot be written does not end a push', async () => {
		const server = await serve({users: []});
		const folder = await temporary();
		await writeFile(join(folder, 'file'), '');
		const memo = createFileMemo({file: join(folder, 'file', 'uploads.json'), registry: server.host});
		await push(client(server.host, {memo}), middle, 'zenml/middle');
		expect(await server.has('zenml/middle', '1.0')).toBe(true);
	});

	test('goes when the layer came there another way meanwhile', async () => {
		const server = await serve({users: []});
		const proxy = await startProxy(server.host);
		proxy.faults.push({...broken});
		const file = join(await temporary(), 'uploads.json');
		const memo = () => createFileMemo({file, registry: proxy.host});
		await problemOf(push(client(proxy.host, {memo: memo(), retries: {}}), middle, 'zenml/middle'));
		expect(existsSync(file)).toBe(true);
		await push(client(server.host), {...middle, tag: '2.0'}, 'zenml/middle');
		await push(client(proxy.host, {memo: memo()}), middle, 'zenml/middle');
		expect(existsSync(file)).toBe(false);
	});
});

describe.each([
	['docker-registry 2.8', dockerRegistry],
	['distribution 3', distribution3],
])('%s with a damaged copy of a layer', (_name, binary) => {
	test.skipIf(binary === undefined)('is not believed when it confirms that layer for another repository', async () => {
		const folder = await temporary();
		const registry = client(await startBinary(binary ?? '', undefined, folder));
		const image = imageOf('api', [randomBytes(2 * mebi)]);
		await push(registry, image, 'one/api');
		const hex = image.blobs[1]?.digest.slice('sha256:'.length) ?? '';
		await truncate(join(folder, 'data/docker/registry/v2/blobs/sha256', hex.slice(0, 2), hex, 'data'), 50_000);
		const fresh = client(registry.host);
		expect((await problemOf(push(fresh, image, 'two/api'))).code).toBe('registry-part-damaged');
	});
});

test('a registry that cannot cancel an upload is one to push to all the same', async () => {
	const server = await serve({users: []});
	const proxy = await startProxy(server.host);
	for (const does of [{kind: 'answer', after: 0, status: 500} as const, {kind: 'drop', after: 0} as const]) {
		proxy.faults.push({method: 'DELETE', path: upload, does});
		await client(proxy.host).checkPush('zenml/api', never);
	}
	expect(proxy.faults.map(({times}) => times)).toEqual([0, 0]);
});

test('an image that cannot be compressed stops the others, and nothing goes on behind its back', async () => {
	const images = ['bad', 'long'].map((name) => imageOf(name, [noise(name, 10)]));
	const targets = images.map((image) => ({image, repository: image.name, reference: image.name}));
	let running = 0;
	const looking = {registry: client((await serve()).host), signal: never, compresses: true, cache: new Map()};
	const compressing = targetsToPush(looking, targets, {
		compress: async (image, _onProgress, signal) => {
			running++;
			try {
				if (image.name === 'bad') throw new Error('no space');
				await sleep(60_000, undefined, {signal});
				return image;
			} finally {
				running--;
			}
		},
		onProgress: () => {},
		onCompressed: () => {},
	});
	await expect(compressing).rejects.toThrow('no space');
	expect(running).toBe(0);
});
