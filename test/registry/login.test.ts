import {inspect} from 'node:util';
import {describe, expect, test} from 'vitest';
import {createAuthenticator} from '../../source/registry/auth/authenticator.ts';
import {parseChallenges} from '../../source/registry/auth/challenge.ts';
import {canary, client, fake, imageOf, never, noise, problemOf, push, serve} from './helpers.ts';

const image = imageOf('api', [noise('layer', 100_000)]);

describe.each(['basic', 'bearer'] as const)('login by %s', (login) => {
	test('the right login pushes', async () => {
		const server = await serve({login});
		const registry = client(server.host);
		await registry.ping(never);
		await registry.checkPush('zenml/api', never);
		await push(registry, image, 'zenml/api');
		expect(await server.has('zenml/api', '1.0')).toBe(true);
	});

	test('a wrong password and a missing login are told apart, and neither is tried twice', async () => {
		const server = await serve({login});
		const wrong = await problemOf(client(server.host, {password: async () => 'wrong'}).ping(never));
		expect(wrong).toMatchObject({code: 'registry-unauthorized', cause: 'It does not accept this login.'});
		expect(wrong.answers).toEqual(['registry.host', 'registry.username', 'registry.password']);
		const attempts = server.counters.requests;
		expect(attempts).toBeLessThanOrEqual(2);
		const {createRegistry} = await import('../../source/registry/registry.ts');
		const none = await problemOf(createRegistry({host: server.host, plainHttp: true}).ping(never));
		expect(none).toMatchObject({code: 'registry-unauthorized', cause: 'It asks for a login, but none was given.'});
	});

	test('the password is only asked for when the registry wants a login', async () => {
		const server = await serve({login, users: []});
		let asked = 0;
		const registry = client(server.host, {
			password: async () => {
				asked++;
				return canary;
			},
		});
		await push(registry, image, 'zenml/api');
		expect(asked).toBe(0);
	});
});

describe('without TLS', () => {
	const challenges = ['Basic realm="zenml"', 'Bearer realm="http://tokens.example.com/token",service="registry"'];
	const places = [
		'http://registry.example.com/',
		'http://10.0.0.7:5000/',
		'http://localhost.example.com/',
		'http://127.0.0.1.example.com/',
	];
	test.each(challenges.flatMap((header) => places.map((place) => [header, place] as const)))(
		'a login that is asked for by %s is not sent to %s',
		async (header, place) => {
			const sent: string[] = [];
			const authenticator = createAuthenticator({
				username: 'robot',
				password: async () => canary,
				origin: new URL(place),
				transport: async ({url}) => {
					sent.push(url.href);
					return {status: 200, headers: {}, body: Buffer.from('{"token":"t"}')};
				},
			});
			const context = {registry: 'registry.example.com', what: 'push'};
			const answer = {status: 401, headers: {'www-authenticate': header}, body: Buffer.alloc(0)};
			const problem = await problemOf(
				authenticator.answer({answer, sent: undefined}, {scopes: [], context, signal: never}),
			);
			expect(problem.code).toBe('registry-login-in-clear');
			expect(sent).toEqual([]);
			expect(inspect(problem)).not.toContain(canary);
		},
	);
});

describe('bearer tokens', () => {
	test('are bought once a scope, not once a request', async () => {
		const server = await serve({login: 'bearer'});
		await push(
			client(server.host, {concurrency: 1}),
			imageOf(
				'many',
				Array.from({length: 12}, (_, index) => noise(`${index}`, 1000)),
			),
			'zenml/many',
		);
		// The right to push holds for reading too.
		expect(server.counters.tokens).toBe(1);
	});

	test.each([
		['without the right to push is told so', ',error="insufficient_scope"', 'registry-denied'],
		['whose refusal has no reason may lack the project as well', '', 'registry-no-project'],
	])('a good login %s', async (_what, reason, code) => {
		const host = await fake((request, response) => {
			if (request.url?.startsWith('/token')) {
				const login = request.headers.authorization?.startsWith('Basic ') ?? false;
				return response.writeHead(login ? 200 : 401).end(JSON.stringify({token: 'reads-only', expires_in: 300}));
			}
			const known = request.headers.authorization === 'Bearer reads-only';
			if (known && request.url === '/v2/') return response.writeHead(200).end('{}');
			const challenge = `Bearer realm="http://${host}/token",service="s",scope="repository:zenml/api:pull,push"`;
			response
				.writeHead(401, {'www-authenticate': `${challenge}${known ? reason : ''}`})
				.end(JSON.stringify({errors: [{code: 'UNAUTHORIZED', message: 'authentication required'}]}));
		});
		for (const work of [client(host).checkPush('zenml/api', never), push(client(host), image, 'zenml/api')]) {
			const problem = await problemOf(work);
			expect(problem).toMatchObject({code, area: 'registry'});
			expect(problem.cause).toContain('zenml/api');
			expect(JSON.stringify(problem)).not.toContain('reads-only');
		}
	});

	test('a registry that answers everybody at its root says nothing of a login that it refuses elsewhere', async () => {
		const host = await fake((request, response) => {
			const status = request.url === '/v2/' ? 200 : 401;
			response.writeHead(status, {'www-authenticate': 'Basic realm="x"'}).end('{}');
		});
		expect(await problemOf(client(host).checkPush('zenml/api', never))).toMatchObject({
			code: 'registry-unauthorized',
			cause: 'It does not accept this login for zenml/api; Harbor says the same when the project does not exist.',
		});
	});

	test('mounts ask for the right to read the other repository too', async () => {
		const server = await serve({login: 'bearer'});
		await push(client(server.host), image, 'zenml/api');
		const other = imageOf('server', [noise('layer', 100_000), noise('more', 10)]);
		expect(await push(client(server.host), other, 'zenml/server', {mountFrom: () => ['zenml/api']})).toMatchObject({
			mounted: 1,
		});
	});

	test('a token that ends is replaced', async () => {
		let good = 0;
		const host = await fake((request, response) => {
			if (request.url?.startsWith('/token')) {
				response.end(JSON.stringify({access_token: `t${++good}`, expires_in: 300}));
			} else if (request.headers.authorization === `Bearer t${good}` && good >= 2) response.end('{}');
			else {
				const realm = `http://${request.headers.host}/token`;
				response.writeHead(401, {'www-authenticate': `Bearer realm="${realm}",service="x"`}).end();
				if (request.headers.authorization) good = Math.max(good, 1);
			}
		});
		const registry = client(host);
		await expect(registry.ping(never)).rejects.toThrow();
		await registry.ping(never);
		expect(good).toBe(2);
	});

	test('a token server that answers rubbish, or not by TLS where the registry does, is refused', async () => {
		const host = await fake((request, response) => {
			if (request.url?.startsWith('/token')) response.end('hello');
			else response.writeHead(401, {'www-authenticate': `Bearer realm="http://${request.headers.host}/token"`}).end();
		});
		expect((await problemOf(client(host).ping(never))).code).toBe('registry-not-a-registry');
		const odd = await fake((_request, response) => {
			response.writeHead(401, {'www-authenticate': 'Bearer realm="ftp://x/"'}).end();
		});
		expect((await problemOf(client(odd).ping(never))).code).toBe('registry-redirects');
	});
});

test('no error shows the password, even when a registry sends it back', async () => {
	const basic = Buffer.from(`robot:${canary}`).toString('base64');
	for (const [status, words] of [
		[401, canary],
		[403, `Basic ${basic}`],
		[500, `${canary} ${basic}`],
		[404, encodeURIComponent(canary)],
		[418, canary],
	] as const) {
		const host = await fake((request, response) => {
			if (!request.headers.authorization) response.writeHead(401, {'www-authenticate': 'Basic realm="x"'}).end();
			else
				response
					.writeHead(status)
					.end(JSON.stringify({errors: [{code: words, message: `no: ${words} ${request.headers.authorization}`}]}));
		});
		const registry = client(host);
		for (const attempt of [
			() => registry.ping(never),
			() => registry.checkPush('z/a', never),
			() => push(registry, image, 'z/a'),
		]) {
			const error = await attempt().catch((reason: unknown) => reason);
			expect(error).toBeInstanceOf(Error);
			const everything = `${inspect(error, {depth: 20, showHidden: true})} ${JSON.stringify(error)}`;
			expect(everything).not.toContain(canary);
			expect(everything).not.toContain(basic);
			expect(everything).not.toContain(encodeURIComponent(canary));
		}
	}
});

test('challenges are read with quotes, commas and several schemes', () => {
	expect(
		parseChallenges(
			'Basic realm="a, \\"b\\"", Bearer realm="https://t/x?y=z",service=r , scope="repository:a/b:pull,push"',
		),
	).toEqual([
		{scheme: 'basic', parameters: {realm: 'a, "b"'}},
		{scheme: 'bearer', parameters: {realm: 'https://t/x?y=z', service: 'r', scope: 'repository:a/b:pull,push'}},
	]);
	expect(parseChallenges('')).toEqual([]);
	expect(parseChallenges('='.repeat(100_000))).toEqual([]);
});
