import * as z from 'zod';
import type {Answers} from '../../answers/schema.ts';
import type {BackupSummary} from '../../backup/types.ts';
import {toProblem} from '../../base/problem.ts';
import {formatBytes, formatDuration} from '../../base/units.ts';
import type {ClusterPort, KubeObject} from '../../cluster/types.ts';
import {scheduleName, scheduleNamespace} from './names.ts';
import {type NewestScheduled, newestScheduled, newestText, usedText} from './newest.ts';
import {putAsideWarnings} from './put-aside.ts';
import {type ScheduleReports, scheduleReports} from './reports.ts';

const shape = z.object({
	spec: z.object({suspend: z.boolean().default(false), schedule: z.string()}),
	status: z
		.object({lastSuccessfulTime: z.iso.datetime().optional(), lastScheduleTime: z.iso.datetime().optional()})
		.default({}),
});

/** How the schedule of the cluster stands. Times are ISO 8601, UTC. */
export type ScheduleStanding =
	| {readonly kind: 'not asked'}
	| {readonly kind: 'not there'}
	| {
			readonly kind: 'there';
			readonly cron: string;
			/** When its last Job ended well. */
			readonly lastGood?: string | undefined;
			/** What is known of its newest good backup; absent where no pod is left that told of one, and none lies here. */
			readonly newest?: NewestScheduled | undefined;
			/** What is wrong with it; empty where all is well. */
			readonly warnings: readonly string[];
	  };

type Known = {
	readonly suspend: boolean;
	readonly lastGood: string | undefined;
	readonly newest: NewestScheduled | undefined;
};

/**
 * What looks into the storage knows more than a Job that ended well before: its backup may be gone since.
 * @returns the time of the last good backup
 */
const goodAt = ({lastGood, newest}: Known): string | undefined =>
	newest && (lastGood === undefined || newest.toldAt >= lastGood) ? newest.finishedAt : lastGood;

const staleText = ({newest}: Known, ageMs: number, staleAfterHours: number): string => {
	const limit = `older than ${staleAfterHours} hours (backup.schedule.staleAfterHours)`;
	const age = formatDuration(ageMs);
	return newest
		? `the newest good scheduled backup, ${newest.id} of ${formatBytes(newest.bytes)}, ${usedText(newest)}, is ${age} old, ${limit}`
		: `the last good scheduled backup is ${age} old, ${limit}`;
};

const warningsOf = (known: Known, staleAfterHours: number, now: number): readonly string[] => {
	const last = goodAt(known);
	const ageMs = last === undefined ? undefined : now - Date.parse(last);
	return [
		...(known.suspend ? ['the schedule of backups is suspended'] : []),
		...(ageMs === undefined
			? ['no scheduled backup has succeeded yet; see it through: zenml-airgap backup schedule']
			: []),
		...(ageMs !== undefined && ageMs > staleAfterHours * 3_600_000 ? [staleText(known, ageMs, staleAfterHours)] : []),
	];
};

/** Where the schedule is looked at from. */
type Looking = {
	readonly answers: Answers;
	readonly cluster: Pick<ClusterPort, 'get' | 'list'>;
	readonly signal: AbortSignal;
	/** Backups in the folder here; scheduled ones among them count. */
	readonly here?: readonly BackupSummary[] | undefined;
};

/** What pods left; that it cannot be read is a warning, and keeps nobody from seeing the CronJob. @throws the signal's reason */
const reportsOf = async (looking: Looking): Promise<ScheduleReports & {readonly unread?: string}> => {
	try {
		return await scheduleReports(looking);
	} catch (error) {
		looking.signal.throwIfAborted();
		return {good: [], unread: `what the pods of scheduled backups told could not be read: ${toProblem(error).message}`};
	}
};

/** The same of what was put aside for it. @throws the signal's reason */
const asideOf = async ({cluster, signal}: Looking, live: KubeObject): Promise<readonly string[]> => {
	try {
		return await putAsideWarnings(live, cluster, signal);
	} catch (error) {
		signal.throwIfAborted();
		return [`whether scheduled backups hold the values of today could not be seen: ${toProblem(error).message}`];
	}
};

/** Reads the CronJob of the schedule, and what its pods left. @param now ms since the epoch @throws ProblemError what the API server refuses */
export const scheduleStanding = async (looking: Looking, now: number): Promise<ScheduleStanding> => {
	const {answers, cluster, signal, here = []} = looking;
	const {kind, staleAfterHours} = answers.backup.schedule;
	if (kind === 'none') return {kind: 'not asked'};
	const namespace = scheduleNamespace(answers);
	const live = await cluster.get({apiVersion: 'batch/v1', kind: 'CronJob', namespace, name: scheduleName}, signal);
	const {data} = shape.safeParse(live);
	if (!live || !data) return {kind: 'not there'};
	const {suspend, schedule: cron} = data.spec;
	const lastGood = data.status.lastSuccessfulTime;
	const {good, watchSays, unread} = await reportsOf(looking);
	const newest = newestScheduled(good, here);
	const warnings = [
		...warningsOf({suspend, lastGood, newest}, staleAfterHours, now),
		...(watchSays === undefined ? [] : [`the last look into the storage of scheduled backups failed: ${watchSays}`]),
		...(unread === undefined ? [] : [unread]),
		...(await asideOf(looking, live)),
	];
	return {kind: 'there', cron, lastGood, newest, warnings};
};

/** Warnings for a verification: a schedule that was asked for and is not there, does not succeed, or is late. */
export const scheduleWarnings = (standing: ScheduleStanding): readonly string[] => {
	if (standing.kind === 'not asked') return [];
	if (standing.kind === 'not there')
		return ['backups are not scheduled, though the answers ask for it: zenml-airgap backup schedule'];
	return standing.warnings;
};

/** The same for people, one line. */
export const scheduleLine = (standing: ScheduleStanding): string => {
	if (standing.kind === 'not asked') return 'none (backup.schedule.kind)';
	if (standing.kind === 'not there') return 'asked for, and not in the cluster: zenml-airgap backup schedule';
	const last = standing.lastGood === undefined ? 'never succeeded' : `last good one ${standing.lastGood}`;
	return [`${standing.cron} UTC, ${last}`, ...standing.warnings].join('; ');
};

/** What is known of its newest good backup, one line; undefined where nobody asked for a schedule, or there is none. */
export const newestLine = (standing: ScheduleStanding, now: number): string | undefined => {
	if (standing.kind !== 'there') return undefined;
	return standing.newest
		? newestText(standing.newest, now)
		: 'not known: no pod is left that told of one; the next run of the CronJob does';
};
