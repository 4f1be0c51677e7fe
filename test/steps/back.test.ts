import {describe, expect, test} from 'vitest';
import {ProblemError} from '../../source/base/problem.ts';
import {installPlan} from '../../source/plans/install.ts';
import {upgradePlan} from '../../source/plans/upgrade.ts';
import {backSteps} from '../../source/steps/back/index.ts';
import {findWayBack} from '../../source/steps/back/source.ts';
import {waysBack} from '../../source/steps/back/way.ts';
import {
	installPrerequisitesStep,
	prerequisitesStep,
	upgradePrerequisitesStep,
} from '../../source/steps/prerequisites/index.ts';
import {tableDifferences} from '../../source/steps/shared/databases/contents.ts';
import {unfinished} from '../../source/steps/shared/marks/unfinished.ts';
import {componentsOf, controlPlaneOf, workspaceOf} from '../../source/steps/shared/names.ts';
import {refuseUnfinishedBack} from '../../source/steps/shared/release/back-mark.ts';
import type {World} from '../../source/steps/world.ts';
import {backSite, Killed, manifestOf, newTables, oldTables, revisionOf, summaryOf} from './back-site.ts';
import {refusal} from './parts.ts';
import {changesOf, code, linesOf, look, refusalOf} from './world.ts';

const release = {name: 'zenml', namespace: 'zenml-workspace'};

const ofDefault = async (world: World) => {
	const [workspace] = world.answers.workspaces;
	if (!workspace) throw new Error('no workspace');
	const [way] = await waysBack(world, [workspaceOf(world.answers, workspace)]);
	if (!way) throw new Error('no way');
	return way;
};

/** Every server and every table is again as before the upgrade. */
const cameBack = {
	replicas: 1,
	chart: 'zenml-0.93.0',
	database: {tables: oldTables, revision: '0.93.0', half: false},
	mixed: [],
};

describe('the paired way back', () => {
	test('says what comes back and what was written since, before anybody agrees', async () => {
		const way = await ofDefault(backSite().world());
		expect(way).toMatchObject({
			id: 'back-default',
			label: 'Bring back revision 1 of the workspace default and its dump',
			done: 'the workspace default was brought back to revision 1 (zenml-0.93.0) and its dump',
			command: 'zenml-airgap back default',
		});
		expect(way.warning).toEqual([
			'The database "zenml_default" of the workspace default goes back to its dump in backup before of 2026-11-29 01:02 UTC, and its release to revision 1 (zenml-0.93.0): both or neither. Its servers are stopped until both are done.',
			'The schema is at revision 0.98.0; it was at 0.93.0.',
			'Written since and lost, by table: pipeline_run: 12 rows, were 10; run_template: new, 1 row. Rows that were changed since are lost as well.',
		]);
	});

	test('brings back release and dump, with the servers stopped in between, and is over then', async () => {
		const site = backSite();
		const way = await ofDefault(site.world());
		await way.run(site.world());
		expect(site.state).toMatchObject(cameBack);
		expect(site.state.history.map(({status}) => status)).toEqual(['superseded', 'superseded', 'deployed']);
		const before = [...site.state.done];
		expect(before.indexOf('patch test resourceVersion, add zenml-airgap.io~1replicas, add replicas')).toBe(0);
		expect(before.indexOf('restore ends')).toBeLessThan(before.indexOf('rollback begins'));
		await way.run(site.world());
		expect(site.state.done).toEqual(before);
	});

	test('the steps of the plan say what they would do, and a dry run changes nothing', async () => {
		const site = backSite();
		const world = site.world({pass: 'look'});
		const seen = await Promise.all(backSteps('default').map(async (step) => look(step, world)));
		expect(seen[0]).toMatchObject({status: 'ok', note: 'revision 1 (zenml-0.93.0) and the dump of backup before'});
		expect(seen.slice(1).map(changesOf)).toEqual([
			['update release zenml-workspace/zenml (its servers are stopped)'],
			['update database zenml_default (replaced by its dump in backup before)'],
			['update release zenml-workspace/zenml (back to revision 1, zenml-0.93.0)'],
			['check workspace default is healthy', 'check workspace default says what it should'],
		]);
		expect(site.state.done).toEqual([]);
	});
});

describe('killed after any of its writes, the way back', () => {
	const writes = 14;
	test.each(Array.from({length: writes}, (_, index) => index + 1))('goes on to its end: after %i', async (count) => {
		const site = backSite();
		site.state.killAfter = count;
		const killed = await ofDefault(site.world())
			.then(async (way) => way.run(site.world()))
			.then(
				() => false,
				(error: unknown) => {
					if (error instanceof Killed) return true;
					throw error;
				},
			);
		site.state.killAfter = Number.POSITIVE_INFINITY;
		expect(site.state.mixed).toEqual([]);
		const isHalf = killed && site.state.done.includes('mark restoring') && !site.state.done.includes('mark done');
		const upgrade = refuseUnfinishedBack(site.world(), release);
		if (isHalf)
			expect(await refusalOf(upgrade)).toMatchObject({
				code: code('back-unfinished'),
				nextSteps: ['zenml-airgap back default'],
			});
		else await upgrade;
		if (!site.state.done.includes('mark done')) await (await ofDefault(site.world())).run(site.world());
		expect(site.state).toMatchObject(cameBack);
		expect(site.state.done.filter((one) => one === 'mark done')).toHaveLength(1);
		await refuseUnfinishedBack(site.world(), release);
	});

	test('is never killed after its last write by these tests, so they went through all of them', async () => {
		const site = backSite();
		await (await ofDefault(site.world())).run(site.world());
		expect(site.state.done.length).toBeLessThanOrEqual(writes);
	});
});

describe('nothing is changed', () => {
	test.each([
		['tools', {dumps: {tools: async () => Promise.reject(refusal('dump-tools-missing'))}}],
		['a whole backup', {backups: {folder: '/b', open: async () => Promise.reject(refusal('backup-file-changed'))}}],
	])('where %s are missing', async (_name, missing) => {
		const site = backSite();
		const given = site.given();
		const world = site.world({
			dumps: {...given.dumps, ...('dumps' in missing ? missing.dumps : {})},
			backups: {...given.backups, ...('backups' in missing ? missing.backups : {})},
		});
		const way = await ofDefault(world);
		await expect(way.run(world)).rejects.toThrow(ProblemError);
		expect(site.state.done).toEqual([]);
	});

	test('where no backup was made before an upgrade', async () => {
		const site = backSite();
		site.state.backups = [
			summaryOf(manifestOf({purpose: 'asked'})),
			summaryOf(manifestOf({parts: []})),
			summaryOf(manifestOf(), {state: 'unfinished'}),
		];
		expect(await refusalOf(findWayBack(site.world(), 'default'))).toMatchObject({
			code: code('back-nothing'),
			message: 'The workspace default cannot be brought back.',
			cause: 'No whole backup in /backups was made before an upgrade and has a dump of its database.',
			fix: 'Name the folder of your backups in backup.folder. Without a dump of that time there is no way back; restore another backup, or mend what is there.',
		});
	});

	test('where Helm has no working revision of that time any more', async () => {
		const site = backSite();
		site.state.history = [revisionOf(11, 'deployed', 'zenml-0.98.0')];
		expect(await refusalOf(findWayBack(site.world(), 'default'))).toMatchObject({
			cause: 'Its release has no working revision 1 any more, which ran when backup before was made.',
			fix: 'Install the version of that time anew from its bundle, once its database is restored from that backup.',
		});
	});

	test('where there was no upgrade since', async () => {
		const site = backSite();
		site.state.history = [revisionOf(1, 'deployed', 'zenml-0.93.0')];
		expect(await refusalOf(findWayBack(site.world(), 'default'))).toMatchObject({
			cause: 'Since the backup before its release has had no other revision than 1, which runs.',
			fix: 'There is no upgrade to go back from: nothing has to be done.',
		});
	});

	test('for a component that there is not', async () => {
		expect(await refusalOf(findWayBack(backSite().world(), 'defualt'))).toMatchObject({
			code: code('back-component'),
			cause: 'These answers have: controlPlane, default.',
			fix: 'Name one of these.',
		});
	});
});

test('a backup that was made between two tries of one upgrade is not taken: its dump is of a failed migration', async () => {
	const site = backSite();
	const [component] = manifestOf().components;
	if (!component) throw new Error('no component');
	const between = manifestOf({id: 'between', components: [{...component, revision: 2}]});
	site.state.backups = [summaryOf(between), ...site.state.backups];
	expect(await findWayBack(site.world(), 'default')).toMatchObject({backup: 'before', revision: 1});
});

test('a way back that was begun goes on with its own backup, and says so where that is gone', async () => {
	const site = backSite();
	site.state.killAfter = 3;
	await expect((await ofDefault(site.world())).run(site.world())).rejects.toThrow(Killed);
	site.state.killAfter = Number.POSITIVE_INFINITY;
	expect(site.state.done).toContain('mark restoring');
	const newer = manifestOf({id: 'newer'});
	site.state.backups = [summaryOf(newer), summaryOf(manifestOf())];
	expect(await findWayBack(site.world(), 'default')).toMatchObject({backup: 'before', phase: 'restoring'});
	site.state.backups = [summaryOf(newer)];
	expect(await refusalOf(findWayBack(site.world(), 'default'))).toMatchObject({
		cause: 'Its way back began with backup before, which is not whole in /backups any more.',
		fix: 'Put that backup back where it was and try again: its database holds a part of it, or nothing that fits another.',
	});
});

test('sessions that are ended before the restore are told', async () => {
	const site = backSite();
	const world = site.world();
	await (await ofDefault(world)).run(world);
	expect(linesOf(world.told)).toContainEqual(expect.stringMatching(/^warn database \S+: ended what was left$/u));
});

test('what somebody else wrote after the restore is found before servers start on it', async () => {
	const site = backSite();
	const given = site.given();
	const restore = async (): Promise<void> => {
		site.state.database = {tables: newTables, revision: '0.93.0', half: false};
	};
	const world = site.world({dumps: {...given.dumps, restore}});
	const problem = await refusalOf((await ofDefault(world)).run(world));
	expect(problem).toMatchObject({
		code: code('back-differs'),
		message: 'The workspace default is not what it was when backup before was made.',
		cause:
			'After the restore its database differs from the dump: pipeline_run: 12 rows, were 10; run_template: new, 1 row.',
		fix: 'Find out who else writes to it, have that stopped, and try again: the dump is restored anew.',
	});
	expect(site.state.replicas).toBe(0);
});

test('a release that is not what was to come back is told', async () => {
	const site = backSite();
	const given = site.given();
	const rollback = async () => revisionOf(3, 'failed', 'zenml-0.93.0');
	const world = site.world({helm: {...given.helm, rollback}});
	expect(await refusalOf((await ofDefault(world)).run(world))).toMatchObject({
		cause: 'Its release is revision 3, failed, of zenml-0.93.0; zenml-0.93.0 was to come back.',
		fix: 'Look at the history of the release for who else changes it, then try again.',
	});
});

test('an upgrade over a way back that is under way is refused with what is to be done', async () => {
	const site = backSite();
	site.state.killAfter = 3;
	await expect((await ofDefault(site.world())).run(site.world())).rejects.toThrow(Killed);
	site.state.killAfter = Number.POSITIVE_INFINITY;
	const early = await unfinished.run(site.world()).catch((error: unknown) => error);
	expect(early).toMatchObject({
		problems: [{code: code('back-unfinished'), nextSteps: ['zenml-airgap back default']}],
	});
	expect(await refusalOf(refuseUnfinishedBack(site.world(), release))).toMatchObject({
		message: 'The workspace default is in the middle of its way back to revision 1 and the dump of backup before.',
		cause:
			'Its database is being replaced by the dump, or was, and its servers of then do not run yet; other servers would change it.',
		fix: 'End the way back first; it goes on where it was.',
	});
});

test('where no way back is under way, nothing is refused before the first change', async () => {
	expect(await unfinished.run(backSite().world())).toEqual({note: 'none'});
});

test('install and upgrade look for it before the first change, a restore goes on with its own', () => {
	const checkOf = ({check}: {readonly check: unknown}): unknown => check;
	expect(new Set([installPrerequisitesStep, upgradePrerequisitesStep, prerequisitesStep].map(checkOf)).size).toBe(3);
	expect(upgradePlan.steps).toContain(upgradePrerequisitesStep);
	expect(installPlan.steps).toContain(installPrerequisitesStep);
});

test('a database that cannot be read does not hide the way back', async () => {
	const site = backSite();
	const given = site.given();
	const contents = async () => Promise.reject(refusal('database-unreachable', 'The database is down.'));
	const postgresql = {...given.databases?.postgresql, contents};
	const way = await ofDefault(site.world({databases: {postgresql}}));
	expect(way.warning[1]).toBe(
		'What was written since the dump and is lost cannot be told, as the database cannot be read: The database is down.',
	);
});

test('the control plane has a way of its own, by the word back', async () => {
	const site = backSite();
	const world = site.world();
	const [part] = manifestOf().parts;
	const [component] = manifestOf().components;
	if (!part || !component) throw new Error('no part');
	const own = {...component, name: 'controlPlane'};
	site.state.backups = [summaryOf(manifestOf({parts: [{...part, name: 'controlPlane'}], components: [own]}))];
	const [way] = await waysBack(world, [controlPlaneOf(world.answers)]);
	expect(way).toMatchObject({
		id: 'back',
		command: 'zenml-airgap back controlPlane',
		mends: ['server-migration-torn', 'server-database-newer'],
	});
	expect(way?.warning.at(-1)).toBe(
		'Workspaces that run a newer version than this control plane must be brought back as well.',
	);
});

test('of several components those are offered whose release failed, and else those that were upgraded', async () => {
	const site = backSite();
	const world = site.world();
	const components = componentsOf(world.answers);
	// The backup has no dump of the control plane: that hides nothing.
	expect((await waysBack(world, components)).map(({id}) => id)).toEqual(['back-default']);
	site.state.history = [revisionOf(1, 'superseded', 'zenml-0.93.0'), revisionOf(2, 'deployed', 'zenml-0.98.0')];
	expect((await waysBack(world, components)).map(({id}) => id)).toEqual(['back-default']);
	site.state.backups = [];
	expect(await refusalOf(waysBack(world, components))).toMatchObject({code: code('back-nothing')});
	expect(await waysBack(world, [])).toEqual([]);
});

test('a way that was gone to its end is not offered again', async () => {
	const site = backSite();
	await (await ofDefault(site.world())).run(site.world());
	const world = site.world();
	expect(await waysBack(world, componentsOf(world.answers).slice(1))).toEqual([]);
});

test('tables that differ are told by their rows', () => {
	expect(tableDifferences(oldTables, newTables)).toEqual([
		'pipeline_run: 10 rows, were 12',
		'run_template: gone, had 1 row',
	]);
	expect(tableDifferences(oldTables, oldTables)).toEqual([]);
});
