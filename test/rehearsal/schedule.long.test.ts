import {cp, readdir} from 'node:fs/promises';
import path from 'node:path';
import {text} from 'node:stream/consumers';
import {expect, onTestFinished, test, vi} from 'vitest';
import type {AnswersInput} from '../../source/answers/schema.ts';
import type {KubeObject} from '../../source/cluster/types.ts';
import {plans} from '../../source/plans/index.ts';
import {restorePlan} from '../../source/plans/restore.ts';
import {noFlags} from '../../source/steps/restore/options.ts';
import {scheduleReports} from '../../source/steps/schedule/reports.ts';
import {scheduleStanding} from '../../source/steps/schedule/standing.ts';
import {backupsOf, identity, never} from '../backup/helpers.ts';
import {clientsOf} from '../helpers/database-clients.ts';
import {entryOf} from '../helpers/plan-entry.ts';
import {type Site, startSite} from '../helpers/world.ts';

const schedule = {plan: plans.schedule, controls: undefined} as const;

const runSchedule = (site: Site, answers: ReturnType<Site['answers']>, pass: 'apply' | 'look' = 'apply') => {
	const {controls: _none, ...more} = schedule;
	return site.run(answers, {...more, pass});
};

const linesOf = (events: Awaited<ReturnType<Site['run']>>['events']): string =>
	events
		.flatMap((event) => (event.type === 'step-detail' && event.detail.kind === 'line' ? [event.detail.text] : []))
		.join('\n');

/** The claims of the rehearsal lie beside the folders of its pods. */
const claims = async (folder: string): Promise<string> => {
	const all = await readdir(folder, {recursive: true, withFileTypes: true});
	const found = all.find(({name, parentPath}) => name === 'zenml-backup' && parentPath.includes('claims'));
	if (!found) throw new Error('there is no claim');
	return path.join(found.parentPath, found.name);
};

test('a schedule is put into the cluster, its first backup is made there by the real programs, and is read here', async () => {
	const site = await startSite({storage: 's3', mysql: 'unpacked'});
	onTestFinished(site.stop);
	if (/no programs of/u.test(site.rehearsal.describe().join('\n'))) return;
	expect(await site.run(site.answers())).toMatchObject({exitCode: 0});
	const {recipient, file} = await identity();
	const withSchedule = (change: NonNullable<AnswersInput['backup']>) =>
		site.answers((input) => ({...input, backup: {recipients: recipient, ...change}}));
	const volume = {kind: 'storageClass', storageClass: {name: 'standard', size: '1Gi'}} as const;

	const none = await site.run(site.answers(), {plan: plans.schedule});
	expect(none.problem).toMatchObject({code: 'schedule-not-asked'});
	const nobody = await site.run(
		site.answers((input) => ({...input, backup: {schedule: volume}})),
		{plan: plans.schedule},
	);
	expect(nobody.problem).toMatchObject({code: 'schedule-recipients-missing'});

	const answers = withSchedule({schedule: volume});
	const planned = await runSchedule(site, answers, 'look');
	expect(planned.exitCode).toBe(0);
	const first = await runSchedule(site, answers);
	expect([first.problem, first.exitCode, linesOf(first.events)]).toEqual([
		undefined,
		0,
		expect.stringContaining('is whole and was read back'),
	]);

	const folder = path.join(site.folder, 'carried-out');
	await cp(await claims(path.join(site.folder, 'world')), folder, {recursive: true});
	const backups = await backupsOf({folder, identity: file});
	const [summary, ...others] = await backups.list(never);
	expect(others).toEqual([]);
	const read = await backups.open(summary?.id ?? '', never);
	expect(read.manifest.parts.map(({kind, name}) => `${kind} ${name}`)).toEqual([
		'secrets secrets',
		...['certificates certificate', 'certificates key', 'certificates ca'],
		...['values controlPlane', 'values default', 'answers answers', 'journal journal', 'inventory inventory'],
		'database default',
		'database controlPlane',
	]);
	expect(read.manifest.lacks).toEqual([]);
	for (const part of read.manifest.parts) {
		const whole = await text(await read.read(part, never));
		if (part.file === 'database-default.sql.age') expect(whole).toContain('-- Dump completed');
		if (part.file === 'database-controlPlane.dump.age') expect(whole).toMatch(/^PGDMP/u);
		if (part.kind === 'certificates') expect(whole).toContain('-----BEGIN ');
		if (part.kind === 'values') expect(whole).toContain('imagePullSecrets:');
		if (part.kind === 'journal') expect(JSON.parse(whole)).toMatchObject({runId: expect.any(String)});
		if (part.database) expect(part.database.tables.length).toBeGreaterThan(0);
	}

	// Nothing is done twice.
	const again = await runSchedule(site, answers);
	expect(again.exitCode).toBe(0);
	expect(again.events.filter(({type}) => type === 'step-applying')).toEqual([]);
	const world = await site.world(answers);
	const {cluster} = world;
	const live = await cluster.get(
		{apiVersion: 'batch/v1', kind: 'CronJob', namespace: 'zenml-pro', name: 'zenml-backup'},
		never,
	);
	expect(live?.status).toMatchObject({lastSuccessfulTime: expect.any(String)});

	// Its pod left what came of it, and so does one that only looks, as the CronJob beside it makes them.
	const {signal} = world;
	const standing = await scheduleStanding({answers, cluster, signal}, Date.now());
	expect(standing).toMatchObject({
		...{kind: 'there', warnings: []},
		newest: {id: summary?.id, bytes: summary?.bytes, parts: read.manifest.parts.length, lacks: []},
	});
	const watch = {apiVersion: 'batch/v1', kind: 'CronJob', namespace: 'zenml-pro', name: 'zenml-backup-watch'};
	const {spec: watching} = (await cluster.get(watch, never)) as unknown as {
		readonly spec: {readonly jobTemplate: {readonly spec: object}};
	};
	const metadata = {name: 'watch-by-hand', namespace: 'zenml-pro'};
	const job = {apiVersion: 'batch/v1', kind: 'Job', metadata, spec: watching.jobTemplate.spec};
	await cluster.create(job as KubeObject, never);
	await vi.waitFor(async () => {
		const {good} = await scheduleReports({answers, cluster, signal});
		const told = good.find(({pod}) => pod.startsWith('watch-by-hand'));
		expect(told).toMatchObject({id: summary?.id, bytes: summary?.bytes});
	}, 20_000);

	// What is there is enough for servers of a drill, and for a restore of everything.
	const tools = await Promise.all(
		(['PostgreSQL', 'MySQL'] as const).map((engine) => clientsOf(engine, path.join(site.folder, engine))),
	);
	const before = process.env.PATH;
	onTestFinished(() => {
		process.env.PATH = before;
	});
	process.env.PATH = [...tools, before].join(':');
	const carried = withSchedule({schedule: volume, folder, identity: file, tools: 'host'});
	for (const plan of [plans.drill, entryOf(restorePlan({only: {kind: 'whole'}, flags: noFlags}), 'namespaces')]) {
		const used = await site.run(carried, {plan});
		expect([plan.id, used.problem, used.exitCode]).toEqual([plan.id, undefined, 0]);
	}
	const here = await backups.list(never);
	expect(await scheduleStanding({answers, cluster, signal, here}, Date.now())).toMatchObject({
		newest: {id: summary?.id, usedAt: here[0]?.uses.at(-1)?.at},
	});

	// The same into a bucket.
	const s3 = (site.answers().artifacts as {readonly s3: object}).s3;
	const bucket = await runSchedule(site, withSchedule({schedule: {kind: 's3', s3: {...s3, prefix: 'backups'}}}));
	expect([bucket.problem, bucket.exitCode]).toEqual([undefined, 0]);
	expect((await readdir(path.join(site.folder, 'world', 's3'))).length).toBeGreaterThan(5);
}, 480_000);
