import http from 'node:http';
import net from 'node:net';
import {expect, test} from 'vitest';
import type {HostOptions} from '../../../source/registry/pull/hosts.ts';
import {createImageSource} from '../../../source/registry/pull/source.ts';
import {listening} from '../../helpers/loopback.ts';
import {answering, canary, loginAs, makeCertificates, never, problemOf, quick, sourceAt} from './support.ts';

const manifest = JSON.stringify({
	schemaVersion: 2,
	mediaType: 'application/vnd.oci.image.manifest.v1+json',
	config: {mediaType: 'x', digest: `sha256:${'0'.repeat(64)}`, size: 1},
	layers: [],
});
const path = '/v2/a/b/manifests/1.0';
const readAt = (host: string, options: Partial<HostOptions> = {}) =>
	sourceAt(host, options).readManifest({host, repository: 'a/b', reference: '1.0'}, never);

/** A registry with a token server beside it; `answer` is what the latter does. */
const withTokens = async (
	answer: (request: http.IncomingMessage, body: string) => {readonly status: number; readonly body: string},
) => {
	const tokens: {readonly line: string; readonly authorization: string | undefined; readonly body: string}[] = [];
	const server = await answering((request, response, url) => {
		if (url.pathname === '/token') {
			let body = '';
			request.on('data', (chunk) => {
				body += chunk;
			});
			request.on('end', () => {
				tokens.push({line: `${request.method} ${request.url}`, authorization: request.headers.authorization, body});
				const said = answer(request, body);
				response.writeHead(said.status, {'content-type': 'application/json'}).end(said.body);
			});
		} else if (url.pathname !== path) return false;
		else if (request.headers.authorization === 'Bearer good') response.writeHead(200).end(manifest);
		else {
			const realm = `http://${request.headers.host}/token`;
			response
				.writeHead(401, {'www-authenticate': `Bearer realm="${realm}",service="svc",scope="repository:a/b:pull"`})
				.end();
		}
		return undefined;
	});
	return {...server, tokens};
};
const good = JSON.stringify({token: 'good', expires_in: 300});

test('a registry that is open to all gives a token without a login', async () => {
	const server = await withTokens(() => ({status: 200, body: good}));
	expect((await readAt(server.host)).bytes.toString()).toBe(manifest);
	expect(server.tokens).toEqual([
		{line: 'GET /token?service=svc&scope=repository%3Aa%2Fb%3Apull', authorization: undefined, body: ''},
	]);
	expect(server.unexpected).toEqual([]);
});

test('an identity token is traded for an access token, in the body of a POST', async () => {
	const server = await withTokens(() => ({status: 200, body: JSON.stringify({access_token: 'good'})}));
	const findLogin = async () => ({login: {identityToken: async () => canary}, source: 'a helper'});
	expect((await readAt(server.host, {findLogin})).bytes.toString()).toBe(manifest);
	const [asked] = server.tokens;
	expect(asked).toMatchObject({line: 'POST /token', authorization: undefined});
	expect(Object.fromEntries(new URLSearchParams(asked?.body))).toEqual({
		grant_type: 'refresh_token',
		client_id: 'zenml-airgap',
		refresh_token: canary,
		service: 'svc',
		scope: 'repository:a/b:pull',
	});
});

test('a login that is refused is told by where it came from, never by itself', async () => {
	const server = await withTokens(() => ({status: 401, body: `{"details":"wrong password ${canary}"}`}));
	const problem = await problemOf(readAt(server.host, {findLogin: loginAs('op', canary)}));
	expect(problem).toMatchObject({code: 'registry-unauthorized', area: 'registry'});
	expect(problem.cause).toContain('/home/op/.docker/config.json');
	expect(problem.nextSteps.join()).toContain(`docker login ${server.host}`);
	expect(problem.answers).toBeUndefined();
	expect(JSON.stringify(problem)).not.toContain(canary);
	const without = await problemOf(readAt(server.host));
	expect(without.cause).toContain('no file of logins was found');
});

test('a right that is missing is told apart from a login that has ended', async () => {
	let words = 'not permitted';
	const server = await answering((_request, response) => {
		response.writeHead(403).end(JSON.stringify({errors: [{code: 'DENIED', message: words}]}));
		return undefined;
	});
	const findLogin = loginAs('AWS', 'x');
	expect(await problemOf(readAt(server.host, {findLogin}))).toMatchObject({code: 'registry-denied', who: 'operator'});
	words = 'Your authorization token has expired. Reauthenticate and try again.';
	expect(await problemOf(readAt(server.host, {findLogin}))).toMatchObject({code: 'registry-unauthorized'});
});

test('a limit of pulls is told with the wait it asks for, and is not waited for', async () => {
	const server = await answering((_request, response) => {
		response.writeHead(429, {'retry-after': '3600'});
		response.end(
			JSON.stringify({errors: [{code: 'TOOMANYREQUESTS', message: 'You have reached your pull rate limit.'}]}),
		);
		return undefined;
	});
	const problem = await problemOf(readAt(server.host));
	expect(problem).toMatchObject({code: 'registry-pull-limit'});
	expect(problem.cause).toContain('wait 3600 s');
	expect(server.requests.length).toBe(1);
});

test('a registry that is only busy is asked again', async () => {
	let busy = 2;
	const server = await answering((_request, response) => {
		if (busy-- > 0) response.writeHead(429).end('slow down');
		else response.writeHead(200).end(manifest);
		return undefined;
	});
	expect((await readAt(server.host)).bytes.toString()).toBe(manifest);
	expect(server.requests.length).toBe(3);
});

test('a CA is trusted for its own host only, and plain HTTP is spoken to named hosts only', async () => {
	const {ca, key, cert} = await makeCertificates({ip: '127.0.0.1'});
	const server = await answering((_request, response) => void response.writeHead(200).end(manifest), {key, cert});
	const {host} = server;
	expect((await readAt(host, {plainHttp: [], ca: {[host]: ca}})).bytes.toString()).toBe(manifest);
	const untrusted = await problemOf(readAt(host, {plainHttp: [], ca: {'other.host': ca}}));
	expect(untrusted).toMatchObject({code: 'registry-untrusted'});
	const plain = await answering((_request, response) => void response.writeHead(200).end(manifest));
	expect(await problemOf(readAt(plain.host, {plainHttp: []}))).toMatchObject({code: 'registry-not-tls'});
	expect(plain.requests).toEqual([]);
});

/** A proxy that opens tunnels to one host, or answers with a status. */
const proxy = async (to: string | number) => {
	const seen: string[] = [];
	const server = http.createServer((_request, response) => response.writeHead(400).end());
	server.on('connect', (request, socket: net.Socket) => {
		seen.push(String(request.url));
		if (typeof to === 'number') {
			socket.end(`HTTP/1.1 ${to} No\r\n\r\n`);
			return;
		}
		const [host, port] = to.split(':');
		const through = net.connect(Number(port), host, () => socket.write('HTTP/1.1 200 OK\r\n\r\n'));
		socket.once('close', () => through.destroy());
		through.on('error', () => {});
		through.pipe(socket);
		socket.pipe(through);
	});
	return {host: `127.0.0.1:${await listening(server)}`, seen};
};

test('a proxy of the environment is used for TLS hosts, save for those of NO_PROXY', async () => {
	const {ca, key, cert} = await makeCertificates({dns: 'registry.test', ip: '127.0.0.1'});
	const server = await answering((_request, response) => void response.writeHead(200).end(manifest), {key, cert});
	const way = await proxy(server.host);
	// The name is known to the proxy alone.
	const host = 'registry.test';
	const options = {plainHttp: [], ca: {[host]: ca, [server.host]: ca}};
	const proxyEnv = {HTTPS_PROXY: `op:${canary.replaceAll(/[@/+]/gu, 'x')}@${way.host}`};
	expect((await readAt(host, {...options, proxyEnv})).bytes.toString()).toBe(manifest);
	expect(way.seen).toEqual(['registry.test:443']);
	await readAt(server.host, {...options, proxyEnv: {...proxyEnv, NO_PROXY: '127.0.0.1'}});
	expect(way.seen.length).toBe(1);
});

test('a certificate is checked behind a proxy too', async () => {
	const {key, cert} = await makeCertificates({dns: 'registry.test'});
	const server = await answering((_request, response) => void response.writeHead(200).end(manifest), {key, cert});
	const way = await proxy(server.host);
	const problem = await problemOf(
		readAt('registry.test', {plainHttp: [], proxyEnv: {https_proxy: `http://${way.host}`}}),
	);
	expect(problem).toMatchObject({code: 'registry-untrusted'});
	expect(server.requests).toEqual([]);
});

test('a proxy that refuses, or is not there, is named without its login', async () => {
	const way = await proxy(407);
	const options = (host: string) => ({plainHttp: [], proxyEnv: {HTTPS_PROXY: `http://op:secret-word@${host}`}});
	const refused = await problemOf(readAt('registry.test', options(way.host)));
	expect(refused).toMatchObject({code: 'registry-proxy', who: 'network team'});
	expect(refused.cause).toContain(`The proxy ${way.host} did not open a way to registry.test: it answers 407.`);
	const absent = await problemOf(readAt('registry.test', options('127.0.0.1:1')));
	expect(absent).toMatchObject({code: 'registry-proxy'});
	expect(absent.cause).toContain('127.0.0.1:1');
	for (const problem of [refused, absent]) expect(JSON.stringify(problem)).not.toContain('secret-word');
	expect(way.seen.length).toBe(1);
});

test('a proxy that is none of HTTP is refused before anything is asked', () => {
	const make = () =>
		createImageSource({
			findLogin: loginAs('a', 'b'),
			retries: quick,
			proxyEnv: {HTTPS_PROXY: 'socks5://127.0.0.1:1080'},
		});
	expect(make).toThrow(expect.objectContaining({problem: expect.objectContaining({code: 'registry-proxy'})}));
});

test('what is no host is refused', async () => {
	expect(await problemOf(readAt('https://ghcr.io'))).toMatchObject({code: 'registry-not-a-registry'});
});
