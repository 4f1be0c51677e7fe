import type {IncomingMessage} from 'node:http';
import {describe, expect, test} from 'vitest';
import {startAltering} from './altering-proxy.ts';
import {client, fake, imageOf, never, noise, problemOf, push, serve} from './helpers.ts';

const image = imageOf('api', [noise('layer', 400_000)]);

/** Another server; the loopback has two names, so it is another host too. */
const elsewhere = async (status = 201) => {
	const seen: string[] = [];
	const logins: (string | undefined)[] = [];
	const bytes: number[] = [];
	const host = await fake((request, response) => {
		seen.push(`${request.method} ${request.url}`);
		logins.push(request.headers.authorization);
		let length = 0;
		request.on('data', (chunk: Buffer) => {
			length += chunk.length;
		});
		request.on('end', () => {
			bytes.push(length);
			response.writeHead(status, {location: '/next?of=it'}).end();
		});
	});
	return {host: host.replace('127.0.0.1', 'localhost'), seen, logins, bytes};
};

const isOpening = ({method, url = ''}: IncomingMessage): boolean => method === 'POST' && url.includes('/uploads/');

describe('the right to push is tried', () => {
	test('without a word to another host that the registry names', async () => {
		const other = await elsewhere();
		const proxy = await startAltering((await serve()).host, {
			alter: (request, {headers}) => {
				if (isOpening(request)) headers.location = `http://${other.host}/_all?confirm=yes`;
			},
		});
		await client(proxy.host).checkPush('zenml/api', never);
		expect(other.seen).toEqual([]);
	});

	test.each([
		'/v2/zenml/api/manifests/1.0',
		'/v2/zenml/api/blobs/sha256:00',
		'/v2/zenml/api/blobs/uploads/',
		'/api/v2/projects/7',
	])('without a DELETE of what is no upload: %s', async (location) => {
		const proxy = await startAltering((await serve()).host, {
			alter: (request, {headers}) => {
				if (isOpening(request)) headers.location = location;
			},
		});
		await client(proxy.host).checkPush('zenml/api', never);
		expect(proxy.seen.filter(({line}) => line.startsWith('DELETE'))).toEqual([]);
	});

	test('and the upload that was opened for it is cancelled', async () => {
		const proxy = await startAltering((await serve()).host, {});
		await client(proxy.host).checkPush('zenml/api', never);
		expect(proxy.seen.filter(({line}) => line.startsWith('DELETE'))).toHaveLength(1);
	});
});

describe('a registry that sends on', () => {
	test.each([307, 308])(
		'POST and PUT with %i within itself is followed with method, body and login',
		async (status) => {
			const server = await serve();
			const proxy = await startAltering(server.host, {
				answer: ({method, url = ''}, response) => {
					const isAgain = url.includes('again=1');
					if (isAgain || (method !== 'POST' && method !== 'PUT')) return false;
					const mark = url.includes('?') ? '&' : '?';
					response.writeHead(status, {location: `${url}${mark}again=1`, connection: 'close'}).end();
					return true;
				},
			});
			await push(client(proxy.host), image, 'zenml/api');
			expect(await server.has('zenml/api', '1.0')).toBe(true);
		},
	);

	test('by its inner address is followed on the outer one', async () => {
		const server = await serve();
		const proxy = await startAltering(server.host, {
			answer: ({method, url = ''}, response) => {
				if (method !== 'POST' || url.includes('x=1')) return false;
				response.writeHead(307, {location: `https://127.0.0.1:1${url}?x=1`}).end();
				return true;
			},
		});
		await push(client(proxy.host), image, 'zenml/api');
		expect(await server.has('zenml/api', '1.0')).toBe(true);
	});

	test('bytes of a layer to another host sends them there without the login', async () => {
		const other = await elsewhere();
		const server = await serve();
		const proxy = await startAltering(server.host, {
			answer: ({method, url = ''}, response) => {
				if (method !== 'PUT' || !url.includes('/uploads/')) return false;
				response.writeHead(307, {location: `http://${other.host}/put?key=1`, connection: 'close'}).end();
				return true;
			},
		});
		// What lies elsewhere is not with the registry, which is found out.
		await problemOf(push(client(proxy.host), image, 'zenml/api'));
		expect(other.seen).toContain('PUT /put?key=1');
		expect(new Set(other.logins)).toEqual(new Set([undefined]));
		expect(other.bytes).toContain(400_000);
	});

	test('anything else to another host is refused by the name of that, and nothing is sent there', async () => {
		const other = await elsewhere();
		for (const method of ['POST', 'PUT']) {
			const proxy = await startAltering((await serve()).host, {
				answer: (request, response) => {
					const isIt = method === 'POST' ? isOpening(request) : request.url?.includes('/manifests/');
					if (request.method !== method || !isIt) return false;
					response.writeHead(307, {location: `http://${other.host}/?secret=1`, connection: 'close'}).end();
					return true;
				},
			});
			const problem = await problemOf(push(client(proxy.host), image, 'zenml/api'));
			expect(problem).toMatchObject({code: 'registry-redirects'});
			expect(problem.cause).toContain(other.host);
			expect(JSON.stringify(problem)).not.toContain('secret=1');
		}
		expect(other.seen).toEqual([]);
	});

	test('in circles is refused', async () => {
		const proxy = await startAltering((await serve()).host, {
			answer: ({method, url = ''}, response) => {
				if (method !== 'POST') return false;
				response.writeHead(308, {location: `${url}${url.includes('?') ? '&' : '?'}a`}).end();
				return true;
			},
		});
		const problem = await problemOf(push(client(proxy.host), image, 'zenml/api'));
		expect(problem.cause).toBe('It sends a request on more than 5 times.');
	});
});
