import type {ContainerStatus, Deployment, Job, KubeEvent, Pod} from '../../../source/cluster/kinds.ts';
import type {Picture} from '../../../source/cluster/pods/picture.ts';

export const image = 'registry.lab/zenml/zenml-pro-api:0.13.0';

/** A pod `a/p` with one container `c`. */
export const podOf = (status: Pod['status'], more: Partial<Pod> = {}): Pod => ({
	apiVersion: 'v1',
	kind: 'Pod',
	metadata: {name: 'p', namespace: 'a'},
	spec: {nodeName: 'n1', containers: [{name: 'c', image}]},
	...(status && {status}),
	...more,
});

export const containerOf = (more: Partial<ContainerStatus>): ContainerStatus => ({
	name: 'c',
	image,
	imageID: '',
	ready: false,
	restartCount: 0,
	...more,
});

/** A pod whose container waits, for a reason of the kubelet. */
export const waiting = (reason: string, message = '', more: Partial<ContainerStatus> = {}): Pod =>
	podOf({phase: 'Pending', containerStatuses: [containerOf({state: {waiting: {reason, message}}, ...more})]});

export const ended = (exitCode: number, reason = 'Error') => ({terminated: {exitCode, reason}});

/** A pod that no node takes. */
export const unscheduled = (message: string): Pod =>
	podOf({
		phase: 'Pending',
		conditions: [{type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message}],
	});

let serial = 0;

/** A warning about the pod `a/p`, or about something else. */
export const event = (reason: string, message: string, kind = 'Pod', name = 'p'): KubeEvent => ({
	apiVersion: 'v1',
	kind: 'Event',
	metadata: {name: `e${serial++}`, namespace: 'a'},
	type: 'Warning',
	reason,
	message,
	involvedObject: {kind, name},
});

export const picture = (found: Partial<Picture>): Picture => ({
	pods: [],
	jobs: [],
	deployments: [],
	events: [],
	...found,
});

/** A Job `a/j` with one condition. */
export const jobOf = (type: string, reason = '', message = ''): Job => ({
	apiVersion: 'batch/v1',
	kind: 'Job',
	metadata: {name: 'j', namespace: 'a'},
	status: {conditions: [{type, status: 'True', reason, message}]},
});

/** A Deployment `a/d` whose pods are not let in. */
export const refused = (message: string): Deployment => ({
	apiVersion: 'apps/v1',
	kind: 'Deployment',
	metadata: {name: 'd', namespace: 'a'},
	status: {conditions: [{type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message}]},
});

/** A failed pull, in the words of a container runtime. */
export const pull = (message: string): Picture => picture({pods: [waiting('ErrImagePull', message)]});
