import * as z from 'zod';
import type {Answers} from '../../answers/schema.ts';
import {formatDuration} from '../../base/units.ts';
import type {ClusterPort} from '../../cluster/types.ts';
import {scheduleName, scheduleNamespace} from './names.ts';

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
			readonly lastGood?: string | undefined;
			/** What is wrong with it; empty where all is well. */
			readonly warnings: readonly string[];
	  };

const warningsOf = (
	{suspend, lastGood}: {readonly suspend: boolean; readonly lastGood: string | undefined},
	staleAfterHours: number,
	now: number,
): readonly string[] => {
	const ageMs = lastGood === undefined ? undefined : now - Date.parse(lastGood);
	return [
		...(suspend ? ['the schedule of backups is suspended'] : []),
		...(ageMs === undefined
			? ['no scheduled backup has succeeded yet; see it through: zenml-airgap backup schedule']
			: []),
		...(ageMs !== undefined && ageMs > staleAfterHours * 3_600_000
			? [
					`the last good scheduled backup is ${formatDuration(ageMs)} old, older than ${staleAfterHours} hours (backup.schedule.staleAfterHours)`,
				]
			: []),
	];
};

/** Reads the CronJob of the schedule. @param now ms since the epoch @throws ProblemError what the API server refuses */
export const scheduleStanding = async (
	{
		answers,
		cluster,
		signal,
	}: {readonly answers: Answers; readonly cluster: Pick<ClusterPort, 'get'>; readonly signal: AbortSignal},
	now: number,
): Promise<ScheduleStanding> => {
	const {kind, staleAfterHours} = answers.backup.schedule;
	if (kind === 'none') return {kind: 'not asked'};
	const namespace = scheduleNamespace(answers);
	const live = await cluster.get({apiVersion: 'batch/v1', kind: 'CronJob', namespace, name: scheduleName}, signal);
	const {data} = shape.safeParse(live);
	if (!data) return {kind: 'not there'};
	const {suspend, schedule: cron} = data.spec;
	const lastGood = data.status.lastSuccessfulTime;
	return {kind: 'there', cron, lastGood, warnings: warningsOf({suspend, lastGood}, staleAfterHours, now)};
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
