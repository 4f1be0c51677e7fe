import {declareProblems} from '../base/problem-table.ts';
import {oldestHelm} from './dialect.ts';

/** `what` is the command in the operator's words: `upgrade of release zenml in namespace zenml-workspace`. */
const failed = {area: 'cluster', message: 'Helm failed: {what}.'} as const;
const kubeconfig = ['kubernetes.kubeconfig', 'kubernetes.context'] as const;

/** Problems of Helm: what the cluster or a chart does not let it do, and the program itself. */
export const helmProblems = declareProblems({
	'helm-kube-version': {
		...failed,
		who: 'cluster admin',
		cause: 'The chart does not support the Kubernetes version of this cluster.',
		fix: 'Use a bundle whose charts support this cluster, or upgrade the cluster.',
	},
	'helm-busy': {
		area: 'cluster',
		cases: {
			told: {
				message: 'Helm failed: {what}.',
				cause: 'Another Helm run is changing this release right now.',
				fix: 'Find out who else installs here (a pipeline, a GitOps controller), let it end or stop it, then try again.',
			},
			own: {
				message: 'The helm of an earlier run is still at work on {label}.',
				cause: 'It is process {pid} of this host, and it cannot be ended from here.',
				fix: 'End it by hand as the user who started it, then try again.',
				nextSteps: ['ps -fp {pid}', 'kill {pid}'],
			},
			'in use': {
				message: 'Nobody can tell whether {label} is being changed right now.',
				cause:
					'Helm has it as {status}, which a Helm that is at work and one that was killed leave alike; its pods run, so it is not removed.',
				fix: 'Make sure that no helm works on it, look at its history, and end what was begun by hand; then try again.',
				nextSteps: ['helm -n {namespace} history {release}', 'helm -n {namespace} rollback {release}'],
			},
		},
	},
	'helm-revision-missing': {
		area: 'cluster',
		message: 'Helm does not keep revision {revision} of {label} any more.',
		cause: 'Of each release it keeps the newest revisions only; here these: {kept}.',
		fix: 'Install the version of that time anew from its bundle, once the database is as it was then.',
		nextSteps: ['helm -n {namespace} history {release} --max 256'],
	},
	'helm-webhook-unreachable': {
		...failed,
		who: 'cluster admin',
		cause:
			'A program that must approve every object (an admission webhook) does not answer, so the cluster refuses all of them.',
		fix: 'Repair the webhook named below; often its own pods are down, or a network policy keeps the API server away.',
	},
	'helm-unreachable': {
		...failed,
		cause: 'Helm could not reach the Kubernetes API.',
		fix: 'Check the address, the network path and the certificate in the kubeconfig until this answers:',
		nextSteps: ['kubectl get --raw /readyz'],
		answers: kubeconfig,
	},
	'helm-kubeconfig': {
		...failed,
		cause: 'The kubeconfig or its context cannot be used.',
		fix: 'Set kubernetes.kubeconfig and kubernetes.context to a cluster you can reach.',
		answers: kubeconfig,
	},
	'helm-unauthorized': {
		...failed,
		cause: 'The Kubernetes API did not accept the login in the kubeconfig; it may have expired.',
		fix: 'Log in to the cluster again, then try again.',
		answers: ['kubernetes.kubeconfig'],
	},
	'helm-immutable': {
		...failed,
		cause: 'The new chart changes a field that Kubernetes never lets change.',
		fix: 'Delete the object named below (its data lives in the database), then try again.',
	},
	'helm-quota': {
		...failed,
		who: 'cluster admin',
		cause: 'A resource quota or limit range of the namespace refused an object.',
		fix: 'Ask for a larger quota, or lower the resources in the answers.',
	},
	'helm-admission-denied': {
		...failed,
		who: 'cluster admin',
		cause: 'A policy of the cluster refused an object.',
		fix: 'Read the policy named below; ask for an exception or change the answers it objects to.',
	},
	'helm-forbidden': {
		...failed,
		who: 'cluster admin',
		cause: 'The account in the kubeconfig lacks a right in this namespace.',
		fix: 'Grant the verb and resource named below, or use another account.',
		answers: ['kubernetes.kubeconfig'],
	},
	'helm-conflict': {
		...failed,
		cause: 'Another program or person owns fields of an object that the chart sets (another field manager).',
		fix: 'Undo that change where it was made (an edit by hand, an operator, a GitOps controller), then try again.',
	},
	'helm-ownership': {
		...failed,
		cause: 'An object of that name exists already and belongs to something else.',
		fix: 'Remove or rename that object, or choose another namespace or release name.',
	},
	'helm-hook-failed': {
		...failed,
		cause: 'A hook of the chart failed: for these charts that is the Job that migrates the database.',
		fix: 'Read the log of the migration Job: most often the database refused the connection, the login or a privilege.',
	},
	'helm-job-failed': {
		...failed,
		cause: 'A Job of the release failed.',
		fix: 'Read the log of the Job named below.',
	},
	'helm-timeout': {
		...failed,
		cause: 'The objects were created, but not all of them got ready in time.',
		fix: 'Look at the pods and events of the namespace: a missing image, too little memory, or a server that cannot start.',
		answers: ['helm.timeoutMinutes'],
	},
	'helm-unknown-kind': {
		...failed,
		who: 'cluster admin',
		cause: 'The chart uses a kind or API version that this cluster does not serve, or a field it does not know.',
		fix: 'Use a bundle whose charts fit this Kubernetes version, or install what serves that kind.',
	},
	'helm-namespace-missing': {
		...failed,
		cause: 'The namespace does not exist.',
		fix: 'Run the step that creates namespaces again.',
	},
	'helm-render-failed': {
		...failed,
		who: 'bug',
		cause: 'The chart could not be rendered with the values made from the answers.',
		fix: 'Check that the chart in the bundle is one of the supported versions; if it is, this is a bug of this tool.',
	},
	'helm-chart-unreadable': {
		...failed,
		who: 'vendor',
		cause: 'The chart archive could not be read.',
		fix: 'Verify the bundle again; copy it anew if it is damaged.',
	},
	'helm-release-missing': {
		area: 'cluster',
		cases: {
			asked: {
				message: 'Helm failed: {what}.',
				cause: 'There is no such release or revision in this namespace.',
				fix: 'Check release name and namespace in the answers.',
			},
			vanished: {
				message: 'Release {release} is not in namespace {namespace} although Helm just installed it.',
				cause: 'Something removed the release while it was being installed.',
				fix: 'Find out who else works in this namespace, then try again.',
			},
		},
	},
	'helm-failed': {
		...failed,
		cause: 'Helm ended with exit code {exitCode}; its own words are below.',
		fix: "Read Helm's own words below; every run of this step starts from what is there.",
	},
	'helm-missing': {
		area: 'prerequisites',
		answers: ['helm.binary'],
		message: 'The helm program cannot be started: {binary}.',
		fix: `Copy Helm ${oldestHelm} or newer to this host and set helm.binary to its path.`,
		cases: {
			absent: {cause: 'There is no such program on this host, or not in its PATH.'},
			'not executable': {cause: 'The file is there but may not be executed.'},
			'other machine': {cause: 'The file is not a program for this machine.'},
			'another program': {
				message: '{binary} is not the Helm program.',
				cause: 'Asked for its version, it gave an answer that Helm does not give.',
				fix: `Set helm.binary to the path of Helm ${oldestHelm} or newer.`,
			},
			'no version': {
				message: '{binary} does not tell its version.',
				cause:
					'Called with the words "version --short" it failed, which Helm does not; what it said, or how it ended, is below.',
				fix: `Set helm.binary to the path of Helm ${oldestHelm} or newer. If it is Helm, mend what it says.`,
			},
		},
	},
	'helm-no-place': {
		area: 'prerequisites',
		answers: ['helm.binary'],
		message: 'There is no folder for the Helm that lies in the {where}.',
		cause: 'It must be unpacked before it can be run. None of the folders below takes it.',
		fix: 'Name a folder that lets programs run, that nobody else can write to, with 100 MB free: XDG_CACHE_HOME=FOLDER in front of the command. Or set helm.binary to a Helm on this host.',
	},
	'helm-copy-damaged': {
		area: 'prerequisites',
		answers: ['helm.binary'],
		cases: {
			bundle: {
				message: 'The Helm in the bundle is not the one that bundle.json names.',
				cause: 'Its SHA-256 is {actual}; {expected} stands in bundle.json.',
				fix: 'Carry the bundle in again. `zenml-airgap bundle verify BUNDLE` tells which files.',
			},
			program: {
				message: 'The Helm inside this program is damaged.',
				cause: 'Its SHA-256 is {actual}; the build wrote down {expected}.',
				fix: 'Carry this program in again. `zenml-airgap self-check` tells whether it is whole.',
			},
		},
	},
	'helm-too-old': {
		area: 'prerequisites',
		message: `Helm {version} is too old; ${oldestHelm} or newer is needed.`,
		cause: '{binary} is Helm {version}.',
		fix: 'Install a newer Helm, or set helm.binary to one that is on this host already.',
		answers: ['helm.binary'],
	},
	'helm-unreadable-answer': {
		area: 'cluster',
		fix: 'Set helm.binary to the plain helm program.',
		answers: ['helm.binary'],
		cause: 'The helm program prints something else on its standard output, perhaps from a wrapper or plugin.',
		cases: {
			'no JSON': {message: "Helm's answer is not JSON: {what}."},
			'other shape': {message: "Helm's answer is not what Helm answers: {what}."},
		},
	},
	'helm-answer-too-long': {
		area: 'cluster',
		message: 'Helm says more than {mebibytes} MiB: {what}.',
		cause: 'The helm program prints something else on its standard output, perhaps from a wrapper or plugin.',
		fix: 'Set helm.binary to the plain helm program.',
		answers: ['helm.binary'],
	},
	'chart-pull-failed': {
		area: 'bundle',
		message: 'The chart {chart} {version} could not be pulled.',
		cases: {
			refused: {
				cause: 'The registry refuses this login, or wants one.',
				fix: 'Log in (docker login HOST, or a credential helper), or name the folder of the right config.json with --docker-config. An expired login to a public registry has to be taken out: docker logout HOST.',
				nextSteps: ['helm pull {chart} --version {version}'],
			},
			'not found': {
				cause: 'There is no chart of that version at that place.',
				fix: 'Check the version, and the place of the chart in the spec (charts).',
				nextSteps: ['helm pull {chart} --version {version}'],
			},
			untrusted: {
				cause: "The registry's certificate is not trusted here.",
				fix: 'Name its CA in the spec: hosts, then ca.',
				nextSteps: ['helm pull {chart} --version {version}'],
			},
			'plain http': {
				cause: 'The registry speaks plain HTTP.',
				fix: 'If it is meant to, say so in the spec: hosts, then plainHttp: true.',
				nextSteps: ['helm pull {chart} --version {version}'],
			},
			unreachable: {
				cause: 'The registry cannot be reached from this host.',
				fix: 'Check its name and the way to it; a proxy is taken from HTTPS_PROXY.',
				nextSteps: ['helm pull {chart} --version {version}'],
			},
			other: {
				cause: "Helm's own words are below.",
				fix: 'Run the same by hand, then try again.',
				nextSteps: ['helm pull {chart} --version {version}'],
			},
			'no file': {
				cause: 'Helm said that it was, but wrote no .tgz file.',
				fix: 'Use the plain helm program: --helm PATH.',
			},
		},
	},
});

declare module '../base/problem.ts' {
	interface ProblemTables {
		readonly helm: typeof helmProblems.table;
	}
}
