import {describe, expect, test} from 'vitest';
import type {BackupSummary, BackupUse} from '../../../source/backup/types.ts';
import type {KubeObject} from '../../../source/cluster/types.ts';
import {newestScheduled, newestText} from '../../../source/steps/schedule/newest.ts';
import {scheduleReports} from '../../../source/steps/schedule/reports.ts';
import {newestLine, scheduleLine, scheduleStanding, scheduleWarnings} from '../../../source/steps/schedule/standing.ts';
import {ofSchedule} from '../../../source/steps/verification/backup.ts';
import {refusal} from '../parts.ts';
import {answersOf, never, worldOf} from '../world.ts';
import {scheduledTo, volume} from './site.ts';

const answers = scheduledTo(volume);
const now = Date.parse('2026-02-01T12:00:00Z');
const [older, newer] = ['20260131T021500Z-0a1b2c', '20260201T021500Z-0a1b2c'];
const sum = 'ab'.repeat(32);

/** What a pod tells of a backup. */
const told = (id: string, more: object = {}): string =>
	JSON.stringify({
		...{id, finishedAt: `2026-02-0${id === newer ? 1 : 0}T02:20:00.000Z`.replace('02-00', '01-31')},
		...{bytes: 5_000_000, parts: 9, lacks: ['journal'], manifest: sum, ...more},
	});

type Play = {
	readonly of?: string;
	readonly at?: string;
	readonly exitCode?: number;
	readonly message?: string | undefined;
};

/** A pod of the schedule whose container has ended. */
const ended = (name: string, {of = 'zenml-backup', at = '2026-02-01T02:20:05Z', exitCode = 0, message}: Play) =>
	({
		...{apiVersion: 'v1', kind: 'Pod'},
		metadata: {name, namespace: 'zenml-pro', labels: {'app.kubernetes.io/name': of}},
		status: {
			containerStatuses: [{state: {terminated: {exitCode, finishedAt: at, ...(message !== undefined && {message})}}}],
		},
	}) as unknown as KubeObject;

const cronJob = {
	...{apiVersion: 'batch/v1', kind: 'CronJob', metadata: {name: 'zenml-backup', namespace: 'zenml-pro'}},
	...{spec: {schedule: '15 2 * * *'}, status: {lastSuccessfulTime: '2026-02-01T02:20:06Z'}},
} as KubeObject;

const reportsOf = (...pods: readonly KubeObject[]) =>
	scheduleReports({answers, cluster: {list: async () => pods}, signal: never});

const standingOf = (pods: readonly KubeObject[], here: readonly BackupSummary[] = []) =>
	scheduleStanding({answers, cluster: {get: async () => cronJob, list: async () => pods}, signal: never, here}, now);

/** A whole backup in a folder here. */
const here = (id: string, {uses = [], purpose = 'scheduled'}: {uses?: readonly BackupUse[]; purpose?: string} = {}) =>
	({
		...{id, folder: `/backups/${id}`, state: 'whole', bytes: 7_000_000, signed: false, uses},
		manifest: {purpose, finishedAt: '2026-02-01T02:20:00.000Z', parts: [{}, {}], lacks: ['values']},
	}) as unknown as BackupSummary;

const drilled = (at: string): BackupUse => ({kind: 'drill', at, run: 'r', note: 'all of it'});

describe('what pods of the schedule leave', () => {
	test('is asked by their names in the namespace of the schedule, and what was told last comes first', async () => {
		const asked: unknown[] = [];
		const pods = [
			ended('a', {message: told(older), at: '2026-01-31T02:20:05Z'}),
			ended('w', {of: 'zenml-backup-watch', message: told(newer), at: '2026-02-01T11:37:09Z'}),
			ended('b', {message: told(newer)}),
		];
		const cluster = {
			list: async (of: unknown) => {
				asked.push(of);
				return pods;
			},
		};
		const own = scheduledTo({...volume, namespace: 'backups'});
		const {good, watchSays} = await scheduleReports({answers: own, cluster, signal: never});
		expect(asked).toEqual([
			{
				...{apiVersion: 'v1', kind: 'Pod', namespace: 'backups'},
				labelSelector: 'app.kubernetes.io/name in (zenml-backup,zenml-backup-watch)',
			},
		]);
		expect(good.map(({pod, id}) => `${pod} ${id}`)).toEqual([`w ${newer}`, `b ${newer}`, `a ${older}`]);
		expect(good[0]).toMatchObject({bytes: 5_000_000, parts: 9, lacks: ['journal'], manifest: sum});
		expect(watchSays).toBeUndefined();
	});

	test.each([
		['nothing', undefined],
		['no JSON', 'bye'],
		['an id that leads elsewhere', told('../../etc')],
		['a size below nothing', told(newer, {bytes: -1})],
		['words that steer a terminal', told(newer, {lacks: ['\u001b[2J']})],
		['no sum', told(newer, {manifest: 'x'})],
	])('counts for nothing where it is %s', async (_what, message) => {
		expect((await reportsOf(ended('a', {message}))).good).toEqual([]);
	});

	test('counts for nothing where the pod failed, still runs, or is of somebody else', async () => {
		const running = {...ended('r', {}), status: {containerStatuses: [{state: {running: {}}}]}} as KubeObject;
		const {good} = await reportsOf(
			ended('a', {message: told(newer), exitCode: 1}),
			ended('b', {message: told(newer), of: 'another'}),
			running,
		);
		expect(good).toEqual([]);
	});

	test('is a warning where the last look into the storage failed, until something good is told', async () => {
		const watch = (at: string, message?: string) =>
			ended(`w${at}`, {of: 'zenml-backup-watch', exitCode: 1, at, message});
		const failed = watch('2026-02-01T11:37:00Z', 'FAILED: there is\n no \u001b[2Jgood backup');
		expect((await reportsOf(failed)).watchSays).toBe('FAILED: there is no [2Jgood backup');
		expect((await reportsOf(watch('2026-02-01T11:37:00Z'))).watchSays).toContain('ended with exit code 1');
		const since = ended('a', {message: told(newer), at: '2026-02-01T11:50:00Z'});
		expect((await reportsOf(failed, since)).watchSays).toBeUndefined();
	});
});

describe('the newest scheduled backup', () => {
	test('is what was told last, also where an older one is left by then', () => {
		const report = (id: string, toldAt: string) => ({...JSON.parse(told(id)), pod: 'p', toldAt});
		const reports = [report(older, '2026-02-01T11:37:00Z'), report(newer, '2026-02-01T02:20:05Z')];
		expect(newestScheduled(reports, [])?.id).toBe(older);
		expect(newestScheduled(reports, [here(newer)])).toMatchObject({id: newer, from: `/backups/${newer}`, parts: 2});
		expect(newestScheduled([], [here(newer, {purpose: 'asked'}), {...here(newer), state: 'broken'}])).toBeUndefined();
	});

	test('is told with age, size, what it lacks and whether it was ever restored or drilled', async () => {
		const pods = [ended('zenml-backup-1', {message: told(newer)})];
		const line = async (summaries: readonly BackupSummary[]) => newestLine(await standingOf(pods, summaries), now);
		expect(await line([])).toBe(
			`${newer}, 9 h 40 min old, 4.8 MiB, 9 parts; never restored or drilled; lacks journal; told by pod zenml-backup-1 at 2026-02-01T02:20:05Z`,
		);
		const others = [here(older, {uses: [drilled('2026-01-31T08:00:00Z')]})];
		expect(await line(others)).toContain(
			`never restored or drilled; the last scheduled one that was: ${older}, 2026-01-31T08:00:00Z`,
		);
		const own = [here(newer, {uses: [drilled('2026-02-01T09:00:00Z'), drilled('2026-02-01T08:00:00Z')]})];
		expect(await line(own)).toContain('restored or drilled 2026-02-01T09:00:00Z; lacks values; lies in /backups/');
	});

	test('counts the use that stands in the storage', () => {
		const report = {...JSON.parse(told(newer, {usedAt: '2026-02-01T10:00:00.000Z'})), pod: 'p', toldAt: 'x'};
		for (const lying of [older, newer]) {
			const uses = lying === older ? [drilled('2026-02-01T11:00:00Z')] : [];
			const newest = newestScheduled([report], [here(lying, {uses})]);
			expect(newest && newestText(newest, now)).toContain('restored or drilled 2026-02-01T10:00:00.000Z;');
		}
	});

	test('is not known where no pod is left, and nobody’s business where there is no schedule', async () => {
		expect(newestLine(await standingOf([]), now)).toBe(
			'not known: no pod is left that told of one; the next run of the CronJob does',
		);
		expect(newestLine({kind: 'not asked'}, now)).toBeUndefined();
	});
});

describe('a verification', () => {
	test('goes by what lies in the storage, not by a Job that ended well', async () => {
		const watch = {of: 'zenml-backup-watch', at: '2026-02-01T11:37:00Z'};
		const gone = await standingOf([ended('w', {...watch, message: told(older)}), ended('b', {message: told(newer)})]);
		expect(scheduleWarnings(gone)).toEqual([
			`the newest good scheduled backup, ${older} of 4.8 MiB, never restored or drilled, is 33 h 40 min old, older than 26 hours (backup.schedule.staleAfterHours)`,
		]);
		const well = await standingOf([ended('w', {...watch, message: told(newer)})]);
		expect(scheduleWarnings(well)).toEqual([]);
		expect(scheduleLine(well)).toBe('15 2 * * * UTC, last good one 2026-02-01T02:20:06Z');
		// Pods of yesterday say nothing of the Job that ended well since.
		expect(
			scheduleWarnings(await standingOf([ended('a', {message: told(older), at: '2026-01-31T02:20:05Z'})])),
		).toEqual([]);
	});

	test('tells that what was put aside is older than what is installed', async () => {
		const components = [
			{name: 'controlPlane', release: 'zenml-pro', namespace: 'zenml-pro', revision: 3},
			{name: 'default', release: 'zenml', namespace: 'zenml-workspace', revision: 1},
		];
		const withEnv = (value: string) => {
			const spec = {containers: [{env: [{name: 'TOOL'}, {name: 'COMPONENTS', value}]}]};
			return {...cronJob, spec: {schedule: '15 2 * * *', jobTemplate: {spec: {template: {spec}}}}} as KubeObject;
		};
		const asked: string[] = [];
		const warnings = async (live: KubeObject, found: (name: string) => KubeObject | undefined) => {
			const get = async ({kind, namespace, name}: {kind: string; namespace?: string | undefined; name: string}) => {
				if (kind === 'CronJob') return live;
				asked.push(`${kind} ${namespace}/${name}`);
				return found(name);
			};
			const pods = [ended('b', {message: told(newer)})];
			const cluster = {get, list: async () => pods};
			return scheduleWarnings(await scheduleStanding({answers, cluster, signal: never}, now));
		};
		const live = withEnv(JSON.stringify(components));
		expect(await warnings(live, () => undefined)).toEqual([]);
		expect(asked).toEqual([
			'Secret zenml-pro/sh.helm.release.v1.zenml-pro.v4',
			'Secret zenml-workspace/sh.helm.release.v1.zenml.v2',
		]);
		const newerThere = (name: string) => (name.endsWith('zenml.v2') ? cronJob : undefined);
		expect(await warnings(live, newerThere)).toEqual([
			'scheduled backups hold Secrets and values of revision 1 of release zenml, and revision 2 is there: zenml-airgap backup schedule',
		]);
		expect(await warnings(withEnv('no JSON'), newerThere)).toEqual([]);
		const refused = () => {
			throw refusal('kubernetes-forbidden', 'Not for you.');
		};
		expect(await warnings(live, refused)).toEqual([
			'whether scheduled backups hold the values of today could not be seen: Not for you.',
		]);
	});

	test('tells what the watch says, and what of it could not be read', async () => {
		const failed = ended('w', {of: 'zenml-backup-watch', exitCode: 1, message: 'FAILED: there is no good backup'});
		expect(scheduleWarnings(await standingOf([failed]))).toEqual([
			'the last look into the storage of scheduled backups failed: FAILED: there is no good backup',
		]);
		const list = async () => {
			throw refusal('kubernetes-forbidden', 'Not for you.');
		};
		const world = worldOf({
			answers,
			backups: {list: async () => []},
			clock: {now: () => now, sleep: async () => undefined},
			cluster: {get: async () => cronJob, list},
		});
		expect(await ofSchedule(world)).toEqual([
			'what the pods of scheduled backups told could not be read: Not for you.',
		]);
	});

	test('counts scheduled backups that lie here, and asks no folder where there is no schedule', async () => {
		const stale = {...cronJob, status: {lastSuccessfulTime: '2026-01-01T02:20:06Z'}} as KubeObject;
		const common = {
			clock: {now: () => now, sleep: async () => undefined},
			cluster: {get: async () => stale, list: async () => []},
		};
		const counted = worldOf({...common, answers, backups: {list: async () => [here(newer)]}});
		expect(await ofSchedule(counted)).toEqual([]);
		const unreadable = async () => {
			throw refusal('backup-unreadable', 'No.');
		};
		expect(await ofSchedule(worldOf({...common, answers, backups: {list: unreadable}}))).toEqual([
			expect.stringContaining('the last good scheduled backup is'),
		]);
		expect(await ofSchedule(worldOf({answers: answersOf()}))).toEqual([]);
	});
});
