import {setTimeout as sleep} from 'node:timers/promises';
import {afterAll, beforeAll, beforeEach, expect, it} from 'vitest';
import {type Clock, systemClock} from '../../source/base/clock.ts';
import {type Problem, ProblemError} from '../../source/base/problem.ts';
import {acquireLease, type HeldLease, type LeaseHolder, type LeaseOptions} from '../../source/cluster/lease.ts';
import type {ClusterPort} from '../../source/cluster/types.ts';
import {type Lab, startLab, until} from './rehearsal.ts';
import {problemOf} from './support/problem-of.ts';

let lab: Lab;
let number = 0;
let name = '';
beforeAll(async () => {
	lab = await startLab(async () => 'running');
});
afterAll(() => lab.close());
beforeEach(() => {
	name = `lease-${number++}`;
});

const signal = new AbortController().signal;
const realClock = systemClock;
const anna: LeaseHolder = {user: 'anna', host: 'jump1', pid: 11, runId: 'run-a', startedAt: Date.now()};
const bert: LeaseHolder = {user: 'bert', host: 'jump2', pid: 22, runId: 'run-b', startedAt: Date.now()};
const take = (holder: LeaseHolder, more: Partial<LeaseOptions> = {}, cluster: LeaseCluster = lab.cluster) =>
	acquireLease(cluster, {namespace: 'lab', name, holder, durationSeconds: 3, clock: realClock, signal, ...more});
type LeaseCluster = Pick<ClusterPort, 'get' | 'create' | 'replace' | 'serverTime'>;

const reference = () => ({apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace: 'lab', name});
const spec = async () =>
	((await lab.cluster.get(reference(), signal))?.spec ?? {}) as {
		holderIdentity?: string;
		renewTime?: string;
		leaseTransitions?: number;
	};
it('the lock of a cluster is held by one run; the other one learns who holds it, since when and until when', async () => {
	const held = await take(anna);
	const found = await problemOf(take(bert, {}, lab.another()));
	expect(found).toMatchObject({code: 'install-locked', area: 'locked'});
	expect(found.message).toContain('anna on jump1 (process 11)');
	expect(found.cause).toMatch(/^It began .* ago, and renewed its lock/u);
	await held.release();
	const next = await take(bert);
	expect((await spec()).holderIdentity).toContain('bert@jump2');
	await next.release();
});

it('the lock of a cluster goes to exactly one of many that ask at the same time', async () => {
	const asks = Array.from({length: 6}, (_, index) =>
		take({...bert, runId: `run-${index}`}, {}, lab.another()).catch((error: unknown) => error),
	);
	const results = await Promise.all(asks);
	const winners = results.filter((result): result is HeldLease => !(result instanceof Error));
	expect(winners).toHaveLength(1);
	for (const loser of results.filter((result) => result instanceof Error))
		expect((loser as ProblemError).problem.code).toBe('install-locked');
	await winners[0]?.release();
});

it('the lock of a cluster is taken over when it has expired', async () => {
	const stopped: Clock = {now: Date.now, sleep: (_, end) => ended(end)};
	const dead = await take(anna, {durationSeconds: 1, clock: stopped});
	const held = await until(
		() => take(bert).catch((error: unknown) => (error instanceof ProblemError ? undefined : Promise.reject(error))),
		'an expired lease',
	);
	expect((await spec()).leaseTransitions).toBe(1);
	await dead.release();
	expect((await spec()).holderIdentity).toContain('bert');
	await held.release();
});

it('the lock of a cluster is taken over at once from a holder that is known to be gone', async () => {
	const dead = await take(anna);
	const held = await take(bert, {isGone: ({host, pid}) => host === 'jump1' && pid === 11});
	expect((await spec()).holderIdentity).toContain('bert');
	await held.release();
	await dead.release();
});

it('the lock of a cluster may be taken again by the same run', async () => {
	await take(anna);
	await expect(take(anna)).resolves.toBeDefined();
});

it('the lock of a cluster is renewed for as long as the run lives', async () => {
	const held = await take(anna, {durationSeconds: 0.15});
	const first = (await spec()).renewTime;
	await until(async () => (await spec()).renewTime !== first, 'a renewal');
	await held.release();
	expect(held.lost.aborted).toBe(false);
	expect((await spec()).holderIdentity ?? '').toBe('');
});

it('the lock of a cluster does not depend on the clock of the jump host', async () => {
	const hour = 3_600_000;
	const held = await take(anna, {clock: {...realClock, now: () => Date.now() - hour}});
	const ahead = {...realClock, now: () => Date.now() + hour};
	expect(await problemOf(take(bert, {clock: ahead}))).toMatchObject({code: 'install-locked'});
	await held.release();
});

it('the lock of a cluster that was taken away or deleted is reported once', async () => {
	for (const remove of [true, false]) {
		const lost: Problem[] = [];
		const held = await take(anna, {durationSeconds: 0.15, onLost: (found) => lost.push(found)});
		if (remove) await lab.cluster.delete(reference(), signal);
		else await (await take(bert, {isGone: () => true})).release();
		await until(async () => lost.length > 0, 'the loss');
		expect(lost).toHaveLength(1);
		expect(lost[0]).toMatchObject({area: 'locked'});
		expect(held.lost.aborted).toBe(true);
		await held.release();
	}
});

it('the lock of a cluster counts as lost when it could not be renewed for as long as it lasts while something is changed, not before', async () => {
	let now = Date.now();
	const steps: (() => void)[] = [];
	const clock: Clock = {
		now: () => now,
		sleep: (ms, end) =>
			new Promise<void>((resolve) => {
				steps.push(() => {
					now += ms;
					resolve();
				});
				end?.addEventListener('abort', () => resolve(), {once: true});
			}),
	};
	let asked = 0;
	const flaky: LeaseCluster = {
		...lab.cluster,
		replace: async () => {
			asked++;
			throw new ProblemError({
				code: 'kubernetes-unreachable',
				area: 'cluster',
				message: 'gone',
				cause: 'The cable is out.',
				fix: 'Put it in.',
			});
		},
	};
	const lost: Problem[] = [];
	const options = {durationSeconds: 60, clock, elapsed: () => now, onLost: (found: Problem) => lost.push(found)};
	const held = await take(anna, options, flaky);
	const change = Promise.withResolvers<void>();
	const changing = held.changing(() => change.promise);
	const renewals: number[] = [];
	for (let turn = 0; turn < 4; turn++) {
		await until(async () => steps.length > turn, 'the pause before a renewal');
		steps[turn]?.();
		await until(async () => asked > turn, 'a renewal');
		await sleep(0);
		renewals.push(lost.length);
	}
	expect(renewals).toEqual([0, 0, 0, 1]);
	expect(lost[0]).toMatchObject({code: 'install-lock-lost'});
	expect(lost[0]?.cause).toContain('The cable is out.');
	change.resolve();
	await changing;
	await held.release();
});

it('the lock of a cluster in a namespace that does not exist is a problem of the cluster', async () => {
	expect(await problemOf(take(anna, {namespace: 'nowhere'}))).toMatchObject({code: 'kubernetes-namespace-missing'});
});

const ended = (end: AbortSignal | undefined): Promise<void> =>
	new Promise((resolve) => end?.addEventListener('abort', () => resolve(), {once: true}));
