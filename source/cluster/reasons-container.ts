import type {Reason} from './reasons.ts';

const resources = ['{component}.resources'];
const securityContext = ['{component}.podSecurityContext'];
const creations = ['CreateContainerError', 'RunContainerError', 'StartError', 'ContainerCannotRun', 'CrashLoopBackOff'];

/** Exit codes with a meaning of their own: 128 + signal (POSIX shell convention), 126 and 127 of the shell and runc. */
const exitCodes: Readonly<Record<number, string>> = {
	126: 'its program may not be executed',
	127: 'its program does not exist in the image',
	132: 'it met an instruction this processor does not have (SIGILL)',
	134: 'it aborted (SIGABRT)',
	137: 'it was killed (SIGKILL), mostly by the memory limit or a failing liveness probe',
	139: 'it crashed on a memory access (SIGSEGV)',
	143: 'it was asked to end (SIGTERM), mostly by a failing liveness probe',
};

const ending = (exitCode: number | undefined): string => {
	if (exitCode === undefined) return '';
	const meaning = exitCodes[exitCode];
	return ` with exit code ${exitCode}${meaning ? `: ${meaning}` : ''}`;
};

/** Containers that cannot be made, crash, or do not get ready. Messages as written by the kubelet and runc. */
export const containerReasons: readonly Reason[] = [
	{
		when: ({oomKilled}) => oomKilled === true,
		code: 'pod-out-of-memory',
		plain: 'needs more memory than its limit',
		cause: ({container}) =>
			`The kernel killed the container "${container ?? ''}" because it passed its memory limit (OOMKilled).`,
		fix: 'Raise the memory limit of this component.',
		answers: resources,
		stuck: true,
	},
	{
		reasons: ['CreateContainerConfigError'],
		message: /secret "([^"]+)" not found/u,
		code: 'pod-secret-missing',
		plain: 'a secret is missing',
		cause: (_, [secret]) => `The pod needs the secret "${secret}", which its namespace does not have.`,
		fix: 'Run the secrets step again.',
		stuck: true,
	},
	{
		reasons: ['CreateContainerConfigError'],
		message: /couldn't find key (\S+) in Secret (\S+)/u,
		code: 'pod-secret-key-missing',
		plain: 'a secret lacks a key',
		cause: (_, [key, secret]) =>
			`The pod needs the key "${key}" of the secret ${secret}, and the secret has no such key.`,
		fix: 'Run the secrets step again; if the secret is yours, add the key.',
		stuck: true,
	},
	{
		reasons: ['CreateContainerConfigError'],
		message: /configmap "([^"]+)" not found|couldn't find key \S+ in ConfigMap (\S+)/u,
		code: 'pod-configmap-missing',
		plain: 'a config map or one of its keys is missing',
		cause: (_, found) =>
			`The pod needs the config map ${found.find((name) => name)}, which is not there or lacks a key.`,
		fix: 'Run the step again that installs this release.',
		stuck: true,
	},
	{
		reasons: ['CreateContainerConfigError'],
		message: /runAsNonRoot|non-root|non-numeric user/u,
		code: 'pod-must-not-be-root',
		plain: 'would run as root, which is forbidden',
		cause: () => 'The pod must not run as root (runAsNonRoot), but no other numeric user is set.',
		fix: 'Set runAsUser to a number other than 0.',
		answers: securityContext,
		stuck: true,
	},
	{
		reasons: ['CreateContainerConfigError'],
		code: 'pod-configuration',
		plain: 'its configuration is not valid',
		cause: () => 'The node cannot make the container out of what the pod says; its own words are below.',
		fix: 'Mend what the message names.',
		stuck: true,
	},
	{
		reasons: creations,
		message: /exec format error/u,
		code: 'image-wrong-platform',
		plain: 'the image is for another processor',
		cause: () => 'The program in the image is for another processor architecture than that of the node.',
		fix: 'Use nodes of the architecture of the bundle, or get a bundle for this one.',
		who: 'cluster admin',
		stuck: true,
	},
	{
		reasons: creations,
		message: /executable file not found|no such file or directory/u,
		code: 'pod-command-missing',
		plain: 'its program is not in the image',
		cause: () => 'The command of the container does not exist in the image.',
		fix: 'Check that chart and image versions of the bundle belong together.',
		who: 'vendor',
		stuck: true,
	},
	{
		reasons: ['CreateContainerError', 'RunContainerError', 'StartError', 'ContainerCannotRun'],
		code: 'pod-cannot-start',
		plain: 'the container cannot be started',
		cause: () => 'The container runtime of the node cannot start the container; its own words are below.',
		fix: 'Ask the cluster admin about this message.',
		who: 'cluster admin',
		stuck: true,
	},
	{
		reasons: ['DeadlineExceeded'],
		code: 'pod-too-slow',
		plain: 'did not end in time',
		cause: () => 'The Job or pod ran longer than it may (activeDeadlineSeconds).',
		fix: 'See in its log what it waited for.',
		stuck: true,
	},
	{
		reasons: ['Error'],
		code: 'pod-failed',
		plain: 'ended with an error',
		cause: ({container, exitCode}) =>
			`The container "${container ?? ''}" ended${ending(exitCode)}; its last log lines are below.`,
		fix: 'Mend what the log names, then try again.',
		stuck: ({final}) => final === true,
	},
	{
		reasons: ['CrashLoopBackOff'],
		code: 'pod-crashing',
		plain: 'ends again and again',
		cause: ({container, exitCode}) =>
			`The container "${container ?? ''}" ended${ending(exitCode)}; its last log lines are below.`,
		fix: 'Mend what the log names, then try again.',
		// A server that starts before what it needs crashes once or twice and then recovers.
		stuck: ({restarts = 0}) => restarts >= 3,
	},
	{
		reasons: ['Unhealthy'],
		message: /(Readiness|Liveness|Startup) probe failed/u,
		code: 'pod-probe-failing',
		plain: 'runs, but does not answer its health check',
		cause: (_, [probe]) =>
			`The ${probe?.toLowerCase()} probe of the container fails; the server may still be starting, or waits for something.`,
		fix: 'See in its log what it waits for; database and control plane are the usual ones.',
		stuck: false,
	},
];
