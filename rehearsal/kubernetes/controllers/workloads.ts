import {createHash} from 'node:crypto';
import {ApiError} from '../objects/errors.ts';
import {kindById} from '../objects/kinds.ts';
import type {KubeObject, Pod, PodTemplate} from '../objects/types.ts';
import {copy, stableJson} from '../objects/values.ts';
import {type Context, ownerReference} from './context.ts';

/** A short stable name for a pod template, in the alphabet that Kubernetes uses for generated names. */
export const templateHash = (template: PodTemplate): string => {
	const letters = 'bcdfghjklmnpqrstvwxz2456789';
	const bytes = createHash('sha256').update(stableJson(template)).digest();
	return [...bytes.subarray(0, 9)].map((byte) => letters[byte % letters.length]).join('');
};

export const isReady = (pod: Pod): boolean =>
	!pod.metadata.deletionTimestamp &&
	(pod.status?.conditions ?? []).some((one) => one.type === 'Ready' && one.status === 'True');

/** Not finished and not going away. */
export const isActive = (pod: Pod): boolean =>
	!pod.metadata.deletionTimestamp && pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed';

/**
 * Create a pod for its owner from a template; answers the refusal, if there was one, after writing it as an Event
 * (`FailedCreate`), so that the owner can say so in its conditions.
 */
export const createPod = (
	context: Context,
	owner: KubeObject,
	template: PodTemplate,
	options: {
		readonly component: string;
	},
): string | undefined => {
	const pod = {
		apiVersion: 'v1',
		kind: 'Pod',
		metadata: {
			generateName: `${owner.metadata.name}-`,
			namespace: owner.metadata.namespace,
			labels: {...template.metadata?.labels},
			...(template.metadata?.annotations ? {annotations: template.metadata.annotations} : {}),
			ownerReferences: [ownerReference(owner)],
		},
		spec: copy(template.spec),
	} as unknown as Pod;
	try {
		const made = context.operations.create(kindById('pods'), owner.metadata.namespace ?? '', pod, {
			manager: 'kube-controller-manager',
			fieldValidation: 'Ignore',
		});
		context.event(owner, 'Normal', 'SuccessfulCreate', `Created pod: ${made.metadata.name}`, options.component);
		return undefined;
	} catch (error) {
		if (!(error instanceof ApiError)) throw error;
		context.event(owner, 'Warning', 'FailedCreate', `Error creating: ${error.message}`, options.component);
		return error.message;
	}
};

/** Ask a pod to end, as the owner's controller. */
export const deletePod = (context: Context, owner: KubeObject, pod: Pod, component: string): void => {
	context.operations.remove(kindById('pods'), pod.metadata.namespace ?? '', pod.metadata.name, {});
	context.event(owner, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`, component);
};
