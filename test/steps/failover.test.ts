import {expect, test} from 'vitest';
import {databaseProblems} from '../../source/database/problems.ts';
import {failoverSteps} from '../../source/steps/failover/index.ts';
import {awayMs, beginning, isOver} from '../../source/steps/failover/measure.ts';
import {answersOf, code, linesOf, look, refusalOf, worldOf} from './world.ts';

const pace = {answerMs: 50, pauseMs: 1, windowMs: 5, quietMs: 10};

const facts = {usedConnections: 3, maxConnections: 100};
const readOnly = () =>
	databaseProblems.error('database-read-only', {case: 'standby', server: 'db.corp:5432', at: 'database'});

/** A site whose PostgreSQL and MySQL are asked through this. */
const siteOf = (probe: () => Promise<unknown>) => {
	const saved = new Map<string, string>();
	const database = {probe: async () => (await probe()) as never};
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
	const [, watch] = failoverSteps(pace);
	expect(watch && (await look(watch, {...world, pass: 'look'}))).toMatchObject({status: 'todo'});
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
