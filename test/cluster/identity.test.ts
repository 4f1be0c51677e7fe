import http, {type IncomingHttpHeaders} from 'node:http';
import {afterEach, describe, expect, it} from 'vitest';
import {createCluster} from '../../source/cluster/cluster.ts';
import {connectionError} from '../../source/cluster/connection-errors.ts';
import {listening} from '../helpers/loopback.ts';
import {discovery, kubeconfigOf, type Seen, startCluster} from './server.ts';
import {expectProblem} from './support/problem-of.ts';

const {signal} = new AbortController();
const start = startCluster();

/** The headers with which a user asks, and what is registered as a secret. */
const askAs = async (user: Record<string, unknown>, login = '') => {
	let headers: Seen['headers'] = {};
	const secrets: string[] = [];
	const {server} = await start((request) => {
		headers = request.headers;
		return discovery(request);
	});
	const authority = {'certificate-authority-data': Buffer.from(server.pki.ca).toString('base64')};
	const address = server.url.replace('//', `//${login}`);
	const kubeconfig = await server.write('user', kubeconfigOf({server: address, ...authority}, user));
	const onSecret = (secret: string) => secrets.push(secret);
	const cluster = createCluster({kubeconfig, homeDirectory: '/', environment: {}, onSecret});
	await cluster.version(signal);
	return {headers, secrets, cluster, server};
};

describe('who asks', () => {
	it('borrows the rights of another user with all that the kubeconfig says of him', async () => {
		const {headers} = await askAs({
			token: 'a-token',
			as: 'system:serviceaccount:ops:deployer',
			'as-uid': 17,
			'as-groups': ['system:authenticated', 'ops'],
			'as-user-extra': {'scopes/acme': ['view', 'edit'], reason: ['install']},
		});
		expect(headers).toMatchObject({
			authorization: 'Bearer a-token',
			'impersonate-user': 'system:serviceaccount:ops:deployer',
			'impersonate-uid': '17',
			'impersonate-group': 'system:authenticated, ops',
			'impersonate-extra-scopes%2facme': 'view, edit',
			'impersonate-extra-reason': 'install',
		});
	});

	it('borrows none where the kubeconfig names nobody', async () => {
		const {headers} = await askAs({token: 'a-token', as: '', 'as-groups': []});
		expect(Object.keys(headers).filter((name) => name.startsWith('impersonate'))).toEqual([]);
	});

	it('may be a user in the address of the server, who is sent as client-go sends him and shown nowhere', async () => {
		const {headers, secrets, cluster, server} = await askAs({token: 'a-token'}, 'gate:pass%20word@');
		expect(headers.authorization).toBe(`Basic ${Buffer.from('gate:pass word').toString('base64')}`);
		expect(cluster.server).toBe(server.url);
		expect(secrets).toEqual(['pass word', 'pass%20word', 'gate:pass word', 'a-token']);
	});

	it('may be a user with a password', async () => {
		const {headers, secrets} = await askAs({username: 'me', password: 'word'});
		expect(headers.authorization).toBe(`Basic ${Buffer.from('me:word').toString('base64')}`);
		expect(secrets).toEqual(['word']);
	});

	it('has every secret of his entry registered', async () => {
		const {server: other} = await start(() => undefined);
		const {key, certificate} = other.pki.server;
		const base64 = (text: string) => Buffer.from(text).toString('base64');
		const {secrets} = await askAs({
			token: 'a-token',
			'client-certificate-data': base64(certificate),
			'client-key-data': base64(key),
		});
		expect(secrets).toEqual(['a-token', base64(key), key]);
	});

	it('has a token of digits sent as it is written', async () => {
		expect((await askAs({token: 12345678})).headers.authorization).toBe('Bearer 12345678');
	});
});

describe('an unchecked server', () => {
	const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
	afterEach(() => {
		if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
		else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
	});

	it('is not trusted because the environment says so', async () => {
		const {server} = await start(() => undefined);
		const kubeconfig = await server.write('none', kubeconfigOf({server: server.url}, {token: 'a-token'}));
		process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
		const cluster = createCluster({kubeconfig, homeDirectory: '/', environment: {NODE_TLS_REJECT_UNAUTHORIZED: '0'}});
		await expectProblem(cluster.version(signal), {code: 'kubernetes-untrusted'});
		expect(server.seen).toEqual([]);
	});

	it('is taken where its kubeconfig says insecure-skip-tls-verify, and that is told with file and cluster', async () => {
		const {server} = await start(() => undefined);
		const skip = {server: server.url, 'insecure-skip-tls-verify': true};
		const kubeconfig = await server.write('skip', kubeconfigOf(skip, {token: 'a-token'}));
		const cluster = createCluster({kubeconfig, homeDirectory: '/', environment: {}});
		expect(await cluster.version(signal)).toBe('v1.34.0');
		expect(cluster.warnings()).toEqual([
			`The cluster "lab" of ${kubeconfig} says insecure-skip-tls-verify: whoever answers at ${server.url} is trusted unseen, and gets the login and every secret of this install. Have certificate-authority-data put there instead.`,
		]);
	});

	it.each<readonly [string, Readonly<Record<string, unknown>>, string | undefined]>([
		['a token', {token: 'a-token'}, undefined],
		['a user and password', {username: 'ada', password: 'word'}, undefined],
		['a plug-in', {exec: {apiVersion: 'client.authentication.k8s.io/v1', command: '/none'}}, undefined],
		['rights that are borrowed', {token: 'a-token', as: 'jane'}, 'jane'],
	])('is not sent the login of its user without TLS: %s', async (_what, user, borrowed) => {
		const {server} = await start(() => undefined);
		const seen: IncomingHttpHeaders[] = [];
		const plain = http.createServer(({headers}, response) => {
			seen.push(headers);
			response.setHeader('content-type', 'application/json');
			response.setHeader('date', new Date().toUTCString());
			response.end('{"gitVersion": "v1.34.0"}');
		});
		const address = `http://127.0.0.1:${await listening(plain)}`;
		const kubeconfig = await server.write('plain', kubeconfigOf({server: address}, user));
		const cluster = createCluster({kubeconfig, homeDirectory: '/', environment: {}});
		expect(await cluster.version(signal)).toBe('v1.34.0');
		expect(seen.map((headers) => [headers.authorization, headers['impersonate-user']])).toEqual([
			[undefined, borrowed],
		]);
	});

	it('is told as what the kubeconfig asks for where it speaks TLS only', () => {
		const error = Object.assign(new Error('parse'), {code: 'HPE_INVALID_CONSTANT'});
		const {problem} = connectionError(error, {deed: 'read pods', server: 'http://10.0.0.1:6443'});
		expect(problem).toMatchObject({
			code: 'kubernetes-unreachable',
			message: 'The cluster at http://10.0.0.1:6443 does not speak HTTP (asked to read pods).',
		});
	});

	it('is told where it is asked without TLS, also on this host', async () => {
		const {server} = await start(() => undefined);
		const warningsOf = async (address: string) => {
			const kubeconfig = await server.write('plain', kubeconfigOf({server: address}, {token: 'x'}));
			return createCluster({kubeconfig, homeDirectory: '/', environment: {}}).warnings();
		};
		expect(await warningsOf('http://k8s.corp:8080')).toEqual([
			`The cluster "lab" of ${server.directory}/plain is asked without TLS (http://k8s.corp:8080): anybody on the way reads and changes what is sent, secrets too. No login of its user is sent there, as helm and kubectl send none without TLS.`,
		]);
		expect(await warningsOf('http://127.0.0.1:8001')).toEqual([
			`The cluster "lab" of ${server.directory}/plain is asked without TLS (http://127.0.0.1:8001). No login of its user is sent there, as helm and kubectl send none without TLS.`,
		]);
		expect(await warningsOf('https://k8s.corp:6443')).toEqual([]);
	});
});
