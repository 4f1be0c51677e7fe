import {afterEach, describe, expect, it} from 'vitest';
import {createCluster} from '../../source/cluster/cluster.ts';
import {discovery, type Handler, kubeconfigOf, startServer, status, type TestServer} from './server.ts';
import {problemOf} from './support/problem-of.ts';

const {signal} = new AbortController();
const servers: TestServer[] = [];
const start = async (handler: Handler): Promise<TestServer> => {
	const server = await startServer(handler);
	servers.push(server);
	return server;
};
afterEach(async () => {
	for (const server of servers.splice(0)) await server.close();
});

const clusterOf = (kubeconfig: string, timing = {}) =>
	createCluster({
		kubeconfig,
		homeDirectory: '/nonexistent',
		environment: {},
		timing: {retryPausesMs: [1, 1], ...timing},
	});

it('a connection trusts the CA of the kubeconfig, sends its token and tells version and time of the server', async () => {
	let authorization: string | undefined;
	const server = await start((request) => {
		authorization = request.headers.authorization;
		return request.path === '/version'
			? {body: {gitVersion: 'v1.34.0'}, headers: {date: 'Sun, 01 Mar 2026 10:00:00 GMT'}}
			: undefined;
	});
	const cluster = clusterOf(server.kubeconfig);
	expect(cluster.server).toBe(server.url);
	expect(await cluster.version(signal)).toBe('v1.34.0');
	expect(await cluster.serverTime(signal)).toBe(Date.UTC(2026, 2, 1, 10));
	expect(authorization).toBe('Bearer token-of-me');
	expect(server.unexpected).toEqual([]);
});

it('a connection reads a token file anew for each request, without its line end', async () => {
	const tokens: (string | undefined)[] = [];
	const server = await start((request) => {
		tokens.push(request.headers.authorization);
		return discovery(request);
	});
	await server.write('token', 'first\n');
	const cluster = {server: server.url, 'insecure-skip-tls-verify': true};
	const file = await server.write('file-token', kubeconfigOf(cluster, {tokenFile: 'token'}));
	const port = clusterOf(file);
	await port.version(signal);
	await server.write('token', 'second\n');
	await port.version(signal);
	expect(tokens).toEqual(['Bearer first', 'Bearer second']);
});

it('a connection gets its token from an exec plug-in and tells it who calls', async () => {
	let authorization: string | undefined;
	const server = await start((request) => {
		authorization = request.headers.authorization;
		return discovery(request);
	});
	const script = await server.write(
		'login.mjs',
		`const {kind, spec} = JSON.parse(process.env.KUBERNETES_EXEC_INFO);
		console.log(JSON.stringify({apiVersion: 'client.authentication.k8s.io/v1', kind, status: {token: 'from-' + spec.interactive}}));`,
	);
	const exec = {apiVersion: 'client.authentication.k8s.io/v1', command: process.execPath, args: [script]};
	const caData = Buffer.from(server.pki.ca).toString('base64');
	const cluster = {server: server.url, 'certificate-authority-data': caData};
	const file = await server.write('exec', kubeconfigOf(cluster, {exec}));
	expect(await clusterOf(file).version(signal)).toBe('v1.34.0');
	expect(authorization).toBe('Bearer from-false');
});

it('a connection ends with the abort of its signal, not with a problem', async () => {
	const controller = new AbortController();
	const server = await start(() => {
		controller.abort();
		return 'handled';
	});
	await expect(clusterOf(server.kubeconfig).version(controller.signal)).rejects.toMatchObject({name: 'AbortError'});
});

it('a connection calls a rejected token unauthorized and reads the kubeconfig again for the next try', async () => {
	const server = await start((request) =>
		request.headers.authorization === 'Bearer good' ? discovery(request) : status(401, 'Unauthorized', 'Unauthorized'),
	);
	const cluster = clusterOf(server.kubeconfig);
	const found = await problemOf(cluster.version(signal));
	expect(found).toMatchObject({code: 'kubernetes-unauthorized', area: 'cluster', evidence: ['Unauthorized']});
	const skip = {server: server.url, 'insecure-skip-tls-verify': true};
	await server.write('config', kubeconfigOf(skip, {token: 'good'}));
	expect(await cluster.version(signal)).toBe('v1.34.0');
});

describe('retries', () => {
	const failing = (failures: readonly (number | 'reset')[]) => {
		const left = [...failures];
		return (request: Parameters<Handler>[0]): ReturnType<Handler> => {
			if (request.path === '/api/v1') return discovery(request);
			const next = left.shift();
			if (next === 'reset') {
				request.response.socket?.destroy();
				return 'handled';
			}
			if (next) return {...status(next, 'Oops', 'not now'), headers: {'retry-after': '1'}};
			return {body: {apiVersion: 'v1', kind: 'ConfigMap', metadata: {name: 'a', namespace: 'b'}}};
		};
	};
	const map = {apiVersion: 'v1', kind: 'ConfigMap', metadata: {name: 'a', namespace: 'b'}};
	const quick = {longestRetryAfterMs: 1};

	it.each([[[503, 500]], [['reset', 504]], [[429, 429]]] as const)('get a read through %j', async (failures) => {
		const server = await start(failing(failures));
		const object = await clusterOf(server.kubeconfig, quick).get({...map, name: 'a', namespace: 'b'}, signal);
		expect(object?.metadata.name).toBe('a');
		expect(server.seen).toHaveLength(4);
	});

	it('wait as long as a busy server asks, within bounds', async () => {
		const server = await start(failing([429]));
		const cluster = clusterOf(server.kubeconfig, {retryPausesMs: [60_000], longestRetryAfterMs: 5});
		expect((await cluster.get({...map, name: 'a', namespace: 'b'}, signal))?.metadata.name).toBe('a');
	});

	it('end after the last pause, with what the server said', async () => {
		const server = await start(failing([503, 503, 503]));
		const found = await problemOf(clusterOf(server.kubeconfig, quick).get({...map, name: 'a', namespace: 'b'}, signal));
		expect(found).toMatchObject({code: 'kubernetes-server-error', evidence: ['not now'], area: 'cluster'});
	});

	it('never repeat a write that may have been done', async () => {
		const server = await start(failing([503]));
		const found = await problemOf(clusterOf(server.kubeconfig, quick).create(map, signal));
		expect(found.code).toBe('kubernetes-server-error');
		expect(server.seen.filter((line) => line.startsWith('POST'))).toHaveLength(1);
	});

	it('repeat a write that the server turned away because it is busy', async () => {
		const server = await start(failing([429]));
		expect((await clusterOf(server.kubeconfig, quick).create(map, signal))?.metadata.name).toBe('a');
	});
});
