import {describe, expect, test} from 'vitest';
import {startAltering} from './altering-proxy.ts';
import {client, imageOf, never, noise, problemOf, push, serve} from './helpers.ts';
import {sites} from './real-registries.ts';

const image = imageOf('api', [noise('layer', 2_000_000)]);
const other = imageOf('server', [noise('layer', 2_000_000), noise('more', 500)]);
const layer = image.blobs[1]?.digest ?? '';

const isBlob = (url = ''): boolean => /\/blobs\/sha256:/u.test(url);

describe.each(sites.map((site) => [site.name, site] as const))('%s behind a proxy', (_name, site) => {
	test.skipIf(site.missing)(
		'that tells a length of 0 to every HEAD is pushed to, and nothing is called damaged',
		async () => {
			const proxy = await startAltering(await site.start(), {
				alter: ({method}, {headers}) => {
					if (method === 'HEAD') headers['content-length'] = '0';
				},
			});
			await push(client(proxy.host), image, 'zenml/api');
			const again = await push(client(proxy.host), image, 'zenml/api');
			expect(again).toMatchObject({uploadedBytes: 0});
			const parts = {blobs: image.blobs};
			expect(await client(proxy.host).missing('zenml/api', parts, {signal: never, cache: new Map()})).toEqual(
				new Set(),
			);
		},
	);

	test.skipIf(site.missing)('that gives no parts is read whole instead', async () => {
		const proxy = await startAltering(await site.start(), {
			answer: (request) => {
				delete request.headers.range;
				return false;
			},
			alter: ({method}, {headers}) => {
				if (method === 'HEAD') headers['content-length'] = '7';
			},
		});
		await push(client(proxy.host), image, 'zenml/api');
		expect(await push(client(proxy.host), image, 'zenml/api')).toMatchObject({uploadedBytes: 0});
	});

	test.skipIf(site.missing)('that lets no HEAD through is asked by GET', async () => {
		const proxy = await startAltering(await site.start(), {
			answer: ({method}, response) => {
				if (method !== 'HEAD') return false;
				response.writeHead(405).end();
				return true;
			},
		});
		await push(client(proxy.host), image, 'zenml/api');
		expect(await push(client(proxy.host), image, 'zenml/api')).toMatchObject({uploadedBytes: 0});
	});
});

describe('a registry that confirms a mount', () => {
	const mount = /uploads\/\?.*mount=/u;

	test('of what it does not have is given the layer', async () => {
		const server = await serve();
		await push(client(server.host), image, 'zenml/api');
		const proxy = await startAltering(server.host, {
			answer: ({url = ''}, response) => {
				if (!mount.test(url)) return false;
				response.writeHead(201, {location: `/v2/zenml/server/blobs/${layer}`}).end();
				return true;
			},
		});
		const result = await push(client(proxy.host), other, 'zenml/server', {mountFrom: () => ['zenml/api']});
		expect(result).toMatchObject({mounted: 0, uploadedBytes: other.blobs.reduce((sum, {size}) => sum + size, 0)});
		expect(await server.has('zenml/server', '1.0')).toBe(true);
	});

	test('of a layer that a differential bundle leaves out is not believed either', async () => {
		const server = await serve();
		await push(client(server.host), image, 'zenml/api');
		const proxy = await startAltering(server.host, {
			answer: ({url = ''}, response) => {
				if (!mount.test(url)) return false;
				response.writeHead(201).end();
				return true;
			},
		});
		const blobs = other.blobs.map((blob) => (blob.digest === layer ? {...blob, omitted: true as const} : blob));
		const pushed = push(client(proxy.host), {...other, blobs}, 'zenml/server', {mountFrom: () => ['zenml/api']});
		expect(await problemOf(pushed)).toMatchObject({code: 'bundle-blob-omitted'});
	});
});

test('a registry that confirms a small part and does not keep it is found out, and told to delete nothing', async () => {
	const server = await serve({users: []});
	const config = image.blobs[0]?.digest ?? '';
	const proxy = await startAltering(server.host, {
		answer: ({url = '', method}, response) => {
			if (!isBlob(url) || !url.includes(config) || (method !== 'HEAD' && method !== 'GET')) return false;
			response.writeHead(404).end();
			return true;
		},
	});
	const problem = await problemOf(push(client(proxy.host), image, 'zenml/api'));
	expect(problem).toMatchObject({code: 'registry-upload-lost'});
	expect(problem.cause).toContain(config);
	expect([problem.fix, ...problem.nextSteps].join(' ')).not.toMatch(/delete/iu);
});

test('a layer that cannot be read is not called damaged', async () => {
	const server = await serve({users: []});
	const proxy = await startAltering(server.host, {
		answer: ({url = '', method}, response) => {
			if (!url.includes(layer) || method !== 'GET') return false;
			response.writeHead(500).end('{"errors":[{"code":"UNKNOWN","message":"s3 is away"}]}');
			return true;
		},
		alter: ({method, url = ''}, {headers}) => {
			if (method === 'HEAD' && url.includes(layer)) headers['content-length'] = '1';
		},
	});
	const problem = await problemOf(push(client(proxy.host), image, 'zenml/api'));
	expect(problem).toMatchObject({code: 'registry-unavailable'});
	expect(JSON.stringify(problem)).toContain('s3 is away');
	expect([problem.fix, ...problem.nextSteps].join(' ')).not.toMatch(/delete/iu);
});
