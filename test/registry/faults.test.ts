import {describe, expect, test} from 'vitest';
import type {RegistryFaults} from '../../rehearsal/registry/index.ts';
import {canary, client, fake, imageOf, never, noise, problemOf, push, serve} from './helpers.ts';

const image = imageOf('api', [noise('layer', 2_000_000)]);
const layer = image.blobs[1]?.digest;

describe('faults that pass are ridden out', () => {
	const cases: ReadonlyArray<readonly [string, RegistryFaults]> = [
		['a line that drops in the middle of a layer', {dropAfterBytes: {bytes: 500_000, uploads: 2}}],
		['a connection that is cut before any answer', {drop: {requests: 2}}],
		['a connection that is cut while the manifest is put', {drop: {requests: 1, method: 'PUT'}}],
		['a 502 of a proxy', {status: {code: 502, requests: 2, message: 'bad gateway'}}],
		['a 503 while a layer is sent', {status: {code: 503, requests: 1, method: 'PUT', path: '/blobs/'}}],
		[
			'an upload that the registry forgot',
			{status: {code: 404, requests: 1, method: 'PUT', path: '/blobs/', error: 'BLOB_UPLOAD_UNKNOWN'}},
		],
		[
			'a rate limit with Retry-After',
			{status: {code: 429, requests: 2, error: 'TOOMANYREQUESTS', headers: {'retry-after': '0'}}},
		],
		['an upload that falls silent', {stallAfterBytes: {bytes: 300_000, uploads: 1}}],
	];
	test.each(cases)('%s', async (_what, faults) => {
		const server = await serve({faults});
		await push(client(server.host, {timeouts: {stall: 300, commit: 300}}), image, 'zenml/api');
		expect(await server.has('zenml/api', '1.0')).toBe(true);
	});

	test('a layer that was sent whole and not taken ends at 0 in the progress', async () => {
		const small = imageOf('x', [noise('small', 1000)]);
		const server = await serve({faults: {status: {code: 403, requests: 9, method: 'PUT', path: '/blobs/'}}});
		const told = new Map<string, number>();
		const pushed = client(server.host).push(small, {
			...{repository: 'zenml/x', tag: '1.0', signal: never, mountFrom: () => [], cache: new Map()},
			onProgress: ({digest, done}) => told.set(digest, done),
		});
		await expect(pushed).rejects.toThrow();
		expect(Math.max(...told.values())).toBe(0);
	});

	test('a layer that is sent again starts again at 0 in the progress', async () => {
		const server = await serve({faults: {dropAfterBytes: {bytes: 1_000_000, uploads: 1}}});
		const {seen} = await push(
			client(server.host, {concurrency: 1}),
			imageOf('x', [noise('layer', 2_000_000)]),
			'zenml/x',
		);
		const steps = seen.filter(({digest}) => digest === layer).map(({done}) => done);
		const falls = steps.filter((done, index) => index > 0 && done < (steps[index - 1] ?? 0));
		expect(falls.every((done) => done === 0)).toBe(true);
		expect(steps.at(-1)).toBe(2_000_000);
	});
});

describe('faults that stay become a problem with a cause, a fix and the answers to change', () => {
	const forever = 1000;
	const cases: ReadonlyArray<readonly [string, string, RegistryFaults]> = [
		['a line that always drops', 'registry-line-dropped', {dropAfterBytes: {bytes: 1, uploads: forever}}],
		['a line that always falls silent', 'registry-stalled', {stallAfterBytes: {bytes: 1, uploads: forever}}],
		['a 500 that stays', 'registry-unavailable', {status: {code: 500, requests: forever}}],
		[
			'a 403',
			'registry-denied',
			{
				status: {
					code: 403,
					requests: 1,
					method: 'POST',
					error: 'DENIED',
					message: 'requested access to the resource is denied',
				},
			},
		],
		['a body limit of a proxy below any piece', 'registry-too-large', {maximumBodyBytes: 100_000}],
		[
			'a rate limit that stays',
			'registry-rate-limited',
			{status: {code: 429, requests: forever, error: 'TOOMANYREQUESTS'}},
		],
		['a full quota', 'registry-quota', {quotaBytes: 1000}],
		[
			'a full disk',
			'registry-quota',
			{status: {code: 500, requests: 1, method: 'PUT', message: 'write /var/lib: no space left on device'}},
		],
		['a project that does not exist, as Harbor says it', 'registry-no-project', {projects: ['library']}],
		[
			'a project that does not exist, as others say it',
			'registry-no-project',
			{
				status: {
					code: 404,
					requests: 1,
					method: 'POST',
					error: 'NAME_UNKNOWN',
					message: 'repository name not known to registry',
				},
			},
		],
		[
			'a registry in read-only mode',
			'registry-read-only',
			{
				status: {
					code: 405,
					requests: 1,
					method: 'POST',
					error: 'UNSUPPORTED',
					message: 'The system is in read only mode',
				},
			},
		],
		[
			'bytes that arrive changed',
			'registry-digest-mismatch',
			{status: {code: 400, requests: 1, method: 'PUT', error: 'DIGEST_INVALID'}},
		],
		['a manifest that comes back changed', 'registry-digest-mismatch', {corruptManifest: {reads: 1}}],
		[
			'a redirect of the whole registry',
			'registry-redirects',
			{status: {code: 301, requests: 1, headers: {location: 'http://elsewhere.example.com/v2/'}}},
		],
	];
	test.each(cases)('%s', async (_what, code, faults) => {
		const server = await serve({faults});
		const problem = await problemOf(
			push(client(server.host, {timeouts: {stall: 100, commit: 100}}), image, 'zenml/api'),
		);
		expect(problem).toMatchObject({code, area: 'registry'});
		expect(problem.message).toContain(server.host);
		expect(problem.cause).not.toBe('');
		expect(problem.fix).not.toBe('');
		expect(JSON.stringify(problem)).not.toContain(canary);
	});

	test('checkPush tells a missing project from a wrong password', async () => {
		const server = await serve({faults: {projects: ['library']}});
		expect((await problemOf(client(server.host).checkPush('zenml/x', never))).code).toBe('registry-no-project');
		const wrong = client(server.host, {password: async () => 'wrong'});
		expect((await problemOf(wrong.checkPush('zenml/x', never))).code).toBe('registry-unauthorized');
	});
});

describe('proxies before a registry', () => {
	test('a body limit told before the body is heard, though the connection is then closed', async () => {
		let body = 0;
		const host = await fake(
			(request, response) => {
				if (request.method === 'POST') response.writeHead(202, {location: '/v2/z/api/blobs/uploads/1'}).end();
				else if (request.method === 'PUT') response.writeHead(201).end();
				else response.writeHead(404).end();
			},
			(server) =>
				server.on('checkContinue', (request, response) => {
					request.on('data', (chunk: Buffer) => {
						body += chunk.length;
					});
					response.writeHead(413, {connection: 'close'}).end('<html>413 Request Entity Too Large</html>');
				}),
		);
		expect((await problemOf(push(client(host), image, 'z/api'))).code).toBe('registry-too-large');
		expect(body).toBe(0);
	});

	test('a Location with the inner protocol and port of the same host is used on the outer one', async () => {
		const server = await serve({users: []});
		const [, port] = server.host.split(':');
		const uploads: string[] = [];
		const http = await import('node:http');
		const host = await fake((request, response) => {
			const upstream = http.request(
				{host: '127.0.0.1', port, path: request.url, method: request.method, headers: request.headers},
				(answer) => {
					const {location} = answer.headers;
					if (location) answer.headers.location = `https://127.0.0.1:1${location}`;
					if (request.method === 'PUT') uploads.push(request.url ?? '');
					response.writeHead(answer.statusCode ?? 500, answer.headers);
					answer.pipe(response);
				},
			);
			request.pipe(upstream);
		});
		await push(client(host), imageOf('small', [noise('s', 100)]), 'zenml/small');
		expect(await server.has('zenml/small', '1.0')).toBe(true);
		expect(uploads).toHaveLength(3);
	});

	test('an upload that is sent to another host goes there without the login', async () => {
		const seen: (string | undefined)[] = [];
		const storage = await fake((request, response) => {
			seen.push(request.headers.authorization);
			request.resume().on('end', () => response.writeHead(201).end());
		});
		const elsewhere = storage.replace('127.0.0.1', 'localhost');
		const host = await fake((request, response) => {
			if (!request.headers.authorization) response.writeHead(401, {'www-authenticate': 'Basic realm="x"'}).end();
			else if (request.method === 'POST') response.writeHead(202, {location: `http://${elsewhere}/put?a=1`}).end();
			else if (request.method === 'PUT') request.resume().on('end', () => response.writeHead(201).end());
			else if (request.method === 'GET') response.writeHead(200).end(image.manifest.bytes);
			else response.writeHead(seen.length === 2 && request.url?.includes('/blobs/') ? 200 : 404).end();
		});
		// The storage listens on 127.0.0.1 only; `localhost` is another name for it and so another host.
		await push(client(host), image, 'zenml/api');
		expect(seen).toEqual([undefined, undefined]);
	});
});
