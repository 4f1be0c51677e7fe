import {afterEach, expect, it} from 'vitest';
import {createCluster} from '../../source/cluster/cluster.ts';
import {discovery, kubeconfigOf, makePki, type Seen, startServer, type TestServer} from './server.ts';
import {problemOf} from './support/problem-of.ts';

const {signal} = new AbortController();
const map = {apiVersion: 'v1', kind: 'ConfigMap', metadata: {name: 'a', namespace: 'b'}};
const servers: TestServer[] = [];
afterEach(async () => {
	for (const server of servers.splice(0)) await server.close();
});

/** A server that notes which connection each request came by; `ending` closes it behind an answer. */
const start = async (ending: (request: Seen) => boolean = () => false) => {
	const came: string[] = [];
	const numbers = new Map<number, number>();
	const server = await startServer((request) => {
		const {response, method} = request;
		const {socket} = response;
		const port = socket?.remotePort ?? 0;
		numbers.set(port, numbers.get(port) ?? numbers.size + 1);
		came.push(`${method} by ${numbers.get(port)}`);
		if (ending(request)) response.on('finish', () => socket?.end());
		return discovery(request) ?? {body: map};
	});
	servers.push(server);
	return {server, came};
};

const clusterOf = (kubeconfig: string) =>
	createCluster({kubeconfig, homeDirectory: '/nonexistent', environment: {}, timing: {retryPausesMs: [1, 1]}});

it('reads share a connection, and each change has one of its own', async () => {
	const {server, came} = await start();
	const cluster = clusterOf(server.kubeconfig);
	await cluster.version(signal);
	await cluster.version(signal);
	await cluster.apply(map, {signal});
	await cluster.apply(map, {signal});
	await cluster.version(signal);
	expect(came).toEqual(['GET by 1', 'GET by 1', 'GET by 1', 'PATCH by 2', 'PATCH by 3', 'GET by 1']);
});

it('a change that is only tried is a read', async () => {
	const {server, came} = await start();
	const cluster = clusterOf(server.kubeconfig);
	await cluster.version(signal);
	await cluster.apply(map, {signal, dryRun: true});
	expect(came).toEqual(['GET by 1', 'GET by 1', 'PATCH by 1']);
});

it('what all need is asked once by those who ask at the same time: kinds, version', async () => {
	const {server} = await start();
	const cluster = clusterOf(server.kubeconfig);
	const reference = {apiVersion: 'v1', kind: 'ConfigMap', namespace: 'b', name: 'a'};
	await Promise.all([cluster.get(reference, signal), cluster.get(reference, signal)]);
	await Promise.all([cluster.version(signal), cluster.version(new AbortController().signal)]);
	await Promise.all([cluster.serverTime(signal).catch(() => 0), cluster.serverTime(signal).catch(() => 0)]);
	const count = (path: string): number => server.seen.filter((one) => one === `GET ${path}`).length;
	// Objects and the time are as they are when they are asked for.
	expect(['/api/v1', '/api/v1/namespaces/b/configmaps/a', '/version'].map(count)).toEqual([1, 2, 1 + 2]);
});

it('a connection that the server has closed in the meantime is no failure', async () => {
	const {server, came} = await start(() => true);
	const cluster = clusterOf(server.kubeconfig);
	for (let count = 0; count < 4; count += 1) expect(await cluster.version(signal)).toBe('v1.34.0');
	expect(new Set(came).size).toBe(4);
});

it('an authority whose file is replaced counts for the next request, whatever is still open', async () => {
	const {server} = await start();
	const authority = await server.write('ca.pem', server.pki.ca);
	const file = await server.write(
		'by-file',
		kubeconfigOf({server: server.url, 'certificate-authority': authority}, {token: 'token-of-me'}),
	);
	const cluster = clusterOf(file);
	await cluster.version(signal);
	await server.write('ca.pem', (await makePki()).ca);
	expect((await problemOf(cluster.version(signal))).code).toBe('kubernetes-untrusted');
});
