import {expect, test} from 'vitest';
import {isAbort} from '../../source/base/problem.ts';
import {databaseProblems} from '../../source/database/problems.ts';
import {failoverSteps} from '../../source/steps/failover/index.ts';
import {askWithin, awayMs, beginning, isOver} from '../../source/steps/failover/measure.ts';
import {fakeClock} from '../base/fake-clock.ts';
import {answersOf, changesOf, code, linesOf, look, refusalOf, worldOf} from './world.ts';

const pace = {answerMs: 50, pauseMs: 1, windowMs: 5, quietMs: 10};

const facts = {usedConnections: 3, maxConnections: 100};
const readOnly = () =>
	databaseProblems.error('database-read-only', {case: 'standby', server: 'db.corp:5432', at: 'database'});

/** A site whose PostgreSQL and MySQL are asked through this. */
const siteOf = (probe: (signal: AbortSignal) => Promise<unknown>) => {
	const saved = new Map<string, string>();
	const database = {probe: async (_login: unknown, signal: AbortSignal) => (await probe(signal)) as never};
	const world = worldOf({
		answers: answersOf((input) => ({
			...input,
			database: {engine: 'postgresql', host: 'db.corp', tls: 'disable'},
			controlPlane: {...input.controlPlane, admin: {password: 'env:ADMIN'}, database: {password: 'env:DB'}},
			workspaces: [{name: 'default', host: 'zenml.corp.internal', database: {password: 'env:DB'}}],
			ingress: {address: '10.0.0.9'},
		})),
		databases: {postgresql: database, mysql: database},
		host: {
			readFile: async () => 'PEM',
			saveState: async (name, text = '') => {
				saved.set(name, text);
				return `/state/${name}`;
			},
		},
		holdLease: async () => undefined,
		zenml: {
			login: async () => ({me: async () => ({username: 'admin', superuser: true})}) as never,
			workspaceInfo: async () => ({version: '0.98.0'}) as never,
		},
	});
	return {world, saved};
};

test('a failover is seen, measured and written down; a standby is told apart', async () => {
	const said: (() => unknown)[] = [];
	const {world, saved} = siteOf(async () => {
		const next = said.shift();
		return next ? next() : facts;
	});
	const [ready, watch, report] = failoverSteps(pace);
	if (!ready || !watch || !report?.apply) throw new Error('three steps');
	expect(await look(ready, world)).toMatchObject({status: 'ok', note: '4 answer'});
	expect(await look(watch, world)).toMatchObject({status: 'waiting', handover: {who: 'database admin'}});
	for (let asked = 0; asked < 4; asked += 1)
		said.push(() => {
			throw readOnly();
		});
	const seen: string[] = [];
	for (let round = 0; round < 200; round += 1) {
		const finding = await look(watch, world);
		seen.push(finding.status);
		if (finding.status === 'ok') break;
		expect(finding.status).toBe('waiting');
	}
	expect(seen.at(-1)).toBe('ok');
	expect(linesOf(world.told).join('\n')).toContain('database-read-only');
	await report.apply(world);
	const text = saved.get('reports/failover-run-of-the-test.txt') ?? '';
	expect(text).toMatch(
		/database of the .*: [\d.]+ to [\d.]+ s without an answer, asked \d+ times in vain \(database-read-only\)/u,
	);
	expect(text).toContain('control plane: always answered');
	expect(await look(report, world)).toMatchObject({status: 'ok'});
});

test('nothing that happens ends by itself, and says so', async () => {
	const {world} = siteOf(async () => facts);
	const [, watch] = failoverSteps(pace);
	const finding = watch && (await look(watch, world));
	if (finding?.status !== 'waiting') throw new Error('it waits');
	expect(finding.late('within 15 minutes')).toMatchObject({
		code: code('failover-not-seen'),
		cause: 'Every database answered all the time.',
		fix: 'Agree on a time with the database admin, and start again just before it; network.waitMinutes says how long it is waited.',
	});
});

test('a database that stays away is named', async () => {
	let isDown = false;
	const {world} = siteOf(async () => {
		if (isDown) throw readOnly();
		return facts;
	});
	const [, watch] = failoverSteps(pace);
	if (!watch) throw new Error('a step');
	await look(watch, world);
	isDown = true;
	const finding = await look(watch, world);
	if (finding.status !== 'waiting') throw new Error('it waits');
	expect(finding.late('within 15 minutes')).toMatchObject({
		code: code('failover-not-over'),
		cause: 'Still away, or not steady yet: database of the control plane, database of the workspace default.',
		fix: 'Have the database admin look at the new primary and at the name that leads to it; where the databases answer, restart the servers that do not.',
	});
});

test('what is away before it begins is refused', async () => {
	const {world} = siteOf(async () => {
		throw readOnly();
	});
	const [ready, , report] = failoverSteps(pace);
	expect(ready && (await refusalOf(look(ready, world)))).toMatchObject({
		code: code('failover-not-well'),
		cause: 'It was asked before the failover: The database server db.corp:5432 takes no changes.',
		fix: 'Mend that first; zenml-airgap verify says more.',
	});
	if (!report?.apply) throw new Error('it writes');
	expect(await refusalOf(report.apply(world))).toMatchObject({
		code: code('failover-not-watched'),
		cause: 'The run began after the step that watches it.',
		fix: 'Start it again without --from.',
	});
});

test('a dry run waits for nobody', async () => {
	const {world} = siteOf(async () => facts);
	const holdLease = async () => {
		throw new Error('a look takes no lease');
	};
	const dry = {...world, pass: 'look', holdLease} as const;
	const steps = failoverSteps(pace);
	const [ready, watch, report] = await Promise.all(steps.map(async (step) => look(step, dry)));
	expect(ready).toEqual({status: 'ok', note: '4 answer'});
	expect([watch, report].map((finding) => finding && changesOf(finding))).toEqual([
		['wait the failover'],
		['create report of the failover, as text and JSON'],
	]);
});

test('time without an answer is told at least and at most', () => {
	const seen = {
		...beginning({label: 'a', kind: 'database', ask: async () => ''}, '', 0),
		...{firstFailure: 1000, okBefore: 600, firstOk: 5000, failures: 3},
	};
	expect(awayMs(seen)).toEqual({least: 4000, most: 4400});
	expect(isOver([seen], 6000, 2000)).toBe(false);
	expect(isOver([seen], 7000, 2000)).toBe(true);
	expect(isOver([{...seen, kind: 'server'}], 7000, 2000)).toBe(false);
});

/** A server that takes a question and never answers it: what is aborted says so in words of its own. */
const silent = async (signal: AbortSignal): Promise<never> =>
	new Promise((_resolve, reject) => {
		signal.addEventListener('abort', () => reject(new DOMException('The operation was aborted', 'AbortError')));
	});

test('a server that keeps silent is told as one, before it begins and while it is watched', async () => {
	let isSilent = true;
	const {world} = siteOf(async (signal) => (isSilent ? silent(signal) : facts));
	const [ready, watch] = failoverSteps({...pace, answerMs: 20});
	if (!ready || !watch) throw new Error('steps');
	expect(await refusalOf(look(ready, world))).toMatchObject({
		code: code('failover-not-well'),
		cause: 'It was asked before the failover: The database of the control plane gave no answer within 0.04 s.',
	});
	isSilent = false;
	await look(watch, world);
	isSilent = true;
	const finding = await look(watch, world);
	if (finding.status !== 'waiting') throw new Error('it waits');
	expect(finding.late('in time').evidence).toContain(
		'database of the control plane: gives no answer (failover-silent): The database of the control plane gave no answer within 0.02 s.',
	);
});

test('silence is a problem with words, and no stop of the run', async () => {
	const {world} = siteOf(silent);
	const watched = {label: 'workspace default', kind: 'server', ask: silent} as const;
	const error = await askWithin(world, watched, 5).catch((thrown: unknown) => thrown);
	expect(isAbort(error)).toBe(false);
	expect(await refusalOf(Promise.reject(error))).toMatchObject({
		code: code('failover-silent'),
		cause:
			'Nobody refused the question, and nobody answered it: what runs there stands still, or nothing comes through to it.',
		fix: 'Look whether it runs, and whether its name leads to what runs.',
	});
	const stop = AbortSignal.abort(new Error('stopped'));
	await expect(
		askWithin({...world, signal: stop}, {...watched, ask: async () => Promise.reject(new Error('x'))}, 5),
	).rejects.toThrow('stopped');
});

test('a refusal that comes late is told by its own words', async () => {
	const {world} = siteOf(async () => facts);
	const ask = async (signal: AbortSignal): Promise<never> => silent(signal).catch(() => Promise.reject(readOnly()));
	expect(await refusalOf(askWithin(world, {label: 'a', kind: 'database', ask}, 5))).toMatchObject({
		code: code('database-read-only'),
	});
});

test('what has come back and not held for long enough is not told as a failover that was never seen', async () => {
	let isDown = false;
	const {world} = siteOf(async () => {
		if (isDown) throw readOnly();
		return facts;
	});
	const [, watch] = failoverSteps({...pace, quietMs: 60_000});
	if (!watch) throw new Error('a step');
	for (const down of [false, true, false]) {
		isDown = down;
		await look(watch, world);
	}
	const finding = await look(watch, world);
	if (finding.status !== 'waiting') throw new Error('it waits');
	expect(finding.late('within 15 minutes')).toMatchObject({
		code: code('failover-not-over'),
		cause: 'Still away, or not steady yet: database of the control plane, database of the workspace default.',
	});
});

test('a server that does not find the new primary is named alone, though no database was seen away', async () => {
	const {world} = siteOf(async () => facts);
	const [, watch] = failoverSteps(pace);
	if (!watch) throw new Error('a step');
	await look(watch, world);
	const workspaceInfo = async () => {
		throw readOnly();
	};
	const finding = await look(watch, {...world, zenml: {...world.zenml, login: world.zenml.login, workspaceInfo}});
	if (finding.status !== 'waiting') throw new Error('it waits');
	expect(finding.late('in time')).toMatchObject({
		code: code('failover-not-over'),
		cause: 'Still away, or not steady yet: workspace default.',
	});
	expect(finding.handover.awaited).toMatchObject([
		{label: 'a database gave no answer', ok: false},
		{label: 'database of the control plane', ok: true},
		{label: 'database of the workspace default', ok: true},
		{label: 'control plane', ok: true},
		{label: 'workspace default', ok: false},
	]);
});

test('a watch that has ended asks nobody any more', async () => {
	let asked = 0;
	let isDown = false;
	const {world: site} = siteOf(async () => {
		asked += 1;
		if (isDown) throw readOnly();
		return facts;
	});
	const clock = fakeClock();
	const world = {...site, clock: {...site.clock, ...clock}};
	const [, watch] = failoverSteps({...pace, pauseMs: 500, windowMs: 1000, quietMs: 2000});
	if (!watch) throw new Error('a step');
	const seen: string[] = [];
	for (const down of [false, true, false, false, false, false]) {
		isDown = down;
		seen.push((await clock.drive(look(watch, world))).status);
	}
	expect(seen).toEqual(['waiting', 'waiting', 'waiting', 'ok', 'ok', 'ok']);
	const before = asked;
	expect(await look(watch, world)).toEqual({status: 'ok', note: 'all answer again, after 1.5 s at most'});
	expect(asked).toBe(before);
});

test('answers that name others than those that are watched are refused', async () => {
	const {world} = siteOf(async () => facts);
	const [, watch] = failoverSteps(pace);
	if (!watch) throw new Error('a step');
	await look(watch, world);
	const [first] = world.answers.workspaces;
	if (!first) throw new Error('a workspace');
	const workspaces = [first, {...first, name: 'second'}];
	await expect(watch.check({...world, answers: {...world.answers, workspaces}})).rejects.toThrow(
		'what is watched does not change in a run',
	);
});

test('one that failed from the first question on was away at least as long as is known', () => {
	const seen = beginning({label: 'a', kind: 'database', ask: async () => ''}, '', 0);
	expect(awayMs({...seen, firstFailure: 1000, firstOk: 3000, failures: 1})).toEqual({least: 2000, most: 2000});
	expect(awayMs(seen)).toBeUndefined();
	expect(awayMs({...seen, firstFailure: 1000, failures: 1})).toBeUndefined();
});
