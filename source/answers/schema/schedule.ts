import * as z from 'zod';
import {label} from '../parts.ts';
import {storage} from './storage.ts';

const field = String.raw`(\*|\d{1,2}(-\d{1,2})?(,\d{1,2}(-\d{1,2})?)*)(\/\d{1,2})?`;

/** What may stand in each field: minute, hour, day of month, month, day of week. */
const bounds = [
	[0, 59],
	[0, 23],
	[1, 31],
	[1, 12],
	[0, 6],
] as const;

const isWithin = (text: string): boolean =>
	text.split(' ').every((one, index) => {
		const [least = 0, most = 0] = bounds[index] ?? [];
		const [values = '', step] = one.split('/');
		const numbers = (values.match(/\d+/gu) ?? []).map(Number);
		return numbers.every((number) => number >= least && number <= most) && (step === undefined || Number(step) > 0);
	});

/** Five fields of cron(5), digits alone, as Kubernetes takes them: names of days and `@daily` are left out. */
const cron = z
	.string()
	.regex(new RegExp(`^${field}( ${field}){4}$`, 'u'), 'be five fields of cron in digits, such as 15 2 * * *')
	.refine(isWithin, 'have minutes to 59, hours to 23, days to 31, months to 12 and days of the week to 6');

/** Backups that the cluster makes by itself. */
export const schedule = z
	.strictObject({
		cron: cron.default('15 2 * * *').describe('When: minute, hour, day of month, month, day of week, in UTC'),
		retentionDays: z
			.int()
			.min(1)
			.max(3650)
			.default(30)
			.describe('Days that a scheduled backup is kept; the last good one always'),
		staleAfterHours: z
			.int()
			.min(1)
			.max(8760)
			.default(26)
			.describe('Hours after which the newest good backup is too old, and an alert is raised'),
		namespace: label
			.optional()
			.describe('Namespace of the CronJob; by default that of the control plane')
			.meta({examples: ['zenml-backup']}),
		...storage({
			bucket: 'zenml-backups',
			size: '100Gi',
			accessMode: 'ReadWriteOnce',
			kind: 'Storage that the cluster writes scheduled backups to; none where there is no schedule',
		}),
	})
	.prefault({})
	.describe('Backups that the cluster makes by itself, put there by backup schedule');
