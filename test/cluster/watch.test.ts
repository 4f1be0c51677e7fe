import {afterEach, expect, it} from 'vitest';
import {createCluster} from '../../source/cluster/cluster.ts';
import type {PodView} from '../../source/cluster/types.ts';
import {until} from './rehearsal.ts';
import {discovery, type Handler, type Seen, startServer, status, type TestServer} from './server.ts';
import {problemOf} from './support/problem-of.ts';

const servers: TestServer[] = [];
afterEach(async () => {
	for (const server of servers.splice(0)) {
		await server.close();
		expect(server.unexpected).toEqual([]);
	}
});

const pods = '/api/v1/namespaces/a/pods';
const pod = (name: string, resourceVersion: string) => ({
	metadata: {name, namespace: 'a', resourceVersion},
	status: {},
});
const line = (type: string, object: unknown): string => `${JSON.stringify({type, object})}\n`;

/** Serves lists from `list` and watches from `watch`; Jobs and events are empty. */
const start = async (list: Handler, watch: (request: Seen, from: string | null) => void) => {
	const server = await startServer((request) => {
		const {path, query} = request;
		if (path.endsWith('/jobs') || path.endsWith('/events')) return {body: {items: [], metadata: {}}};
		if (path !== pods) return discovery(request);
		if (query.get('watch') !== 'true') return list(request);
		watch(request, query.get('resourceVersion'));
		return 'handled';
	});
	servers.push(server);
	const timing = {retryPausesMs: [1], pausesMs: [5, 5], pollMs: 20};
	const {kubeconfig} = server;
	return {server, cluster: createCluster({kubeconfig, homeDirectory: '/', environment: {}, timing})};
};
const names = (views: readonly PodView[]): string => views.map(({name}) => name).join();

it('a watch of pods goes on from the last version when the connection breaks in the middle of a line', async () => {
	const asked: (string | null)[] = [];
	const {cluster} = await start(
		() => ({body: {items: [pod('one', '5')], metadata: {resourceVersion: '7'}}}),
		({response}, from) => {
			asked.push(from);
			if (asked.length > 1) return response.write(line('ADDED', pod('three', '9')));
			response.write(line('ADDED', pod('two', '8')) + line('ADDED', pod('lost', '9')).slice(0, 20));
			return setTimeout(() => response.socket?.destroy(), 20);
		},
	);
	const end = new AbortController();
	let last = '';
	const watching = cluster.watchPods('a', '', (views) => (last = names(views)), end.signal);
	await until(async () => last === 'one,three,two', 'all three pods');
	end.abort();
	await watching;
	expect(asked).toEqual(['7', '8']);
});

it('a watch of pods lists anew when the server says that its version is too old, and forgets pods that are gone', async () => {
	let lists = 0;
	const {cluster} = await start(
		() => {
			lists++;
			return {body: {items: [pod(lists === 1 ? 'old' : 'new', '5')], metadata: {resourceVersion: `${lists}`}}};
		},
		({response}, from) => {
			if (from === '1') response.end(line('ERROR', {kind: 'Status', code: 410, reason: 'Expired'}));
		},
	);
	const end = new AbortController();
	const seen: string[] = [];
	const watching = cluster.watchPods('a', '', (views) => seen.push(names(views)), end.signal);
	await until(async () => seen.at(-1) === 'new', 'the new list');
	end.abort();
	await watching;
	expect(seen).toEqual(['old', 'new']);
});

it('a watch of pods lives through a short outage', async () => {
	let lists = 0;
	const {cluster} = await start(
		() => {
			lists++;
			if (lists < 4) return status(503, 'ServiceUnavailable', 'the API server is starting');
			return {body: {items: [pod('one', '5')], metadata: {resourceVersion: '5'}}};
		},
		({response}) => response.flushHeaders(),
	);
	const end = new AbortController();
	let last = '';
	const watching = cluster.watchPods('a', '', (views) => (last = names(views)), end.signal);
	await until(async () => last === 'one', 'the pod');
	end.abort();
	await watching;
});

it('a watch of pods forgets what is deleted, and lists anew when a watch is refused for its age', async () => {
	let lists = 0;
	let watches = 0;
	const {cluster} = await start(
		() => {
			lists++;
			return {body: {items: [pod('one', '1'), pod('two', '2')], metadata: {resourceVersion: `${lists}`}}};
		},
		({response}) => {
			watches++;
			if (watches === 1) {
				response.statusCode = 410;
				return response.end(JSON.stringify(status(410, 'Expired', 'too old').body));
			}
			response.writeHead(200);
			return response.write(line('DELETED', pod('one', '3')));
		},
	);
	const end = new AbortController();
	let last = '';
	const watching = cluster.watchPods('a', 'app=x', (views) => (last = names(views)), end.signal);
	await until(async () => last === 'two', 'the pod that is left');
	end.abort();
	await watching;
	expect(lists).toBe(2);
});

it('a watch of pods ends with the problem when the cluster stays away for longer than the pauses', async () => {
	let lists = 0;
	const {cluster} = await start(
		() => {
			lists++;
			return status(503, 'ServiceUnavailable', 'the API server is starting');
		},
		() => undefined,
	);
	const watching = cluster.watchPods('a', '', () => undefined, new AbortController().signal);
	expect(await problemOf(watching)).toMatchObject({code: 'kubernetes-server-error'});
	// Three tries, and each is made once more by itself.
	expect(lists).toBe(6);
});

it('a watch of pods ends with the problem when it is refused', async () => {
	const {cluster} = await start(
		() => status(403, 'Forbidden', 'pods is forbidden'),
		() => undefined,
	);
	const watching = cluster.watchPods('a', '', () => undefined, new AbortController().signal);
	expect(await problemOf(watching)).toMatchObject({code: 'kubernetes-forbidden'});
});

it('a watch of pods tells only changes: a picture that stays the same is not shown again', async () => {
	const {cluster, server} = await start(
		() => ({body: {items: [pod('one', '5')], metadata: {resourceVersion: '5'}}}),
		({response}) => {
			response.write(line('MODIFIED', pod('one', '6')));
			response.write(line('BOOKMARK', {metadata: {resourceVersion: '7'}}));
		},
	);
	const end = new AbortController();
	const seen: string[] = [];
	const watching = cluster.watchPods('a', '', (views) => seen.push(names(views)), end.signal);
	await until(async () => server.seen.filter((entry) => entry.includes('/jobs')).length > 2, 'a few polls');
	end.abort();
	await watching;
	expect(seen).toEqual(['one']);
});
