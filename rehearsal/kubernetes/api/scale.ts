import {badRequest} from '../objects/errors.ts';
import type {KindInfo} from '../objects/kinds.ts';
import type {KubeObject, LabelSelector} from '../objects/types.ts';
import {copy, type Dict, dict} from '../objects/values.ts';
import {applyMergePatch} from '../patches/json.ts';
import type {Operations, WriteOptions} from '../writes/types.ts';

const expressionText = ({
	key,
	operator,
	values = [],
}: NonNullable<LabelSelector['matchExpressions']>[number]): string => {
	if (operator === 'Exists') return key;
	return operator === 'DoesNotExist' ? `!${key}` : `${key} ${operator.toLowerCase()} (${values.join(',')})`;
};

const selectorText = ({matchLabels = {}, matchExpressions = []}: LabelSelector): string =>
	[
		...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`),
		...matchExpressions.map(expressionText),
	].join(',');

/** The autoscaling/v1 Scale of a workload. */
export const scaleOf = (object: KubeObject): Dict => {
	const {name, namespace, uid, resourceVersion, creationTimestamp} = object.metadata;
	const {replicas, selector} = dict(object.spec);
	return {
		kind: 'Scale',
		apiVersion: 'autoscaling/v1',
		metadata: {name, namespace, uid, resourceVersion, creationTimestamp},
		spec: replicas ? {replicas} : {},
		status: {replicas: dict(object.status).replicas ?? 0, selector: selectorText(dict(selector))},
	};
};

/** A workload and the write that changes it. */
type Scaling = {
	readonly operations: Operations;
	readonly info: KindInfo;
	readonly live: KubeObject;
	readonly options: WriteOptions;
};

/** Change the replicas of a workload by a merge patch of its Scale. */
export const patchScale = ({operations, info, live, options}: Scaling, patch: unknown): Dict => {
	const {namespace = '', name} = live.metadata;
	const scale = dict(applyMergePatch(scaleOf(live), patch));
	const replicas = dict(scale.spec).replicas ?? 0;
	if (typeof replicas !== 'number' || replicas < 0)
		throw badRequest('spec.replicas: must be a number that is not negative');
	const next = copy(live);
	next.spec = {...dict(next.spec), replicas};
	next.metadata.resourceVersion = String(dict(scale.metadata).resourceVersion ?? next.metadata.resourceVersion);
	return scaleOf(operations.update({info, namespace, name}, next, options));
};
