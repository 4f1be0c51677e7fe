import type {ProblemTable} from '../../base/problem-table.ts';
import {cannotStart, does} from './says.ts';

/** An end whose cause the log tells, mostly in its last lines. */
const ended = {
	'with a log': {cause: 'The container "{container}" ended with exit code {exit}. Its log ends: {words}'},
	'without a log': {
		cause: 'The container "{container}" ended with exit code {exit}; its log was empty, or could not be read.',
	},
} as const;

/** Containers that cannot be made, crash, or do not get ready. */
export const containerTable = {
	'pod-out-of-memory': {
		...does('needs more memory than its limit'),
		area: 'cluster',
		cause: 'The kernel killed the container "{container}" because it passed its memory limit (OOMKilled).',
		fix: 'Raise the memory limit of this component.',
	},
	'pod-secret-missing': {
		...cannotStart('a secret is missing'),
		area: 'cluster',
		fix: 'Start the run again with --from secrets: it makes what is missing.',
		startFrom: 'secrets',
		cases: {
			environment: {cause: 'The pod needs the secret "{secret}", which its namespace does not have.'},
			volume: {cause: 'The pod mounts the secret "{secret}", which its namespace does not have.'},
		},
	},
	'pod-secret-key-missing': {
		...cannotStart('a secret lacks a key'),
		area: 'cluster',
		fix: 'Start the run again with --from secrets; if the secret is yours, add the key.',
		startFrom: 'secrets',
		cases: {
			environment: {cause: 'The pod needs the key "{key}" of the secret {secret}, and the secret has no such key.'},
			volume: {cause: 'The pod mounts the key "{key}" of a secret or config map, which has no such key.'},
		},
	},
	'pod-configmap-missing': {
		area: 'cluster',
		fix: 'Run the step again that installs this release.',
		cases: {
			environment: {
				...cannotStart('a config map or one of its keys is missing'),
				cause: 'The pod needs the config map {configMap}, which is not there or lacks a key.',
			},
			volume: {
				...cannotStart('a config map is missing'),
				cause: 'The pod mounts the config map "{configMap}", which its namespace does not have.',
			},
		},
	},
	'pod-must-not-be-root': {
		...does('would run as root, which is forbidden'),
		area: 'cluster',
		cause: 'The pod must not run as root (runAsNonRoot), but no other numeric user is set.',
		fix: 'Set runAsUser to a number other than 0.',
	},
	'pod-configuration': {
		...cannotStart('its configuration is not valid'),
		area: 'cluster',
		cause: 'The node cannot make the container out of what the pod says; its own words are below.',
		fix: 'Mend what the message names.',
	},
	'pod-command-missing': {
		...cannotStart('its program is not in the image'),
		area: 'cluster',
		who: 'vendor',
		cause: 'The command of the container does not exist in the image.',
		fix: 'Check that chart and image versions of the bundle belong together.',
	},
	'pod-cannot-start': {
		...cannotStart('the container cannot be started'),
		area: 'cluster',
		who: 'cluster admin',
		cause: 'The container runtime of the node cannot start the container; its own words are below.',
		fix: 'Ask the cluster admin about this message.',
	},
	'pod-too-slow': {
		...does('did not end in time'),
		area: 'cluster',
		cause: 'The Job or pod ran longer than it may (activeDeadlineSeconds).',
		fix: 'See in its log what it waited for.',
	},
	'pod-failed': {
		...does('ended with an error'),
		area: 'cluster',
		fix: 'Mend what the log names, then try again.',
		cases: ended,
	},
	'pod-crashing': {
		...does('keeps crashing'),
		area: 'cluster',
		fix: 'Mend what the log names, then try again.',
		cases: ended,
	},
	'pod-probe-failing': {
		...does('runs, but does not answer its health check'),
		area: 'cluster',
		cause: 'The {probe} probe of the container fails; the server may still be starting, or waits for something.',
		fix: 'See in its log what it waits for; database and control plane are the usual ones.',
	},
	'pod-not-ready': {
		short: 'not ready',
		message: 'The {kind} {name} is not ready ({reason}).',
		area: 'cluster',
		cause: 'Kubernetes says {said}.',
		fix: 'Look at the pod with kubectl describe; the lines below are what the cluster says.',
	},
	'job-failed': {
		short: 'the Job failed',
		message: 'The {kind} {name} failed ({reason}).',
		area: 'cluster',
		cause: 'The Job ended without success; the last lines of its log are below, where there are any.',
		fix: 'Mend what the log names, then try again.',
	},
	'probe-timeout': {
		area: 'cluster',
		who: 'cluster admin',
		message: 'The check "{probe}" in a pod of {namespace} did not end within {seconds} s.',
		fix: 'See whether the cluster can start pods at all, then try again.',
		nextSteps: ['kubectl -n {namespace} get events --sort-by=.lastTimestamp'],
		cases: {
			'pod made': {cause: 'Its pod {pod} is {phase} on {node}, with the image {image}.'},
			'no pod': {cause: 'The cluster made no pod for it.'},
		},
	},
} as const satisfies ProblemTable;
