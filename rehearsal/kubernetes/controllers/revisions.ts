import {createHash} from 'node:crypto';
import {kindById} from '../objects/kinds.ts';
import {inLetters} from '../objects/made.ts';
import type {Deployment, PodTemplate, ReplicaSet} from '../objects/types.ts';
import {copy, omit, same, stableJson} from '../objects/values.ts';
import {historyKey, revisionKey} from './annotations.ts';
import {ownerReference} from './owners.ts';
import {counted, firstReplicas, handedDown, sayScaled} from './scaling.ts';
import {type Context, manager} from './types.ts';

const hashKey = 'pod-template-hash';

/** The number of a revision; a ReplicaSet without one is older than all. */
const revisionOf = ({metadata}: ReplicaSet): number => Number(metadata.annotations?.[revisionKey] ?? 0);

/** A short stable name for a pod template. */
const templateHash = (template: PodTemplate): string =>
	inLetters(createHash('sha256').update(stableJson(template)).digest().subarray(0, 9));

const withoutHash = (template: PodTemplate): PodTemplate => ({
	...template,
	metadata: {...template.metadata, labels: omit(template.metadata?.labels ?? {}, hashKey)},
});

const isOfTemplate = (set: ReplicaSet, template: PodTemplate): boolean =>
	same(withoutHash(set.spec.template), withoutHash(template));

/** A rollback brings an old set back: it becomes the newest revision. */
const renumbered = (set: ReplicaSet, newest: number): Record<string, string> => {
	if (revisionOf(set) === newest) return {};
	const history = set.metadata.annotations?.[historyKey];
	return {
		[revisionKey]: String(newest + 1),
		[historyKey]: [...(history ? [history] : []), revisionOf(set)].join(','),
	};
};

const refresh = ({store}: Context, deployment: Deployment, set: ReplicaSet, newest: number): ReplicaSet => {
	const annotations = {...set.metadata.annotations, ...handedDown(deployment), ...renumbered(set, newest)};
	if (same(annotations, set.metadata.annotations)) return set;
	return store.put('replicasets.apps', {...set, metadata: {...set.metadata, annotations}});
};

const labelled = (template: PodTemplate, hash: string): PodTemplate => ({
	...copy(template),
	metadata: {...copy(template.metadata ?? {}), labels: {...template.metadata?.labels, [hashKey]: hash}},
});

const makeSet = (context: Context, deployment: Deployment, sets: readonly ReplicaSet[], newest: number): ReplicaSet => {
	const {metadata, spec} = deployment;
	const hash = templateHash(spec.template);
	const template = labelled(spec.template, hash);
	const name = `${metadata.name}-${hash}`;
	const replicas = firstReplicas(deployment, sets);
	const body = {
		metadata: {
			name,
			labels: template.metadata?.labels,
			annotations: {...handedDown(deployment), [revisionKey]: String(newest + 1)},
			ownerReferences: [ownerReference(deployment)],
		},
		spec: {
			replicas,
			selector: {...spec.selector, matchLabels: {...spec.selector.matchLabels, [hashKey]: hash}},
			template,
		},
	};
	const options = {manager, fieldValidation: 'Ignore'} as const;
	const made = context.operations.create(kindById('replicasets.apps'), metadata.namespace ?? '', body, options);
	if (replicas > 0) sayScaled(context, deployment, {name, from: 0, to: replicas});
	return made as ReplicaSet;
};

/**
 * The ReplicaSet of the Deployment's template: an earlier one of the same template, or a new one; while it is paused,
 * the newest.
 */
export const currentSet = (context: Context, deployment: Deployment, sets: readonly ReplicaSet[]): ReplicaSet => {
	const {template, paused} = deployment.spec;
	const [latest] = [...sets].sort((left, right) => revisionOf(right) - revisionOf(left));
	if (paused && latest) return latest;
	const newest = latest ? Math.max(0, revisionOf(latest)) : 0;
	const found = sets.find((set) => isOfTemplate(set, template));
	return found ? refresh(context, deployment, found, newest) : makeSet(context, deployment, sets, newest);
};

/** The Deployment with the number of its current revision. */
export const withRevisionOf = ({store}: Context, deployment: Deployment, set: ReplicaSet): Deployment => {
	const revision = String(revisionOf(set));
	const {metadata} = deployment;
	if (metadata.annotations?.[revisionKey] === revision) return deployment;
	const annotations = {...metadata.annotations, [revisionKey]: revision};
	return store.put('deployments.apps', {...deployment, metadata: {...metadata, annotations}});
};

/** Old ReplicaSets that have no pods any more and are past the number that is kept, oldest first. */
export const beyondHistory = ({spec}: Deployment, old: readonly ReplicaSet[]): readonly ReplicaSet[] => {
	const idle = old
		.filter((set) => set.spec.replicas === 0 && counted(set, 'replicas') === 0)
		.sort((left, right) => revisionOf(left) - revisionOf(right));
	return idle.slice(0, Math.max(0, idle.length - (spec.revisionHistoryLimit ?? 10)));
};
