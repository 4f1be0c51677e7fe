import type {IncomingMessage} from 'node:http';
import {expect, test} from 'vitest';
import {startAltering} from './altering-proxy.ts';
import {client, fake, imageOf, noise, problemOf, push, serve} from './helpers.ts';
import {sites} from './real-registries.ts';

const mebi = 1024 * 1024;
const image = imageOf('api', [noise('layer', 3 * mebi), noise('small', 1000)]);

test('a proxy that takes no Expect gets layers without it, and is asked for leave once', async () => {
	const server = await serve();
	let asked = 0;
	const proxy = await startAltering(server.host, {
		leave: (_request, response) => {
			asked++;
			response.writeHead(417, {connection: 'close'}).end('Expectation Failed');
			return true;
		},
	});
	const registry = client(proxy.host, {concurrency: 1});
	await push(registry, image, 'zenml/api');
	await push(registry, imageOf('b', [noise('b', mebi)]), 'zenml/b');
	expect(await server.has('zenml/api', '1.0')).toBe(true);
	expect(asked).toBe(1);
});

test.each(sites.map((site) => [site.name, site] as const))(
	'layers above the bound of a proxy before %s go in pieces below it',
	async (_name, site) => {
		if (site.missing) return;
		const host = await site.start();
		const refuse = ({headers}: IncomingMessage): boolean => Number(headers['content-length'] ?? 0) > mebi;
		const proxy = await startAltering(host, {
			leave: (request, response) => {
				if (!refuse(request)) return false;
				response.writeHead(413, {connection: 'close'}).end('<html>413 Request Entity Too Large</html>');
				return true;
			},
		});
		await push(client(proxy.host), image, 'zenml/api');
		expect(await push(client(host), image, 'zenml/api')).toMatchObject({uploadedBytes: 0, present: 3});
		const pieces = proxy.seen.filter(({line}) => line.startsWith('PATCH'));
		expect(pieces.length).toBeGreaterThanOrEqual(3);
		expect(Math.max(...pieces.map(({length}) => length))).toBeLessThanOrEqual(mebi);
	},
);

test('a bound that no piece passes ends after some halvings', async () => {
	const server = await serve();
	const proxy = await startAltering(server.host, {
		answer: ({method, headers}, response) => {
			if (!['PUT', 'PATCH'].includes(method ?? '') || Number(headers['content-length'] ?? 0) < 2000) return false;
			response.writeHead(413, {connection: 'close'}).end();
			return true;
		},
	});
	const problem = await problemOf(push(client(proxy.host), image, 'zenml/api'));
	expect(problem.code).toBe('registry-too-large');
	expect(proxy.seen.filter(({line}) => line.startsWith('P')).length).toBeLessThan(30);
});

test('a bound, and a registry that takes no pieces, are told as the bound', async () => {
	const server = await serve();
	const proxy = await startAltering(server.host, {
		answer: ({method, headers}, response) => {
			const length = Number(headers['content-length'] ?? 0);
			if (method === 'PATCH') response.writeHead(405).end();
			else if (method === 'PUT' && length > mebi) response.writeHead(413, {connection: 'close'}).end();
			else return false;
			return true;
		},
	});
	expect((await problemOf(push(client(proxy.host), image, 'zenml/api'))).code).toBe('registry-too-large');
});

test('no piece but the last is smaller than the registry says that they may be', async () => {
	const least = 2 * mebi;
	const pieces: number[] = [];
	let taken = 0;
	const host = await fake((request, response) => {
		const length = Number(request.headers['content-length'] ?? 0);
		request.resume().on('end', () => {
			const isBlob = request.url?.includes('/blobs/sha256:') ?? false;
			if (request.method === 'HEAD') response.writeHead(isBlob && taken > 0 ? 200 : 404).end();
			else if (request.method === 'POST')
				response.writeHead(202, {location: '/upload', 'oci-chunk-min-length': String(least)}).end();
			else if (length > 3 * mebi) response.writeHead(413, {connection: 'close'}).end();
			else if (request.method !== 'PATCH') response.writeHead(201).end();
			else {
				pieces.push(length);
				taken += length;
				response.writeHead(202, {location: '/upload', range: `0-${taken - 1}`}).end();
			}
		});
	});
	await problemOf(push(client(host, {concurrency: 1}), imageOf('api', [noise('layer', 5 * mebi)]), 'zenml/api'));
	expect(pieces).toEqual([least, least, mebi]);
});
