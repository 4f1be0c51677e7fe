import type {IncomingMessage, ServerResponse} from 'node:http';
import {describe, expect, test} from 'vitest';
import {pushImages} from '../../source/steps/images/push-images.ts';
import {canary, client, fake, imageOf, never, noise, problemOf} from './helpers.ts';

const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const images = names.map((name) => imageOf(name, [noise(name, 100)]));

type Kind = 'basic' | 'bearer';

/** A registry that counts logins with a password; `good` takes it. */
const counting = async (kind: Kind, options: {readonly good?: () => boolean; readonly status?: number} = {}) => {
	const {good = () => false, status = 401} = options;
	let logins = 0;
	const refuse = (request: IncomingMessage, response: ServerResponse): void => {
		const realm = `http://${request.headers.host}/token`;
		const challenge = kind === 'basic' ? 'Basic realm="x"' : `Bearer realm="${realm}",service="s"`;
		response.writeHead(401, {'www-authenticate': challenge});
		response.end('{"errors":[{"code":"UNAUTHORIZED","message":"wrong word"}]}');
	};
	const host = await fake((request, response) => {
		const {authorization = ''} = request.headers;
		if (authorization.startsWith('Basic ')) logins++;
		const isToken = request.url?.startsWith('/token') ?? false;
		if (isToken && good()) return response.end('{"token":"t"}');
		if (isToken) return response.writeHead(status).end('{"details":"wrong name or password"}');
		const isIn = kind === 'basic' ? authorization.startsWith('Basic ') && good() : authorization === 'Bearer t';
		if (!isIn) return refuse(request, response);
		response.writeHead(request.url === '/v2/' ? 200 : 404).end('{}');
	});
	return {host, logins: () => logins};
};

describe.each(['basic', 'bearer'] as const)('a wrong password, by %s', (kind) => {
	test('is sent once in a plan, however many images are looked for', async () => {
		const server = await counting(kind);
		const registry = client(server.host);
		const problem = await problemOf(registry.ping(never));
		expect(problem).toMatchObject({code: 'registry-unauthorized', cause: 'It does not accept this login.'});
		await problemOf(registry.checkPush('zenml/a', never));
		const looks = names.map((name) => problemOf(registry.manifestDigest(`zenml/${name}`, '1.0', never)));
		for (const look of await Promise.all(looks)) {
			expect(look.code).toBe('registry-unauthorized');
			expect(look.evidence?.join('\n')).toContain('it is not sent again for');
		}
		expect(server.logins()).toBe(1);
	});

	test('is sent once by a push, whose images begin at the same time', async () => {
		const server = await counting(kind);
		const targets = images.map((image) => ({image, repository: `zenml/${image.name}`, reference: image.name}));
		const quiet = {signal: never, onProgress: () => {}, onImage: () => {}};
		const {failures} = await pushImages(client(server.host), targets, quiet);
		expect(failures.map(({code}) => code)).toContain('registry-unauthorized');
		expect(server.logins()).toBe(1);
	});

	test('is told in the words of who refused it', async () => {
		const server = await counting(kind);
		const {evidence = []} = await problemOf(client(server.host).ping(never));
		expect(evidence.join('\n')).toContain(kind === 'basic' ? 'wrong word' : 'wrong name or password');
		expect(evidence.join('\n')).not.toContain(canary);
	});
});

test('a token server that forbids one repository is asked for another', async () => {
	const server = await counting('bearer', {status: 403});
	const registry = client(server.host);
	const look = (name: string) => problemOf(registry.manifestDigest(name, '1.0', never));
	expect(await look('zenml/a')).toMatchObject({code: 'registry-denied', cause: expect.stringContaining('zenml/a')});
	await look('zenml/a');
	await look('zenml/b');
	expect(server.logins()).toBe(2);
});

test('another password is tried', async () => {
	let password = 'wrong';
	const server = await counting('basic', {good: () => password !== 'wrong'});
	const first = client(server.host, {password: async () => password});
	expect((await problemOf(first.ping(never))).code).toBe('registry-unauthorized');
	password = 'right';
	await client(server.host, {password: async () => password}).ping(never);
	expect(server.logins()).toBeLessThanOrEqual(3);
});
