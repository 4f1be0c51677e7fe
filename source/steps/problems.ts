import {declareProblems} from '../base/problem-table.ts';
import {admissionTable} from './problems/admission.ts';
import {backTable} from './problems/back.ts';
import {backupTable} from './problems/backup.ts';
import {drillTable} from './problems/drill.ts';
import {escrowTable} from './problems/escrow.ts';
import {failoverTable} from './problems/failover.ts';
import {fromPodTable} from './problems/from-pod.ts';
import {nodesTable} from './problems/nodes.ts';
import {restoreTable} from './problems/restore.ts';
import {scheduleTable} from './problems/schedule.ts';
import {serversTable} from './problems/servers.ts';
import {storageTable} from './problems/storage.ts';
import {upgradeTable} from './problems/upgrade.ts';
import {wayInTable} from './problems/way-in.ts';

const handedOver = {
	area: 'people',
	who: 'network team',
	message: '{title}: not done {when}.',
	cause: 'Still to come: {missing}.',
	fix: 'Give the text of this hand-over to the {who}, then start the same command again.',
} as const;

/** Problems of the steps: what no single room can know. */
export const stepProblems = declareProblems({
	// Prerequisites
	'prerequisites-not-met': {
		area: 'prerequisites',
		areaElse: 'all of them, where they share one; 2 (usage) where an answer is among them',
		message: '{count} prerequisites are not met: {shares}.',
		cause: 'They are: {list}',
		fix: 'Mend each of them, or have it mended, then try again: what is mended stays so.',
	},
	'host-cut-off': {
		area: 'prerequisites',
		message: 'This host reaches none of the servers that were asked: {servers}.',
		cause:
			'All of them failed alike. Mostly one thing is wrong with this host: its network (cable, VPN, route, firewall, proxy), or it has no time left for this program.',
		fix: 'Mend the network of this host first, or end what keeps it busy; what is told of the servers below may only follow from it.',
		nextSteps: ['ip route', 'uptime'],
	},
	'check-unanswered': {
		area: 'prerequisites',
		areaElse: 'who was waited for: registry, database, cluster',
		message: 'The check "{label}" did not end within {seconds} s.',
		cause:
			'It was still waiting for {name}, which did not answer, or not to the end. The other checks are told beside it.',
		fix: 'Have {name} looked at, then start the same command again.',
	},
	'kubernetes-too-old': {
		area: 'prerequisites',
		who: 'cluster admin',
		message: 'The cluster runs Kubernetes {version}.',
		cause: 'ZenML Pro needs {oldest} or newer.',
		fix: 'Upgrade the cluster, or name another one.',
		answers: ['kubernetes.context'],
	},
	'kubernetes-permissions': {
		area: 'prerequisites',
		who: 'cluster admin',
		message: 'This login lacks {denied} of {needed} permissions that the install needs.',
		cause: 'The cluster denies: {first}.',
		fix: 'Have the cluster admin grant them, or use a kubeconfig or context that has them.',
		answers: ['kubernetes.kubeconfig', 'kubernetes.context'],
	},
	'ingress-class-missing': {
		area: 'prerequisites',
		who: 'cluster admin',
		message: 'The cluster has no ingress class "{name}".',
		answers: ['ingress.className', 'ingress.kind'],
		cases: {
			'other classes': {cause: 'It has: {others}.', fix: 'Name one of these in ingress.className.'},
			'no class': {
				cause: 'It has none at all: no ingress controller is installed.',
				fix: 'Install an ingress controller first.',
			},
			'other classes, routes': {
				cause: 'It has: {others}. It is OpenShift, which serves Routes too.',
				fix: 'Name one of these in ingress.className, or set ingress.kind to route.',
			},
			'no class, routes': {
				cause: 'It has none at all, but it is OpenShift, which serves Routes.',
				fix: 'Set ingress.kind to route.',
			},
		},
	},
	'ingress-not-answering': {
		area: 'prerequisites',
		who: 'network team',
		message: 'No ingress controller answers at {address}, port {port}.',
		answers: ['ingress.address', 'ingress.httpsPort'],
		cases: {
			'by the answers': {
				cause: 'The connection to it failed: {words}',
				fix: 'Correct address and port of the ingress controller, or have the way to it opened from this host.',
			},
			'by the cluster': {
				cause: 'The address was read from {from}; the connection to it failed: {words}',
				fix: 'Give the address at which this host and your users reach the ingress controller, or have the way opened.',
			},
		},
	},
	...wayInTable,
	...nodesTable,
	'runner-image-missing': {
		area: 'prerequisites',
		message: 'The registry has no image {image}.',
		cause: 'Runner pods would start from it.',
		fix: 'Push it there, or leave the answer out to take the client image of the bundle.',
		answers: ['workloadManager.runnerImage'],
	},
	...admissionTable,
	'architecture-mismatch': {
		area: 'prerequisites',
		who: 'vendor',
		message: "The bundle's images are for {architecture}; the nodes are {nodes}.",
		cause: 'For example {image}.',
		fix: 'Choose the platform of the nodes in bundle.platform if the bundle has it, else have one made for them.',
		answers: ['bundle.platform', 'bundle.path'],
	},
	'disk-full': {
		area: 'prerequisites',
		message: 'Only {free} are free in {folder}.',
		cause: 'State and logs of the run are written there; {needed} are needed.',
		fix: 'Make room, or name another folder with --state-dir.',
	},
	'clock-skew': {
		area: 'prerequisites',
		cause: 'Tokens and certificates are refused when clocks differ.',
		fix: "Set the clock (NTP) of this host, or have the cluster's set.",
		nextSteps: ['date -u'],
		cases: {
			behind: {message: "This host's clock is {seconds} s behind the cluster's."},
			ahead: {message: "This host's clock is {seconds} s ahead of the cluster's."},
		},
	},

	// Namespaces and secrets
	'namespace-terminating': {
		area: 'cluster',
		who: 'cluster admin',
		message: 'Namespace {namespace} is being deleted.',
		cause: 'It was deleted at {time}, and some object in it does not go away.',
		fix: 'Wait until it is gone, then try again.',
	},
	'generated-secret-lost': {
		area: 'cluster',
		message: 'Workspace {workspace} is installed, but its keys are not in the cluster.',
		cause:
			'The Secret {secret} has none under this name: it was deleted or lost its keys, or the name of the workspace or the namespace of the control plane was changed in the answers. A new encryption key would make all secrets that the workspace stores unreadable, so none is made.',
		fix: 'Give both the names of before, if they were changed; else restore that Secret from a backup. The keys also stand in the values of the release.',
		nextSteps: ['helm -n {namespace} get values {release}'],
		answers: ['workspaces', 'controlPlane.namespace'],
	},
	'generated-secret-missing': {
		area: 'cluster',
		message: 'The generated secret {name} is not in the cluster.',
		cause: 'The Secret {secret} has no such key: the step "secrets" has not run, or the Secret was deleted.',
		fix: 'Restore that Secret from a backup if this is an existing installation; otherwise run the install from the step "secrets".',
	},
	'object-of-others': {
		area: 'cluster',
		message: 'The {object} belongs to somebody else: {owner}.',
		cause:
			'It holds something else than this install needs, and what needs it now would break if it were written over.',
		cases: {
			'pull secret': {fix: 'Give the pull secret of this install a name of its own in registry.pullSecretName.'},
			'tls secret': {
				fix: 'Give the TLS secret of this install a name of its own in tls.secretName, or tls.certificate and tls.key the pair that it holds.',
			},
			other: {fix: 'Use a namespace of its own for this component, or have the owner give the object up.'},
		},
	},
	'generated-secret-hidden': {
		area: 'cluster',
		message: 'The Secret {namespace}/{name} is there, but shows none of its keys.',
		cause:
			'It was emptied, or a proxy or policy before the API server keeps its data back. New keys might replace those that installed workspaces need, so none are made.',
		fix: 'Use a login that is shown its data; if it really is empty, restore it from a backup, or delete it where nothing is installed yet.',
		nextSteps: ['kubectl -n {namespace} get secret {name} -o yaml'],
	},
	'generated-secret-contended': {
		area: 'cluster',
		message: 'The Secret {secret} keeps changing while it is written.',
		cause: 'Another program writes to it at the same time.',
		fix: 'End the other run, then try again.',
	},

	// Databases
	'handover-passwords-missing': {
		area: 'prerequisites',
		who: 'operator',
		message: '{missing} of {all} passwords for the database admin could not be written.',
		cause: 'They cannot be had now. {reasons}',
		cases: {
			'all of them': {fix: 'Make them available, then ask for these papers again.'},
			some: {fix: 'Make each of them available, then ask for these papers again; the others are written.'},
		},
	},
	'database-needs-dba': {
		area: 'people',
		who: 'database admin',
		message:
			'The databases are not ready: the database admin has not run the SQL {when}, and the answers hold no login that may.',
		cause: 'A login as the servers will use it says: {refusal}',
		fix: 'Give the database admin the SQL and the passwords, which the command "handover database" with --with-passwords writes as files; or give the tool a login that may, as {at}.username and {at}.password. Then try again.',
	},
	...fromPodTable,
	...scheduleTable,
	...storageTable,

	'runner-without-ca': {
		area: 'cluster',
		message: 'A runner pod cannot read the internal CA.',
		cause: 'A pod of the image {image}, as the account {account}, says: {words}',
		fix: 'Use a runner image that has Python 3, and run the install again from the step "secrets", which makes the Secret with the CA.',
		answers: ['workloadManager.runnerImage', 'tls.ca'],
	},

	// Servers of the product
	...serversTable,

	// Backups, and the way back
	...backupTable,
	...drillTable,
	...escrowTable,
	...failoverTable,
	...backTable,
	...restoreTable,

	// Upgrades
	...upgradeTable,

	// Other people
	'handover-dns': {...handedOver, answers: ['ingress.address']},
	'handover-ca': handedOver,
});

declare module '../base/problem.ts' {
	interface ProblemTables {
		readonly steps: typeof stepProblems.table;
	}
}
