import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {Answers} from '../../../source/answers/schema.ts';
import {runPlan} from '../../../source/app/run/run.ts';
import {unattended} from '../../../source/engine/controls.ts';
import type {Event} from '../../../source/engine/events.ts';
import {backupPlan} from '../../../source/plans/backup.ts';
import {restorePlan} from '../../../source/plans/restore.ts';
import {noFlags, type RestoreFlags, type RestoreScope} from '../../../source/steps/restore/options.ts';
import {contentsOf} from '../../../source/steps/shared/databases/contents.ts';
import {componentsOf} from '../../../source/steps/shared/names.ts';
import type {Plan} from '../../../source/steps/world.ts';
import {clientsOf} from '../../helpers/database-clients.ts';
import {entryOf} from '../../helpers/plan-entry.ts';
import {type Site, startSite} from '../../helpers/world.ts';

const {signal} = new AbortController();
const folder = await mkdtemp(path.join(tmpdir(), 'restore-'));
const tools = [
	await clientsOf('PostgreSQL', path.join(folder, 'postgresql')),
	await clientsOf('MySQL', path.join(folder, 'mysql')),
];
const passphraseFile = path.join(folder, 'passphrase');

let site: Site;
let answers: Answers;
const answersAt = (of: Site): Answers =>
	of.answers((input) => ({
		...input,
		backup: {folder: path.join(folder, 'backups'), passphrase: `file:${passphraseFile}`, tools: 'host'},
	}));

beforeAll(async () => {
	process.env.PATH = `${tools.join(':')}:${process.env.PATH}`;
	await writeFile(passphraseFile, 'correct horse battery staple\n', {mode: 0o600});
	site = await startSite({mysql: 'unpacked'});
	answers = answersAt(site);
}, 120_000);
afterAll(async () => {
	await site?.stop();
	await rm(folder, {recursive: true, force: true});
});

const go = async (at: Site, plan: Plan, own: Answers) => {
	const events: Event[] = [];
	const report = await runPlan({
		context: at.context(),
		stateDirectory: at.stateDirectory,
		plan: entryOf(plan, plan.steps.some(({id}) => id === 'namespaces') ? 'namespaces' : undefined),
		pass: 'apply',
		answers: own,
		prompted: new Map(),
		controls: () => unattended({acknowledged: () => false, handoverLimitMs: 60_000}),
		signal,
		listeners: [(event) => events.push(event)],
	});
	const problems = events.filter(({type}) => type === 'step-problem');
	const lines = events.flatMap((event) =>
		event.type === 'step-detail' && event.detail.kind === 'line' ? [event.detail.text] : [],
	);
	return {report, problems, lines};
};

const restoring = (only: RestoreScope = {kind: 'whole'}, flags: Partial<RestoreFlags> = {}): Plan =>
	restorePlan({only, flags: {...noFlags, ...flags}});

const held = async (at: Site, own: Answers) => {
	const world = await at.world(own);
	return Promise.all(
		componentsOf(own).map(async (one) => {
			const {tables, revision, isHalfRestored} = await contentsOf(world, one);
			return {tables, revision, isHalfRestored};
		}),
	);
};

const writeToControlPlane = async (): Promise<void> => {
	const {name, username} = answers.controlPlane.database;
	await site.sql(`create table written_since (id int); alter table written_since owner to "${username}"`, name);
};

const writeSince = async (): Promise<void> => {
	const [workspace] = answers.workspaces;
	await writeToControlPlane();
	await site.mysql(`create table ${workspace?.database.name}.written_since (id int primary key)`);
};

test.runIf(tools.every((one) => one !== undefined))(
	'what was written since a backup is gone after a restore, and data of an empty cluster is that of the backup',
	async () => {
		expect(await site.run(answers)).toMatchObject({outcome: 'done'});
		const backedUp = await go(site, backupPlan, answers);
		expect(backedUp.problems).toEqual([]);
		const before = await held(site, answers);

		await writeSince();
		expect(await held(site, answers)).not.toEqual(before);
		const restored = await go(site, restoring(), answers);
		expect(restored.problems).toEqual([]);
		expect(restored.report).toMatchObject({outcome: 'done', exitCode: 0});
		expect(await held(site, answers)).toEqual(before);
		expect(restored.lines.join('\n')).toContain('What you see is the state of these times.');

		// The same once more leaves alone what was written since, unless it is asked for.
		await writeSince();
		const written = await held(site, answers);
		expect((await go(site, restoring(), answers)).report).toMatchObject({outcome: 'done'});
		expect(await held(site, answers)).toEqual(written);
		const again = await go(site, restoring({kind: 'whole'}, {again: true}), answers);
		expect(again.problems).toEqual([]);
		expect(await held(site, answers)).toEqual(before);

		// One database, under the servers that run.
		await writeToControlPlane();
		const one = await go(site, restoring({kind: 'database', name: 'controlPlane'}, {again: true}), answers);
		expect(one.problems).toEqual([]);
		expect(await held(site, answers)).toEqual(before);
		expect(await site.run(answers)).toMatchObject({outcome: 'done'});

		const empty = await startSite({mysql: 'unpacked'});
		try {
			const own = answersAt(empty);
			const moved = await go(empty, restoring(), own);
			expect(moved.problems).toEqual([]);
			expect(moved.report).toMatchObject({outcome: 'done', exitCode: 0});
			expect(await held(empty, own)).toEqual(before);
		} finally {
			await empty.stop();
		}
	},
	900_000,
);
