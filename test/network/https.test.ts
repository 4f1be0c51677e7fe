import {createServer as createHttpServer, type RequestListener} from 'node:http';
import {createServer} from 'node:https';
import {createServer as createTcpServer} from 'node:net';
import {beforeAll, expect, test} from 'vitest';
import {type Authority, createAuthority, type Issued} from '../../rehearsal/authority/index.ts';
import {isAbort, type Problem, ProblemError} from '../../source/base/problem.ts';
import {createHttps} from '../../source/network/https.ts';
import {freePort, listening} from '../helpers/loopback.ts';
import {selfSigned} from './self-signed.ts';

const https = createHttps();
const {signal} = new AbortController();
const host = 'zenml-pro.internal.mycompany.com';
let authority: Authority;
let good: Issued;

beforeAll(async () => {
	authority = await createAuthority({name: 'Internal CA'});
	good = await authority.issue({hosts: [host], ips: ['127.0.0.1']});
});

const serve = async (listener: RequestListener, pair: Issued = good): Promise<number> =>
	listening(createServer({cert: pair.cert, key: pair.key}, listener));

const get = async (port: number, more: Partial<Parameters<typeof https.request>[0]> = {}) =>
	https.request({
		method: 'GET' as const,
		url: `https://${host}:${port}/health`,
		address: '127.0.0.1',
		ca: authority.caPem,
		timeoutMs: 5000,
		signal,
		...more,
	});

const problemOf = async (promise: Promise<unknown>): Promise<Problem> => {
	const error = await promise.then(
		() => new Error('Nothing was thrown'),
		(caught: unknown) => caught,
	);
	if (!(error instanceof ProblemError)) throw error;
	return error.problem;
};

test('a request goes to the given address with the name of the URL as Host and SNI', async () => {
	let servername: unknown;
	const port = await serve((request, response) => {
		servername = (request.socket as unknown as {servername: string}).servername;
		let body = '';
		request.on('data', (part) => {
			body += part;
		});
		request.on('end', () => {
			response.setHeader('x-seen', `${request.method} ${request.headers.host} ${request.headers.authorization}`);
			response.writeHead(201).end(body.toUpperCase());
		});
	});
	const response = await get(port, {method: 'POST', body: 'héllo', headers: {authorization: 'Bearer t'}});
	expect(response).toMatchObject({status: 201, body: 'HÉLLO'});
	expect(response.headers['x-seen']).toBe(`POST ${host}:${port} Bearer t`);
	expect(servername).toBe(host);
});

test('an address in the URL is checked against the addresses of the certificate', async () => {
	const port = await serve((_request, response) => response.end('ok'));
	const {address: _unused, ...rest} = {address: '', url: `https://127.0.0.1:${port}/`};
	const options = {method: 'GET' as const, ca: authority.caPem, timeoutMs: 5000, signal};
	expect((await https.request({...options, ...rest})).body).toBe('ok');
	const other = await serve((_request, response) => response.end('ok'), await authority.issue({hosts: [host]}));
	expect(await problemOf(https.request({...options, url: `https://127.0.0.1:${other}/`}))).toMatchObject({
		code: 'https-certificate-other-host',
	});
});

test('redirects and errors of the server are answers, not followed and not thrown', async () => {
	const port = await serve((request, response) =>
		request.url === '/health'
			? response.writeHead(302, {location: `https://${host}/elsewhere`, 'set-cookie': ['a=1', 'b=2']}).end()
			: response.writeHead(503).end('down'),
	);
	expect(await get(port)).toMatchObject({
		status: 302,
		headers: {location: `https://${host}/elsewhere`, 'set-cookie': 'a=1, b=2'},
	});
	expect(await get(port, {url: `https://${host}:${port}/api?x=1`})).toMatchObject({status: 503, body: 'down'});
});

test('a certificate for other names is refused and its names are told', async () => {
	const port = await serve(() => undefined, await authority.issue({hosts: ['a.example.com', '*.b.example.com']}));
	const found = await problemOf(get(port));
	expect(found).toMatchObject({
		code: 'https-certificate-other-host',
		area: 'verification',
		cause: 'It is for a.example.com, *.b.example.com.',
		answers: ['tls.certificate', 'ingress.address'],
	});
	expect(found.nextSteps[0]).toContain(`-connect 127.0.0.1:${port} -servername ${host}`);
});

test('the built-in certificate of an ingress controller is recognized', async () => {
	const fake = await createAuthority({name: 'Fake'});
	const pair = await fake.issue({hosts: ['Kubernetes Ingress Controller Fake Certificate'], alternativeNames: false});
	expect(await problemOf(get(await serve(() => undefined, pair)))).toMatchObject({
		code: 'https-ingress-default-certificate',
		who: 'cluster admin',
	});
});

test('expired, not yet valid, self-signed and foreign certificates are told apart', async () => {
	const day = 86_400_000;
	const cases: [Issued, string, RegExp][] = [
		[
			await authority.issue({hosts: [host], validFrom: new Date(Date.now() - 9 * day), days: 3}),
			'https-certificate-expired',
			/^It was valid until \d{4}-/u,
		],
		[
			await authority.issue({hosts: [host], validFrom: new Date(Date.now() + 3 * day)}),
			'https-certificate-not-yet-valid',
			/^It is valid from \d{4}-/u,
		],
		[
			await (await createAuthority({name: 'Another CA'})).issue({hosts: [host]}),
			'https-certificate-untrusted',
			/Its issuer: "CN=Another CA"\./u,
		],
	];
	cases.push([await selfSigned(host), 'https-certificate-untrusted', /self-signed/u]);
	const ca = await createAuthority({name: host});
	cases.push([{cert: ca.caPem, key: ca.caKeyPem}, 'https-certificate-untrusted', /not for servers/u]);
	for (const [pair, code, cause] of cases) {
		const found = await problemOf(get(await serve(() => undefined, pair)));
		expect(found).toMatchObject({code, area: 'verification', cause: expect.stringMatching(cause)});
	}
});

test('no request reaches a server whose certificate is refused', async () => {
	let requests = 0;
	const pair = await (await createAuthority({name: 'Another CA'})).issue({hosts: [host]});
	const port = await serve((_request, response) => {
		requests++;
		response.end();
	}, pair);
	await problemOf(get(port, {headers: {authorization: 'Bearer canary'}}));
	expect(requests).toBe(0);
});

test('without a CA nothing is asked, so public roots never count', async () => {
	const port = await serve((_request, response) => response.end('ok'));
	expect(await problemOf(get(port, {ca: ''}))).toMatchObject({code: 'https-url-invalid', who: 'bug'});
	expect(await problemOf(get(port, {url: `http://${host}:${port}/`}))).toMatchObject({code: 'https-url-invalid'});
});

test('refused, reset, plain HTTP and an unknown name have their own causes', async () => {
	const port = await freePort();
	expect(await problemOf(get(port))).toMatchObject({
		code: 'https-unreachable',
		answers: ['ingress.address', 'ingress.httpsPort'],
	});
	const cut = await listening(createTcpServer((socket) => socket.once('data', () => socket.resetAndDestroy())));
	expect(await problemOf(get(cut))).toMatchObject({
		code: 'https-reset',
		cause: expect.stringContaining('TLS handshake'),
	});
	const plain = await listening(createHttpServer());
	expect(await problemOf(get(plain))).toMatchObject({
		code: 'https-no-tls',
		cause: expect.stringContaining('plain text'),
	});
	const {address: _unused, ...options} = {
		method: 'GET' as const,
		url: 'https://nowhere.invalid/',
		address: '',
		ca: authority.caPem,
		timeoutMs: 5000,
		signal,
	};
	expect(await problemOf(https.request(options))).toMatchObject({code: 'https-host-unknown'});
});

test('a server that stops half-way is told by the stage it reached', async () => {
	const silent = await listening(createTcpServer(() => undefined));
	expect(await problemOf(get(silent, {timeoutMs: 200}))).toMatchObject({
		code: 'https-time-out',
		cause: expect.stringContaining('TLS handshake'),
	});
	const noAnswer = await serve(() => undefined);
	expect(await problemOf(get(noAnswer, {timeoutMs: 300}))).toMatchObject({
		code: 'https-time-out',
		who: 'operator',
		cause: expect.stringContaining('did not answer'),
	});
	const halfBody = await serve((_request, response) => response.writeHead(200, {'content-length': 10}).write('half'));
	expect(await problemOf(get(halfBody, {timeoutMs: 300}))).toMatchObject({
		code: 'https-time-out',
		cause: expect.stringContaining('did not finish'),
	});
});

test('a body of 1 MiB is read, a larger one refused', async () => {
	const port = await serve((request, response) =>
		response.end('x'.repeat(1024 * 1024 + (request.url === '/more' ? 1 : 0))),
	);
	expect((await get(port)).body).toHaveLength(1024 * 1024);
	expect(await problemOf(get(port, {url: `https://${host}:${port}/more`}))).toMatchObject({
		code: 'https-body-too-large',
	});
});

test('the caller chooses the area, and an abort is an abort', async () => {
	const silent = await serve(() => undefined);
	expect(await problemOf(get(silent, {timeoutMs: 200, area: 'cluster'}))).toMatchObject({area: 'cluster'});
	const controller = new AbortController();
	const port = await serve(() => controller.abort());
	const error = await get(port, {signal: controller.signal}).catch((caught: unknown) => caught);
	expect(isAbort(error)).toBe(true);
	expect(isAbort(await get(port, {signal: AbortSignal.abort()}).catch((caught: unknown) => caught))).toBe(true);
});
