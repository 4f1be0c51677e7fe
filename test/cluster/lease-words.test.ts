import {expect, it} from 'vitest';
import type {Clock} from '../../source/base/clock.ts';
import type {Problem} from '../../source/base/problem.ts';
import type {KubeObject, Lease} from '../../source/cluster/kinds.ts';
import {acquireLease, type LeaseHolder} from '../../source/cluster/lease.ts';
import type {LeaseCluster} from '../../source/cluster/lease-steps.ts';
import {clusterProblems} from '../../source/cluster/problems.ts';
import {expectProblem} from './support/problem-of.ts';

const {signal} = new AbortController();
const noon = Date.UTC(2026, 0, 1, 12);
const minute = 60_000;
const me: LeaseHolder = {user: 'me', host: 'jump1', pid: 1, runId: 'run-1', startedAt: noon};
const nextSteps = ['kubectl -n zenml get lease zenml-airgap -o yaml'];

/** A Lease in memory, at noon. */
const world = (lease?: Lease) => {
	let live: KubeObject | undefined = lease;
	const cluster: LeaseCluster = {
		serverTime: async () => noon,
		get: async () => live,
		create: async (object) => {
			live = object;
			return live;
		},
		replace: async (object) => {
			live = object;
			return live;
		},
	};
	return {
		cluster,
		put: (object: KubeObject | undefined) => {
			live = object;
		},
		live: () => live as Lease | undefined,
	};
};

/** A clock that stands at noon; each sleep ends when the test says so. */
const handClock = (): Clock & {readonly wake: () => void} => {
	let wake = (): void => undefined;
	return {
		now: () => noon,
		sleep: (_ms, end) =>
			new Promise((resolve) => {
				wake = resolve;
				end?.addEventListener('abort', () => resolve(), {once: true});
			}),
		wake: () => wake(),
	};
};

const acquire = (cluster: LeaseCluster, clock: Clock = handClock(), onLost?: (problem: Problem) => void) =>
	acquireLease(cluster, {namespace: 'zenml', holder: me, durationSeconds: 30, clock, signal, onLost});

/** A Lease as another run writes it; its time in ms since the epoch. */
const leaseOf = (holderIdentity: string, renewedAt: number, holder?: LeaseHolder): Lease => ({
	apiVersion: 'coordination.k8s.io/v1',
	kind: 'Lease',
	metadata: {
		name: 'zenml-airgap',
		namespace: 'zenml',
		...(holder && {annotations: {'zenml-airgap.io/holder': JSON.stringify(holder)}}),
	},
	spec: {holderIdentity, leaseDurationSeconds: 30, renewTime: new Date(renewedAt).toISOString()},
});

it('a lock that another run holds is told with who it is, since when, and when it ends by itself', async () => {
	const anna: LeaseHolder = {user: 'anna', host: 'jump2', pid: 11, runId: 'a', startedAt: noon - 5 * minute};
	const {cluster} = world(leaseOf('anna@jump2/a', noon - 10_000, anna));
	await expectProblem(acquire(cluster), {
		code: 'install-locked',
		area: 'locked',
		message: 'Another run is working on this cluster: anna on jump2 (process 11).',
		cause: 'It began 5 min ago and was last alive 10 s ago; its lock expires in 20 s unless it is renewed.',
		fix: 'Let that run end, or stop it on jump2; a run that is dead frees the lock by itself at 2026-01-01T12:00:20.000Z.',
		nextSteps,
	});
});

it('a lock that another program holds is told with what stands in it', async () => {
	const bare = leaseOf('some-operator', noon);
	const held = {...bare, spec: {...bare.spec, acquireTime: new Date(noon - 7_200_000).toISOString()}};
	await expectProblem(acquire(world(held).cluster), {
		code: 'install-locked',
		message: 'Another run is working on this cluster: some-operator.',
		cause: 'It began 2 h ago and was last alive 0 s ago; its lock expires in 30 s unless it is renewed.',
	});
	await expectProblem(acquire(world(bare).cluster), {
		code: 'install-locked',
		cause: 'It began at an unknown time and was last alive 0 s ago; its lock expires in 30 s unless it is renewed.',
		fix: 'Let that run end, or stop it on its host; a run that is dead frees the lock by itself at 2026-01-01T12:00:30.000Z.',
	});
});

it.each([
	['belongs to nobody', leaseOf('', noon)],
	['has expired', leaseOf('some-operator', noon - minute)],
	['has no time that can be read', {...leaseOf('some-operator', noon), spec: {holderIdentity: 'some-operator'}}],
])('a lock that %s is taken, and the change of hands is counted', async (_, lease) => {
	const {cluster, live} = world(lease);
	await acquire(cluster);
	expect(live()?.spec).toMatchObject({
		holderIdentity: 'me@jump1/run-1',
		leaseDurationSeconds: 30,
		acquireTime: '2026-01-01T12:00:00.000000Z',
		renewTime: '2026-01-01T12:00:00.000000Z',
		leaseTransitions: 1,
	});
});

it('a lock that lasts as long as it says, not as long as those of this run', async () => {
	const lease = leaseOf('some-operator', noon - minute);
	const long = {...lease, spec: {...lease.spec, leaseDurationSeconds: 3600}};
	await expectProblem(acquire(world(long).cluster), {code: 'install-locked'});
});

it('a lock is asked for again as long as somebody else is quicker', async () => {
	const {cluster, live} = world();
	let lost = 0;
	const slow: LeaseCluster = {
		...cluster,
		create: async (object, until) => (++lost < 3 ? undefined : cluster.create(object, until)),
	};
	await acquire(slow);
	expect(lost).toBe(3);
	expect(live()?.spec?.leaseTransitions).toBe(0);
});

it('a lock that another run has taken over is told with who it is', async () => {
	const {cluster, put} = world();
	const clock = handClock();
	const lost = Promise.withResolvers<Problem>();
	// What was written in between is not overwritten: its version does not fit.
	const held = await acquire({...cluster, replace: async () => undefined}, clock, lost.resolve);
	const bert: LeaseHolder = {user: 'bert', host: 'jump3', pid: 22, runId: 'b', startedAt: noon - 2 * minute};
	put(leaseOf('bert@jump3/b', noon, bert));
	clock.wake();
	expect(await lost.promise).toMatchObject({
		code: 'install-locked',
		area: 'locked',
		message: 'Another run has taken over the lock of this cluster.',
		cause: 'It is bert on jump3 (process 22), which began 2 min ago; its lock expires in 30 s unless it is renewed.',
		fix: 'Let that run end, or stop it on jump3; a run that is dead frees the lock by itself at 2026-01-01T12:00:30.000Z.',
		nextSteps,
	});
	expect(held.lost.reason).toMatchObject({problem: {code: 'install-locked'}});
	await held.release();
});

it('a lock that was deleted is told as such', async () => {
	const {cluster, put} = world();
	const clock = handClock();
	const lost = Promise.withResolvers<Problem>();
	await acquire({...cluster, replace: async () => undefined}, clock, lost.resolve);
	put(undefined);
	clock.wake();
	expect(await lost.promise).toMatchObject({
		code: 'install-locked',
		message: 'The lock of this cluster, lease zenml/zenml-airgap, was deleted.',
		cause: 'Somebody removed it while this run was at work; another run may now begin.',
		fix: 'Find out who removed it, then start again; finished steps are not done twice.',
		nextSteps,
	});
});

it('a lock that could not be renewed for as long as it lasts is told with why', async () => {
	const {cluster} = world();
	let now = noon;
	const clock: Clock = {
		now: () => now,
		sleep: async (ms) => {
			now += ms;
		},
	};
	const lost = Promise.withResolvers<Problem>();
	const facts = {server: 's', deed: 'replace the lease', answer: 'HTTP 503'};
	const away = async () => {
		throw clusterProblems.error('kubernetes-server-error', facts, {evidence: ['etcd is slow']});
	};
	await acquire({...cluster, replace: away}, clock, lost.resolve);
	expect(await lost.promise).toEqual({
		code: 'install-lock-lost',
		area: 'locked',
		who: 'operator',
		message: 'The lock of this cluster could not be renewed for 30 s.',
		cause: 'Another run may now begin. The API server, or a proxy before it, reports an error of its own.',
		fix: 'Start again when the cluster answers; finished steps are not done twice.',
		nextSteps: [],
		evidence: ['etcd is slow'],
	});
});

it("a lock that is another run's by then is not given back", async () => {
	const {cluster, put, live} = world();
	const held = await acquire(cluster);
	put(leaseOf('bert@jump3/b', noon));
	await held.release();
	expect(live()?.spec?.holderIdentity).toBe('bert@jump3/b');
});
