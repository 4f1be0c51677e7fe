import {expect, it} from 'vitest';
import type {Clock} from '../../source/base/clock.ts';
import type {Problem} from '../../source/base/problem.ts';
import type {KubeObject, Lease} from '../../source/cluster/kinds.ts';
import {acquireLease, type LeaseHolder, type LeaseOptions} from '../../source/cluster/lease.ts';
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

const untilAborted = async (end: AbortSignal | undefined): Promise<void> => {
	await new Promise((resolve) => end?.addEventListener('abort', resolve, {once: true}));
};

/** Longer than a pause between two looks at 30 s, and not longer than one between two renewals; ms. */
const renewalMs = 5000;

/** A clock on which time only passes while somebody sleeps; without renewals it stands still once a lock is held. */
const quickClock = (renews = false) => {
	let now = noon;
	const clock: Clock = {
		now: () => now,
		sleep: async (ms, end) => {
			end?.throwIfAborted();
			if (ms >= renewalMs && !renews) await untilAborted(end);
			now += ms;
		},
	};
	return {clock, elapsed: () => now - noon};
};

const acquire = (cluster: LeaseCluster, clock: Clock = handClock(), onLost?: (problem: Problem) => void) =>
	acquireLease(cluster, {namespace: 'zenml', holder: me, durationSeconds: 30, clock, signal, onLost});

/** The same where another run's Lease is to be watched. */
const watch = (cluster: LeaseCluster, more: Partial<LeaseOptions> = {}) =>
	acquireLease(cluster, {namespace: 'zenml', holder: me, durationSeconds: 30, signal, ...quickClock(), ...more});

/** A Lease whose holder lives: at its third look it was renewed. */
const living = (lease: Lease): LeaseCluster => {
	const {cluster} = world(lease);
	let looks = 0;
	const version = () => String(++looks > 2 ? 2 : 1);
	return {...cluster, get: async () => ({...lease, metadata: {...lease.metadata, resourceVersion: version()}})};
};

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

/** How far the clock of another host may be off, ms. */
const clocks = [0, 3 * 60 * minute, -3 * 60 * minute, 90_000, -90_000];

it.each(clocks)('a lock that is renewed is refused, whatever its times say (%i ms off)', async (off) => {
	const anna: LeaseHolder = {user: 'anna', host: 'jump2', pid: 11, runId: 'a', startedAt: noon - 5 * minute};
	await expectProblem(watch(living(leaseOf('anna@jump2/a', noon + off, anna))), {
		code: 'install-locked',
		area: 'locked',
		message: 'Another run is working on this cluster: anna on jump2 (process 11).',
		cause: 'It began 5 min ago, and renewed its lock while this run looked on.',
		fix: 'Let that run end, or stop it on jump2; the lock of a run that is dead is free 30 s after its end.',
		nextSteps,
	});
});

it.each(clocks)(
	'a lock that is not renewed is taken after its life, whatever its times say (%i ms off)',
	async (off) => {
		const {cluster, live} = world(leaseOf('anna@jump2/a', noon + off));
		const {clock, elapsed} = quickClock();
		await watch(cluster, {clock, elapsed});
		expect(elapsed()).toBeGreaterThanOrEqual(30_000);
		expect(live()?.spec).toMatchObject({holderIdentity: 'me@jump1/run-1', leaseTransitions: 1});
	},
);

it('a clock that is set while a lock is watched does not bring its end nearer', async () => {
	const {clock, elapsed} = quickClock();
	const {cluster, put} = world(leaseOf('anna@jump2/a', noon));
	let looks = 0;
	const renewing: LeaseCluster = {
		...cluster,
		get: async (...given) => {
			if (++looks === 5) put(leaseOf('anna@jump2/a', noon + 1000));
			return cluster.get(...given);
		},
	};
	const jumping = {...clock, now: () => clock.now() + looks * 60 * minute};
	await expectProblem(watch(renewing, {clock: jumping, elapsed}), {code: 'install-locked'});
});

it('a lock of a dead process is taken at once where that is known', async () => {
	const anna = {...me, boot: 'b', pidNamespace: 'n', birth: '1', runId: 'a'};
	const {clock, elapsed} = quickClock();
	const {cluster} = world(leaseOf('anna@jump1/a', noon, anna));
	await watch(cluster, {clock, elapsed, isGone: (holder) => holder.boot === 'b' && holder.birth === '1'});
	expect(elapsed()).toBe(0);
});

it('a lock that another program holds is told with what stands in it', async () => {
	const bare = leaseOf('some\u001boperator', noon);
	const held = {...bare, spec: {...bare.spec, acquireTime: new Date(noon - 7_200_000).toISOString()}};
	await expectProblem(watch(living(held)), {
		code: 'install-locked',
		message: 'Another run is working on this cluster: some\\u{1b}operator.',
		cause: 'It began 2 h ago, and renewed its lock while this run looked on.',
	});
	await expectProblem(watch(living(bare)), {
		code: 'install-locked',
		cause: 'It began at an unknown time, and renewed its lock while this run looked on.',
		fix: 'Let that run end, or stop it on its host; the lock of a run that is dead is free 30 s after its end.',
	});
});

it('words in the place of a holder, or a date beyond all dates, are no reason to crash', async () => {
	for (const annotation of ['not JSON', '[]', JSON.stringify({...me, startedAt: 1e20})]) {
		const lease = leaseOf('x@y/z', noon);
		const strange = {...lease, metadata: {...lease.metadata, annotations: {'zenml-airgap.io/holder': annotation}}};
		await expectProblem(watch(living(strange)), {
			code: 'install-locked',
			message: 'Another run is working on this cluster: x@y/z.',
		});
	}
});

it.each([
	['belongs to nobody', leaseOf('', noon)],
	['is our own', leaseOf('me@jump1/run-1', noon)],
])('a lock that %s is taken at once, and the change of hands is counted', async (_, lease) => {
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

it('a lock that lasts longer than anybody waits is refused with the way out', async () => {
	const lease = leaseOf('some-operator', noon - minute);
	const long = {...lease, spec: {...lease.spec, leaseDurationSeconds: 3600}};
	await expectProblem(watch(world(long).cluster), {
		code: 'install-locked',
		message: 'The lock of this cluster is held by somebody else: some-operator.',
		cause:
			'It began at an unknown time, and holds the lock for 3600 s at a time, which is too long to wait for its end.',
		fix: 'Let it end. Where it is dead for certain, delete the lease and try again.',
		nextSteps: [...nextSteps, 'kubectl -n zenml delete lease zenml-airgap'],
	});
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
		cause: 'It is bert on jump3 (process 22), which began 2 min ago.',
		fix: 'Let that run end, or stop it on jump3; the lock of a run that is dead is free 30 s after its end.',
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
		fix: 'Find out who removed it, then try again; finished steps are not done twice.',
		nextSteps,
	});
});

it('a lock that could not be renewed while something is changed is told with why', async () => {
	const {cluster} = world();
	const lost = Promise.withResolvers<Problem>();
	const facts = {server: 's', deed: 'replace the lease', answer: 'HTTP 503'};
	const away = async () => {
		throw clusterProblems.error('kubernetes-server-error', facts, {evidence: ['etcd is slow']});
	};
	const held = await watch({...cluster, replace: away}, {...quickClock(true), onLost: lost.resolve});
	void held.changing(() => lost.promise);
	expect(await lost.promise).toEqual({
		code: 'install-lock-lost',
		area: 'locked',
		who: 'operator',
		message: 'Lost the lock: the cluster did not answer for 20 s.',
		cause:
			'A lock that is not renewed may be taken over, so this run ended before another can begin. The API server, or a proxy before it, reports an error of its own.',
		fix: 'Start again when the cluster answers: it goes on where this run ended, and does nothing twice.',
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

/** A server that refuses the first writes that give a Lease back. */
const refusing = (times: number) => {
	const {cluster, live} = world();
	let refused = 0;
	const facts = {server: 's', deed: 'replace the lease', answer: 'HTTP 503'};
	const flaky: LeaseCluster = {
		...cluster,
		replace: async (object, until) => {
			if (refused++ < times) throw clusterProblems.error('kubernetes-server-error', facts);
			return cluster.replace(object, until);
		},
	};
	return {flaky, live};
};

/** Taken with a clock that renews nothing, so that each write is one that gives it back. */
const heldAt = (cluster: LeaseCluster) => {
	const clock: Clock = {
		now: () => noon,
		sleep: async (ms, end) => {
			if (ms >= renewalMs) await untilAborted(end);
		},
	};
	return acquire(cluster, clock);
};

it('a lock whose giving back fails for a moment is given back', async () => {
	const {flaky, live} = refusing(2);
	await (await heldAt(flaky)).release();
	expect(live()?.spec?.holderIdentity).toBeNull();
});

it('a lock that cannot be given back is told, with when it ends by itself', async () => {
	const {flaky} = refusing(99);
	await expectProblem((await heldAt(flaky)).release(), {
		code: 'install-lock-left',
		area: 'locked',
		message: 'The lock of this cluster, lease zenml/zenml-airgap, could not be given back.',
		cause: 'The last try failed: The API server, or a proxy before it, reports an error of its own.',
		fix: 'Nothing is lost by it: the next run takes it over after 30 s.',
	});
});
