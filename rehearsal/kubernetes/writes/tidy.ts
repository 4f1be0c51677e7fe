import type {KindInfo} from '../objects/kinds.ts';
import type {KubeObject} from '../objects/types.ts';
import {type Dict, dict, isDict, list} from '../objects/values.ts';

const isEmpty = (value: unknown): boolean =>
	Array.isArray(value) ? value.length === 0 : isDict(value) && Object.keys(value).length === 0;

/**
 * Removes empty members that the real server's types leave out of every answer (`omitempty` in k8s.io/api), in place.
 * Compared with a real API server 1.34.
 */
export const dropEmpties = (object: KubeObject): void => {
	const metadata = object.metadata as unknown as Dict;
	for (const key of ['labels', 'annotations', 'finalizers', 'ownerReferences'])
		if (isEmpty(metadata[key])) delete metadata[key];
	for (const key of ['data', 'stringData', 'binaryData', 'subjects', 'imagePullSecrets', 'secrets'])
		if (isEmpty(object[key])) delete object[key];
};

const qosOf = (spec: Dict): string => {
	const resources = [...list(spec.initContainers), ...list(spec.containers)].map((one) => dict(dict(one).resources));
	if (resources.every(({requests, limits}) => isEmpty(dict(requests)) && isEmpty(dict(limits)))) return 'BestEffort';
	const isFixed = resources.every(({requests, limits}) =>
		['cpu', 'memory'].every((name) => {
			const limit = dict(limits)[name];
			return limit !== undefined && (dict(requests)[name] ?? limit) === limit;
		}),
	);
	return isFixed ? 'Guaranteed' : 'Burstable';
};

// What a new object of a kind says of itself before any controller has seen it, as a real API server 1.34 answers.
const firstStatus: Readonly<Record<string, (object: KubeObject) => Dict>> = {
	pods: ({spec}) => ({phase: 'Pending', qosClass: qosOf(dict(spec))}),
	persistentvolumeclaims: () => ({phase: 'Pending'}),
	services: () => ({loadBalancer: {}}),
	'ingresses.networking.k8s.io': () => ({loadBalancer: {}}),
	'deployments.apps': () => ({}),
	'jobs.batch': () => ({}),
	'cronjobs.batch': () => ({}),
	resourcequotas: () => ({}),
	'poddisruptionbudgets.policy': () => ({disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0}),
	// Filled in by the definition of the kind, until a controller has looked.
	'gateways.gateway.networking.k8s.io': () => ({
		conditions: ['Accepted', 'Programmed'].map((type) => ({
			type,
			status: 'Unknown',
			reason: 'Pending',
			message: 'Waiting for controller',
			lastTransitionTime: '1970-01-01T00:00:00Z',
		})),
	}),
	'horizontalpodautoscalers.autoscaling': () => ({desiredReplicas: 0, currentMetrics: null}),
};

/** The status of an object that was just made; undefined for a kind that has none. */
export const initialStatus = (info: KindInfo, object: KubeObject): Dict | undefined => firstStatus[info.id]?.(object);
