import {expect, it} from 'vitest';
import {type Clock, systemClock} from '../../source/base/clock.ts';
import {type Problem, ProblemError} from '../../source/base/problem.ts';
import type {KubeObject, Lease} from '../../source/cluster/kinds.ts';
import {acquireLease, type LeaseNews} from '../../source/cluster/lease.ts';
import type {LeaseCluster} from '../../source/cluster/lease-steps.ts';
import {clusterProblems} from '../../source/cluster/problems.ts';
import {expectProblem} from './support/problem-of.ts';

const {signal} = new AbortController();
const lifeSeconds = 60;

/** A server whose Lease has versions, and that can be away; writes of another version do nothing. */
const server = () => {
	let live: Lease | undefined;
	let version = 0;
	let isAway = false;
	const put = (object: KubeObject): Lease => {
		version += 1;
		live = {...object, metadata: {...object.metadata, resourceVersion: String(version)}} as Lease;
		return live;
	};
	const answer = async <T>(act: () => T): Promise<T> => {
		if (isAway) throw clusterProblems.error('kubernetes-server-error', {server: 's', deed: 'd', answer: 'HTTP 503'});
		return act();
	};
	const cluster: LeaseCluster = {
		serverTime: async () => 0,
		get: async () => answer(() => live),
		create: async (object) => answer(() => put(object)),
		replace: async (object) =>
			answer(() => (object.metadata.resourceVersion === live?.metadata.resourceVersion ? put(object) : undefined)),
	};
	return {
		cluster,
		away: (now: boolean) => {
			isAway = now;
		},
		/** What another run does with it. */
		change: (spec: Partial<NonNullable<Lease['spec']>>) => {
			if (live) put({...live, metadata: {...live.metadata, annotations: {}}, spec: {...live.spec, ...spec}} as Lease);
		},
		holder: () => live?.spec?.holderIdentity,
	};
};

/** Time that passes a renewal at a time, when the test says so. */
const steppedClock = () => {
	let now = 0;
	let wake: (() => void) | undefined;
	const clock: Clock = {
		now: () => now,
		sleep: (ms, end) =>
			new Promise((resolve, reject) => {
				wake = () => {
					now += ms;
					resolve();
				};
				end?.addEventListener('abort', () => reject(end.reason), {once: true});
			}),
	};
	const pass = async (renewals: number): Promise<void> => {
		for (let one = 0; one < renewals; one += 1) {
			wake?.();
			await new Promise((resolve) => setImmediate(resolve));
		}
	};
	return {clock, elapsed: () => now, pass};
};

const held = async () => {
	const place = server();
	const {clock, elapsed, pass} = steppedClock();
	const lost: Problem[] = [];
	const news: LeaseNews[] = [];
	const lease = await acquireLease(place.cluster, {
		namespace: 'zenml',
		holder: {user: 'me', host: 'jump1', pid: 1, runId: 'run-1', startedAt: 0},
		durationSeconds: lifeSeconds,
		clock,
		elapsed,
		signal,
		onLost: (problem) => lost.push(problem),
		onNews: (one) => news.push(one),
	});
	return {...place, lease, lost, news, pass};
};

it('a lock that cannot be renewed while nothing is changed is waited for, and is ours when nobody took it meanwhile', async () => {
	const {lease, lost, news, pass, away, holder} = await held();
	away(true);
	await pass(3);
	expect([news, lease.isSure()]).toEqual([[], true]);
	await pass(57);
	expect([lost, lease.isSure()]).toEqual([[], false]);
	const why = 'The API server, or a proxy before it, reports an error of its own.';
	expect(news).toEqual([{kind: 'lapsed', seconds: 40, why}]);
	away(false);
	await pass(1);
	expect(news.slice(1)).toEqual([{kind: 'back', seconds: 610}]);
	expect([lost, lease.isSure(), lease.lost.aborted]).toEqual([[], true, false]);
	await lease.release();
	expect(holder()).toBeNull();
});

it('a lock that another run took while it could not be renewed is lost, and told with whether that run still has it', async () => {
	for (const [holderIdentity, message] of [
		['bert@jump2/b', 'Another run has taken over the lock of this cluster.'],
		[null, 'Another run had the lock of this cluster, lease zenml/zenml-airgap, meanwhile.'],
	] as const) {
		const {lease, lost, pass, away, change, holder} = await held();
		away(true);
		await pass(6);
		change({holderIdentity: holderIdentity as string});
		away(false);
		await pass(1);
		expect(lost).toMatchObject([{code: 'install-locked', area: 'locked', message}]);
		expect([lease.isSure(), lease.lost.aborted]).toEqual([false, true]);
		await lease.release();
		expect(holder()).toBe(holderIdentity);
	}
});

it('nothing is changed before a lock that could not be renewed is surely held again', async () => {
	const {lease, lost, news, pass, away} = await held();
	away(true);
	await pass(5);
	const deeds: string[] = [];
	const change = async () => {
		deeds.push('changed');
	};
	await expectProblem(lease.changing(change), {
		code: 'install-lock-unsure',
		area: 'locked',
		message: 'The lock of this cluster could not be renewed for 50 s, so nothing was changed.',
		cause:
			'Another run may have taken it meanwhile. The API server, or a proxy before it, reports an error of its own.',
		fix: 'Try again when the cluster answers: where nobody has taken the lock it is renewed, and this run goes on.',
	});
	expect([deeds, lost]).toEqual([[], []]);
	away(false);
	await lease.changing(change);
	expect([deeds, lost, news.at(-1)?.kind]).toEqual([['changed'], [], 'back']);
	await lease.release();
});

it('a change begins with a lock that was just renewed, so that one that is lost meanwhile leaves the time to end', async () => {
	const {lease, pass, away} = await held();
	away(true);
	await pass(3);
	expect(lease.isSure()).toBe(true);
	const change = async (): Promise<string> => 'changed';
	await expectProblem(lease.changing(change), {code: 'install-lock-unsure', area: 'locked'});
	away(false);
	expect(await lease.changing(change)).toBe('changed');
	await lease.release();
});

it('nothing is changed once another run has the lock, and the run is told of it once', async () => {
	const {lease, lost, pass, away, change} = await held();
	away(true);
	await pass(5);
	change({holderIdentity: 'bert@jump2/b'});
	away(false);
	const work = async () => {
		throw new Error('was changed');
	};
	await expect(lease.changing(work)).rejects.toMatchObject({problem: {code: 'install-locked'}});
	await pass(1);
	expect(lost).toHaveLength(1);
	await lease.release();
});

it('a write of ours whose answer was lost does not keep the lock from being sure', async () => {
	const {lease, lost, pass, away, cluster} = await held();
	away(true);
	await pass(5);
	away(false);
	const live = (await cluster.get({apiVersion: 'v1', kind: 'Lease', name: 'l', namespace: 'n'}, signal)) as KubeObject;
	await cluster.replace(live, signal);
	await lease.changing(async () => undefined);
	expect([lost, lease.isSure()]).toEqual([[], true]);
	await lease.release();
});

it('a lock that cannot be renewed is lost while a change is under way, and waited for once that has ended, also by its failure', async () => {
	const first = await held();
	const failure = new ProblemError({code: 'time-out', area: 'cluster', message: 'm', cause: 'c', fix: 'f'});
	await expect(first.lease.changing(async () => Promise.reject(failure))).rejects.toBe(failure);
	first.away(true);
	await first.pass(10);
	expect(first.lost).toEqual([]);
	const second = await held();
	const end = Promise.withResolvers<void>();
	const work = second.lease.changing(() => end.promise);
	second.away(true);
	await second.pass(10);
	expect(second.lost).toMatchObject([{code: 'install-lock-lost'}]);
	end.resolve();
	await work;
});

it('a renewal that is never answered counts as one that failed, before the lock may be taken by others', async () => {
	const {cluster} = server();
	const silent: LeaseCluster = {
		...cluster,
		replace: (_object, end) =>
			new Promise((_resolve, reject) => end.addEventListener('abort', () => reject(end.reason))),
	};
	const lost = Promise.withResolvers<Problem>();
	const held = await acquireLease(silent, {
		namespace: 'zenml',
		holder: {user: 'me', host: 'jump1', pid: 1, runId: 'run-1', startedAt: 0},
		durationSeconds: 0.3,
		clock: systemClock,
		signal,
		onLost: lost.resolve,
	});
	const work = held.changing(() => lost.promise);
	expect(await work).toMatchObject({
		code: 'install-lock-lost',
		cause: expect.stringContaining('The cluster did not answer in time.'),
	});
	expect(held.isSure()).toBe(false);
});
