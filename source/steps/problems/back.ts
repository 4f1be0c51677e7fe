import type {ProblemTable} from '../../base/problem-table.ts';

/** What the paired way back cannot get over. */
export const backTable = {
	'servers-not-stopped': {
		area: 'cluster',
		message: 'The servers of {label} are not all stopped.',
		cases: {
			pods: {
				cause: 'These pods did not end within {minutes} minutes: {pods}.',
				fix: 'Find out what holds them, most often a node that does not answer; then try again.',
				nextSteps: ['kubectl -n {namespace} get pods -o wide'],
			},
			job: {
				cause: 'The Job {job} is still at work on the database after {minutes} minutes: {pods}.',
				fix: 'Let it end. Where its log says that it hangs, delete it; then try again.',
				nextSteps: ['kubectl -n {namespace} logs job/{job}', 'kubectl -n {namespace} delete job {job}'],
			},
			'started again': {
				cause: 'Somebody else starts the deployment {name} again whenever it is stopped.',
				fix: 'Find out who: a GitOps controller, KEDA, or another operator. Have it pause for this release; then try again.',
				nextSteps: ['kubectl -n {namespace} get deployment {name} -o yaml --show-managed-fields'],
			},
		},
	},
	'back-nothing': {
		area: 'usage',
		message: 'The {component} cannot be brought back.',
		cases: {
			'no backup': {
				cause: 'No whole backup in {folder} was made before an upgrade and has a dump of its database.',
				fix: 'Name the folder of your backups in backup.folder. Without a dump of that time there is no way back; restore another backup, or mend what is there.',
				nextSteps: ['zenml-airgap backup status'],
			},
			'backup gone': {
				cause: 'Its way back began with backup {backup}, which is not whole in {folder} any more.',
				fix: 'Put that backup back where it was and try again: its database holds a part of it, or nothing that fits another.',
			},
			'no revision': {
				cause: 'Its release has no working revision {revision} any more, which ran when backup {backup} was made.',
				fix: 'Install the version of that time anew from its bundle, once its database is restored from that backup.',
			},
			'not upgraded': {
				cause: 'Since the backup {backup} its release has had no other revision than {revision}, which runs.',
				fix: 'There is no upgrade to go back from: nothing has to be done.',
			},
		},
		answers: ['backup.folder'],
	},
	'back-component': {
		area: 'usage',
		message: 'There is no component "{name}" to bring back.',
		cause: 'These answers have: {known}.',
		fix: 'Name one of these.',
	},
	'back-unfinished': {
		area: 'cluster',
		message: 'The {component} is in the middle of its way back to revision {revision} and the dump of backup {backup}.',
		cause:
			'Its database is being replaced by the dump, or was, and its servers of then do not run yet; other servers would change it.',
		fix: 'End the way back first; it goes on where it was.',
		nextSteps: ['{command}'],
	},
	'back-differs': {
		area: 'verification',
		message: 'The {component} is not what it was when backup {backup} was made.',
		cases: {
			tables: {
				cause: 'After the restore its database differs from the dump: {differences}.',
				fix: 'Find out who else writes to it, have that stopped, and try again: the dump is restored anew.',
			},
			release: {
				cause: 'Its release is revision {revision}, {status}, of {chart}; {wanted} was to come back.',
				fix: 'Look at the history of the release for who else changes it, then try again.',
			},
		},
	},
} as const satisfies ProblemTable;
