import {describe} from 'vitest';
import {event, jobOf, picture, podOf, refused, unscheduled, waiting} from './fixtures.ts';
import {type Row, testEach} from './told.ts';

const nowhere = (message: string) => picture({pods: [unscheduled(`0/1 nodes are available: ${message}`)]});
const onNode = (reason: string, message: string) =>
	picture({pods: [waiting('ContainerCreating')], events: [event(reason, message)]});
const notLetIn = (message: string) => picture({deployments: [refused(message)]});

const tooSmall: Omit<Row, 'about' | 'found' | 'cause'> = {
	code: 'cluster-too-small',
	who: 'cluster admin',
	stuck: false,
	short: 'no node has room for it',
	fix: 'Have a node added or freed, or request less.',
	answers: ['workspaces.1.resources.requests'],
};
const askAdmin = 'Ask the cluster admin about this message.';

// Messages in the words of the scheduler and the kubelet.
const nodes: readonly Row[] = [
	{
		...tooSmall,
		about: 'too little cpu and memory',
		found: nowhere('1 Insufficient cpu, 1 Insufficient memory.'),
		cause: 'No node has enough free cpu and memory for what the pod requests.',
	},
	{
		...tooSmall,
		about: 'too little memory',
		found: nowhere('1 Insufficient memory.'),
		cause: 'No node has enough free memory for what the pod requests.',
	},
	{
		about: 'nodes that are full of pods',
		found: nowhere('1 Too many pods.'),
		code: 'cluster-too-small',
		who: 'cluster admin',
		stuck: false,
		short: 'no node may run more pods',
		cause: 'Every node already runs as many pods as it may.',
		fix: 'Have a node added or freed.',
	},
	{
		about: 'taints',
		found: nowhere('1 node(s) had untolerated taint {gpu: true}.'),
		code: 'nodes-tainted',
		who: 'cluster admin',
		stuck: false,
		short: 'every node is tainted',
		cause: 'Every node that has room carries a taint that keeps such pods away, or is not ready.',
		fix: 'Have an untainted node added, or the taint removed.',
	},
	{
		about: 'an unfitting node selector',
		found: nowhere("1 node(s) didn't match Pod's node affinity/selector."),
		code: 'pod-no-matching-node',
		who: 'cluster admin',
		stuck: false,
		short: 'no node has the labels it asks for',
		cause: 'The node selector or affinity of the pod fits no node that is free.',
		fix: 'Have the labels set on a node, or ask for other ones.',
	},
	{
		about: 'an unbound volume claim',
		found: picture({pods: [unscheduled('pod has unbound immediate PersistentVolumeClaims')]}),
		code: 'pod-volume-unbound',
		who: 'cluster admin',
		stuck: false,
		short: 'its volume is not there',
		cause: 'A PersistentVolumeClaim of the pod is missing or bound to no volume.',
		fix: 'Have a default storage class set up, or a volume made for the claim.',
	},
	{
		about: 'cordoned nodes',
		found: nowhere('1 node(s) were unschedulable.'),
		code: 'cluster-no-nodes',
		who: 'cluster admin',
		stuck: false,
		short: 'no node takes pods',
		cause: 'All nodes are cordoned, or there is none.',
		fix: 'Have a node put back into service.',
	},
	{
		about: 'any other word of the scheduler',
		found: picture({pods: [unscheduled('something new')]}),
		code: 'pod-unschedulable',
		who: 'cluster admin',
		stuck: false,
		short: 'no node fits',
		cause: 'The scheduler finds no node for the pod; its own words are below.',
		fix: askAdmin,
	},
	{
		about: 'a pod that only an event says no node takes',
		found: picture({pods: [podOf({phase: 'Pending'})], events: [event('FailedScheduling', 'something new')]}),
		code: 'pod-unschedulable',
		who: 'cluster admin',
		stuck: false,
		short: 'no node fits',
		cause: 'The scheduler finds no node for the pod; its own words are below.',
		fix: askAdmin,
	},
];

const onNodes: readonly Row[] = [
	{
		about: 'a volume with a missing secret',
		found: onNode('FailedMount', 'MountVolume.SetUp failed for volume "tls" : secret "zenml-tls" not found'),
		code: 'pod-secret-missing',
		stuck: true,
		short: 'a secret is missing',
		cause: 'The pod mounts the secret "zenml-tls", which its namespace does not have.',
		fix: 'Start the run again with --from secrets: it makes what is missing.',
	},
	{
		about: 'a volume with a missing key of a secret',
		found: onNode(
			'FailedMount',
			'MountVolume.SetUp failed for volume "tls" : references non-existent secret key: ca.crt',
		),
		code: 'pod-secret-key-missing',
		stuck: true,
		short: 'a secret lacks a key',
		cause: 'The pod mounts the key "ca.crt" of a secret or config map, which has no such key.',
		fix: 'Start the run again with --from secrets; if the secret is yours, add the key.',
	},
	{
		about: 'a volume with a missing config map',
		found: onNode('FailedMount', 'MountVolume.SetUp failed for volume "ca" : configmap "zenml-ca" not found'),
		code: 'pod-configmap-missing',
		stuck: true,
		short: 'a config map is missing',
		cause: 'The pod mounts the config map "zenml-ca", which its namespace does not have.',
		fix: 'Run the step again that installs this release.',
	},
	{
		about: 'a volume that does not come',
		found: onNode('FailedMount', 'Unable to attach or mount volumes: timed out waiting for the condition'),
		code: 'pod-volume-failed',
		who: 'cluster admin',
		stuck: false,
		short: 'a volume cannot be mounted',
		cause: 'The node cannot mount a volume of the pod; its own words are below.',
		fix: askAdmin,
	},
	{
		about: 'a node without network plug-in',
		found: onNode('FailedCreatePodSandBox', 'failed to setup network for sandbox: plugin type="calico" failed'),
		code: 'node-network-failed',
		who: 'cluster admin',
		stuck: false,
		short: 'the node cannot set up the pod',
		cause: 'The node cannot make the network or the pause container of the pod; its own words are below.',
		fix: 'Have network plug-in and pause image of the node looked at; the pause image too must come from inside the air gap.',
	},
	{
		about: 'an evicted pod',
		found: picture({pods: [podOf({phase: 'Failed', reason: 'Evicted', message: 'low on memory'})]}),
		code: 'pod-evicted',
		who: 'cluster admin',
		stuck: false,
		short: 'was removed from its node',
		cause: 'The node gave the pod up (Evicted), mostly for want of memory or disk, or to be drained.',
		fix: 'Have the node looked at; Kubernetes starts a new pod elsewhere if it can.',
	},
];

const quota: Omit<Row, 'about' | 'found'> = {
	code: 'kubernetes-quota',
	who: 'cluster admin',
	stuck: true,
	short: 'a quota of the namespace is used up',
	cause: 'The resource quota "small" of the namespace does not allow the pod.',
	fix: 'Have the quota raised, or request less.',
	answers: ['workspaces.1.resources'],
};
const account: Omit<Row, 'about' | 'found'> = {
	code: 'pod-service-account-missing',
	stuck: true,
	short: 'its service account is missing',
	cause: 'The service account "zenml" does not exist in the namespace.',
	fix: 'Run the step again that installs this release.',
};

// Messages in the words of kube-apiserver, its admission plug-ins, and the Job controller.
const admission: readonly Row[] = [
	{
		...quota,
		about: 'a used-up quota',
		found: notLetIn('pods "d-1" is forbidden: exceeded quota: small, requested: memory=1Gi'),
	},
	{
		...quota,
		about: 'a quota that wants requests to be named',
		found: notLetIn('pods "d-1" is forbidden: failed quota: small: must specify memory'),
	},
	{
		about: 'a Pod Security level',
		found: picture({
			jobs: [jobOf('Suspended')],
			events: [
				event(
					'FailedCreate',
					'pods "j-1" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot',
					'Job',
					'j',
				),
			],
		}),
		code: 'kubernetes-pod-security',
		who: 'cluster admin',
		stuck: true,
		short: 'the namespace does not admit such a pod',
		cause: 'The Pod Security level "restricted:latest" of the namespace forbids what the pod asks for.',
		fix: 'Have the level of the namespace lowered, or take a bundle whose chart meets it: the answers only change the user and group of the pods.',
		answers: ['workspaces.1.podSecurityContext'],
	},
	{
		about: 'security context constraints of OpenShift',
		found: notLetIn('pods "d-" is forbidden: unable to validate against any security context constraint: [fsGroup]'),
		code: 'kubernetes-pod-security',
		who: 'cluster admin',
		stuck: true,
		short: 'the namespace does not admit such a pod',
		cause: 'No pod security policy or security context constraint of the cluster admits what the pod asks for.',
		fix: 'Leave user and group to the cluster with null in podSecurityContext, or have a constraint that admits the pod bound to its service account.',
		answers: ['workspaces.1.podSecurityContext'],
	},
	{
		...account,
		about: 'a missing service account',
		found: notLetIn(
			'pods "d-" is forbidden: error looking up service account a/zenml: serviceaccount "zenml" not found',
		),
	},
	{
		...account,
		about: 'a missing service account in other words',
		found: notLetIn('service account "zenml" not found'),
	},
	{
		about: 'a LimitRange',
		found: notLetIn('pods "d-" is forbidden: maximum memory usage per Container is 1Gi, but limit is 2Gi'),
		code: 'kubernetes-limit-range',
		stuck: true,
		short: 'a LimitRange of the namespace forbids it',
		cause: 'The namespace limits CPU or memory of a single pod to less, or more, than this one asks for.',
		fix: 'Change requests and limits to what the message allows.',
		answers: ['workspaces.1.resources'],
	},
	{
		about: 'a refusing policy',
		found: notLetIn('admission webhook "validate.kyverno.svc" denied the request: no latest'),
		code: 'kubernetes-admission-denied',
		who: 'cluster admin',
		stuck: true,
		short: 'a policy of the cluster refuses the pod',
		cause: 'The policy behind the webhook "validate.kyverno.svc" refuses the pod; its own words are below.',
		fix: 'Ask the owners of that policy for an exception, or change what it complains of.',
	},
	{
		about: 'any other pod that is not made',
		found: notLetIn('something new'),
		code: 'pod-not-created',
		who: 'cluster admin',
		stuck: true,
		short: 'the pod cannot be created',
		cause: 'The cluster does not create the pod; its own words are below.',
		fix: askAdmin,
	},
	{
		about: 'a failed Job whose pods are gone',
		found: picture({
			jobs: [jobOf('Failed', 'BackoffLimitExceeded', 'Job has reached the specified backoff limit')],
		}),
		code: 'job-failed',
		stuck: true,
		short: 'the Job failed',
		cause: 'The Job ended without success; the last lines of its log are below, where there are any.',
		fix: 'Mend what the log names, then try again.',
	},
	{
		about: 'a Job that ran too long',
		found: picture({
			jobs: [jobOf('Failed', 'DeadlineExceeded', 'Job was active longer than specified deadline')],
		}),
		code: 'pod-too-slow',
		stuck: true,
		short: 'did not end in time',
		cause: 'The Job or pod ran longer than it may (activeDeadlineSeconds).',
		fix: 'See in its log what it waited for.',
	},
];

describe('what Kubernetes says of nodes', () => testEach([...nodes, ...onNodes]));

describe('what Kubernetes says of pods that are not let in', () => testEach(admission));
