import {describe, expect, it} from 'vitest';
import {containerOf, ended, event, picture, podOf, waiting} from './fixtures.ts';
import {diagnose, type Row, testEach} from './told.ts';

const config = (message: string) => picture({pods: [waiting('CreateContainerConfigError', message)]});
const crashes = (restartCount: number) =>
	picture({pods: [waiting('CrashLoopBackOff', 'back-off', {restartCount, lastState: ended(1)})]});
const running = podOf({
	phase: 'Running',
	conditions: [{type: 'Ready', status: 'False'}],
	containerStatuses: [containerOf({state: {running: {}}})],
});
const crashing: Omit<Row, 'about' | 'found'> = {
	code: 'pod-crashing',
	stuck: true,
	short: 'keeps crashing',
	cause: 'The container "c" ended with exit code 1; its log was empty, or could not be read.',
	fix: 'Mend what the log names, then try again.',
};
const tooMuchMemory: Omit<Row, 'about' | 'found'> = {
	code: 'pod-out-of-memory',
	stuck: true,
	short: 'needs more memory than its limit',
	cause: 'The kernel killed the container "c" because it passed its memory limit (OOMKilled).',
	fix: 'Raise the memory limit of this component.',
	answers: ['workspaces.1.resources.limits.memory'],
};
const configMap: Omit<Row, 'about' | 'found'> = {
	code: 'pod-configmap-missing',
	stuck: true,
	short: 'a config map or one of its keys is missing',
	cause: 'The pod needs the config map ca, which is not there or lacks a key.',
	fix: 'Run the step again that installs this release.',
};

// Messages in the words of the kubelet and runc.
const rows: readonly Row[] = [
	{
		about: 'a missing secret',
		found: config('secret "zenml-db" not found'),
		code: 'pod-secret-missing',
		stuck: true,
		short: 'a secret is missing',
		cause: 'The pod needs the secret "zenml-db", which its namespace does not have.',
		fix: 'Start the run again with --from secrets: it makes what is missing.',
	},
	{
		about: 'a missing key of a secret',
		found: config("couldn't find key password in Secret a/zenml-db"),
		code: 'pod-secret-key-missing',
		stuck: true,
		short: 'a secret lacks a key',
		cause: 'The pod needs the key "password" of the secret a/zenml-db, and the secret has no such key.',
		fix: 'Start the run again with --from secrets; if the secret is yours, add the key.',
	},
	{...configMap, about: 'a missing config map', found: config('configmap "ca" not found')},
	{...configMap, about: 'a missing key of a config map', found: config("couldn't find key ca.crt in ConfigMap ca")},
	{
		about: 'an image that wants root',
		found: config('container has runAsNonRoot and image will run as root (pod: "p")'),
		code: 'pod-must-not-be-root',
		stuck: true,
		short: 'would run as root, which is forbidden',
		cause: 'The pod must not run as root (runAsNonRoot), but no other numeric user is set.',
		fix: 'Set runAsUser to a number other than 0.',
		answers: ['workspaces.1.podSecurityContext'],
	},
	{
		about: 'any other configuration that the node cannot use',
		found: config('unknown volume mount'),
		code: 'pod-configuration',
		stuck: true,
		short: 'its configuration is not valid',
		cause: 'The node cannot make the container out of what the pod says; its own words are below.',
		fix: 'Mend what the message names.',
	},
	{
		about: 'a program for another processor',
		found: picture({pods: [waiting('CrashLoopBackOff', 'exec /bin/zenml: exec format error')]}),
		code: 'image-wrong-platform',
		who: 'cluster admin',
		stuck: true,
		short: 'the image is for another processor',
		cause: 'The program in the image is for another processor architecture than that of the node.',
		fix: 'Use nodes of the architecture of the bundle, or get a bundle for this one.',
	},
	{
		about: 'a command that is not in the image',
		found: picture({
			pods: [waiting('RunContainerError', 'exec: "python3": executable file not found in $PATH: unknown')],
		}),
		code: 'pod-command-missing',
		who: 'vendor',
		stuck: true,
		short: 'its program is not in the image',
		cause: 'The command of the container does not exist in the image.',
		fix: 'Check that chart and image versions of the bundle belong together.',
	},
	{
		about: 'any other container that cannot be started',
		found: picture({pods: [waiting('CreateContainerError', 'operation not permitted')]}),
		code: 'pod-cannot-start',
		who: 'cluster admin',
		stuck: true,
		short: 'the container cannot be started',
		cause: 'The container runtime of the node cannot start the container; its own words are below.',
		fix: 'Ask the cluster admin about this message.',
	},
	{...crashing, about: 'a server that has crashed once', found: crashes(1), stuck: false},
	{...crashing, about: 'a server that crashes again and again', found: crashes(5)},
	{
		...crashing,
		about: 'a back-off of which nothing else is known',
		found: picture({pods: [waiting('CrashLoopBackOff')]}),
		stuck: false,
		cause: 'The container "c" ended with exit code unknown; its log was empty, or could not be read.',
	},
	{
		...tooMuchMemory,
		about: 'a container that the kernel killed',
		found: picture({pods: [waiting('CrashLoopBackOff', 'back-off', {lastState: ended(137, 'OOMKilled')})]}),
	},
	{
		...tooMuchMemory,
		about: 'a container that runs again after the kernel killed it',
		found: picture({
			pods: [
				podOf({
					phase: 'Running',
					containerStatuses: [containerOf({state: {running: {}}, lastState: ended(0, 'OOMKilled')})],
				}),
			],
		}),
	},
	{
		about: 'a pod that ended with an error',
		found: picture({pods: [podOf({phase: 'Failed', containerStatuses: [containerOf({state: ended(2)})]})]}),
		code: 'pod-failed',
		stuck: true,
		short: 'ended with an error',
		cause: 'The container "c" ended with exit code 2; its log was empty, or could not be read.',
		fix: 'Mend what the log names, then try again.',
	},
	{
		about: 'an init container that ended with an error and is started again',
		found: picture({
			pods: [podOf({phase: 'Pending', initContainerStatuses: [containerOf({name: 'i', state: ended(143)})]})],
		}),
		code: 'pod-failed',
		stuck: false,
		short: 'ended with an error',
		cause:
			'The container "i" ended with exit code 143: it was asked to end (SIGTERM), mostly by a failing liveness probe; its log was empty, or could not be read.',
		fix: 'Mend what the log names, then try again.',
	},
	{
		about: 'a failing readiness probe',
		found: picture({
			pods: [running],
			events: [event('Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 503')],
		}),
		code: 'pod-probe-failing',
		stuck: false,
		short: 'runs, but does not answer its health check',
		cause: 'The readiness probe of the container fails; the server may still be starting, or waits for something.',
		fix: 'See in its log what it waits for; database and control plane are the usual ones.',
	},
	{
		about: 'a reason of the future',
		found: picture({pods: [waiting('BrandNewReason', 'because')]}),
		code: 'pod-not-ready',
		stuck: false,
		short: 'not ready',
		cause: 'Kubernetes says BrandNewReason: because.',
		fix: 'Look at the pod with kubectl describe; the lines below are what the cluster says.',
	},
	{
		about: 'a reason of the future without a word',
		found: picture({pods: [waiting('BrandNewReason')]}),
		code: 'pod-not-ready',
		stuck: false,
		short: 'not ready',
		cause: 'Kubernetes says BrandNewReason.',
		fix: 'Look at the pod with kubectl describe; the lines below are what the cluster says.',
	},
];

describe('what Kubernetes says of containers', () => testEach(rows));

it('a server that just runs and is not ready yet gives no reason to worry', async () => {
	expect(await diagnose(picture({pods: [running]}))).toBeUndefined();
});
