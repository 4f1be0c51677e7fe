import type {Store} from './store.ts';
import type {Condition, KubeObject, Pod} from './types.ts';
import {same, timestamp} from './values.ts';

/** Write a new status when it differs; answers the object as it is now. */
export const setStatus = <T extends KubeObject>(store: Store, kind: string, object: T, status: T['status']): T =>
	same(object.status, status) ? object : store.put(kind, {...object, status});

export const conditionOf = (conditions: readonly Condition[] | undefined, type: string): Condition | undefined =>
	conditions?.find((one) => one.type === type);

/** The conditions with one of them replaced. */
export const replaceCondition = (conditions: readonly Condition[] = [], next: Condition): Condition[] => [
	...conditions.filter((one) => one.type !== next.type),
	next,
];

const isSame = (before: Condition, next: Condition): boolean =>
	before.status === next.status && before.reason === next.reason && before.message === next.message;

/** The conditions with one of them set; its transition time moves only when its status changes. */
export const withCondition = (
	conditions: readonly Condition[] | undefined,
	next: Condition,
	now: Date,
): Condition[] => {
	const before = conditionOf(conditions, next.type);
	if (conditions && before && isSame(before, next)) return [...conditions];
	const at = timestamp(now);
	const since = before?.status === next.status ? (before.lastTransitionTime ?? at) : at;
	return replaceCondition(conditions, {...next, lastTransitionTime: since});
};

/** The same for kinds whose conditions also say when they were last updated. */
export const withTimedCondition = (
	conditions: readonly Condition[] | undefined,
	next: Condition,
	now: Date,
): Condition[] => {
	const before = conditionOf(conditions, next.type);
	return before && isSame(before, next)
		? [...(conditions ?? [])]
		: withCondition(conditions, {...next, lastUpdateTime: timestamp(now)}, now);
};

/** True when the pod can be sent requests. */
export const isReady = ({metadata, status}: Pod): boolean =>
	!metadata.deletionTimestamp && conditionOf(status?.conditions, 'Ready')?.status === 'True';
