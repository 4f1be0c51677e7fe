/** Problems of making a backup. */
export const backupTable = {
	'backup-nothing-installed': {
		area: 'prerequisites',
		message: 'There is nothing to back up: the control plane is not installed.',
		cause: 'Helm knows no release {release} in the namespace {namespace} that is deployed.',
		fix: 'Give the answers that it was installed with; where it is not installed, install it first.',
		nextSteps: ['helm -n {namespace} list --all'],
		answers: ['controlPlane.release', 'controlPlane.namespace', 'kubernetes.context'],
	},
	'backup-half-restored': {
		area: 'database',
		message: 'The database of the {component} holds a part of a restore.',
		cause: 'A restore into it began and did not come to its end: a backup of it would be worth nothing.',
		fix: 'Start the restore again and let it come to its end, then make the backup.',
	},
	'dump-pod-permissions': {
		area: 'cluster',
		who: 'cluster admin',
		message: 'This login may not run the client tools of databases in a pod.',
		cause: 'They would run in the cluster, which denies: {first}.',
		fix: 'Have the cluster admin grant them in the namespace {namespace}, or install the client tools on this host.',
		answers: ['backup.tools', 'kubernetes.kubeconfig', 'kubernetes.context'],
	},
	'backup-incomplete': {
		area: 'usage',
		message: 'The backup lacks parts and was not finished.',
		cause: 'These were not written: {missing}.',
		fix: 'Start it again from its first step, without --from.',
	},
	'backup-secret-gone': {
		area: 'cluster',
		message: 'The Secret {secret} is not in the cluster.',
		cause: 'It holds what was generated when this was installed: no backup is whole without it.',
		fix: 'Bring it back from an earlier backup, or run the install again where nothing was ever stored.',
		nextSteps: ['kubectl -n {namespace} get secrets'],
	},
} as const;
