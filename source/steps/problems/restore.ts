import type {ProblemTable} from '../../base/problem-table.ts';

/** What a restore cannot get over. */
export const restoreTable = {
	'restore-no-backup': {
		area: 'usage',
		message: 'There is no whole backup in {folder} to restore from.',
		cause: 'No backup is named, and none that is there is whole.',
		fix: 'Name the folder of your backups in backup.folder, or the folder of one backup in the command.',
		nextSteps: ['zenml-airgap backup list'],
		answers: ['backup.folder'],
	},
	'restore-part-missing': {
		area: 'usage',
		message: 'The backup {backup} lacks what is to be restored: {what}.',
		cases: {
			component: {
				cause: 'It has {known}.',
				fix: 'Take a backup that has it, or name one of these: --workspace NAME or --database NAME.',
				nextSteps: ['zenml-airgap backup list'],
			},
			key: {
				cause: 'The Secret of what was generated is in it, and this value is not.',
				fix: 'Take a backup that has it: without this key nobody can read the secrets in the database.',
				nextSteps: ['zenml-airgap backup list'],
			},
			secrets: {
				cause: 'What was generated for this site, its encryption keys among them, is in none of its parts.',
				fix: 'Take another backup; to restore one database over keys that are still in the cluster add --database NAME.',
				nextSteps: ['zenml-airgap backup list'],
			},
		},
	},
	'restore-component': {
		area: 'usage',
		message: 'There is no {kind} "{name}" in these answers.',
		cause: 'They have: {known}.',
		fix: 'Name one of these, --{flag} NAME, or give the answers of the site that has it.',
	},
	'restore-names-differ': {
		area: 'usage',
		message: 'The backup {backup} does not fit these answers: {what}.',
		cases: {
			place: {
				cause: 'The {component} was {there} when the backup was made; these answers say {here}.',
				fix: 'Restore it under the name that it had: --set {setting}.',
			},
			engine: {
				cause: 'The database of the {component} was dumped from {there}; these answers name a server of {here}.',
				fix: 'Name a server of {there}: a dump cannot be read by another engine.',
			},
			'not in the answers': {
				cause: 'It has these, and the answers do not: {names}.',
				fix: 'Add them to the answers; or add --partial to leave them out.',
			},
			'not in the backup': {
				cause: 'The answers have these, and it does not: {names}.',
				fix: 'Take them out of the answers; or add --partial to leave them as they are, or to have them made new.',
			},
		},
	},
	'restore-version': {
		area: 'usage',
		message: 'The backup {backup} has data of {there}, and {from} {here}.',
		cases: {
			older: {
				cause: 'Databases are migrated forward only: older servers fail on newer data, or damage it.',
				fix: 'Bring the bundle of that version, or a later one, and name it: --bundle PATH.',
				answers: ['bundle.path'],
			},
			newer: {
				cause:
					'The newer servers would migrate the data as soon as they start, and there is no way back but this backup.',
				fix: 'Bring the bundle of that version; or add --newer to have the data migrated.',
				answers: ['bundle.path'],
			},
			'older bundle': {
				cause: 'Databases are migrated forward only: older servers fail on newer data, or damage it.',
				fix: 'The servers that are installed are of that version: restore the data alone under them, --database {name}; or bring the bundle of that version, or a later one, and name it: --bundle PATH.',
				answers: ['bundle.path'],
			},
			'newer bundle': {
				cause:
					'The newer servers would migrate the data as soon as they start, and there is no way back but this backup.',
				fix: 'The servers that are installed are of that version: restore the data alone under them, --database {name}; or bring the bundle of that version; or add --newer to have the data migrated.',
				answers: ['bundle.path'],
			},
			'newer release': {
				cause:
					'The newer servers would migrate the data as soon as they start, and there is no way back but this backup.',
				fix: 'Add --newer to have the data migrated; or restore the whole from a bundle of that version.',
			},
			'older release': {
				cause: 'Databases are migrated forward only: older servers fail on newer data, or damage it.',
				fix: 'Upgrade first, or restore an older backup.',
				nextSteps: ['zenml-airgap backup list'],
			},
			unknown: {
				cause: 'These versions cannot be compared.',
				fix: 'Find out whether the data fits these servers; where they are newer, add --newer.',
			},
		},
	},
	'restore-not-installed': {
		area: 'usage',
		message: 'The {component} is not installed here.',
		cause: 'Helm knows no release {release} in the namespace {namespace}, and --database restores data alone.',
		cases: {
			workspace: {
				fix: 'Restore the workspace with its keys and servers, --workspace {name}, or the whole without either.',
			},
			'control plane': {fix: 'Restore the whole: leave --database out.'},
		},
		nextSteps: ['helm -n {namespace} list --all'],
	},
	'restore-database-unfit': {
		area: 'database',
		message: 'The server of the database of the {component} cannot take the dump of backup {backup}.',
		who: 'database admin',
		cases: {
			product: {
				cause: 'It is {here}; the dump is of {there}.',
				fix: 'Name a server of that product: their dumps differ.',
			},
			older: {
				cause: 'It is {here}, older than {there}, which the dump is of.',
				fix: 'Name a server of that version or a later one.',
			},
		},
	},
	'restore-secret-differs': {
		area: 'cluster',
		message: 'The Secret {secret} holds other values than the backup {backup}.',
		cause:
			'These differ: {names}. What was stored with the keys that are there now cannot be read with those of the backup.',
		fix: 'Find out which are right. Where those of the backup are, add --replace-secrets; save those that are there first.',
		nextSteps: ['kubectl -n {namespace} get secret {name} -o yaml > before-restore.yaml'],
	},
	'restore-key-wrong': {
		area: 'verification',
		message: 'The encryption key of the {component} does not open what is stored in its database.',
		cause:
			'The database is as in backup {backup}, and none of the secrets in it were stored with the key in {secret}. Its servers were not started.',
		fix: 'Bring the key of the time of that backup: restore the whole workspace with its keys, --workspace {name}, with --replace-secrets where others are in the cluster; or take another backup.',
		nextSteps: ['zenml-airgap backup list'],
	},
	'restore-differs': {
		area: 'verification',
		message: 'The database of the {component} is not what it was when backup {backup} was made.',
		cause: 'After the restore it differs from the dump: {differences}.',
		fix: 'Find out who else writes to it, have that stopped, and try again: the dump is restored anew.',
	},
	'restore-unfinished': {
		area: 'cluster',
		message: 'The {component} is in the middle of a restore from backup {backup}.',
		cause:
			'Its database holds a part of the backup, or nobody has tried yet whether its key opens it; servers would change it.',
		fix: 'End the restore first; it goes on where it was.',
		nextSteps: ['{command}'],
	},
	'restore-servers-not-ready': {
		area: 'cluster',
		message: 'The servers of {label} are started and not ready after {minutes} minutes.',
		cause: 'These pods are not ready: {pods}.',
		fix: 'Look at their events and logs, mend what they say, then try again: what is restored stays.',
		nextSteps: ['kubectl -n {namespace} get pods', 'kubectl -n {namespace} get events'],
	},
} as const satisfies ProblemTable;
