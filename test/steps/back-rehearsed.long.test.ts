import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {Answers} from '../../source/answers/schema.ts';
import {runPlan} from '../../source/app/run/run.ts';
import {unattended} from '../../source/engine/controls.ts';
import {backPlan} from '../../source/plans/back.ts';
import {componentOf} from '../../source/steps/backup/installed.ts';
import {databaseOf} from '../../source/steps/shared/databases/contents.ts';
import {controlPlaneOf} from '../../source/steps/shared/names.ts';
import {clientsOf} from '../helpers/database-clients.ts';
import {entryOf} from '../helpers/plan-entry.ts';
import {type Site, startSite} from '../helpers/world.ts';
import {rowsOf} from './world.ts';

const {signal} = new AbortController();
const folder = await mkdtemp(path.join(tmpdir(), 'back-'));
const tools = await clientsOf('PostgreSQL', path.join(folder, 'clients'));

let site: Site;
let answers: Answers;
beforeAll(async () => {
	// The programs that fit the server of the rehearsal are found as on any host.
	process.env.PATH = `${tools}:${process.env.PATH}`;
	site = await startSite();
	answers = site.answers((input) => ({
		...input,
		backup: {...input.backup, folder: path.join(site.folder, 'backups'), encryption: 'none'},
	}));
}, 60_000);
afterAll(async () => {
	await site.stop();
	await rm(folder, {recursive: true, force: true});
});

/** A dump of the control plane's database and what its release was, as an upgrade makes them before it begins. */
const backUp = async (): Promise<void> => {
	const world = await site.world(answers);
	const {backups, dumps, helm} = world;
	const component = controlPlaneOf(answers);
	const {release: name, namespace} = component.answers;
	const release = await helm.release(name, namespace, signal);
	if (!release) throw new Error('there is no release');
	const {port, login} = await databaseOf(world, component);
	const facts = await port.probe(login, signal);
	const found = await dumps.tools(login, facts, signal);
	const {tables, revision} = await port.contents(login, signal);
	const {product, version} = facts;
	const database = {
		...({engine: 'postgresql', product, version, name: login.database, revision, tables} as const),
		tool: 'pg_dump',
	};
	const open = await backups.begin('before-upgrade:sha256:new', 'run-before', signal);
	await open.add({kind: 'database', name: 'controlPlane', ending: 'dump', database}, async (into) =>
		dumps.dump(login, {tools: found, into, onBytes: () => undefined, signal}),
	);
	await open.finish('run-before', [await componentOf(world, {...component, release})]);
};

/** An upgrade whose servers cannot start, over a database that it has already changed. */
const breakUpgrade = async (): Promise<void> => {
	const {bundle, helm} = await site.world(answers);
	const {release, namespace, database} = answers.controlPlane;
	await site.sql('create table written_since (id int); insert into written_since values (1), (2)', database.name);
	const {controlPlaneChart} = await bundle.open(signal);
	const values = (await helm.values(release, namespace, signal)) as {zenml: {image: object}};
	const broken = JSON.parse(JSON.stringify(values).replaceAll(/"tag":"[^"]*"/gu, '"tag":"9.9.9"')) as unknown;
	await helm.upgrade({
		release,
		namespace,
		component: 'controlPlane',
		chart: controlPlaneChart.path,
		values: broken,
		timeoutMs: 3000,
		description: 'an upgrade that fails',
		isIdle: async () => false,
		onLine: () => undefined,
		signal,
	});
};

const goBack = async () => {
	const told: unknown[] = [];
	const report = await runPlan({
		context: site.context(),
		stateDirectory: site.stateDirectory,
		plan: entryOf(backPlan('controlPlane'), 'source'),
		pass: 'apply',
		answers,
		prompted: new Map(),
		controls: () => unattended({acknowledged: () => false, handoverLimitMs: 0}),
		signal,
		listeners: [(event) => event.type === 'step-detail' && told.push(event.detail)],
	});
	return {report, told};
};

test.runIf(tools !== undefined)(
	'after a broken upgrade the control plane comes back with its dump, and what was written since is gone',
	async () => {
		expect(await site.run(answers)).toMatchObject({outcome: 'done'});
		const world = await site.world(answers);
		const component = controlPlaneOf(answers);
		const {port, login} = await databaseOf(world, component);
		const before = await port.contents(login, signal);
		await backUp();
		await expect(breakUpgrade()).rejects.toThrow();
		const {release, namespace} = answers.controlPlane;
		expect(await world.helm.release(release, namespace, signal)).toMatchObject({status: 'failed'});

		const {report, told} = await goBack();
		expect(report).toMatchObject({outcome: 'done', exitCode: 0});
		expect(rowsOf(told as never).join('\n')).toContain('the administrator can log in: ok');
		const history = await world.helm.history(release, namespace, signal);
		expect(history.at(-1)).toMatchObject({status: 'deployed', description: 'Rollback to 1'});
		const after = await port.contents(login, signal);
		expect(after.tables.map(({name}) => name)).toEqual(before.tables.map(({name}) => name));
		expect(after.isHalfRestored).toBe(false);

		// Done again, it finds that it was done.
		const again = await goBack();
		expect(again.report).toMatchObject({outcome: 'done'});
		expect((await world.helm.history(release, namespace, signal)).length).toBe(history.length);
		// And the install goes on from there as before.
		expect(await site.run(answers)).toMatchObject({outcome: 'done'});
	},
	400_000,
);
