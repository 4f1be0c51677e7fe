import type {Deployment, KubeObject, Pod, ReplicaSet} from '../objects/types.ts';
import {desiredKey, maxKey, ownKeys} from './annotations.ts';
import {ownedBy} from './owners.ts';
import type {Context} from './types.ts';

/** The ReplicaSets of a Deployment. */
export type Sets = {readonly current: ReplicaSet; readonly old: readonly ReplicaSet[]};

/** A ReplicaSet and the pods that it is to have. */
type Scaling = readonly [set: ReplicaSet, replicas: number];

/** A number of pods, or a share of `total` in percent; a quarter where nothing is said. */
const share = (value: number | string | undefined, total: number, round: (value: number) => number): number =>
	typeof value === 'number' ? value : round((Number.parseInt(value ?? '25', 10) / 100) * total);

const isRecreate = ({spec}: Deployment): boolean => spec.strategy?.type === 'Recreate';

/** How many pods more than wanted there may be. */
const surgeOf = (deployment: Deployment): number => {
	const {strategy, replicas} = deployment.spec;
	return isRecreate(deployment) ? 0 : share(strategy?.rollingUpdate?.maxSurge, replicas, Math.ceil);
};

/** How many pods fewer than wanted may be available. */
export const slackOf = (deployment: Deployment): number => {
	const {strategy, replicas} = deployment.spec;
	return isRecreate(deployment) ? 0 : share(strategy?.rollingUpdate?.maxUnavailable, replicas, Math.floor);
};

/** A number of the status. */
export const counted = (
	{status}: ReplicaSet | Deployment,
	field: 'replicas' | 'readyReplicas' | 'availableReplicas' | 'updatedReplicas',
): number => Number(status?.[field] ?? 0);

const wantedBy = (sets: readonly ReplicaSet[]): number => sets.reduce((sum, {spec}) => sum + spec.replicas, 0);

const limits = (deployment: Deployment): Record<string, string> => ({
	[desiredKey]: String(deployment.spec.replicas),
	[maxKey]: String(deployment.spec.replicas + surgeOf(deployment)),
});

/** What a ReplicaSet is told of its Deployment: its annotations, how many pods it wants and how many it may have. */
export const handedDown = (deployment: Deployment): Record<string, string> => ({
	...Object.fromEntries(Object.entries(deployment.metadata.annotations ?? {}).filter(([key]) => !ownKeys.has(key))),
	...limits(deployment),
});

/** A new set begins with as many pods as there is room for beside the old ones. */
export const firstReplicas = (deployment: Deployment, sets: readonly ReplicaSet[]): number => {
	const {replicas} = deployment.spec;
	if (isRecreate(deployment) && sets.length > 0) return 0;
	return Math.max(0, Math.min(replicas, replicas + surgeOf(deployment) - wantedBy(sets)));
};

/** A status is older than the last scaling: what was told to go no longer counts. */
const availableOf = (set: ReplicaSet): number => Math.min(set.spec.replicas, counted(set, 'availableReplicas'));

/** Old pods first, and the new ones once all of them are gone. */
const recreate = ({store}: Context, {spec}: Deployment, {current, old}: Sets): readonly Scaling[] => {
	const areGone = old.every((set) => ownedBy<Pod>(store, 'pods', set).length === 0);
	return [...old.map((set): Scaling => [set, 0]), ...(areGone ? [[current, spec.replicas] as const] : [])];
};

/** The new set grows into the room that there is. */
const grow = (deployment: Deployment, {current, old}: Sets): Scaling => {
	const wanted = deployment.spec.replicas;
	const has = current.spec.replicas;
	const room = wanted + surgeOf(deployment) - wantedBy([current, ...old]);
	return [current, Math.min(wanted, has + Math.max(0, room))];
};

/** Old pods go as far as the available ones allow; those that never became available may go at once. */
const shrink = (deployment: Deployment, {current, old}: Sets): readonly Scaling[] => {
	// Without any room at all nothing could ever move.
	const slack = surgeOf(deployment) === 0 ? Math.max(1, slackOf(deployment)) : slackOf(deployment);
	const available = [current, ...old].reduce((sum, set) => sum + availableOf(set), 0);
	let spare = available - (deployment.spec.replicas - slack);
	return old.map((set) => {
		const gone = Math.min(availableOf(set), Math.max(0, spare));
		spare -= gone;
		return [set, availableOf(set) - gone];
	});
};

/** How many pods each ReplicaSet is to have now, on the way to the Deployment's template. */
const scalings = (context: Context, deployment: Deployment, sets: Sets): readonly Scaling[] =>
	isRecreate(deployment) ? recreate(context, deployment, sets) : [grow(deployment, sets), ...shrink(deployment, sets)];

/** Tell that a ReplicaSet was scaled. */
export const sayScaled = (
	{record}: Context,
	about: KubeObject,
	{name, from, to}: {readonly name: string; readonly from: number; readonly to: number},
): void => {
	const message = `Scaled ${to > from ? 'up' : 'down'} replica set ${name} from ${from} to ${to}`;
	record(about, {component: 'deployment-controller', type: 'Normal', reason: 'ScalingReplicaSet', message});
};

const scale = (context: Context, deployment: Deployment, [set, replicas]: Scaling): void => {
	const {metadata, spec} = set;
	if (spec.replicas === replicas) return;
	const annotations = {...metadata.annotations, ...limits(deployment)};
	const counting = {...metadata, annotations, generation: (metadata.generation ?? 0) + 1};
	context.store.put('replicasets.apps', {...set, metadata: counting, spec: {...spec, replicas}});
	sayScaled(context, deployment, {name: metadata.name, from: spec.replicas, to: replicas});
};

/** Bring the ReplicaSets one step further to the Deployment's template. */
export const roll = (context: Context, deployment: Deployment, sets: Sets): void => {
	for (const scaling of scalings(context, deployment, sets)) scale(context, deployment, scaling);
};
