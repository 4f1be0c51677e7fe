import type {helmProblems} from './problems.ts';

/**
 * Everything that is read out of what Helm prints: its words are the only thing that tells one failure from another, as
 * it ends with the same exit code for all. The texts are those of Helm 3.18 and 4.2, of the API server behind them, and
 * of chart registries.
 */

type Table = typeof helmProblems.table;

/** Codes that Helm's words can be sorted under. */
export type FailureCode = Exclude<
	keyof Table,
	| 'helm-failed'
	| 'helm-missing'
	| 'helm-too-old'
	| 'helm-unreadable-answer'
	| 'helm-answer-too-long'
	| 'chart-pull-failed'
>;

/**
 * Patterns over foreign words: every gap in them has a bound, so that a text which repeats their beginning does not cost its
 * length squared.
 */

/** What of Helm's words is a sign of which failure; the first match wins, so the special comes before the general. */
export const failureWords: readonly (readonly [saying: RegExp, code: FailureCode])[] = [
	[/chart requires kubeVersion/u, 'helm-kube-version'],
	[/another operation \(install\/upgrade\/rollback\) is in progress/u, 'helm-busy'],
	[/failed calling webhook/iu, 'helm-webhook-unreachable'],
	[
		/cluster unreachable|connection refused|no such host|i\/o timeout|network is unreachable|TLS handshake|x509:|dial tcp|no configuration has been provided/iu,
		'helm-unreachable',
	],
	[/kubeconfig|context "[^"\n]{0,300}" does not exist|invalid configuration/iu, 'helm-kubeconfig'],
	[/Unauthorized|must be logged in to the server/iu, 'helm-unauthorized'],
	[/field is immutable|Forbidden: updates to/iu, 'helm-immutable'],
	[/exceeded quota|failed quota|maximum (cpu|memory) usage|minimum (cpu|memory) usage/iu, 'helm-quota'],
	[/admission webhook [^\n]{1,300} denied|violates PodSecurity|ValidatingAdmissionPolicy/iu, 'helm-admission-denied'],
	[/is forbidden|forbidden:/iu, 'helm-forbidden'],
	[/conflict(s)? with "|conflict occurred while applying|Apply failed with \d+ conflict/iu, 'helm-conflict'],
	[/invalid ownership metadata|cannot be imported into the current release/iu, 'helm-ownership'],
	[
		/(pre|post)-(install|upgrade|rollback|delete)(\s{1,4}hooks?)?[^\n]{0,300}?(failed|timed out|not ready)|failed (pre|post)-(install|upgrade|rollback|delete)|hooks? failed/iu,
		'helm-hook-failed',
	],
	[/BackoffLimitExceeded|job [^\n]{1,300} failed|DeadlineExceeded/iu, 'helm-job-failed'],
	[/timed out waiting|context deadline exceeded|not ready\. status|resource [^\n]{1,300} not ready/iu, 'helm-timeout'],
	[
		/no matches for kind|could not find the requested resource|resource mapping not found|unable to recognize|unable to build kubernetes objects/iu,
		'helm-unknown-kind',
	],
	[/namespaces? "[^"\n]{1,300}" not found/iu, 'helm-namespace-missing'],
	[
		/execution error at|error calling|template: |parse error|YAML parse error|error converting YAML|wrong type for value|nil pointer evaluating|values don't meet the specifications/iu,
		'helm-render-failed',
	],
	[
		/Chart\.yaml file is missing|not a (valid )?chart|gzip: invalid header|no such file or directory|unexpected EOF/iu,
		'helm-chart-unreadable',
	],
	[/release: not found|has no deployed releases|no revision|is already deleted/iu, 'helm-release-missing'],
];

/** Why a chart does not come out of a registry. */
export type PullCase = Exclude<keyof Table['chart-pull-failed']['cases'], 'other' | 'no file'>;

/** The same for `helm pull`, where most words mean something else: a registry forbids, not the cluster. A bare number may be a port or a part of a digest. */
export const pullWords: readonly (readonly [saying: RegExp, name: PullCase])[] = [
	[/\bstatus(?: code)?:? 40[13]\b|unauthorized|denied|forbidden|authorization/iu, 'refused'],
	[/\bstatus(?: code)?:? 404\b|not found|manifest unknown|no such manifest/iu, 'not found'],
	[/x509|certificate/iu, 'untrusted'],
	[/HTTP response to HTTPS client|first record does not look like a TLS handshake/iu, 'plain http'],
	[/no such host|connection refused|i\/o timeout|network is unreachable|dial tcp/iu, 'unreachable'],
];

/** How much of a text is looked at for its meaning, characters: more is not read by people either. */
const readForMeaning = 64 * 1024;

/** Of a long text its beginning and its end. */
const shortened = (words: string): string => {
	if (words.length <= readForMeaning) return words;
	return `${words.slice(0, readForMeaning / 2)}\n${words.slice(-readForMeaning / 2)}`;
};

/** What the words are a sign of; undefined for words that no row knows. */
export const meaningOf = <Meaning>(
	words: string,
	rows: readonly (readonly [saying: RegExp, meaning: Meaning])[],
): Meaning | undefined => {
	const read = shortened(words);
	return rows.find(([saying]) => saying.test(read))?.[1];
};

/** Lines that say nothing of a failure: warnings, debug, hints on usage, and klog of the Kubernetes client. */
const noise = /^\s*$|^(WARNING|level=(DEBUG|INFO|WARN))|Use "helm|^I\d{4} |^W\d{4} /u;

/** Helm's last meaningful lines, at most `count`. */
export const tail = (stderr: string, count = 15): readonly string[] => {
	const lines = stderr.split('\n').map((line) => line.trimEnd());
	const meaningful = lines.filter((line) => !noise.test(line));
	return (meaningful.length > 0 ? meaningful : lines.filter((line) => line !== '')).slice(-count);
};

/** What Helm itself calls the error: its `Error:` lines, or everything when there is none. */
export const verdictIn = (stderr: string): string => {
	const from = stderr.search(/^Error:/mu);
	return from < 0 ? stderr : stderr.slice(from);
};

/** How much of the end of an output may be a version, characters. */
const longestVersion = 200;

/**
 * The version in the output of `helm version --short`, e.g. `3.18.0` in `v3.18.0+gcc58e3f`; undefined for another
 * program's output.
 */
export const versionIn = (output: string): string | undefined =>
	/v(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?)(?:\+\S*)?$/u.exec(output.trim().slice(-longestVersion))?.[1];
