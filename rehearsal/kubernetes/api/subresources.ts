import {badRequest} from '../objects/errors.ts';
import type {KindInfo} from '../objects/kinds.ts';
import type {KubeObject, LabelSelector} from '../objects/types.ts';
import {copy, type Dict, dict} from '../objects/values.ts';
import {applyMergePatch} from '../patches/json.ts';
import type {Operations, WriteOptions} from '../writes/operations.ts';

const selectorText = (selector: LabelSelector | undefined): string =>
	[
		...Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`),
		...(selector?.matchExpressions ?? []).map(({key, operator, values}) => {
			if (operator === 'Exists') return key;
			if (operator === 'DoesNotExist') return `!${key}`;
			return `${key} ${operator.toLowerCase()} (${(values ?? []).join(',')})`;
		}),
	].join(',');

/** The autoscaling/v1 Scale of a workload. */
export const scaleOf = (object: KubeObject): Dict => {
	const {name, namespace, uid, resourceVersion, creationTimestamp} = object.metadata;
	const spec = dict(object.spec);
	return {
		kind: 'Scale',
		apiVersion: 'autoscaling/v1',
		metadata: {name, namespace, uid, resourceVersion, creationTimestamp},
		spec: spec.replicas ? {replicas: spec.replicas} : {},
		status: {
			replicas: dict(object.status).replicas ?? 0,
			selector: selectorText(spec.selector as LabelSelector),
		},
	};
};

/** Change the replicas of a workload by a merge patch of its Scale. */
export const writeScale = (
	operations: Operations,
	info: KindInfo,
	live: KubeObject,
	patch: unknown,
	options: WriteOptions,
): Dict => {
	const {namespace = '', name} = live.metadata;
	const scale = dict(applyMergePatch(scaleOf(live), patch));
	const replicas = dict(scale.spec).replicas ?? 0;
	if (typeof replicas !== 'number' || replicas < 0)
		throw badRequest('spec.replicas: must be a number that is not negative');
	const next = copy(live) as KubeObject;
	next.spec = {...dict(next.spec), replicas};
	next.metadata.resourceVersion = String(dict(scale.metadata).resourceVersion ?? next.metadata.resourceVersion);
	return scaleOf(operations.update(info, namespace, name, next, options));
};
