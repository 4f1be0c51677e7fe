import {describe, expect, test} from 'vitest';
import type {KubeObject} from '../../../source/cluster/types.ts';
import {scheduleReadyStep} from '../../../source/steps/schedule/ready.ts';
import {scheduleLine, scheduleStanding, scheduleWarnings} from '../../../source/steps/schedule/standing.ts';
import {ofSchedule} from '../../../source/steps/verification/backup.ts';
import {refusal} from '../parts.ts';
import {answersOf, code, never, refusalOf, worldOf} from '../world.ts';

const storage = {kind: 'storageClass', storageClass: {name: 'files'}} as const;
const scheduled = answersOf((input) => ({...input, backup: {recipients: 'age1abc', schedule: storage}}));
const now = Date.parse('2026-02-01T12:00:00Z');

const cronJob = (lastSuccessfulTime?: string, suspend = false): KubeObject => ({
	apiVersion: 'batch/v1',
	kind: 'CronJob',
	metadata: {name: 'zenml-backup', namespace: 'zenml-pro'},
	spec: {schedule: '15 2 * * *', suspend},
	status: {...(lastSuccessfulTime && {lastSuccessfulTime})},
});

const standing = (live: KubeObject | undefined, answers = scheduled) =>
	scheduleStanding({answers, cluster: {get: async () => live, list: async () => []}, signal: never}, now);

describe('how a schedule stands', () => {
	test('is nobody’s business where none is asked for', async () => {
		const none = await standing(undefined, answersOf());
		expect([none, scheduleWarnings(none), scheduleLine(none)]).toEqual([
			{kind: 'not asked'},
			[],
			'none (backup.schedule.kind)',
		]);
	});

	test('is a warning where it is asked for and not there, never succeeded, is late or suspended', async () => {
		expect(scheduleWarnings(await standing(undefined))).toEqual([
			'backups are not scheduled, though the answers ask for it: zenml-airgap backup schedule',
		]);
		expect(scheduleWarnings(await standing(cronJob()))).toEqual([
			'no scheduled backup has succeeded yet; see it through: zenml-airgap backup schedule',
		]);
		expect(scheduleWarnings(await standing(cronJob('2026-01-30T02:15:00Z')))).toEqual([
			expect.stringContaining('old, older than 26 hours (backup.schedule.staleAfterHours)'),
		]);
		expect(scheduleWarnings(await standing(cronJob('2026-02-01T02:15:00Z', true)))).toEqual([
			'the schedule of backups is suspended',
		]);
	});

	test('is well after a good one in time', async () => {
		const well = await standing(cronJob('2026-02-01T02:15:00Z'));
		expect(scheduleWarnings(well)).toEqual([]);
		expect(scheduleLine(well)).toBe('15 2 * * * UTC, last good one 2026-02-01T02:15:00Z');
	});

	test('is one line for people: what is missing, what never succeeded, and what is wrong', async () => {
		expect(scheduleLine(await standing(undefined))).toBe(
			'asked for, and not in the cluster: zenml-airgap backup schedule',
		);
		expect(scheduleLine(await standing(cronJob(undefined, true)))).toBe(
			'15 2 * * * UTC, never succeeded; the schedule of backups is suspended; no scheduled backup has succeeded yet; see it through: zenml-airgap backup schedule',
		);
	});

	test('is told by a verification, also where it cannot be seen', async () => {
		const get = async () => {
			throw refusal('kubernetes-forbidden', 'Not for you.');
		};
		expect(await ofSchedule(worldOf({answers: scheduled, cluster: {get}}))).toEqual([
			'whether backups are scheduled could not be seen: Not for you.',
		]);
	});
});

describe('a schedule that cannot be', () => {
	test('has no storage, or nobody to encrypt for', async () => {
		expect(await refusalOf(scheduleReadyStep.check(worldOf()))).toMatchObject({
			code: code('schedule-not-asked'),
			cause: 'backup.schedule.kind is none.',
			fix: 'Set backup.schedule.kind to s3, nfs or storageClass, with what belongs to it.',
		});
		const nobody = answersOf((input) => ({...input, backup: {passphrase: 'env:WORD', schedule: storage}}));
		expect(await refusalOf(scheduleReadyStep.check(worldOf({answers: nobody})))).toMatchObject({
			code: code('schedule-recipients-missing'),
			cause: 'Nobody is there at night to type a passphrase, and one that lay in the cluster would protect nothing.',
			fix: 'Make a key pair on another machine: age-keygen -o zenml-backup.age-identity; set backup.recipients to the public key that it prints, and keep the file outside the cluster.',
		});
	});
});
