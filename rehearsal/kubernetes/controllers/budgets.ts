import {isReady, setStatus} from '../objects/conditions.ts';
import {selects} from '../objects/selectors.ts';
import type {Store} from '../objects/store.ts';
import type {KubeObject, Pod} from '../objects/types.ts';
import {type Dict, dict, list, timestamp} from '../objects/values.ts';
import type {Reconcile} from './types.ts';

const id = 'poddisruptionbudgets.policy';

const podsOf = (store: Store, {metadata, spec}: KubeObject): Pod[] =>
	store
		.list<Pod>('pods', metadata.namespace)
		.filter((pod) => selects(dict(dict(spec).selector), pod.metadata.labels) && pod.status?.phase !== 'Succeeded');

/** A number of pods, or a share of all in percent. */
const amountOf = (value: unknown, all: number): number =>
	typeof value === 'string' ? Math.ceil((Number.parseInt(value, 10) / 100) * all) : Number(value);

/** How many pods must be up. */
const desiredOf = ({minAvailable = 1, maxUnavailable}: Dict, all: number): number =>
	maxUnavailable === undefined ? amountOf(minAvailable, all) : Math.max(0, all - amountOf(maxUnavailable, all));

const conditionOf = ({metadata, status}: KubeObject, allowed: number, at: string): Dict => {
	const before = list(dict(status).conditions).map(dict)[0];
	const is = allowed > 0 ? 'True' : 'False';
	return {
		type: 'DisruptionAllowed',
		status: is,
		reason: allowed > 0 ? 'SufficientPods' : 'InsufficientPods',
		message: '',
		observedGeneration: metadata.generation ?? 1,
		lastTransitionTime: before?.status === is ? before.lastTransitionTime : at,
	};
};

/** Count for a PodDisruptionBudget how many of its pods are up and how many may be missing. */
export const reconcileBudget: Reconcile = ({store, now}, namespace, name) => {
	const budget = store.get(id, namespace, name);
	if (!budget) return undefined;
	const pods = podsOf(store, budget);
	const healthy = pods.filter(isReady).length;
	const desired = desiredOf(dict(budget.spec), pods.length);
	const allowed = Math.max(0, healthy - desired);
	setStatus(store, id, budget, {
		observedGeneration: budget.metadata.generation ?? 1,
		currentHealthy: healthy,
		desiredHealthy: desired,
		expectedPods: pods.length,
		disruptionsAllowed: allowed,
		conditions: [conditionOf(budget, allowed, timestamp(now()))],
	});
	return undefined;
};
