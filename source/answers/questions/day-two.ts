import {type Draft, getAt} from '../tree.ts';
import {storageQuestions} from './storage.ts';
import {advanced, type Question, question, type Topic} from './types.ts';

const isScheduled = (draft: Draft): boolean => (getAt(draft, 'backup.schedule.kind') ?? 'none') !== 'none';
const scheduled = {when: isScheduled};

const isEncrypted: Question['when'] = (draft) => getAt(draft, 'backup.encryption') !== 'none';

/** What comes after the install: backups and upgrades. */
export const dayTwoTopics: readonly Topic[] = [
	{
		id: 'artifacts',
		title: 'Artifact storage',
		intro: 'Where pipelines keep what they make. It is tried from a pod, and users get the commands that register it.',
		questions: [
			question(
				'artifacts.kind',
				'Storage for artifacts',
				'S3-compatible storage is what ZenML works with best. None leaves it to your users.',
			),
			...storageQuestions('artifacts'),
		],
	},
	{
		id: 'day-two',
		title: 'Backup and upgrade',
		intro: 'Used by backup, restore, drill and upgrade. The install itself needs none of it; it can be answered later.',
		questions: [
			question(
				'backup.folder',
				'Folder of the backups',
				'Each backup gets a folder in it. Best on another disk than the databases.',
			),
			advanced(
				'backup.encryption',
				'Encryption of backups',
				'A backup holds every password and key of the site. Without encryption whoever reads the folder has them.',
			),
			question(
				'backup.recipients',
				'Recipients',
				'Public age keys. Whoever has one of the private keys can restore; this host needs none to back up.',
				{when: isEncrypted},
			),
			question(
				'backup.passphrase',
				'Passphrase',
				'Used where there are no recipients. Without it no backup can be read.',
				{
					when: (draft, path) => isEncrypted(draft, path) && getAt(draft, 'backup.recipients') === undefined,
				},
			),
			question('backup.identity', 'Private key for a restore', 'The age identity of one of the recipients.', {
				advanced: true,
				when: isEncrypted,
			}),
			advanced(
				'backup.signingKey',
				'Signing key',
				'Proves later that a backup was made here and that nobody changed it.',
			),
			advanced(
				'backup.keepDays',
				'Days that backups are kept',
				'The last three whole ones stay, however old they are.',
			),
			advanced(
				'backup.tools',
				'Where client tools run',
				'pg_dump and mysqldump must be as new as the database servers.',
			),
			advanced('backup.toolsImage', 'Image of client tools', 'Left empty, it is the one that the bundle carries.'),
			question(
				'backup.schedule.kind',
				'Storage of scheduled backups',
				'The cluster makes backups by itself once backup schedule was run; they lie there.',
			),
			...storageQuestions('backup.schedule'),
			advanced(
				'backup.schedule.cron',
				'When',
				'Five fields of cron, in UTC. The default is daily at 02:15.',
				scheduled,
			),
			advanced(
				'backup.schedule.retentionDays',
				'Kept for days',
				'Older ones are removed; the last good one stays.',
				scheduled,
			),
			advanced(
				'backup.schedule.staleAfterHours',
				'Alert after hours',
				'An alert is raised when the newest good backup is older.',
				scheduled,
			),
			advanced(
				'backup.schedule.namespace',
				'Namespace of the CronJob',
				'Left empty, it is that of the control plane.',
				scheduled,
			),
			advanced(
				'upgrade.canary',
				'First workspace',
				'An upgrade tries this one first. Left empty, it is the first in the list.',
			),
			advanced(
				'upgrade.conflicts',
				'Values set by hand',
				'An upgrade keeps them. Where it would change the same ones, it asks, or does as is said here.',
			),
			advanced('upgrade.keep', 'Kept values', 'Paths that an upgrade named as conflicts, and that stay as they are.'),
			advanced(
				'upgrade.replace',
				'Replaced values',
				'Paths that an upgrade named as conflicts, and that it may change.',
			),
			advanced('upgrade.clients', 'Users are told', 'Clients and their images are changed by their users.'),
			advanced('upgrade.atOnce', 'Workspaces at once', 'An upgrade takes so many together after the first one.'),
		],
	},
];
