import type {Job} from '../kinds.ts';
import type {PodProbe} from '../types.ts';

const instance = 'app.kubernetes.io/instance';

/** Finds the pod of a probe. */
export const selectorOf = (name: string): string => `${instance}=${name}`;

/** The one container of a probe. */
export const containerName = 'probe';

const environmentOf = ({env, secretEnv = {}}: PodProbe) => [
	...Object.entries(env).map(([name, value]) => ({name, value})),
	...Object.entries(secretEnv).map(([name, {secret, key}]) => ({
		name,
		valueFrom: {secretKeyRef: {name: secret, key}},
	})),
];

const volumeName = 'secret';

/** A Secret that is not there must not keep the pod from starting: the script sees what it lacks. */
const volumesOf = ({secretVolume}: PodProbe) =>
	secretVolume ? {volumes: [{name: volumeName, secret: {secretName: secretVolume.secret, optional: true}}]} : {};

const mountsOf = ({secretVolume}: PodProbe) =>
	secretVolume ? {volumeMounts: [{name: volumeName, mountPath: secretVolume.path, readOnly: true}]} : {};

/** Fits a namespace of the restricted Pod Security level (pod-security-standards, "Restricted"). */
const containerOf = (probe: PodProbe) => ({
	name: containerName,
	image: probe.image,
	command: ['python3', '-c', probe.script],
	env: environmentOf(probe),
	...mountsOf(probe),
	resources: {requests: {cpu: '50m', memory: '64Mi'}, limits: {cpu: '500m', memory: '256Mi'}},
	securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: ['ALL']}},
});

/** What the cluster is to hand out is left out: OpenShift refuses a pod that names a user or group of its own. */
const identityOf = ({podSecurityContext}: PodProbe) =>
	Object.fromEntries(Object.entries(podSecurityContext).filter(([, value]) => value !== null));

/** What is empty is left out, as a server leaves it out of what it keeps. */
const schedulingOf = ({scheduling: {nodeSelector, tolerations} = {nodeSelector: {}, tolerations: []}}: PodProbe) => ({
	...(Object.keys(nodeSelector).length > 0 && {nodeSelector}),
	...(tolerations.length > 0 && {tolerations}),
});

const podSpecOf = (probe: PodProbe) => ({
	restartPolicy: 'Never',
	automountServiceAccountToken: false,
	enableServiceLinks: false,
	terminationGracePeriodSeconds: 1,
	...(probe.serviceAccount && {serviceAccountName: probe.serviceAccount}),
	...(probe.pullSecret && {imagePullSecrets: [{name: probe.pullSecret}]}),
	securityContext: {...identityOf(probe), seccompProfile: {type: 'RuntimeDefault'}},
	...schedulingOf(probe),
	containers: [containerOf(probe)],
	...volumesOf(probe),
});

/** How much longer than it is waited for a probe lives, s: its end must not take away the pod that tells why it does not start. */
const marginSeconds = 60;

/** The Job of a probe: one pod, one try, no rights, gone by itself even when nobody deletes it. */
export const probeJob = (probe: PodProbe, name: string): Job => {
	const labels = {'app.kubernetes.io/managed-by': 'zenml-airgap', [instance]: name};
	const annotations = {'zenml-airgap.io/probe': probe.name};
	return {
		apiVersion: 'batch/v1',
		kind: 'Job',
		metadata: {name, namespace: probe.namespace, labels, annotations},
		spec: {
			backoffLimit: 0,
			activeDeadlineSeconds: Math.ceil(probe.timeoutMs / 1000) + marginSeconds,
			ttlSecondsAfterFinished: 300,
			template: {metadata: {labels, annotations}, spec: podSpecOf(probe)},
		},
	};
};
