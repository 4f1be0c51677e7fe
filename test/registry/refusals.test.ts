import {once} from 'node:events';
import https from 'node:https';
import type {AddressInfo} from 'node:net';
import {describe, expect, onTestFinished, test} from 'vitest';
import type {Image} from '../../source/oci/image.ts';
import {connectionProblem, refusal} from '../../source/registry/problems.ts';
import {statusProblem, wordsOf} from '../../source/registry/refusals.ts';
import {pushImages} from '../../source/steps/images/push-images.ts';
import {client, imageOf, makeCertificates, never, noise, problemOf, push, serve} from './helpers.ts';

/** What registries say, as their documentation, sources or issue trackers show it. */
const answers: ReadonlyArray<readonly [string, number, string, string]> = [
	[
		'Harbor: a full quota',
		403,
		'DENIED|adding 5.0 MiB of storage resource, which when updated to current usage of 9.0 MiB will exceed the configured upper limit of 10.0 MiB',
		'registry-quota',
	],
	['Harbor: a project that is not there', 404, 'NOT_FOUND|project zenml not found', 'registry-no-project'],
	[
		'Harbor: an immutable tag',
		412,
		"PRECONDITION|Failed to process request due to 'zenml/api:1.0' configured as immutable.",
		'registry-tag-immutable',
	],
	[
		'Harbor: a scan forbids the pull',
		412,
		'PROJECTPOLICYVIOLATION|current image with 3 vulnerabilities cannot be pulled due to configured policy',
		'registry-policy',
	],
	[
		'Harbor: read only',
		403,
		'DENIED|The system is in read only mode. Any modification is prohibited.',
		'registry-read-only',
	],
	[
		'ECR: an immutable tag',
		400,
		"TAG_INVALID|The image tag '1.0' already exists in the 'api' repository and cannot be overwritten because the repository is immutable.",
		'registry-tag-immutable',
	],
	[
		'ECR: a repository that is not there',
		404,
		'NAME_UNKNOWN|The repository with name zenml/api does not exist',
		'registry-no-project',
	],
	[
		'Nexus: redeploy off',
		400,
		'UNKNOWN|Repository does not allow updating assets: docker-hosted',
		'registry-tag-immutable',
	],
	['Quay: nested names', 400, 'NAME_INVALID|invalid repository name', 'registry-path-refused'],
	['a registry with few path parts', 400, 'UNKNOWN|nested repositories are not supported', 'registry-path-refused'],
	['a pull-through cache', 405, 'UNSUPPORTED|The operation is unsupported.', 'registry-takes-no-push'],
	['an old registry and an OCI index', 400, 'MANIFEST_INVALID|manifest invalid', 'registry-manifest-refused'],
	['an unknown media type', 415, 'UNSUPPORTED|', 'registry-manifest-refused'],
	['nginx: no client certificate', 400, '|No required SSL certificate was sent', 'registry-client-certificate'],
	['a rate limit in other words', 503, 'TOOMANYREQUESTS|slow down', 'registry-rate-limited'],
	['a proxy that lost patience', 408, '|Request Timeout', 'registry-unavailable'],
	['a body limit', 413, '|<html>413 Request Entity Too Large</html>', 'registry-too-large'],
	['storage that is full', 507, '|Insufficient Storage', 'registry-quota'],
];

describe('odd answers have a cause and a fix', () => {
	test.each(answers)('%s', (_what, status, words, code) => {
		const [name = '', message = ''] = words.split('|');
		const body = name === '' ? message : JSON.stringify({errors: [{code: name, message}]});
		const context = {registry: 'r.example.com', what: 'push', repository: 'zenml/api'};
		const {problem} = statusProblem(context, {status, headers: {}, body: Buffer.from(body)}, (text) => text);
		expect(problem.code).toBe(code);
		expect(problem.cause).toMatch(/\.$/u);
		expect(problem.fix).toMatch(/\.$/u);
		expect(problem.evidence?.[0]).toBe(`HTTP ${status}`);
	});
});

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
		listener.listen(0, '127.0.0.1');
		await once(listener, 'listening');
		onTestFinished(async () => {
			const closed = once(listener, 'close');
			listener.close();
			listener.closeAllConnections();
			await closed;
		});
		return {host: `127.0.0.1:${(listener.address() as AddressInfo).port}`, server, ours};
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
		const {problem} = connectionProblem({registry: 'r', what: 'log in'}, error);
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
	const {problem} = statusProblem(context, {...answer, status: 500}, (text) => text);
	expect(problem.evidence).toEqual(['HTTP 500', line]);
	expect(refusal(context, {code: 'x', cause: 'wait \u001b[1m', fix: 'f'}, []).problem.cause).toBe('wait [1m');
});

test('a page of brackets alone is looked at in part only', () => {
	const body = Buffer.alloc(4 * 1024 * 1024, '<');
	expect(wordsOf({status: 500, headers: {}, body}).lines).toEqual(['<'.repeat(300)]);
});
