import {afterEach, describe, expect, it} from 'vitest';
import {ProblemError} from '../../source/base/problem.ts';
import {createCluster} from '../../source/cluster/cluster.ts';
import type {PodView} from '../../source/cluster/types.ts';
import {until} from './rehearsal.ts';
import {discovery, type Handler, type Seen, startServer, status, type TestServer} from './server.ts';

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
		request.response.writeHead(200, {'content-type': 'application/json'});
		watch(request, query.get('resourceVersion'));
		return 'handled';
	});
	servers.push(server);
	const timing = {retryPausesMs: [1], pausesMs: [5, 5], pollMs: 20};
	const {kubeconfig} = server;
	return {server, cluster: createCluster({kubeconfig, homeDirectory: '/', environment: {}, timing})};
};
const names = (views: readonly PodView[]): string => views.map(({name}) => name).join();

describe('a watch of pods', () => {
	it('goes on from the last version when the connection breaks in the middle of a line', async () => {
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

	it('lists anew when the server says that its version is too old, and forgets pods that are gone', async () => {
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

	it('lives through a short outage', async () => {
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

	it('ends with the problem when it is refused', async () => {
		const {cluster} = await start(
			() => status(403, 'Forbidden', 'pods is forbidden'),
			() => undefined,
		);
		const error = await cluster
			.watchPods('a', '', () => undefined, new AbortController().signal)
			.catch((thrown: unknown) => thrown);
		expect(error).toBeInstanceOf(ProblemError);
		expect((error as ProblemError).problem.code).toBe('kubernetes-forbidden');
	});

	it('tells only changes: a picture that stays the same is not shown again', async () => {
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
});
