import {ApiError} from '../objects/errors.ts';
import type {Said} from '../objects/events.ts';
import {kindById} from '../objects/kinds.ts';
import type {KubeObject, Pod, PodTemplate} from '../objects/types.ts';
import {copy} from '../objects/values.ts';
import {ownerReference} from './owners.ts';
import {type Context, manager} from './types.ts';

/** Not finished and not going away. */
export const isActive = ({metadata, status}: Pod): boolean =>
	!metadata.deletionTimestamp && status?.phase !== 'Succeeded' && status?.phase !== 'Failed';

/** The members that are more than zero: a count of nothing is left out of a status (`omitempty`). */
export const counts = (amounts: Readonly<Record<string, number>>): Record<string, number> =>
	Object.fromEntries(Object.entries(amounts).filter(([, amount]) => amount > 0));

/** Who makes and ends pods: an object and the name of its controller. */
export type Owner = {
	readonly object: KubeObject & {readonly spec: {readonly template: PodTemplate}};
	readonly component: Said['component'];
};

const podOf = ({object}: Owner): unknown => {
	const {metadata, spec} = copy(object.spec.template);
	return {
		apiVersion: 'v1',
		kind: 'Pod',
		metadata: {
			generateName: `${object.metadata.name}-`,
			namespace: object.metadata.namespace,
			labels: {...metadata?.labels},
			...(metadata?.annotations ? {annotations: metadata.annotations} : {}),
			ownerReferences: [ownerReference(object)],
		},
		spec,
	};
};

/**
 * Create a pod for its owner from its template; answers the refusal, if there was one, after writing it as an Event
 * (`FailedCreate`), so that the owner can say so in its conditions.
 */
const createPod = ({operations, record}: Context, owner: Owner): string | undefined => {
	const {object, component} = owner;
	const {namespace = ''} = object.metadata;
	try {
		const options = {manager, fieldValidation: 'Ignore'} as const;
		const {metadata} = operations.create(kindById('pods'), namespace, podOf(owner), options);
		const message = `Created pod: ${metadata.name}`;
		record(object, {component, type: 'Normal', reason: 'SuccessfulCreate', message});
		return undefined;
	} catch (error) {
		if (!(error instanceof ApiError)) throw error;
		const message = `Error creating: ${error.message}`;
		record(object, {component, type: 'Warning', reason: 'FailedCreate', message});
		return error.message;
	}
};

/** Create so many pods; stops at the first refusal and answers it. */
export const createPods = (context: Context, owner: Owner, count: number): string | undefined => {
	for (let made = 0; made < count; made += 1) {
		const refusal = createPod(context, owner);
		if (refusal !== undefined) return refusal;
	}
	return undefined;
};

/** Ask a pod to end, as the owner's controller. */
export const deletePod = ({operations, record}: Context, {object, component}: Owner, {metadata}: Pod): void => {
	operations.remove({info: kindById('pods'), namespace: metadata.namespace ?? '', name: metadata.name}, {});
	const message = `Deleted pod: ${metadata.name}`;
	record(object, {component, type: 'Normal', reason: 'SuccessfulDelete', message});
};
