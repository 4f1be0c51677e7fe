import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {KubernetesServer} from '../../../rehearsal/kubernetes/index.ts';
import {createStore} from '../../../rehearsal/kubernetes/objects/store.ts';
import {dict} from '../../../rehearsal/kubernetes/objects/values.ts';
import {call, follow, patchAs, startCluster} from './cluster.ts';

let cluster: KubernetesServer;
beforeAll(async () => {
	cluster = await startCluster();
});
afterAll(() => cluster.stop());

const maps = '/api/v1/namespaces/default/configmaps';
const create = (name: string, labels: Record<string, string>) =>
	call(cluster, `POST ${maps}`, {metadata: {name, labels}});

/** Follow a watch until it has said `count` things, doing `action` once it is open. */
const watch = async (
	query: string,
	count: number,
	action: () => Promise<unknown> = async () => undefined,
): Promise<string[]> => {
	const seen: string[] = [];
	const done = follow(cluster, `${maps}?watch=true&${query}`, (line) => {
		const {type, object} = dict(JSON.parse(line));
		const metadata = dict(dict(object).metadata);
		const mark = dict(metadata.annotations)['k8s.io/initial-events-end']
			? '(all)'
			: String(metadata.name ?? dict(object).code ?? '');
		seen.push(`${type} ${mark}`.trim());
		return seen.length === count;
	});
	await action();
	await done;
	return seen;
};

describe('a watch', () => {
	it('starts with what is there when it names no version', async () => {
		await create('first', {group: 'a'});
		expect(await watch('labelSelector=group%3Da', 2, () => create('second', {group: 'a'}))).toEqual([
			'ADDED first',
			'ADDED second',
		]);
	});

	it('ends the initial state with a marked bookmark on request', async () => {
		await create('listed', {group: 'b'});
		const query =
			'labelSelector=group%3Db&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan';
		expect(await watch(query, 2)).toEqual(['ADDED listed', 'BOOKMARK (all)']);
	});

	it('replays what happened since a version', async () => {
		const from = cluster.store.version();
		await create('replayed', {group: 'c'});
		await call(cluster, `DELETE ${maps}/replayed`);
		expect(await watch(`labelSelector=group%3Dc&resourceVersion=${from}`, 2)).toEqual([
			'ADDED replayed',
			'DELETED replayed',
		]);
	});

	it('shows an object that starts or stops matching as added or deleted', async () => {
		await create('moving', {group: 'none'});
		const from = cluster.store.version();
		const relabel = (group: string) =>
			call(cluster, `PATCH ${maps}/moving`, {metadata: {labels: {group}}}, {'content-type': patchAs.merge});
		await relabel('d');
		await relabel('none');
		expect(await watch(`labelSelector=group%3Dd&resourceVersion=${from}`, 2)).toEqual([
			'ADDED moving',
			'DELETED moving',
		]);
	});

	it('ends by itself after its time-out, with a bookmark', async () => {
		const from = cluster.store.version();
		const answer = await call(
			cluster,
			`GET ${maps}?watch=true&resourceVersion=${from}&timeoutSeconds=1&allowWatchBookmarks=true`,
		);
		expect(
			answer.text
				.trim()
				.split('\n')
				.map((line) => dict(JSON.parse(line)).type),
		).toEqual(['BOOKMARK']);
	});

	it('says 410 for a version from before the window', async () => {
		expect(await watch('resourceVersion=1', 1)).toEqual(['ADDED kube-root-ca.crt']);
		const restarted = await startCluster({load: cluster.snapshot()});
		const answer = await call(restarted, `GET ${maps}?watch=true&resourceVersion=2`);
		await restarted.stop();
		expect(dict(JSON.parse(answer.text))).toMatchObject({type: 'ERROR', object: {code: 410, reason: 'Expired'}});
	});
});

describe('the store', () => {
	it('keeps a window of changes, not all of them', () => {
		const store = createStore(undefined, 10);
		for (let number = 0; number < 100; number += 1) {
			const metadata = {name: 'one', namespace: 'n', uid: 'u', resourceVersion: '', creationTimestamp: ''};
			store.put('configmaps', {apiVersion: 'v1', kind: 'ConfigMap', metadata, data: {number: String(number)}});
		}
		expect(store.since(0).length).toBeLessThanOrEqual(20);
		expect(store.oldest()).toBeGreaterThan(70);
	});
});
