import {createServer, type IncomingMessage, type Server} from 'node:http';
import {type AddressInfo, connect, type Socket} from 'node:net';
import {afterEach, describe, expect, it} from 'vitest';
import {createCluster} from '../../source/cluster/cluster.ts';
import {loadKubeconfig} from '../../source/cluster/kubeconfig/load.ts';
import {wayTo} from '../../source/cluster/login/identity.ts';
import {kubeconfigOf, startCluster} from './server.ts';
import {expectProblem, problemOf} from './support/problem-of.ts';

const {signal} = new AbortController();
const start = startCluster();
const proxies: Server[] = [];
const tunnels = new Set<Socket>();
afterEach(async () => {
	for (const socket of tunnels) socket.destroy();
	tunnels.clear();
	for (const proxy of proxies.splice(0)) await new Promise((resolve) => proxy.close(resolve));
});

/** A proxy that tunnels every name to this port of this host, or refuses with a status. */
const startProxy = async (port: number, refusal?: number) => {
	const asked: string[] = [];
	const proxy = createServer();
	proxy.on('connect', ({url, headers}: IncomingMessage, socket: Socket) => {
		asked.push(`${url} ${headers['proxy-authorization'] ?? ''}`.trim());
		tunnels.add(socket);
		socket.on('error', () => undefined);
		if (refusal !== undefined) {
			socket.end(`HTTP/1.1 ${refusal} No\r\n\r\n`);
			return;
		}
		const way = connect(port, '127.0.0.1', () => {
			socket.write('HTTP/1.1 200 OK\r\n\r\n');
			way.pipe(socket);
			socket.pipe(way);
		});
		tunnels.add(way);
		way.on('error', () => undefined);
	});
	proxies.push(proxy);
	await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
	return {address: `127.0.0.1:${(proxy.address() as AddressInfo).port}`, asked};
};

/** A cluster by the name k8s.corp, which only a proxy can reach. */
const behind = async (environment: Record<string, string>, more: Record<string, unknown> = {}) => {
	const {server} = await start(() => undefined);
	const secrets: string[] = [];
	const open = async (variables: Record<string, string>, own: Record<string, unknown>) => {
		const cluster = {
			server: 'https://k8s.corp:6443',
			'tls-server-name': 'localhost',
			'certificate-authority-data': Buffer.from(server.pki.ca).toString('base64'),
			...own,
		};
		const kubeconfig = await server.write('behind', kubeconfigOf(cluster, {token: 'token-of-me'}));
		const timing = {retryPausesMs: []};
		const onSecret = (secret: string) => secrets.push(secret);
		return createCluster({kubeconfig, homeDirectory: '/', environment: variables, timing, onSecret});
	};
	return {server, secrets, open, cluster: await open(environment, more)};
};

describe('a cluster behind a proxy', () => {
	it.each(['HTTPS_PROXY', 'https_proxy'])('is asked through the one that %s names, as helm asks it', async (name) => {
		const {server, open} = await behind({});
		const proxy = await startProxy(server.port);
		expect(await (await open({[name]: `http://${proxy.address}`}, {})).version(signal)).toBe('v1.34.0');
		expect(proxy.asked).toEqual(['k8s.corp:6443']);
	});

	it('is asked through the proxy of its kubeconfig before that of the environment, and its password is a secret', async () => {
		const {server, open, secrets} = await behind({});
		const proxy = await startProxy(server.port);
		const own = {'proxy-url': `http://me:pass%20word@${proxy.address}`};
		expect(await (await open({HTTPS_PROXY: 'http://127.0.0.1:9'}, own)).version(signal)).toBe('v1.34.0');
		expect(proxy.asked).toEqual([`k8s.corp:6443 Basic ${Buffer.from('me:pass word').toString('base64')}`]);
		expect(secrets).toEqual(expect.arrayContaining(['pass word', 'pass%20word']));
	});

	it.each([
		['HTTPS_PROXY', 403],
		['https_proxy', 407],
	])('that %s names and that says no (%i) is told by its variable, without its password', async (variable, status) => {
		const {server, open} = await behind({});
		const proxy = await startProxy(server.port, status);
		const cluster = await open({[variable]: `http://me:very-secret@${proxy.address}`}, {});
		const found = await expectProblem(cluster.version(signal), {
			code: 'kubernetes-unreachable',
			area: 'cluster',
			who: 'network team',
			message: `The cluster at https://k8s.corp:6443 cannot be reached through the proxy http://${proxy.address} (asked to tell its version).`,
			cause: `The variable ${variable} names that proxy and NO_PROXY does not except the server; helm and kubectl go the same way.`,
			fix: 'Add the host or network of the API server to NO_PROXY, or have the proxy let these connections through.',
		});
		expect(found.evidence?.[0]).toContain(String(status));
		expect(JSON.stringify(found)).not.toContain('very-secret');
	});

	it('that nobody answers at is told by what names it: the kubeconfig', async () => {
		const {cluster} = await behind({}, {'proxy-url': 'http://127.0.0.1:9'});
		await expectProblem(cluster.version(signal), {
			code: 'kubernetes-unreachable',
			message:
				'The cluster at https://k8s.corp:6443 cannot be reached through the proxy http://127.0.0.1:9 (asked to tell its version).',
			cause: 'The proxy-url of its cluster in the kubeconfig names that proxy; helm and kubectl go the same way.',
			fix: 'Have the proxy let these connections through, or take proxy-url out of the kubeconfig.',
		});
	});

	it.each(['http://me:very-secret@[', '::bad::', 'http://', 'ftp://proxy'])(
		'that has no address (%s) is told by its variable',
		async (proxy) => {
			const {cluster} = await behind({HTTPS_PROXY: proxy});
			const found = await expectProblem(cluster.version(signal), {code: 'kubernetes-unreachable', who: 'network team'});
			expect(found.evidence).toEqual(['Error: HTTPS_PROXY holds no address of a proxy.']);
			expect(JSON.stringify(found)).not.toContain('very-secret');
		},
	);

	it('is not asked through a TLS proxy that nobody can check, whatever the environment says', async () => {
		const {server, open, secrets} = await behind({});
		const cluster = await open({HTTPS_PROXY: `https://me:very-secret@localhost:${server.port}`}, {});
		const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
		process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
		try {
			const found = await problemOf(cluster.version(signal));
			expect(found).toMatchObject({code: 'kubernetes-unreachable', who: 'network team'});
			expect(found.evidence?.join()).toMatch(/UNABLE_TO_VERIFY|SELF_SIGNED|UNABLE_TO_GET_ISSUER/u);
		} finally {
			if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
			else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
		}
		expect(server.seen).toEqual([]);
		expect(secrets).toContain('very-secret');
	});

	it('that opens TLS is told as a certificate nobody knows', async () => {
		const {server, open} = await behind({});
		const proxy = await startProxy(server.port);
		const environment = {HTTPS_PROXY: `http://${proxy.address}`};
		const other = (await start(() => undefined)).server.pki.ca;
		const cluster = await open(environment, {'certificate-authority-data': Buffer.from(other).toString('base64')});
		await expectProblem(cluster.version(signal), {code: 'kubernetes-untrusted'});
	});

	it('is asked without one where NO_PROXY excepts it', async () => {
		const {server} = await behind({});
		const kubeconfig = await server.write('direct', kubeconfigOf({server: 'https://k8s.corp:6443'}, {token: 'x'}));
		const loaded = loadKubeconfig({kubeconfig, homeDirectory: '/', environment: {}}, 0);
		expect(wayTo(loaded, {HTTPS_PROXY: 'http://proxy'})).toMatchObject({from: 'environment'});
		expect(wayTo(loaded, {HTTPS_PROXY: 'http://proxy', NO_PROXY: '.corp'})).toBeUndefined();
	});
});
