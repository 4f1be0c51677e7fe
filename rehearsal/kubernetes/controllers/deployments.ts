import {kindById} from '../objects/kinds.ts';
import type {Condition, Deployment, Pod, ReplicaSet} from '../objects/types.ts';
import {copy, same, timestamp} from '../objects/values.ts';
import {type Context, ownedBy, ownerReference, setStatus, withCondition} from './context.ts';
import {templateHash} from './workloads.ts';

const revisionKey = 'deployment.kubernetes.io/revision';
const historyKey = 'deployment.kubernetes.io/revision-history';
const desiredKey = 'deployment.kubernetes.io/desired-replicas';
const maxKey = 'deployment.kubernetes.io/max-replicas';
const hashKey = 'pod-template-hash';
const component = 'deployment-controller';

const revisionOf = (set: ReplicaSet): number => Number(set.metadata.annotations?.[revisionKey] ?? 0);

const withoutHash = (template: Deployment['spec']['template']): Deployment['spec']['template'] => {
	const {[hashKey]: _, ...labels} = template.metadata?.labels ?? {};
	return {...template, metadata: {...template.metadata, labels}};
};

const share = (value: number | string | undefined, total: number, up: boolean): number => {
	if (typeof value === 'number') return value;
	const part = (Number.parseInt(value ?? '25', 10) / 100) * total;
	return up ? Math.ceil(part) : Math.floor(part);
};

// Not handed down to ReplicaSets (k8s.io/kubernetes/pkg/controller/deployment/util).
const ownKeys = new Set([
	'kubectl.kubernetes.io/last-applied-configuration',
	revisionKey,
	historyKey,
	desiredKey,
	maxKey,
	'deprecated.deployment.rollback.to',
]);

const surgeOf = ({spec: {strategy, replicas}}: Deployment): number =>
	strategy?.type === 'Recreate' ? 0 : share(strategy?.rollingUpdate?.maxSurge, replicas, true);

/** What a ReplicaSet is told of its Deployment: its annotations, how many pods it wants and how many it may have. */
const handedDown = (deployment: Deployment): Record<string, string> => {
	const wanted = deployment.spec.replicas;
	const surge = surgeOf(deployment);
	return {
		...Object.fromEntries(Object.entries(deployment.metadata.annotations ?? {}).filter(([key]) => !ownKeys.has(key))),
		[desiredKey]: String(wanted),
		[maxKey]: String(wanted + surge),
	};
};

const findOrCreate = (context: Context, deployment: Deployment, sets: readonly ReplicaSet[]): ReplicaSet => {
	const {store} = context;
	const template = deployment.spec.template;
	const found = sets.find((set) => same(withoutHash(set.spec.template), withoutHash(template)));
	const newest = Math.max(0, ...sets.map(revisionOf));
	if (found) {
		const isNewest = revisionOf(found) === newest;
		const history = found.metadata.annotations?.[historyKey];
		// A rollback brings an old set back: it becomes the newest revision.
		const annotations = {
			...found.metadata.annotations,
			...handedDown(deployment),
			...(isNewest
				? {}
				: {
						[revisionKey]: String(newest + 1),
						[historyKey]: [...(history ? [history] : []), revisionOf(found)].join(','),
					}),
		};
		if (same(annotations, found.metadata.annotations)) return found;
		return store.put('replicasets.apps', {...found, metadata: {...found.metadata, annotations}});
	}
	const hash = templateHash(template);
	const labelled = copy(template);
	labelled.metadata = {...labelled.metadata, labels: {...labelled.metadata?.labels, [hashKey]: hash}};
	const name = `${deployment.metadata.name}-${hash}`;
	// A new set begins with as many pods as there is room for beside the old ones.
	const {strategy, replicas: wanted} = deployment.spec;
	const room = wanted + surgeOf(deployment) - sets.reduce((sum, set) => sum + set.spec.replicas, 0);
	const replicas = strategy?.type === 'Recreate' && sets.length > 0 ? 0 : Math.max(0, Math.min(wanted, room));
	const body = {
		metadata: {
			name,
			labels: labelled.metadata.labels,
			annotations: {...handedDown(deployment), [revisionKey]: String(newest + 1)},
			ownerReferences: [ownerReference(deployment)],
		},
		spec: {
			replicas,
			selector: {...deployment.spec.selector, matchLabels: {...deployment.spec.selector.matchLabels, [hashKey]: hash}},
			template: labelled,
		},
	};
	const made = context.operations.create(kindById('replicasets.apps'), deployment.metadata.namespace ?? '', body, {
		manager: 'kube-controller-manager',
		fieldValidation: 'Ignore',
	}) as ReplicaSet;
	if (replicas > 0) sayScaled(context, deployment, name, 0, replicas);
	return made;
};

const scale = (context: Context, deployment: Deployment, set: ReplicaSet, replicas: number): void => {
	const before = set.spec.replicas;
	if (before === replicas) return;
	const {[desiredKey]: desired = '', [maxKey]: max = ''} = handedDown(deployment);
	const annotations = {...set.metadata.annotations, [desiredKey]: desired, [maxKey]: max};
	const metadata = {...set.metadata, annotations, generation: (set.metadata.generation ?? 0) + 1};
	context.store.put('replicasets.apps', {...set, metadata, spec: {...set.spec, replicas}});
	sayScaled(context, deployment, set.metadata.name, before, replicas);
};

const sayScaled = (context: Context, deployment: Deployment, name: string, before: number, replicas: number): void => {
	const [verb, from] = replicas > before ? ['up', before] : ['down', before];
	context.event(
		deployment,
		'Normal',
		'ScalingReplicaSet',
		`Scaled ${verb} replica set ${name} from ${from} to ${replicas}`,
		component,
	);
};

const total = (sets: readonly ReplicaSet[], field: 'replicas' | 'readyReplicas' | 'availableReplicas'): number =>
	sets.reduce((sum, set) => sum + Number(set.status?.[field] ?? 0), 0);

const roll = (context: Context, deployment: Deployment, current: ReplicaSet, old: readonly ReplicaSet[]): void => {
	const wanted = deployment.spec.replicas;
	const strategy = deployment.spec.strategy;
	const oldWanted = old.reduce((sum, set) => sum + set.spec.replicas, 0);
	if (strategy?.type === 'Recreate') {
		for (const set of old) scale(context, deployment, set, 0);
		const stillThere = old.some((set) => ownedBy<Pod>(context.store, 'pods', set).length > 0);
		if (!stillThere) scale(context, deployment, current, wanted);
		return;
	}
	const surge = share(strategy?.rollingUpdate?.maxSurge, wanted, true);
	let slack = share(strategy?.rollingUpdate?.maxUnavailable, wanted, false);
	if (surge === 0 && slack === 0) slack = 1;
	const room = wanted + surge - (oldWanted + current.spec.replicas);
	const next = current.spec.replicas > wanted ? wanted : Math.min(wanted, current.spec.replicas + Math.max(0, room));
	scale(context, deployment, current, next);

	// Old pods go as far as the available ones allow; those that never became available may go at once.
	// A status is older than the last scaling: what was told to go no longer counts.
	const available = (set: ReplicaSet): number =>
		Math.min(set.spec.replicas, Number(set.status?.availableReplicas ?? 0));
	let spare = [current, ...old].reduce((sum, set) => sum + available(set), 0) - (wanted - slack);
	for (const set of old) {
		const broken = set.spec.replicas - available(set);
		const healthy = Math.min(set.spec.replicas - broken, Math.max(0, spare));
		spare -= healthy;
		scale(context, deployment, set, set.spec.replicas - broken - healthy);
	}
};

const progress = (
	context: Context,
	deployment: Deployment,
	name: string,
	counts: {updated: number; available: number; replicas: number},
): Condition[] => {
	const now = context.now();
	const wanted = deployment.spec.replicas;
	const before = deployment.status?.conditions ?? [];
	const previous = before.find((one) => one.type === 'Progressing');
	const isComplete =
		counts.updated === wanted &&
		counts.replicas === wanted &&
		counts.available === wanted &&
		deployment.status?.observedGeneration === deployment.metadata.generation;
	const hasMoved =
		Number(deployment.status?.updatedReplicas ?? 0) !== counts.updated ||
		Number(deployment.status?.availableReplicas ?? 0) !== counts.available ||
		Number(deployment.status?.replicas ?? 0) !== counts.replicas ||
		deployment.status?.observedGeneration !== deployment.metadata.generation;
	const since = Date.parse(previous?.lastUpdateTime ?? timestamp(now));
	const isLate = now.getTime() - since >= (deployment.spec.progressDeadlineSeconds ?? 600) * 1000;
	let conditions: Condition[];
	if (isComplete) {
		conditions = withCondition(
			before,
			{
				type: 'Progressing',
				status: 'True',
				reason: 'NewReplicaSetAvailable',
				message: `ReplicaSet "${name}" has successfully progressed.`,
			},
			now,
			true,
		);
	} else if (hasMoved || !previous) {
		const message = previous ? `ReplicaSet "${name}" is progressing.` : `Created new replica set "${name}"`;
		const rest = before.filter((one) => one.type !== 'Progressing');
		const at = timestamp(now);
		const changed = previous?.status === 'True' ? (previous.lastTransitionTime ?? at) : at;
		conditions = [
			...rest,
			{
				type: 'Progressing',
				status: 'True',
				reason: previous ? 'ReplicaSetUpdated' : 'NewReplicaSetCreated',
				message,
				lastTransitionTime: changed,
				lastUpdateTime: at,
			},
		];
	} else if (isLate && previous.reason !== 'NewReplicaSetAvailable') {
		conditions = withCondition(
			before,
			{
				type: 'Progressing',
				status: 'False',
				reason: 'ProgressDeadlineExceeded',
				message: `ReplicaSet "${name}" has timed out progressing.`,
			},
			now,
			true,
		);
	} else conditions = [...before];

	const slack = share(deployment.spec.strategy?.rollingUpdate?.maxUnavailable, wanted, false);
	const isAvailable = counts.available >= wanted - (deployment.spec.strategy?.type === 'Recreate' ? 0 : slack);
	return withCondition(
		conditions,
		isAvailable
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
				},
		now,
		true,
	);
};

/** Roll a Deployment towards its template, and say in its status how far it is. */
export const reconcileDeployment = (context: Context, namespace: string, name: string): number | undefined => {
	const {store} = context;
	const deployment = store.get<Deployment>('deployments.apps', namespace, name);
	if (!deployment || deployment.metadata.deletionTimestamp) return undefined;
	const sets = ownedBy<ReplicaSet>(store, 'replicasets.apps', deployment);
	const current =
		deployment.spec.paused && sets.length > 0
			? sets.reduce((a, b) => (revisionOf(a) > revisionOf(b) ? a : b))
			: findOrCreate(context, deployment, sets);
	const old = sets.filter((set) => set.metadata.uid !== current.metadata.uid);
	if (!deployment.spec.paused) roll(context, deployment, current, old);

	const kept = deployment.spec.revisionHistoryLimit ?? 10;
	const idle = old
		.filter((set) => set.spec.replicas === 0 && Number(set.status?.replicas ?? 0) === 0)
		.sort((a, b) => revisionOf(a) - revisionOf(b));
	for (const set of idle.slice(0, Math.max(0, idle.length - kept)))
		store.remove('replicasets.apps', namespace, set.metadata.name);

	const all = ownedBy<ReplicaSet>(store, 'replicasets.apps', deployment);
	const updated = Number(
		store.get<ReplicaSet>('replicasets.apps', namespace, current.metadata.name)?.status?.replicas ?? 0,
	);
	const counts = {updated, available: total(all, 'availableReplicas'), replicas: total(all, 'replicas')};
	const ready = total(all, 'readyReplicas');
	const revision = String(revisionOf(current));
	const annotated =
		deployment.metadata.annotations?.[revisionKey] === revision
			? deployment
			: store.put('deployments.apps', {
					...deployment,
					metadata: {
						...deployment.metadata,
						annotations: {...deployment.metadata.annotations, [revisionKey]: revision},
					},
				});
	const unavailable = Math.max(0, deployment.spec.replicas - counts.available);
	const failure = all.flatMap((set) => set.status?.conditions ?? []).find((one) => one.type === 'ReplicaFailure');
	const conditions = progress(context, annotated, current.metadata.name, counts).filter(
		(one) => one.type !== 'ReplicaFailure',
	);
	const written = setStatus(store, 'deployments.apps', annotated, {
		observedGeneration: deployment.metadata.generation ?? 1,
		...(counts.replicas > 0 ? {replicas: counts.replicas} : {}),
		...(updated > 0 ? {updatedReplicas: updated} : {}),
		...(ready > 0 ? {readyReplicas: ready} : {}),
		...(counts.available > 0 ? {availableReplicas: counts.available} : {}),
		...(unavailable > 0 ? {unavailableReplicas: unavailable} : {}),
		conditions: failure ? [...conditions, failure] : conditions,
	});
	if (written !== annotated) return undefined;
	return unavailable > 0 || updated < deployment.spec.replicas ? 1000 : undefined;
};
