import {createServer} from 'node:net';
import {afterEach, describe, expect, it} from 'vitest';
import {ProblemError} from '../../source/base/problem.ts';
import {createCluster} from '../../source/cluster/cluster.ts';
import {discovery, type Handler, kubeconfigOf, makePki, startServer, status, type TestServer} from './server.ts';

const signal = new AbortController().signal;
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

const problemOf = async (promise: Promise<unknown>) => {
	const error = await promise.then(
		() => undefined,
		(thrown: unknown) => thrown,
	);
	if (!(error instanceof ProblemError)) throw new Error(`no ProblemError: ${String(error)}`);
	return error.problem;
};

describe('a connection', () => {
	it('trusts the CA of the kubeconfig, sends its token and tells version and time of the server', async () => {
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

	it('reads a token file anew for each request, without its line end', async () => {
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

	it('gets its token from an exec plug-in and tells it who calls', async () => {
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

	it('names an exec plug-in that is not on this host, with its installation hint', async () => {
		const server = await start(discovery);
		const exec = {command: 'zenml-no-such-login', apiVersion: 'v1', installHint: 'Get it from the intranet.'};
		const file = await server.write('exec', kubeconfigOf({server: server.url}, {exec}));
		const found = await problemOf(clusterOf(file).version(signal));
		expect(found).toMatchObject({code: 'kubeconfig-exec-missing', area: 'prerequisites', location: {file}});
		expect(found.message).toContain('zenml-no-such-login');
		expect(found.evidence).toEqual(['Get it from the intranet.']);
	});

	it('shows what a failing exec plug-in said', async () => {
		const server = await start(discovery);
		const exec = {command: process.execPath, args: ['-e', 'console.error("session expired"); process.exit(1)']};
		const file = await server.write('exec', kubeconfigOf({server: server.url}, {exec}));
		const found = await problemOf(clusterOf(file).version(signal));
		expect(found).toMatchObject({code: 'kubeconfig-login-failed', evidence: ['session expired']});
	});

	it('says that the CA is unknown when the kubeconfig has another one', async () => {
		const server = await start(discovery);
		const {ca} = await makePki();
		const file = await server.write(
			'other-ca',
			kubeconfigOf(
				{server: server.url, 'certificate-authority-data': Buffer.from(ca).toString('base64')},
				{token: 'x'},
			),
		);
		const found = await problemOf(clusterOf(file).version(signal));
		expect(found).toMatchObject({code: 'kubernetes-untrusted', area: 'prerequisites', who: 'cluster admin'});
		expect(found.answers).toContain('kubernetes.kubeconfig');
	});

	it('says that the address is not in the certificate', async () => {
		const server = await start(discovery);
		const cluster = {
			server: server.url,
			'tls-server-name': 'other.example.com',
			'certificate-authority-data': Buffer.from(server.pki.ca).toString('base64'),
		};
		const file = await server.write('name', kubeconfigOf(cluster, {token: 'x'}));
		const found = await problemOf(clusterOf(file).version(signal));
		expect(found.code).toBe('kubernetes-untrusted');
		expect(found.message).toContain('for other names');
	});

	it('says that nothing listens, that a name is unknown, or that it is not HTTPS', async () => {
		const server = await start(discovery);
		const plain = createServer((socket) => {
			socket.resume();
			socket.end('SSH-2.0-OpenSSH\r\n');
		});
		await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
		const {port} = plain.address() as {port: number};
		const reach = async (address: string) => {
			const file = await server.write('elsewhere', kubeconfigOf({server: address}, {token: 'x'}));
			return problemOf(clusterOf(file).version(signal));
		};
		const noTls = await reach(`https://127.0.0.1:${port}`);
		expect(noTls).toMatchObject({code: 'kubernetes-unreachable'});
		expect(noTls.message).toContain('does not speak HTTPS');
		await new Promise((resolve) => plain.close(resolve));
		const refused = await reach(`https://127.0.0.1:${port}`);
		expect(refused).toMatchObject({code: 'kubernetes-unreachable', who: 'network team'});
		expect(refused.message).toContain('refuses the connection');
		const unknown = await reach('https://no-such-host.invalid:6443');
		expect(unknown).toMatchObject({code: 'kubernetes-unreachable'});
		expect(unknown.message).toContain('cannot be found');
	});

	it('gives up on a server that accepts the request and never answers', async () => {
		const server = await start(() => 'handled');
		const found = await problemOf(clusterOf(server.kubeconfig, {requestMs: 200}).version(signal));
		expect(found).toMatchObject({code: 'kubernetes-unreachable'});
		expect(found.message).toContain('does not answer');
	});

	it('ends with the abort of its signal, not with a problem', async () => {
		const controller = new AbortController();
		const server = await start(() => {
			controller.abort();
			return 'handled';
		});
		await expect(clusterOf(server.kubeconfig).version(controller.signal)).rejects.toMatchObject({name: 'AbortError'});
	});

	it('calls a rejected token unauthorized and reads the kubeconfig again for the next try', async () => {
		const server = await start((request) =>
			request.headers.authorization === 'Bearer good'
				? discovery(request)
				: status(401, 'Unauthorized', 'Unauthorized'),
		);
		const cluster = clusterOf(server.kubeconfig);
		const found = await problemOf(cluster.version(signal));
		expect(found).toMatchObject({code: 'kubernetes-unauthorized', area: 'prerequisites', evidence: ['Unauthorized']});
		const skip = {server: server.url, 'insecure-skip-tls-verify': true};
		await server.write('config', kubeconfigOf(skip, {token: 'good'}));
		expect(await cluster.version(signal)).toBe('v1.34.0');
	});

	it('does not take a login page for a cluster', async () => {
		const server = await start(() => ({body: '<html>Sign in</html>', headers: {'content-type': 'text/html'}}));
		const found = await problemOf(clusterOf(server.kubeconfig).version(signal));
		expect(found).toMatchObject({code: 'kubernetes-no-api-server', evidence: ['<html>Sign in</html>']});
	});
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
