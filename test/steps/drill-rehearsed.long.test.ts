import {existsSync} from 'node:fs';
import {mkdtemp, readdir, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {Answers} from '../../source/answers/schema.ts';
import {runPlan} from '../../source/app/run/run.ts';
import {unattended} from '../../source/engine/controls.ts';
import type {Event} from '../../source/engine/events.ts';
import {drillCleanPlan, drillPlan} from '../../source/plans/drill.ts';
import type {PlanEntry} from '../../source/plans/index.ts';
import {plans} from '../../source/plans/index.ts';
import {clientsOf} from '../helpers/database-clients.ts';
import {entryOf} from '../helpers/plan-entry.ts';
import {type Site, startSite} from '../helpers/world.ts';

const {signal: never} = new AbortController();
const folder = await mkdtemp(path.join(tmpdir(), 'drill-'));
const tools = await clientsOf('PostgreSQL', path.join(folder, 'clients'));
const mysqlTools = await clientsOf('MySQL', path.join(folder, 'clients'));

let site: Site;
let answers: Answers;
beforeAll(async () => {
	// The programs that fit the servers of the rehearsal are found as on any host.
	process.env.PATH = `${tools}:${process.env.PATH}`;
	site = await startSite({mysql: 'unpacked'});
	answers = site.answers((input) => ({
		...input,
		backup: {...input.backup, folder: path.join(site.folder, 'backups'), encryption: 'none'},
	}));
}, 120_000);
afterAll(async () => {
	await site.stop();
	await rm(folder, {recursive: true, force: true});
});

const go = async (plan: PlanEntry, signal = never, onEvent: (event: Event) => void = () => undefined) => {
	const events: Event[] = [];
	const report = await runPlan({
		context: site.context(),
		stateDirectory: site.stateDirectory,
		plan,
		pass: 'apply',
		answers,
		prompted: new Map(),
		controls: () => unattended({acknowledged: () => false, handoverLimitMs: 0}),
		signal,
		listeners: [
			(event) => {
				events.push(event);
				onEvent(event);
			},
		],
	});
	const failed = events.flatMap((event) => (event.type === 'step-problem' ? [event.problem] : []));
	return {report, events, failed};
};

const drill = () => entryOf(drillPlan(), 'drill-source');

const lastReport = async () => {
	const text = await readFile(path.join(site.stateDirectory, 'drill.json'), 'utf8');
	return JSON.parse(text) as {
		result: string;
		run: string;
		checks: {what: string; outcome: string; note: string}[];
		rtoMs: number;
		rpoMs: number;
	};
};

const nothingLeft = async (): Promise<void> => {
	const world = await site.world(answers);
	expect(
		await world.cluster.get({apiVersion: 'v1', kind: 'Namespace', name: 'zenml-airgap-drill'}, never),
	).toBeUndefined();
	expect(await site.sql("select datname from pg_database where datname like 'zenml\\_drill%'")).toEqual([]);
	expect(await site.sql("select rolname from pg_roles where rolname like 'zenml\\_drill%'")).toEqual([]);
};

test.runIf(tools !== undefined && mysqlTools !== undefined)(
	'a backup is restored into scratch, looked at, written down, and nothing of it stays',
	async () => {
		expect(await site.run(answers)).toMatchObject({outcome: 'done'});
		const backup = await go(plans.backup);
		expect(backup.failed).toEqual([]);
		expect(backup.report).toMatchObject({outcome: 'done'});

		const {report, failed} = await go(drill());
		const found = existsSync(path.join(site.stateDirectory, 'drill.json')) ? await lastReport() : undefined;
		expect({failed, checks: found?.checks.filter(({outcome}) => outcome === 'failed')}).toEqual({
			failed: [],
			checks: [],
		});
		expect(report).toMatchObject({outcome: 'done', exitCode: 0});
		expect(found).toMatchObject({result: 'passed'});
		const seen = new Map(found?.checks.map(({what, outcome}) => [what, outcome]));
		expect(Object.fromEntries(seen)).toMatchObject({
			'control plane: database against the manifest': 'passed',
			'control plane: login': 'passed',
			'workspace default: database against the manifest': 'passed',
			'workspace default: /health and /info': 'passed',
			'workspace default: as a member of the control plane': 'open',
			'no way to the real servers': 'open',
		});
		await nothingLeft();
		const [text = ''] = (await readdir(path.join(site.stateDirectory, 'reports'))).filter(
			(one) => one.startsWith('drill-') && one.endsWith('.txt'),
		);
		expect(await readFile(path.join(site.stateDirectory, 'reports', text), 'utf8')).toContain(
			'does not enforce NetworkPolicy',
		);
		const [kept] = await (await site.world(answers)).backups.list(never);
		expect(kept?.uses).toMatchObject([{kind: 'drill', note: expect.stringContaining('passed, 2 databases')}]);
	},
	600_000,
);

test.runIf(tools !== undefined && mysqlTools !== undefined)(
	'one that is stopped while it restores cleans up, and one that is killed is cleaned up later',
	async () => {
		const stop = new AbortController();
		const {report} = await go(drill(), stop.signal, (event) => {
			if (event.type === 'step-applying' && event.step === 'drill-servers')
				setTimeout(() => stop.abort(new Error('stopped')), 1500);
		});
		expect(report.outcome).not.toBe('done');
		await go(entryOf(drillCleanPlan));
		await nothingLeft();
	},
	600_000,
);
