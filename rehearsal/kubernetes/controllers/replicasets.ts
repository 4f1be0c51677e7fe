import type {Condition, Pod, ReplicaSet} from '../objects/types.ts';
import {type Context, ownedBy, setStatus, withCondition} from './context.ts';
import {createPod, deletePod, isActive, isReady} from './workloads.ts';

const component = 'replicaset-controller';

/** Keep as many pods as a ReplicaSet wants; scaling down takes pods that are not ready first. */
export const reconcileReplicaSet = (context: Context, namespace: string, name: string): number | undefined => {
	const {store} = context;
	const set = store.get<ReplicaSet>('replicasets.apps', namespace, name);
	if (!set || set.metadata.deletionTimestamp) return undefined;
	const active = ownedBy<Pod>(store, 'pods', set).filter(isActive);
	const missing = set.spec.replicas - active.length;
	let refusal: string | undefined;
	for (let index = 0; index < missing && refusal === undefined; index += 1) {
		refusal = createPod(context, set, set.spec.template, {component});
	}
	if (missing < 0) {
		const byWorth = [...active].sort((left, right) => Number(isReady(left)) - Number(isReady(right)));
		for (const pod of byWorth.slice(0, -missing)) deletePod(context, set, pod, component);
	}

	const pods = ownedBy<Pod>(store, 'pods', set).filter(isActive);
	const ready = pods.filter(isReady).length;
	const others: Condition[] = (set.status?.conditions ?? []).filter((one) => one.type !== 'ReplicaFailure');
	const conditions =
		refusal === undefined
			? others
			: withCondition(
					set.status?.conditions,
					{type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: refusal},
					context.now(),
				);
	setStatus(store, 'replicasets.apps', set, {
		replicas: pods.length,
		...(pods.length > 0 ? {fullyLabeledReplicas: pods.length} : {}),
		...(ready > 0 ? {readyReplicas: ready, availableReplicas: ready} : {}),
		observedGeneration: set.metadata.generation ?? 1,
		...(conditions.length > 0 ? {conditions} : {}),
	});
	return refusal === undefined ? undefined : 500;
};
