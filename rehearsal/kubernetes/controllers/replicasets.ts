import {conditionOf, isReady, setStatus, withCondition} from '../objects/conditions.ts';
import type {Condition, Pod, ReplicaSet} from '../objects/types.ts';
import {ownedBy} from './owners.ts';
import type {Context, Reconcile} from './types.ts';
import {counts, createPods, deletePod, isActive, type Owner} from './workloads.ts';

const id = 'replicasets.apps';
const retryMs = 500;

const activePods = ({store}: Context, set: ReplicaSet): Pod[] => ownedBy<Pod>(store, 'pods', set).filter(isActive);

/** Pods that are not ready go first. */
const leastWorth = (pods: readonly Pod[], count: number): Pod[] =>
	[...pods].sort((left, right) => Number(isReady(left)) - Number(isReady(right))).slice(0, count);

/** The conditions with a refusal to make pods, or without one. */
const withRefusal = (set: ReplicaSet, refusal: string | undefined, now: Date): Condition[] => {
	const before = set.status?.conditions ?? [];
	if (refusal === undefined) return before.filter((one) => one !== conditionOf(before, 'ReplicaFailure'));
	const failure = {type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: refusal} as const;
	return withCondition(before, failure, now);
};

const report = (context: Context, set: ReplicaSet, refusal: string | undefined): void => {
	const pods = activePods(context, set);
	const ready = pods.filter(isReady).length;
	const conditions = withRefusal(set, refusal, context.now());
	setStatus(context.store, id, set, {
		replicas: pods.length,
		...counts({fullyLabeledReplicas: pods.length, readyReplicas: ready, availableReplicas: ready}),
		observedGeneration: set.metadata.generation ?? 1,
		...(conditions.length > 0 ? {conditions} : {}),
	});
};

/** Keep as many pods as a ReplicaSet wants; scaling down takes pods that are not ready first. */
export const reconcileReplicaSet: Reconcile = (context, namespace, name) => {
	const set = context.store.get<ReplicaSet>(id, namespace, name);
	if (!set || set.metadata.deletionTimestamp) return undefined;
	const owner: Owner = {object: set, component: 'replicaset-controller'};
	const active = activePods(context, set);
	const missing = set.spec.replicas - active.length;
	const refusal = createPods(context, owner, missing);
	for (const pod of leastWorth(active, -Math.min(0, missing))) deletePod(context, owner, pod);
	report(context, set, refusal);
	return refusal === undefined ? undefined : retryMs;
};
