import type {Job} from '../kinds.ts';
import type {PodProbe} from '../types.ts';
import {podSpecOf} from './pod-spec.ts';

const instance = 'app.kubernetes.io/instance';

/** Finds the pod of a probe. */
export const selectorOf = (name: string): string => `${instance}=${name}`;

/** The one container of a probe. */
export const containerName = 'probe';

/** What a probe's container does, and may use. */
const containerOf = ({script}: PodProbe) => ({
	name: containerName,
	command: ['python3', '-c', script],
	resources: {requests: {cpu: '50m', memory: '64Mi'}, limits: {cpu: '500m', memory: '256Mi'}},
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
			template: {metadata: {labels, annotations}, spec: podSpecOf(probe, containerOf(probe))},
		},
	};
};
