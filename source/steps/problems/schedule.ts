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
	'schedule-namespace-missing': {
		area: 'cluster',
		who: 'cluster admin',
		message: 'The namespace {namespace} for scheduled backups is not there, and this login may not make it.',
		cause: 'backup.schedule.namespace names it; the install makes those of the components alone.',
		fix: 'Have the cluster admin make it, or take backup.schedule.namespace out: then the schedule lies beside the control plane.',
		nextSteps: ['kubectl create namespace {namespace}'],
		answers: ['backup.schedule.namespace'],
	},
	'schedule-image-missing': {
		area: 'registry',
		message: 'The registry does not have the image of scheduled backups, {image}.',
		cause:
			'The install or the upgrade pushes it with the others; this bundle was not pushed yet, or backup.toolsImage names another.',
		fix: 'Install or upgrade from this bundle first, or name in backup.toolsImage an image that is there.',
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
