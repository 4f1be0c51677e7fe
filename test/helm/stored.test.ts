import {describe, expect, test} from 'vitest';
import {ProblemError} from '../../source/base/problem.ts';
import {createCluster} from '../../source/cluster/cluster.ts';
import {packRevision, readingStored, unpackRevision} from '../../source/helm/index.ts';
import type {HelmPort} from '../../source/helm/types.ts';
import {helmVersions} from './lab.ts';
import {type Stage, upgrade, useStage} from './stage.ts';

const {signal} = new AbortController();

/** A revision as Helm keeps it. */
const kept = (version: number, more: object = {}) => ({
	name: 'zenml',
	namespace: 'ns',
	version,
	info: {status: 'superseded', last_deployed: '2026-01-01T00:00:00Z', description: `revision ${version}`},
	chart: {metadata: {name: 'zenml', version: '0.95.1', appVersion: '0.95.1'}},
	config: {replicas: version},
	...more,
});

const secretOf = async (revision: unknown) => ({
	type: 'helm.sh/release.v1',
	data: {release: await packRevision(revision)},
});

/** Secrets of a cluster, and a program that only says that it was asked. */
const reading = (secrets: readonly unknown[] | Error) => {
	const asked: string[] = [];
	const say = (name: string, answer: unknown) => async () => {
		asked.push(name);
		return answer;
	};
	const program = {
		version: say('version', '4.2.3'),
		history: say('history', []),
		values: say('values', {by: 'program'}),
	};
	const helm = readingStored(program as unknown as HelmPort, async (namespace, selector) => {
		asked.push(`${namespace}: ${selector}`);
		if (secrets instanceof Error) throw secrets;
		return secrets;
	});
	return {helm, asked};
};

test('history, newest revision and values come from the Secrets, whatever order these are in', async () => {
	const {helm, asked} = reading([await secretOf(kept(10)), await secretOf(kept(9))]);
	const history = await helm.history('zenml', 'ns', signal);
	expect(history.map(({revision}) => revision)).toEqual([9, 10]);
	expect(history[1]).toEqual({
		name: 'zenml',
		namespace: 'ns',
		revision: 10,
		status: 'superseded',
		chart: 'zenml-0.95.1',
		appVersion: '0.95.1',
		updated: '2026-01-01T00:00:00Z',
		description: 'revision 10',
	});
	expect(await helm.release('zenml', 'ns', signal)).toEqual(history[1]);
	expect(await helm.values('zenml', 'ns', signal)).toEqual({replicas: 10});
	expect(asked.filter((one) => one === 'history' || one === 'values')).toEqual([]);
	expect(asked.slice(0, 2)).toEqual(['version', 'ns: owner=helm,name=zenml']);
});

test('a release that is not there has no revisions; its values are for the program to refuse', async () => {
	const {helm, asked} = reading([]);
	expect(await helm.history('zenml', 'ns', signal)).toEqual([]);
	expect(await helm.release('zenml', 'ns', signal)).toBeUndefined();
	expect(asked).not.toContain('history');
	expect(await helm.values('zenml', 'ns', signal)).toEqual({by: 'program'});
});

test('a release without values has none', async () => {
	const {helm} = reading([await secretOf(kept(1, {config: null}))]);
	expect(await helm.values('zenml', 'ns', signal)).toEqual({});
});

test('a revision whose Secret has changed is read anew, and who takes values changes none of them', async () => {
	const secrets = [await secretOf(kept(1))];
	const {helm} = reading(secrets);
	const taken = (await helm.values('zenml', 'ns', signal)) as {replicas: number};
	taken.replicas = 7;
	expect(await helm.values('zenml', 'ns', signal)).toEqual({replicas: 1});
	secrets[0] = await secretOf(kept(1, {config: {replicas: 2}}));
	expect(await helm.values('zenml', 'ns', signal)).toEqual({replicas: 2});
	secrets[0] = await secretOf(kept(1));
	expect(await helm.values('zenml', 'ns', signal)).toEqual({replicas: 1});
});

test('a Secret that could not be read is asked of the program each time, until it can be read', async () => {
	const damaged = {type: 'helm.sh/release.v1', data: {release: 'bm8gcmVsZWFzZQ=='}};
	const secrets: unknown[] = [damaged];
	const {helm} = reading(secrets);
	expect(await helm.values('zenml', 'ns', signal)).toEqual({by: 'program'});
	expect(await helm.values('zenml', 'ns', signal)).toEqual({by: 'program'});
	secrets[0] = await secretOf(kept(1));
	expect(await helm.values('zenml', 'ns', signal)).toEqual({replicas: 1});
});

describe('the program is asked', () => {
	const deep = (levels: number): unknown => (levels === 0 ? 'end' : {inner: deep(levels - 1)});
	test.each([
		['where the cluster refuses', new Error('forbidden')],
		['for a Secret of another kind', [{type: 'helm.sh/release.v2', data: {release: 'x'}}]],
		['for a Secret that is damaged', [{type: 'helm.sh/release.v1', data: {release: 'x'}}]],
	])('%s', async (_what, secrets) => {
		const {helm, asked} = reading(secrets);
		await helm.history('zenml', 'ns', signal);
		expect(await helm.values('zenml', 'ns', signal)).toEqual({by: 'program'});
		expect(asked.filter((one) => one === 'history' || one === 'values')).toEqual(['history', 'values']);
	});

	test.each([
		['a state that is not known', {info: {status: 'half-done', last_deployed: '2026-01-01T00:00:00Z'}}],
		['another release', {name: 'other'}],
		['a release of another namespace', {namespace: 'other'}],
	])('for %s', async (_what, more) => {
		const {helm, asked} = reading([await secretOf(kept(1)), await secretOf(kept(2, more))]);
		await helm.history('zenml', 'ns', signal);
		expect(asked).toContain('history');
	});

	test('for values that are too deep to be worked on', async () => {
		const {helm} = reading([await secretOf(kept(1, {config: deep(300)}))]);
		expect(await helm.values('zenml', 'ns', signal)).toEqual({by: 'program'});
	});
});

test.each(['kubeconfig-missing', 'kubernetes-unreachable', 'kubernetes-unauthorized'] as const)(
	'where there is no way to the cluster (%s), that is the answer, and the program is not asked for the same in other words',
	async (code) => {
		const refusal = new ProblemError({code, area: 'cluster', message: 'No way.', cause: 'None.', fix: 'Mend it.'});
		const {helm, asked} = reading(refusal);
		await expect(helm.release('zenml', 'ns', signal)).rejects.toBe(refusal);
		await expect(helm.values('zenml', 'ns', signal)).rejects.toBe(refusal);
		expect(asked.filter((one) => one === 'history' || one === 'values')).toEqual([]);
	},
);

test('who is stopped asks nobody else', async () => {
	const stop = new AbortController();
	const reason = new Error('stopped');
	const helm = readingStored({version: async () => '4.2.3'} as unknown as HelmPort, async () => {
		stop.abort(reason);
		throw new Error('broken off');
	});
	await expect(helm.history('zenml', 'ns', stop.signal)).rejects.toBe(reason);
});

test('what is packed is unpacked as it was', async () => {
	expect(await unpackRevision(await packRevision(kept(3)))).toEqual(kept(3));
});

describe.each(helmVersions)('beside Helm %s itself', (version) => {
	const stage = useStage(version);
	const stored = ({helm, kubeconfig}: Stage): HelmPort => {
		const cluster = createCluster({kubeconfig, homeDirectory: '/nonexistent', environment: {}});
		const silent = {...helm, history: undefined, release: undefined, values: undefined} as unknown as HelmPort;
		return readingStored(silent, async (namespace, labelSelector) =>
			cluster.list({apiVersion: 'v1', kind: 'Secret', namespace, labelSelector}, signal),
		);
	};

	test('the same is read without the program: nothing, revisions of every state, and values', async () => {
		const here = stage();
		const {helm, namespace} = here;
		expect(await stored(here).history('zenml', namespace, signal)).toEqual([]);
		await upgrade(here, 'https://one.example.internal');
		here.migration = 'fails';
		await upgrade(here, 'https://two.example.internal').catch(() => undefined);
		here.migration = 'works';
		await upgrade(here, 'https://three.example.internal');
		const history = await helm.history('zenml', namespace, signal);
		expect(history.map(({status}) => status)).toEqual(['superseded', 'failed', 'deployed']);
		expect(await stored(here).history('zenml', namespace, signal)).toEqual(history);
		expect(await stored(here).values('zenml', namespace, signal)).toEqual(
			await helm.values('zenml', namespace, signal),
		);
	});
});
