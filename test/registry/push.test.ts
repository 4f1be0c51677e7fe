import {rm} from 'node:fs/promises';
import {join} from 'node:path';
import {Readable} from 'node:stream';
import {describe, expect, test} from 'vitest';
import type {Image} from '../../source/oci/image.ts';
import {client, fake, imageOf, never, noise, problemOf, push, type Seen, serve, sha256, temporary} from './helpers.ts';
import {indexOf} from './on-disk.ts';

const base = noise('base', 700_000);
const image = imageOf('api', [base, noise('api', 300_000)]);

const lastOf = (seen: readonly Seen[]) => new Map(seen.map(({digest, done, total}) => [digest, [done, total]]));

describe('push', () => {
	test('sends config, layers and manifest, and the registry then has the image by tag and digest', async () => {
		const server = await serve();
		const registry = client(server.host);
		const {seen, ...result} = await push(registry, image, 'zenml/api');
		const bytes = image.blobs.reduce((sum, {size}) => sum + size, 0);
		expect(result).toEqual({digest: image.manifest.digest, uploadedBytes: bytes, mounted: 0, present: 0});
		expect(await server.has('zenml/api', '1.0')).toBe(true);
		expect(await server.has('zenml/api', image.manifest.digest)).toBe(true);
		expect(server.counters.receivedBytes).toBe(bytes);
		expect(lastOf(seen)).toEqual(new Map(image.blobs.map(({digest, size}) => [digest, [size, size]])));
	});

	test('progress of a digest is absolute and never falls', async () => {
		const server = await serve();
		const {seen} = await push(client(server.host), image, 'zenml/api');
		for (const {digest} of image.blobs) {
			const steps = seen.filter((one) => one.digest === digest).map(({done}) => done);
			expect(steps).toEqual([...steps].sort((a, b) => a - b));
		}
		expect(seen.filter(({digest}) => digest === image.blobs[1]?.digest).length).toBeGreaterThan(3);
	});

	test('a second push sends nothing', async () => {
		const server = await serve();
		await push(client(server.host), image, 'zenml/api');
		const before = server.counters.receivedBytes;
		const {seen, ...result} = await push(client(server.host), image, 'zenml/api');
		expect(result).toEqual({digest: image.manifest.digest, uploadedBytes: 0, mounted: 0, present: 3});
		expect(lastOf(seen)).toEqual(new Map(image.blobs.map(({digest, size}) => [digest, [size, size]])));
		expect(server.counters.receivedBytes).toBe(before);
	});

	test('a push that was cut short goes on with the blobs that are missing', async () => {
		const server = await serve();
		server.faults.status = {code: 403, requests: 1, method: 'PUT', path: '/manifests/', error: 'DENIED'};
		await expect(push(client(server.host), image, 'zenml/api')).rejects.toThrow();
		const result = await push(client(server.host), image, 'zenml/api');
		expect(result).toMatchObject({uploadedBytes: 0, present: 3});
	});

	test('a layer that another repository has is mounted, though it was pushed by an earlier run', async () => {
		const server = await serve();
		await push(client(server.host), image, 'zenml/api');
		const other = imageOf('server', [base, noise('server', 1000)]);
		const result = await push(client(server.host), other, 'zenml/server', {
			mountFrom: () => ['zenml/none', 'zenml/api'],
		});
		expect(result).toMatchObject({
			mounted: 1,
			uploadedBytes: other.blobs.reduce((sum, {size}) => sum + size, 0) - base.length,
		});
		expect(await server.has('zenml/server', '1.0')).toBe(true);
	});

	test('a layer in another repository does not count as present in this one', async () => {
		const server = await serve();
		await push(client(server.host), image, 'zenml/api');
		const result = await push(client(server.host), image, 'zenml/copy');
		expect(result).toMatchObject({mounted: 0, present: 0});
		expect(await server.has('zenml/copy', '1.0')).toBe(true);
	});

	test('images pushed at once send a shared layer once', async () => {
		const server = await serve();
		const registry = client(server.host);
		const images = ['a', 'b', 'c'].map((name) => imageOf(name, [base, noise(name, 1000)]));
		const results = await Promise.all(images.map((one) => push(registry, one, `zenml/${one.name}`)));
		expect(results.reduce((sum, {mounted}) => sum + mounted, 0)).toBe(2);
		expect(server.counters.receivedBytes).toBeLessThan(2 * base.length);
	});

	test('a tag that pointed at another image is moved', async () => {
		const server = await serve();
		const registry = client(server.host);
		await push(registry, imageOf('api', [noise('old', 10)]), 'zenml/api');
		await push(registry, image, 'zenml/api');
		expect(await registry.manifestDigest('zenml/api', '1.0', never)).toBe(image.manifest.digest);
	});

	test('an empty layer is pushed too', async () => {
		const server = await serve();
		await push(client(server.host), imageOf('empty', [Buffer.alloc(0)]), 'zenml/empty');
		expect(await server.has('zenml/empty', '1.0')).toBe(true);
	});

	test('a blob whose bytes are not its digest is not pushed, and the bundle is named as the cause', async () => {
		const server = await serve();
		for (const bytes of [noise('other', base.length), base.subarray(1), Buffer.concat([base, base])]) {
			const blobs = image.blobs.map((blob, index) =>
				index === 1 ? {...blob, open: () => Readable.from([bytes], {objectMode: false})} : blob,
			);
			const lying: Image = {...image, blobs};
			const problem = await problemOf(push(client(server.host), lying, 'zenml/lie'));
			expect(problem.code).toBe('bundle-checksum-mismatch');
		}
		expect(await server.has('zenml/lie', '1.0')).toBe(false);
	});

	test("an aborted push ends with the signal's own error and leaves the registry usable", async () => {
		const server = await serve({pace: {bytesPerSecond: 400_000}});
		const controller = new AbortController();
		const running = push(client(server.host), image, 'zenml/api', {
			signal: controller.signal,
			onProgress: ({done}: Seen) => {
				if (done > 0) controller.abort();
			},
		});
		await expect(running).rejects.toThrow(expect.objectContaining({name: 'AbortError'}));
		server.pace.bytesPerSecond = 0;
		await push(client(server.host), image, 'zenml/api');
		expect(await server.has('zenml/api', '1.0')).toBe(true);
	});
});

describe('a tag that is right, above parts that are gone', () => {
	/** Takes a blob, or a manifest below an index, out of the storage. */
	const lose = (data: string, kind: '_blobs' | '_manifests', digest = '') =>
		rm(join(data, 'repositories/zenml/api', kind, digest.slice('sha256:'.length)));
	const [one, two] = [imageOf('one', [base, noise('one', 100)]), imageOf('two', [base, noise('two', 100)])];
	const index = {...indexOf('api', [one, two]), tag: '1.0'};

	test('a layer, a configuration and a manifest of a platform are sent again, and nothing else', async () => {
		const dataDirectory = await temporary();
		const server = await serve({dataDirectory});
		await push(client(server.host), index, 'zenml/api');
		expect(await push(client(server.host), index, 'zenml/api')).toMatchObject({uploadedBytes: 0});
		await lose(dataDirectory, '_blobs', one.blobs[0]?.digest);
		await lose(dataDirectory, '_blobs', two.blobs[2]?.digest);
		await lose(dataDirectory, '_manifests', two.manifest.digest);
		const registry = client(server.host);
		expect(await registry.manifestDigest('zenml/api', '1.0', never)).toBe(index.manifest.digest);
		const parts = {blobs: index.blobs, manifests: index.children ?? []};
		const missing = () => registry.missing('zenml/api', parts, {signal: never, cache: new Map()});
		expect(await missing()).toEqual(new Set([one.blobs[0]?.digest, two.blobs[2]?.digest, two.manifest.digest]));
		expect(await push(registry, index, 'zenml/api')).toMatchObject({uploadedBytes: (one.blobs[0]?.size ?? 0) + 100});
		expect(await missing()).toEqual(new Set());
	});

	test('a tag that may not be moved is no hindrance', async () => {
		const dataDirectory = await temporary();
		const server = await serve({dataDirectory});
		await push(client(server.host), one, 'zenml/api');
		await lose(dataDirectory, '_blobs', one.blobs[2]?.digest);
		server.faults.status = {
			code: 412,
			requests: 1,
			method: 'PUT',
			path: '/manifests/',
			message: 'configured as immutable',
		};
		expect(await push(client(server.host), one, 'zenml/api')).toMatchObject({uploadedBytes: 100, present: 2});
	});

	test('what images of one repository share is asked for once in a run', async () => {
		const server = await serve();
		const [first, second] = [one, {...two, tag: '2.0'}];
		for (const image of [first, second]) await push(client(server.host), image, 'zenml/api');
		const before = server.counters.requests;
		const cache = new Map();
		const registry = client(server.host);
		for (const image of [first, second]) await push(registry, image, 'zenml/api', {cache});
		const digests = new Set([...first.blobs, ...second.blobs].map(({digest}) => digest));
		// Two tags beside them, and how the login begins: one refusal.
		expect(digests.size).toBe(5);
		expect(server.counters.requests - before).toBeLessThanOrEqual(digests.size + 2 + 2);
	});

	test('a registry that tells another length than the manifest has is not believed its digest', async () => {
		const host = await fake((request, response) => {
			const body = 'another manifest';
			response.writeHead(200, {'docker-content-digest': image.manifest.digest, 'content-length': body.length});
			response.end(request.method === 'HEAD' ? undefined : body);
		});
		const {length} = image.manifest.bytes;
		expect(await client(host).manifestDigest('a', '1.0', never)).toBe(image.manifest.digest);
		expect(await client(host).manifestDigest('a', '1.0', never, length)).toBe(sha256(Buffer.from('another manifest')));
	});
});

describe('questions', () => {
	test('what lies under a tag is told with its configurations, those of every platform of an index', async () => {
		const server = await serve();
		const registry = client(server.host);
		const [one, two] = [imageOf('one', [base]), imageOf('two', [base, noise('two', 10)])];
		const index = {...indexOf('both', [one, two]), tag: '1.0'};
		await push(registry, index, 'zenml/both');
		const {configs, blobs} = await registry.contents('zenml/both', '1.0', never);
		expect(configs).toEqual([one.blobs[0]?.digest, two.blobs[0]?.digest]);
		expect(blobs.map(({digest, size}) => ({digest, size}))).toEqual(
			[...one.blobs, ...two.blobs].map(({digest, size}) => ({digest, size})),
		);
		expect(await registry.contents('zenml/none', '1.0', never)).toEqual({configs: [], blobs: []});
	});

	test('an index that names itself again and again is read no further than an image goes', async () => {
		let asked = 0;
		const own = {digest: `sha256:${'a'.repeat(64)}`};
		const host = await fake((_request, response) => {
			asked += 1;
			response.end(JSON.stringify({manifests: Array.from({length: 100}, () => own)}));
		});
		expect(await client(host).contents('zenml/odd', '1.0', never)).toEqual({configs: [], blobs: []});
		expect(asked).toBe(1001);
	});

	test.each(['no JSON', '[]', '{"config": {"digest": "sha1:x", "size": 1}, "layers": {}, "manifests": ["x"]}'])(
		'what is no image has no contents: %s',
		async (text) => {
			const host = await fake((_request, response) => response.writeHead(200).end(text));
			expect(await client(host).contents('zenml/odd', '1.0', never)).toEqual({configs: [], blobs: []});
		},
	);

	test('ping and checkPush succeed with the right login and leave no upload behind', async () => {
		const server = await serve();
		const registry = client(server.host);
		await registry.ping(never);
		await registry.checkPush('zenml/zenml-pro-api', never);
		expect(server.counters).toMatchObject({uploads: 1, completed: 0});
	});

	test('the digest of a tag or digest that is not there is undefined', async () => {
		const server = await serve();
		const registry = client(server.host);
		expect(await registry.manifestDigest('zenml/none', '1.0', never)).toBeUndefined();
		expect(await registry.manifestDigest('zenml/none', image.manifest.digest, never)).toBeUndefined();
	});
});
