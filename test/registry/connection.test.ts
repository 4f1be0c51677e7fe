import net from 'node:net';
import {describe, expect, test} from 'vitest';
import {createRegistry} from '../../source/registry/registry.ts';
import {freePort, listening} from '../helpers/loopback.ts';
import {canary, client, fake, imageOf, makeCertificates, never, noise, problemOf, push, serve} from './helpers.ts';

const refused = async (): Promise<string> => `127.0.0.1:${await freePort()}`;

const raw = async (onConnection: (socket: net.Socket) => void): Promise<string> =>
	`127.0.0.1:${await listening(net.createServer(onConnection))}`;

describe('a registry that cannot be reached', () => {
	test('because nothing listens there, or its name is not known', async () => {
		expect(await problemOf(client(await refused()).ping(never))).toMatchObject({
			code: 'registry-unreachable',
			message: expect.stringMatching(/^The registry \S+ cannot be reached \(to log in\)\.$/u),
			answers: ['registry.host'],
			evidence: ['ECONNREFUSED'],
		});
		expect((await problemOf(client('registry.invalid').ping(never))).code).toBe('registry-unreachable');
	});

	test('because what answers is a web page, another program, or has no /v2/', async () => {
		const page = await fake((_request, response) =>
			response.writeHead(200, {'content-type': 'text/html'}).end('<h1>Hello</h1>'),
		);
		const other = await raw((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'));
		const none = await fake((_request, response) => response.writeHead(404).end('not found'));
		for (const host of [page, other, none]) {
			expect((await problemOf(client(host).ping(never))).code).toBe('registry-not-a-registry');
		}
	});

	test('because it takes the connection and says nothing', async () => {
		const host = await raw(() => {});
		const problem = await problemOf(client(host, {timeouts: {answer: 50}}).ping(never));
		expect(problem).toMatchObject({
			code: 'registry-stalled',
			area: 'registry',
			message: `The registry ${host} does not answer (asked to log in).`,
			cause: `It takes connections at ${host}, but for 0 s it did not give its answer.`,
			nextSteps: [`curl -i --max-time 30 http://${host}/v2/`],
		});
	});

	test('because its TLS gets no answer', async () => {
		const host = await raw(() => {});
		const registry = createRegistry({host, timeouts: {connect: 50}, retries: {}});
		expect(await problemOf(registry.ping(never))).toMatchObject({
			code: 'registry-stalled',
			message: `The registry ${host} does not answer (asked to log in).`,
		});
	});

	test('is asked twice and no more whether it takes a login, as it is silent each time', async () => {
		let asked = 0;
		const host = await raw(() => void asked++);
		const clock = {sleep: async () => undefined};
		const retries = {'registry-stalled': {attempts: 9, pausesMs: [1]}};
		await problemOf(client(host, {timeouts: {answer: 50}, retries, clock}).ping(never));
		expect(asked).toBe(2);
	});

	test('because its answer has no end', async () => {
		const host = await raw((socket) => {
			socket.write('HTTP/1.1 200 OK\r\n\r\n');
			const chunk = Buffer.alloc(1024 * 1024, 32);
			const more = () => {
				while (!socket.destroyed && socket.write(chunk));
			};
			socket.on('drain', more);
			more();
		});
		expect((await problemOf(client(host).ping(never))).code).toBe('registry-not-a-registry');
	});

	test('because the answer is no host', () => {
		for (const host of ['https://registry.example.com', 'registry.example.com/path', 'user@host', '']) {
			expect(() => createRegistry({host})).toThrow(
				expect.objectContaining({problem: expect.objectContaining({code: 'registry-not-a-registry'})}),
			);
		}
	});
});

describe('TLS', () => {
	const image = imageOf('api', [noise('layer', 600_000)]);
	const secure = (host: string, ca?: string) => client(host, {plainHttp: false, ...(ca === undefined ? {} : {ca})});

	test('a private CA that is given is trusted, from ping to push', async () => {
		const {ca, key, cert} = await makeCertificates({ip: '127.0.0.1'});
		const server = await serve({tls: {key, cert}});
		const registry = secure(server.host, ca);
		await registry.ping(never);
		await push(registry, image, 'zenml/api');
		expect(await server.has('zenml/api', '1.0')).toBe(true);
	});

	test('a CA that is not known, or another one, is refused before the login is sent', async () => {
		const {key, cert} = await makeCertificates({ip: '127.0.0.1'});
		const other = await makeCertificates({ip: '127.0.0.1'});
		const server = await serve({tls: {key, cert}});
		for (const ca of [undefined, other.ca]) {
			const problem = await problemOf(secure(server.host, ca).ping(never));
			expect(problem).toMatchObject({code: 'registry-untrusted', answers: ['registry.ca']});
			expect(JSON.stringify(problem)).not.toContain(canary);
		}
		expect(server.counters.requests).toBe(0);
	});

	test('a certificate for another name, or one that has ended, is told apart from an unknown CA', async () => {
		const named = await makeCertificates({dns: 'other.example.com'});
		const server = await serve({tls: named});
		expect(await problemOf(secure(server.host, named.ca).ping(never))).toMatchObject({
			code: 'registry-certificate',
			cause: expect.stringContaining('another name'),
		});
		const old = await makeCertificates({ip: '127.0.0.1', expired: true});
		const second = await serve({tls: old});
		expect(await problemOf(secure(second.host, old.ca).ping(never))).toMatchObject({
			code: 'registry-certificate',
			cause: expect.stringContaining('expired'),
		});
	});

	test('TLS spoken to a plain port says so', async () => {
		const plain = await serve();
		expect((await problemOf(secure(plain.host).ping(never))).code).toBe('registry-not-tls');
	});

	test('a registry reached by TLS cannot send the login or an upload to a place without TLS', async () => {
		const {ca, key, cert} = await makeCertificates({ip: '127.0.0.1'});
		const https = await import('node:https');
		const server = https.createServer({key, cert}, (request, response) => {
			if (request.url === '/v2/')
				response.writeHead(401, {'www-authenticate': 'Bearer realm="http://tokens.example.com/"'}).end();
			else if (request.method === 'POST') response.writeHead(202, {location: 'http://storage.example.com/put'}).end();
			else response.writeHead(404).end();
		});
		const host = `127.0.0.1:${await listening(server)}`;
		expect((await problemOf(secure(host, ca).ping(never))).code).toBe('registry-redirects');
		expect((await problemOf(push(secure(host, ca), image, 'zenml/api'))).code).toBe('registry-redirects');
	});
});
