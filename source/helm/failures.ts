import {type Actor, ProblemError} from '../base/problem.ts';

type Sort = {
	readonly code: string;
	readonly pattern: RegExp;
	readonly who: Actor;
	readonly cause: string;
	readonly fix: string;
	readonly answers?: readonly string[];
};

/**
 * Helm's own words, sorted into causes; the first match wins, so the special comes before the general. The texts are
 * those of Helm 3.18 and 4.2 and of the API server behind them.
 */
const sorts: readonly Sort[] = [
	{
		code: 'helm-kube-version',
		pattern: /chart requires kubeVersion/u,
		who: 'cluster admin',
		cause: 'The chart does not support the Kubernetes version of this cluster.',
		fix: 'Use a bundle whose charts support this cluster, or upgrade the cluster.',
	},
	{
		code: 'helm-busy',
		pattern: /another operation \(install\/upgrade\/rollback\) is in progress/u,
		who: 'operator',
		cause: 'Another Helm run is changing this release right now.',
		fix: 'Find out who else installs here (a pipeline, a GitOps controller), let it end or stop it, then try again.',
	},
	{
		code: 'helm-webhook-unreachable',
		pattern: /failed calling webhook/iu,
		who: 'cluster admin',
		cause:
			'A program that must approve every object (an admission webhook) does not answer, so the cluster refuses all of them.',
		fix: 'Repair the webhook named below; often its own pods are down, or a network policy keeps the API server away.',
	},
	{
		code: 'helm-unreachable',
		pattern:
			/cluster unreachable|connection refused|no such host|i\/o timeout|network is unreachable|TLS handshake|x509:|dial tcp|no configuration has been provided/iu,
		who: 'operator',
		cause: 'Helm could not reach the Kubernetes API.',
		fix: 'Check the address, the network path and the certificate in the kubeconfig: `kubectl get --raw /readyz` must answer.',
		answers: ['kubernetes.kubeconfig', 'kubernetes.context'],
	},
	{
		code: 'helm-kubeconfig',
		pattern: /kubeconfig|context ".*" does not exist|invalid configuration/iu,
		who: 'operator',
		cause: 'The kubeconfig or its context cannot be used.',
		fix: 'Set kubernetes.kubeconfig and kubernetes.context to a cluster you can reach.',
		answers: ['kubernetes.kubeconfig', 'kubernetes.context'],
	},
	{
		code: 'helm-unauthorized',
		pattern: /Unauthorized|must be logged in to the server/iu,
		who: 'operator',
		cause: 'The Kubernetes API did not accept the login in the kubeconfig; it may have expired.',
		fix: 'Log in to the cluster again, then try again.',
		answers: ['kubernetes.kubeconfig'],
	},
	{
		code: 'helm-immutable',
		pattern: /field is immutable|Forbidden: updates to/iu,
		who: 'operator',
		cause: 'The new chart changes a field that Kubernetes never lets change.',
		fix: 'Delete the object named below (its data lives in the database), then try again.',
	},
	{
		code: 'helm-quota',
		pattern: /exceeded quota|failed quota|maximum (cpu|memory) usage|minimum (cpu|memory) usage/iu,
		who: 'cluster admin',
		cause: 'A resource quota or limit range of the namespace refused an object.',
		fix: 'Ask for a larger quota, or lower the resources in the answers.',
	},
	{
		code: 'helm-admission-denied',
		pattern: /admission webhook .* denied|violates PodSecurity|ValidatingAdmissionPolicy/iu,
		who: 'cluster admin',
		cause: 'A policy of the cluster refused an object.',
		fix: 'Read the policy named below; ask for an exception or change the answers it objects to.',
	},
	{
		code: 'helm-forbidden',
		pattern: /is forbidden|forbidden:/iu,
		who: 'cluster admin',
		cause: 'The account in the kubeconfig lacks a right in this namespace.',
		fix: 'Grant the verb and resource named below, or use another account.',
		answers: ['kubernetes.kubeconfig'],
	},
	{
		code: 'helm-conflict',
		pattern: /conflict(s)? with "|conflict occurred while applying|Apply failed with \d+ conflict/iu,
		who: 'operator',
		cause: 'Another program or person owns fields of an object that the chart sets (another field manager).',
		fix: 'Undo that change where it was made (an edit by hand, an operator, a GitOps controller), then try again.',
	},
	{
		code: 'helm-ownership',
		pattern: /invalid ownership metadata|cannot be imported into the current release/iu,
		who: 'operator',
		cause: 'An object of that name exists already and belongs to something else.',
		fix: 'Remove or rename that object, or choose another namespace or release name.',
		answers: ['controlPlane.namespace', 'controlPlane.release'],
	},
	{
		code: 'helm-hook-failed',
		pattern:
			/(pre|post)-(install|upgrade|rollback|delete)(\s+hooks?)?[^\n]*(failed|timed out|not ready)|failed (pre|post)-(install|upgrade|rollback|delete)|hooks? failed/iu,
		who: 'operator',
		cause: 'A hook of the chart failed: for these charts that is the Job that migrates the database.',
		fix: 'Read the log of the migration Job: most often the database refused the connection, the login or a privilege.',
	},
	{
		code: 'helm-job-failed',
		pattern: /BackoffLimitExceeded|job .* failed|DeadlineExceeded/iu,
		who: 'operator',
		cause: 'A Job of the release failed.',
		fix: 'Read the log of the Job named below.',
	},
	{
		code: 'helm-timeout',
		pattern: /timed out waiting|context deadline exceeded|not ready\. status|resource .* not ready/iu,
		who: 'operator',
		cause: 'The objects were created, but not all of them got ready in time.',
		fix: 'Look at the pods and events of the namespace: a missing image, too little memory, or a server that cannot start.',
		answers: ['helm.timeoutMinutes'],
	},
	{
		code: 'helm-unknown-kind',
		pattern:
			/no matches for kind|could not find the requested resource|resource mapping not found|unable to recognize|unable to build kubernetes objects/iu,
		who: 'cluster admin',
		cause: 'The chart uses a kind or API version that this cluster does not serve, or a field it does not know.',
		fix: 'Use a bundle whose charts fit this Kubernetes version, or install what serves that kind.',
	},
	{
		code: 'helm-namespace-missing',
		pattern: /namespaces? "[^"]+" not found/iu,
		who: 'operator',
		cause: 'The namespace does not exist.',
		fix: 'Run the step that creates namespaces again.',
	},
	{
		code: 'helm-render-failed',
		pattern:
			/execution error at|error calling|template: |parse error|YAML parse error|error converting YAML|wrong type for value|nil pointer evaluating|values don't meet the specifications/iu,
		who: 'bug',
		cause: 'The chart could not be rendered with the values made from the answers.',
		fix: 'Check that the chart in the bundle is one of the supported versions; if it is, this is a bug of this tool.',
	},
	{
		code: 'helm-chart-unreadable',
		pattern:
			/Chart\.yaml file is missing|not a (valid )?chart|gzip: invalid header|no such file or directory|unexpected EOF/iu,
		who: 'vendor',
		cause: 'The chart archive could not be read.',
		fix: 'Verify the bundle again; copy it anew if it is damaged.',
	},
	{
		code: 'helm-release-missing',
		pattern: /release: not found|has no deployed releases|no revision|is already deleted/iu,
		who: 'operator',
		cause: 'There is no such release or revision in this namespace.',
		fix: 'Check release name and namespace in the answers.',
	},
];

const noise = /^\s*$|^(WARNING|level=(DEBUG|INFO|WARN))|Use "helm|^I\d{4} |^W\d{4} /u;

/** Helm's last meaningful lines, at most `count`. */
export const tail = (stderr: string, count = 15): readonly string[] => {
	const lines = stderr.split('\n').map((line) => line.trimEnd());
	const meaningful = lines.filter((line) => !noise.test(line));
	return (meaningful.length > 0 ? meaningful : lines.filter((line) => line !== '')).slice(-count);
};

/** What Helm itself calls the error: its `Error:` lines, or everything when there is none. */
const verdict = (stderr: string): string => {
	const from = stderr.search(/^Error:/mu);
	return from < 0 ? stderr : stderr.slice(from);
};

/**
 * The problem behind a failed helm command. `stderr` must have no secrets left in it.
 * @param what the command in the operator's words: `upgrade of release zenml in namespace zenml-workspace`.
 */
export const helmFailure = (what: string, stderr: string, exitCode: number | undefined): ProblemError => {
	const words = verdict(stderr);
	const sort = sorts.find(({pattern}) => pattern.test(words));
	return new ProblemError({
		code: sort?.code ?? 'helm-failed',
		area: 'cluster',
		who: sort?.who ?? 'operator',
		message: `Helm failed: ${what}.`,
		cause: sort?.cause ?? `Helm ended with exit code ${exitCode ?? 'unknown'}; its own words are below.`,
		fix: sort?.fix ?? "Read Helm's own words below; every run of this step starts from what is there.",
		evidence: tail(stderr),
		...(sort?.answers ? {answers: sort.answers} : {}),
	});
};
