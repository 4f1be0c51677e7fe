import https from 'node:https';
import {describe, expect, test} from 'vitest';
import {HttpFailure} from '../../source/http/failure.ts';
import type {Image} from '../../source/oci/image.ts';
import {failureProblem} from '../../source/registry/failure-problem.ts';
import {refuse} from '../../source/registry/refuse.ts';
import {statusProblem, wordsOf} from '../../source/registry/status-problem.ts';
import {pushImages} from '../../source/steps/images/push-images.ts';
import {listening} from '../helpers/loopback.ts';
import {client, imageOf, makeCertificates, never, noise, problemOf, push, serve} from './helpers.ts';

const asker = {hasLogin: true, scrub: (text: string) => text};

describe('a differential bundle', () => {
	const base = noise('base', 500_000);
	const image = imageOf('api', [base, noise('api', 1000)]);
	const omitting: Image = {
		...image,
		blobs: image.blobs.map((blob, index) =>
			index === 1
				? {
						...blob,
						omitted: true as const,
						open: () => {
							throw new Error('it is not in the bundle');
						},
					}
				: blob,
		),
	};

	test('finds what it leaves out in the repository, or mounts it from another', async () => {
		const server = await serve();
		await push(client(server.host), imageOf('old', [base]), 'zenml/api');
		await push(client(server.host), omitting, 'zenml/api');
		expect(await server.has('zenml/api', '1.0')).toBe(true);
		await push(client(server.host), omitting, 'zenml/other', {mountFrom: () => ['zenml/api']});
		expect(await server.has('zenml/other', '1.0')).toBe(true);
	});

	test('is refused by the name of its base before a byte is sent, when the registry lacks it', async () => {
		const server = await serve();
		const problem = await problemOf(push(client(server.host), omitting, 'zenml/api', {base: 'bundle-2026-10'}));
		expect(problem).toMatchObject({code: 'bundle-blob-omitted', area: 'bundle'});
		expect(problem.fix).toContain('bundle-2026-10');
		expect(server.counters).toMatchObject({uploads: 0, receivedBytes: 0, manifests: 0});
	});

	test('names what it was made against as what it is: a bundle to be pushed, or a place in a registry to push to', async () => {
		const server = await serve();
		const bundle = `sha256:${'a'.repeat(64)}`;
		const refuse = (of: string) => problemOf(push(client(server.host), omitting, 'zenml/api', {base: of}));
		expect((await refuse(bundle)).fix).toContain(`Push the base bundle (${bundle})`);
		const {cause, fix} = await refuse('registry.example.com/zenml');
		expect(cause).toContain('registry.example.com/zenml had when its inventory was taken');
		expect(fix).toContain('Push to the prefix that it was made for, registry.example.com/zenml.');
		expect(fix).not.toContain('base bundle');
	});

	test('made against an inventory mounts from below the prefix of that, also into another prefix', async () => {
		const server = await serve();
		await push(client(server.host), imageOf('old', [base]), 'zenml/api');
		const target = {image: omitting, repository: 'other/api', reference: `${server.host}/other/api:1.0`};
		const pushOver = (of: string) =>
			pushImages(client(server.host), [target], {signal: never, base: of, onProgress: () => {}, onImage: () => {}});
		for (const of of [`${server.host}/nothing`, 'registry.example.com/zenml', server.host]) {
			expect((await pushOver(of)).failures).toMatchObject([{code: 'bundle-blob-omitted'}]);
		}
		expect(await pushOver(`${server.host}/zenml`)).toMatchObject({failures: [], done: [target.reference]});
		expect(await server.has('other/api', '1.0')).toBe(true);
	});
});

describe('a registry that asks for a client certificate', () => {
	const start = async () => {
		const server = await makeCertificates({ip: '127.0.0.1'});
		const ours = await makeCertificates({dns: 'jump-host'});
		const listener = https.createServer(
			{key: server.key, cert: server.cert, ca: ours.ca, requestCert: true, rejectUnauthorized: true},
			(_request, response) => void response.writeHead(200, {'content-type': 'application/json'}).end('{}'),
		);
		return {host: `127.0.0.1:${await listening(listener)}`, server, ours};
	};

	test('is given the right one', async () => {
		const {host, server, ours} = await start();
		const open = {plainHttp: false, ca: server.ca};
		await client(host, {...open, client: {certificate: ours.cert, key: ours.key}}).ping(never);
	});

	test('refuses none and a wrong one, and that is told as such', async () => {
		const {host, server} = await start();
		const open = {plainHttp: false, ca: server.ca};
		const stranger = await makeCertificates({dns: 'stranger'});
		expect(['registry-client-certificate', 'registry-line-dropped']).toContain(
			(await problemOf(client(host, open).ping(never))).code,
		);
		const wrong = client(host, {...open, client: {certificate: stranger.cert, key: stranger.key}});
		// With TLS 1.3 the server may close the line so soon that its reason is lost on the way.
		expect(['registry-client-certificate', 'registry-line-dropped']).toContain(
			(await problemOf(wrong.ping(never))).code,
		);
	});

	test.each([
		'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
		'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE',
		'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
		'ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_EXPIRED',
	])('an alert %s is told as such', (code) => {
		const error = Object.assign(new Error('alert'), {code});
		const failure = new HttpFailure('connection', {stage: 'handshake', sentBytes: 0}, {cause: error});
		const {problem} = failureProblem({registry: 'r', what: 'log in'}, failure);
		expect(problem.code).toBe('registry-client-certificate');
	});

	test('a key that does not belong to the certificate is refused without a word of it', async () => {
		const {host, server, ours} = await start();
		const stranger = await makeCertificates({dns: 'stranger'});
		const mixed = client(host, {plainHttp: false, ca: server.ca, client: {certificate: ours.cert, key: stranger.key}});
		const problem = await problemOf(mixed.ping(never));
		expect(problem.code).toBe('registry-client-certificate');
		expect(JSON.stringify(problem)).not.toContain(stranger.key.slice(60, 100));
	});
});

test('a push goes to the push host, and images are still named by the host that nodes pull from', async () => {
	const server = await serve();
	const registry = client('nodes.example.com', {pushHost: server.host});
	expect(registry.host).toBe('nodes.example.com');
	await push(registry, imageOf('api', [noise('a', 1000)]), 'zenml/api');
	expect(await server.has('zenml/api', '1.0')).toBe(true);
});

test('each image more costs the same number of requests', async () => {
	const cost = async (count: number) => {
		const server = await serve({users: []});
		const registry = client(server.host);
		const shared = noise('shared', 1000);
		const images = Array.from({length: count}, (_, index) =>
			imageOf(`i${index}`, [shared, noise(`own ${index}`, 1000)]),
		);
		const places = () => images.map(({name}) => `zenml/${name}`).slice(0, 3);
		await Promise.all(images.map((image) => push(registry, image, `zenml/${image.name}`, {mountFrom: places})));
		return server.counters.requests;
	};
	const [ten, twenty, forty] = [await cost(10), await cost(20), await cost(40)];
	expect(forty - twenty).toBe(2 * (twenty - ten));
});

test.each([
	[
		'JSON',
		JSON.stringify({errors: [{code: 'X\u001b[2J', message: 'a\nb\u009b31m\r\u202ec\u0000'}]}),
		'X [2J: a b 31m c',
	],
	['a page', '<p>a\u001b]0;title\u0007\n<b>b', 'a ]0;title b'],
])('control characters in the words of a registry reach nobody: %s', (_name, body, line) => {
	const answer = {status: 418, headers: {}, body: Buffer.from(body)};
	expect(wordsOf(answer).lines).toEqual([line]);
	const context = {registry: 'r:5000', what: 'x'};
	const {problem} = statusProblem(context, {...answer, status: 500}, asker);
	expect(problem.evidence).toEqual(['HTTP 500', line]);
	const told = refuse(context, 'registry-not-a-registry', {case: 'no token', server: 'wait \u001b[1m'});
	expect(told.problem.cause).toBe('The token server wait [1m answers without a token.');
});

test('a page of brackets alone is looked at in part only', () => {
	const body = Buffer.alloc(4 * 1024 * 1024, '<');
	expect(wordsOf({body}).lines).toEqual([`${'<'.repeat(300)}…`]);
});
