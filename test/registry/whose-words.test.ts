import https from 'node:https';
import net from 'node:net';
import {describe, expect, test} from 'vitest';
import {freePort, listening} from '../helpers/loopback.ts';
import {startAltering} from './altering-proxy.ts';
import {client, fake, imageOf, makeCertificates, never, noise, problemOf, push, serve, sha256} from './helpers.ts';
import {answering, loginAs, sourceAt} from './pull/support.ts';

const image = imageOf('api', [noise('layer', 1000)]);

/** A registry whose token server is said to be there. `asked`: how often a token server was named. */
const named = async (realm: string) => {
	let asked = 0;
	const host = await fake((_request, response) => {
		asked++;
		response.writeHead(401, {'www-authenticate': `Bearer realm="${realm}",service="s"`}).end();
	});
	return {host, asked: () => asked};
};

/** A server of TLS by a CA that nobody knows. */
const stranger = async (): Promise<string> => {
	const {key, cert} = await makeCertificates({dns: 'localhost', ip: '127.0.0.1'});
	return `localhost:${await listening(https.createServer({key, cert}, (_request, response) => void response.end()))}`;
};

describe('a token server', () => {
	test.each([
		['on a closed port', async () => `localhost:${await freePort()}`, 'registry-unreachable'],
		['of an unknown name', async () => 'tokens.invalid', 'registry-unreachable'],
		['signed by another CA', stranger, 'registry-untrusted'],
	])('%s is named, with the command for it, and asked once', async (_what, place, code) => {
		const address = await place();
		const {host} = await named(`https://${address}/token`);
		const registry = client(host);
		const problem = await problemOf(registry.ping(never));
		expect(problem.code).toBe(code);
		expect(problem.message).toContain(`token server ${address}`);
		expect(problem.message).toContain(host);
		const words = [problem.fix, ...problem.nextSteps].join('\n');
		expect(words).toContain(address.includes(':') ? address : `${address}:443`);
		expect(words).not.toContain(`-connect ${host}`);
		expect(await problemOf(registry.manifestDigest('zenml/a', '1.0', never))).toMatchObject({code});
	});

	test('that is silent is given up by a bound of its own, and not waited for by every image', async () => {
		let connections = 0;
		const server = net.createServer(() => connections++);
		const address = `localhost:${await listening(server)}`;
		const {host} = await named(`http://${address}/token`);
		const registry = client(host, {timeouts: {answer: 100}, retries: {}, username: undefined});
		const problem = await problemOf(registry.ping(never));
		expect(problem).toMatchObject({code: 'registry-stalled'});
		expect(problem.message).toContain(`The token server ${address}`);
		await Promise.all(['a', 'b', 'c'].map((name) => problemOf(registry.manifestDigest(name, '1', never))));
		expect(connections).toBe(1);
	});

	test('without tokens is told with the address by which the registry is reached', async () => {
		const tokens = await fake((_request, response) => response.writeHead(200).end('{}'));
		const {host} = await named(`http://${tokens}/token`);
		expect(await problemOf(client(host).ping(never))).toMatchObject({
			code: 'registry-not-a-registry',
			nextSteps: [`curl -i http://${host}/v2/`],
		});
	});

	test('that cannot be reached is not waited for as a registry that starts again', async () => {
		let pauses = 0;
		const clock = {sleep: async () => void pauses++};
		const {host} = await named(`http://localhost:${await freePort()}/token`);
		const {defaultRetries} = await import('../../source/registry/retry.ts');
		await problemOf(client(host, {clock, retries: defaultRetries}).ping(never));
		expect(pauses).toBe(0);
	});
});

describe('the place of an upload', () => {
	test.each([
		['on a closed port', async () => `http://localhost:${await freePort()}/x`, 'registry-unreachable'],
		['of an unknown name', async () => 'https://inner.invalid/x', 'registry-unreachable'],
		['signed by another CA', async () => `https://${await stranger()}/x`, 'registry-untrusted'],
	])('%s is named, and not the registry blamed', async (_what, place, code) => {
		const location = await place();
		const proxy = await startAltering((await serve()).host, {
			alter: ({method}, {headers}) => {
				if (method === 'POST') headers.location = location;
			},
		});
		const problem = await problemOf(push(client(proxy.host), image, 'zenml/api'));
		expect(problem.code).toBe(code);
		const told = problem.message.replace('to which the registry', 'to which registry');
		expect(told).toContain(`host ${new URL(location).host}, to which registry ${proxy.host} sends`);
	});

	test('that wants a login is told as another host than the registry', async () => {
		const other = (await fake((_request, response) => response.writeHead(401).end())).replace('127.0.0.1', 'localhost');
		const proxy = await startAltering((await serve()).host, {
			alter: ({method}, {headers}) => {
				if (method === 'POST') headers.location = `http://${other}/x`;
			},
		});
		const problem = await problemOf(push(client(proxy.host), image, 'zenml/api'));
		expect(problem).toMatchObject({code: 'registry-unauthorized'});
		expect(problem.message).toContain(other);
		expect(problem.cause).toBe('It asks for a login. That of the registry is sent to no other host.');
	});
});

describe('a refusal keeps its words', () => {
	const saying = (status: number, body: string, headers: Record<string, string> = {}) =>
		fake((_request, response) => response.writeHead(status, headers).end(body));

	test.each([
		[
			'a 403 of HEAD',
			403,
			'{"errors":[{"code":"DENIED","message":"Permission uploadArtifacts denied"}]}',
			'uploadArtifacts',
		],
		[
			'a full disk in a detail',
			500,
			'{"errors":[{"code":"UNKNOWN","message":"unknown error","detail":"no space left on device"}]}',
			'no space left',
		],
		['a page', 400, '<html><h1>Rule 17 forbids this</h1></html>', 'Rule 17'],
		['JSON of a gateway', 403, '{"message":"no route 42"}', 'no route 42'],
		['a proxy', 407, 'login at proxy 9', 'proxy 9'],
	])('%s (%i)', async (_what, status, body, words) => {
		const host = await saying(status, body);
		const problem = await problemOf(client(host).manifestDigest('zenml/api', '1.0', never));
		expect(problem.evidence?.join('\n')).toContain(words);
	});

	test('of a port that speaks TLS, though it was asked by HEAD first', async () => {
		const host = await saying(400, 'Client sent an HTTP request to an HTTPS server.');
		const problem = await problemOf(client(host).manifestDigest('zenml/api', '1.0', never));
		expect(problem.code).toBe('registry-wants-tls');
		expect(JSON.stringify(problem)).not.toContain('https://');
	});

	test('of distribution whose disk is full, told by the number of the error', async () => {
		const detail = {DriverName: 'filesystem', Enclosed: {Op: 'mkdir', Path: '/var/lib/registry', Err: 28}};
		const host = await saying(500, JSON.stringify({errors: [{code: 'UNKNOWN', message: 'unknown error', detail}]}));
		expect((await problemOf(client(host).checkPush('zenml/api', never))).code).toBe('registry-quota');
	});

	test.each([200, 204])('where %i stands in the place of 202', async (status) => {
		const host = await saying(status, status === 200 ? '<html><title>Log in to the network</title></html>' : '');
		const problem = await problemOf(client(host).checkPush('zenml/api', never));
		expect(problem.code).toBe('registry-refused');
		if (status === 200) expect(problem.cause).toContain('Log in to the network');
	});

	test('and no command speaks TLS to a registry without it', async () => {
		const host = await saying(404, 'nothing here');
		const problem = await problemOf(client(host).ping(never));
		expect(problem.nextSteps).toEqual([`curl -i http://${host}/v2/`]);
		expect(problem.evidence).toEqual(['nothing here']);
	});
});

describe('a login that was not sent is not called wrong', () => {
	test.each([
		['without a challenge', {}, 'It answers 401 without saying how to log in, so the login was not sent.'],
		['by Negotiate', {'www-authenticate': 'Negotiate'}, 'It asks for a login by negotiate.'],
		['by NTLM and Digest', {'www-authenticate': ['NTLM', 'Digest realm="x"']}, 'It asks for a login by ntlm, digest.'],
	])('%s', async (_what, headers, cause) => {
		const host = await fake((_request, response) => response.writeHead(401, headers).end());
		for (const ask of [client(host).ping(never), client(host).checkPush('zenml/api', never)]) {
			const problem = await problemOf(ask);
			expect(problem.code).toBe('registry-unauthorized');
			expect(problem.cause).toContain(cause);
		}
	});

	test('to one who pulls either', async () => {
		const server = await answering((_request, response) => {
			response.writeHead(401, {'www-authenticate': 'Negotiate'}).end();
			return undefined;
		});
		const source = sourceAt(server.host, {findLogin: loginAs('op', 'pw')});
		const at = {host: server.host, repository: 'a/b', reference: '1.0'};
		expect((await problemOf(source.readManifest(at, never))).cause).toContain('by negotiate');
	});

	test('by a 403 that asks for none: the login is then offered as /v2/ asks for it', async () => {
		const server = await fake((request, response) => {
			if (request.headers.authorization) response.writeHead(request.url === '/v2/' ? 200 : 404).end('{}');
			else if (request.url === '/v2/') response.writeHead(401, {'www-authenticate': 'Basic realm="x"'}).end();
			else response.writeHead(403).end('{"errors":[{"code":"DENIED","message":"Unauthenticated request"}]}');
		});
		expect(await client(server).manifestDigest('zenml/api', '1.0', never)).toBeUndefined();
	});
});

describe('a registry that takes manifests of OCI alone', () => {
	const docker = 'application/vnd.docker.distribution.manifest.v2+json';
	const {manifest, ...rest} = image;
	const bytes = Buffer.from(manifest.bytes.toString().replaceAll('application/vnd.oci.image.manifest.v1+json', docker));
	const ofDocker = {...rest, manifest: {mediaType: docker, bytes, digest: sha256(bytes)}};

	test.each([
		[415, ''],
		[400, '{"errors":[{"code":"MANIFEST_INVALID","message":"manifest invalid"}]}'],
	])('and refuses that of Docker with %i is told so, with its type and the switch for it', async (status, body) => {
		const proxy = await startAltering((await serve()).host, {
			answer: ({method, headers}, response) => {
				if (method !== 'PUT' || headers['content-type'] !== docker) return false;
				response.writeHead(status, {connection: 'close'}).end(body);
				return true;
			},
		});
		const problem = await problemOf(push(client(proxy.host), ofDocker, 'zenml/api'));
		expect(problem.code).toBe('registry-manifest-refused');
		expect(problem.cause).toContain(docker);
		expect(problem.fix).toContain('"compat": ["docker2s2"]');
		expect(problem.nextSteps.join()).toContain(`--format oci docker-archive:FILE docker://${proxy.host}/zenml/api:TAG`);
		await push(client(proxy.host), image, 'zenml/api');
	});
});
