import {conditionOf, replaceCondition, setStatus, withTimedCondition} from '../objects/conditions.ts';
import type {Condition, Deployment, ReplicaSet} from '../objects/types.ts';
import {timestamp} from '../objects/values.ts';
import {ownedBy} from './owners.ts';
import {beyondHistory, currentSet, withRevisionOf} from './revisions.ts';
import {counted, roll, slackOf} from './scaling.ts';
import type {Context, Reconcile} from './types.ts';
import {counts} from './workloads.ts';

const id = 'deployments.apps';
const sets = 'replicasets.apps';
/** How soon a Deployment that is not done looks at its progress deadline again. */
const deadlineCheckMs = 1000;

/** The pods of a Deployment, as its status counts them; `updated` are those of the current template. */
type Counts = {
	readonly replicas: number;
	readonly updated: number;
	readonly ready: number;
	readonly available: number;
};

/** What a Deployment is seen to be. */
type Progress = {
	readonly deployment: Deployment;
	/** Name of the current ReplicaSet. */
	readonly set: string;
	readonly counts: Counts;
	readonly now: Date;
};

const countPods = ({store}: Context, deployment: Deployment, {metadata}: ReplicaSet): Counts => {
	const all = ownedBy<ReplicaSet>(store, sets, deployment);
	const total = (field: Parameters<typeof counted>[1]): number =>
		all.reduce((sum, set) => sum + counted(set, field), 0);
	const current = all.find((set) => set.metadata.uid === metadata.uid);
	return {
		replicas: total('replicas'),
		updated: current ? counted(current, 'replicas') : 0,
		ready: total('readyReplicas'),
		available: total('availableReplicas'),
	};
};

const isObserved = ({status, metadata}: Deployment): boolean => status?.observedGeneration === metadata.generation;

const isComplete = ({deployment, counts: {updated, replicas, available}}: Progress): boolean =>
	[updated, replicas, available].every((count) => count === deployment.spec.replicas) && isObserved(deployment);

const hasMoved = ({deployment, counts: {updated, available, replicas}}: Progress): boolean =>
	counted(deployment, 'updatedReplicas') !== updated ||
	counted(deployment, 'availableReplicas') !== available ||
	counted(deployment, 'replicas') !== replicas ||
	!isObserved(deployment);

const isLate = ({deployment, now}: Progress, {lastUpdateTime}: Condition): boolean => {
	const since = Date.parse(lastUpdateTime ?? timestamp(now));
	return now.getTime() - since >= (deployment.spec.progressDeadlineSeconds ?? 600) * 1000;
};

/** A Deployment that moves says so each time, which starts its deadline anew. */
const moving = ({set, now}: Progress, previous: Condition | undefined): Condition => {
	const at = timestamp(now);
	return {
		type: 'Progressing',
		status: 'True',
		reason: previous ? 'ReplicaSetUpdated' : 'NewReplicaSetCreated',
		message: previous ? `ReplicaSet "${set}" is progressing.` : `Created new replica set "${set}"`,
		lastTransitionTime: previous?.status === 'True' ? (previous.lastTransitionTime ?? at) : at,
		lastUpdateTime: at,
	};
};

const complete = (set: string): Condition => ({
	type: 'Progressing',
	status: 'True',
	reason: 'NewReplicaSetAvailable',
	message: `ReplicaSet "${set}" has successfully progressed.`,
});

const tooLate = (set: string): Condition => ({
	type: 'Progressing',
	status: 'False',
	reason: 'ProgressDeadlineExceeded',
	message: `ReplicaSet "${set}" has timed out progressing.`,
});

/** The conditions with what is to be said of the rollout. */
const withProgressing = (progress: Progress): readonly Condition[] => {
	const {deployment, set, now} = progress;
	const before = deployment.status?.conditions ?? [];
	const previous = conditionOf(before, 'Progressing');
	if (isComplete(progress)) return withTimedCondition(before, complete(set), now);
	if (!previous || hasMoved(progress)) return replaceCondition(before, moving(progress, previous));
	if (previous.reason === 'NewReplicaSetAvailable' || !isLate(progress, previous)) return before;
	return withTimedCondition(before, tooLate(set), now);
};

const availability = ({deployment, counts: {available}}: Progress): Condition =>
	available >= deployment.spec.replicas - slackOf(deployment)
		? {
				type: 'Available',
				status: 'True',
				reason: 'MinimumReplicasAvailable',
				message: 'Deployment has minimum availability.',
			}
		: {
				type: 'Available',
				status: 'False',
				reason: 'MinimumReplicasUnavailable',
				message: 'Deployment does not have minimum availability.',
			};

/** A refusal to make pods, from whichever ReplicaSet met it. */
const failureOf = ({store}: Context, deployment: Deployment): Condition | undefined =>
	ownedBy<ReplicaSet>(store, sets, deployment)
		.map(({status}) => conditionOf(status?.conditions, 'ReplicaFailure'))
		.find((one) => one !== undefined);

const conditionsOf = (progress: Progress, failure: Condition | undefined): Condition[] => {
	const own = withTimedCondition(withProgressing(progress), availability(progress), progress.now);
	return [...own.filter(({type}) => type !== 'ReplicaFailure'), ...(failure ? [failure] : [])];
};

/** Write down how far the Deployment is; answers when to look again. */
const report = (context: Context, deployment: Deployment, current: ReplicaSet): number | undefined => {
	const {metadata, spec} = deployment;
	const pods = countPods(context, deployment, current);
	const unavailable = Math.max(0, spec.replicas - pods.available);
	const progress = {deployment, set: current.metadata.name, counts: pods, now: context.now()};
	const written = setStatus(context.store, id, deployment, {
		observedGeneration: metadata.generation ?? 1,
		...counts({
			replicas: pods.replicas,
			updatedReplicas: pods.updated,
			readyReplicas: pods.ready,
			availableReplicas: pods.available,
			unavailableReplicas: unavailable,
		}),
		conditions: conditionsOf(progress, failureOf(context, deployment)),
	});
	// What was written makes it look again by itself.
	const isDone = unavailable === 0 && pods.updated >= spec.replicas;
	return written !== deployment || isDone ? undefined : deadlineCheckMs;
};

/** Roll a Deployment towards its template, and say in its status how far it is. */
export const reconcileDeployment: Reconcile = (context, namespace, name) => {
	const {store} = context;
	const deployment = store.get<Deployment>(id, namespace, name);
	if (!deployment || deployment.metadata.deletionTimestamp) return undefined;
	const all = ownedBy<ReplicaSet>(store, sets, deployment);
	const current = currentSet(context, deployment, all);
	const old = all.filter((set) => set.metadata.uid !== current.metadata.uid);
	if (!deployment.spec.paused) roll(context, deployment, {current, old});
	for (const {metadata} of beyondHistory(deployment, old)) store.remove(sets, namespace, metadata.name);
	return report(context, withRevisionOf(context, deployment, current), current);
};
