import type {ProblemTable} from '../../base/problem-table.ts';

/** Backups that the cluster makes by itself, and what keeps it from that. */
export const scheduleTable = {
	'schedule-not-asked': {
		area: 'usage',
		message: 'The answers name no storage for scheduled backups.',
		cause: 'backup.schedule.kind is none.',
		fix: 'Set backup.schedule.kind to s3, nfs or storageClass, with what belongs to it.',
		answers: ['backup.schedule.kind'],
	},
	'schedule-recipients-missing': {
		area: 'usage',
		message: 'A scheduled backup needs recipients (backup.recipients).',
		cause: 'Nobody is there at night to type a passphrase, and one that lay in the cluster would protect nothing.',
		fix: 'Make a key pair on another machine: age-keygen -o zenml-backup.age-identity; set backup.recipients to the public key that it prints, and keep the file outside the cluster.',
		answers: ['backup.recipients', 'backup.encryption'],
	},
	'schedule-tools-missing': {
		area: 'bundle',
		message: 'There is no image for scheduled backups.',
		cases: {
			none: {cause: 'The bundle carries no image of client tools for {engine}.'},
			'two images': {
				cause: 'The bundle has one image for each engine, {one} and {other}; the CronJob runs one that has all.',
			},
		},
		fix: 'Have the bundle made with an image that has the programs of both engines (bundle create --client-tools), or name one in backup.toolsImage.',
		answers: ['backup.toolsImage'],
	},
	'schedule-too-large': {
		area: 'cluster',
		message: 'What a scheduled backup needs to know does not fit into one Secret.',
		cause:
			'It has {bytes} bytes, and the API server takes {most}: there are many workspaces, or long chains of certificates.',
		fix: 'Make backups from this host with zenml-airgap backup and a timer of its own.',
	},
	'schedule-run-failed': {
		area: 'cluster',
		message: 'The first scheduled backup failed.',
		cause: 'Its script says: {words}',
		fix: 'Mend what it says, then start the same command again: it tries once more.',
		nextSteps: ['kubectl -n {namespace} logs job/{job}'],
	},
} as const satisfies ProblemTable;
