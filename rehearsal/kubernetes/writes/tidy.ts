import type {KindInfo} from '../objects/kinds.ts';
import type {KubeObject} from '../objects/types.ts';
import {dict, isDict} from '../objects/values.ts';

const isEmpty = (value: unknown): boolean =>
	Array.isArray(value) ? value.length === 0 : isDict(value) && Object.keys(value).length === 0;

/**
 * Removes empty members that the real server's types leave out of every answer (`omitempty` in k8s.io/api), in place. Compared
 * with a real API server 1.34.
 */
export const dropEmpties = (object: KubeObject): void => {
	const metadata = object.metadata as unknown as Record<string, unknown>;
	for (const key of ['labels', 'annotations', 'finalizers', 'ownerReferences'])
		if (isEmpty(metadata[key])) delete metadata[key];
	for (const key of ['data', 'stringData', 'binaryData', 'subjects', 'imagePullSecrets', 'secrets'])
		if (isEmpty(object[key])) delete object[key];
};

// What a new object of a kind says of itself before any controller has seen it, as a real API server 1.34 answers.
const firstStatus: Readonly<Record<string, () => Record<string, unknown>>> = {
	pods: () => ({phase: 'Pending', qosClass: 'BestEffort'}),
	persistentvolumeclaims: () => ({phase: 'Pending'}),
	services: () => ({loadBalancer: {}}),
	'ingresses.networking.k8s.io': () => ({loadBalancer: {}}),
	'deployments.apps': () => ({}),
	'jobs.batch': () => ({}),
	'cronjobs.batch': () => ({}),
	resourcequotas: () => ({}),
	'poddisruptionbudgets.policy': () => ({disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0}),
	'horizontalpodautoscalers.autoscaling': () => ({desiredReplicas: 0, currentMetrics: null}),
};

const qosOf = (spec: Record<string, unknown>): string => {
	const containers = [spec.initContainers, spec.containers].flatMap((list) =>
		Array.isArray(list) ? list.map(dict) : [],
	);
	const parts = containers.map(({resources}) => ({
		requests: dict(dict(resources).requests),
		limits: dict(dict(resources).limits),
	}));
	if (parts.every(({requests, limits}) => isEmpty(requests) && isEmpty(limits))) return 'BestEffort';
	const isFixed = parts.every(({requests, limits}) =>
		['cpu', 'memory'].every((name) => limits[name] !== undefined && (requests[name] ?? limits[name]) === limits[name]),
	);
	return isFixed ? 'Guaranteed' : 'Burstable';
};

/** The status of an object that was just made; undefined for a kind that has none. */
export const initialStatus = (info: KindInfo, object: KubeObject): Record<string, unknown> | undefined => {
	const made = firstStatus[info.id]?.();
	return info.id === 'pods' && made ? {...made, qosClass: qosOf(dict(object.spec))} : made;
};
