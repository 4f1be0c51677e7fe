import {kindById} from '../kinds.ts';
import type {DaemonSet, Pod, StatefulSet} from '../objects.ts';
import {dict} from '../values.ts';
import {type Context, ownedBy, ownerReference, setStatus} from './context.ts';
import {createPod, deletePod, isActive, isReady, templateHash} from './workloads.ts';

const revisionLabel = 'controller-revision-hash';

const keepRevision = (context: Context, owner: StatefulSet | DaemonSet): string => {
	const name = `${owner.metadata.name}-${templateHash(owner.spec.template)}`;
	const namespace = owner.metadata.namespace ?? '';
	if (context.store.get('controllerrevisions.apps', namespace, name)) return name;
	const revision = ownedBy(context.store, 'controllerrevisions.apps', owner).length + 1;
	const labels = owner.spec.template.metadata?.labels ?? {};
	const body = {
		metadata: {name, labels, ownerReferences: [ownerReference(owner)]},
		data: {spec: {template: owner.spec.template}},
		revision,
	};
	context.operations.create(kindById('controllerrevisions.apps'), namespace, body, {
		manager: 'kube-controller-manager',
	});
	return name;
};

const ordinal = (pod: Pod): number => Number(pod.metadata.name.slice(pod.metadata.name.lastIndexOf('-') + 1));

/** Keep the numbered pods of a StatefulSet: made in order, replaced from the highest number, each with its own claims. */
export const reconcileStatefulSet = (context: Context, namespace: string, name: string): number | undefined => {
	const {store} = context;
	const set = store.get<StatefulSet>('statefulsets.apps', namespace, name);
	if (!set || set.metadata.deletionTimestamp) return undefined;
	const revision = keepRevision(context, set);
	const component = 'statefulset-controller';
	const pods = ownedBy<Pod>(store, 'pods', set).sort((left, right) => ordinal(left) - ordinal(right));
	const byNumber = new Map(pods.map((pod) => [ordinal(pod), pod]));
	const isOrdered = set.spec.podManagementPolicy !== 'Parallel';

	for (let number = 0; number < set.spec.replicas; number += 1) {
		const pod = byNumber.get(number);
		if (!pod) {
			const podName = `${name}-${number}`;
			for (const claim of set.spec.volumeClaimTemplates ?? []) {
				const claimName = `${claim.metadata.name}-${podName}`;
				if (store.get('persistentvolumeclaims', namespace, claimName)) continue;
				context.operations.create(
					kindById('persistentvolumeclaims'),
					namespace,
					{metadata: {...claim.metadata, name: claimName}, spec: claim.spec},
					{manager: 'kube-controller-manager'},
				);
			}
			createPod(context, set, set.spec.template, {
				name: podName,
				component,
				labels: {
					[revisionLabel]: revision,
					'statefulset.kubernetes.io/pod-name': podName,
					'apps.kubernetes.io/pod-index': String(number),
				},
				edit: (made) => {
					const claims = (set.spec.volumeClaimTemplates ?? []).map((claim) => ({
						name: claim.metadata.name,
						persistentVolumeClaim: {claimName: `${claim.metadata.name}-${podName}`},
					}));
					const names = new Set(claims.map((claim) => claim.name));
					made.spec.volumes = [...(made.spec.volumes ?? []).filter((volume) => !names.has(volume.name)), ...claims];
					Object.assign(made.spec, {hostname: podName, subdomain: set.spec.serviceName ?? ''});
				},
			});
			if (isOrdered) break;
		} else if (isOrdered && !isReady(pod)) break;
	}
	const extra = pods.filter((pod) => ordinal(pod) >= set.spec.replicas && isActive(pod)).at(-1);
	if (extra) deletePod(context, set, extra, component);
	const partition = set.spec.updateStrategy?.rollingUpdate?.partition ?? 0;
	const isOld = (pod: Pod): boolean => pod.metadata.labels?.[revisionLabel] !== revision;
	const stale = pods.filter((pod) => isActive(pod) && isOld(pod) && ordinal(pod) >= partition).at(-1);
	// One at a time, and only when the others are up; a pod of the old revision that is broken may always go.
	const others = pods.filter((pod) => pod !== stale);
	if (stale && set.spec.updateStrategy?.type !== 'OnDelete' && (!isReady(stale) || others.every(isReady)))
		deletePod(context, set, stale, component);

	const now = ownedBy<Pod>(store, 'pods', set).filter((pod) => !pod.metadata.deletionTimestamp);
	const updated = now.filter((pod) => !isOld(pod)).length;
	const isDone = updated === set.spec.replicas && now.length === updated && now.every(isReady);
	const currentRevision = isDone ? revision : String(set.status?.currentRevision ?? revision);
	setStatus(store, 'statefulsets.apps', set, {
		observedGeneration: set.metadata.generation ?? 1,
		replicas: now.length,
		readyReplicas: now.filter(isReady).length,
		availableReplicas: now.filter(isReady).length,
		currentReplicas: now.filter((pod) => pod.metadata.labels?.[revisionLabel] === currentRevision).length,
		updatedReplicas: updated,
		currentRevision,
		updateRevision: revision,
		collisionCount: 0,
	});
	return undefined;
};

/** Keep one pod of a DaemonSet on each node that its selector allows. */
export const reconcileDaemonSet = (context: Context, namespace: string, name: string): number | undefined => {
	const {store} = context;
	const set = store.get<DaemonSet>('daemonsets.apps', namespace, name);
	if (!set || set.metadata.deletionTimestamp) return undefined;
	const hash = templateHash(set.spec.template);
	keepRevision(context, set);
	const component = 'daemonset-controller';
	const selector = Object.entries(set.spec.template.spec.nodeSelector ?? {});
	const nodes = store
		.list('nodes')
		.filter((node) => selector.every(([key, value]) => node.metadata.labels?.[key] === value));
	const pods = ownedBy<Pod>(store, 'pods', set);
	const nodeOf = (pod: Pod): unknown => pod.spec.nodeName ?? dict(pod.metadata.annotations)['rehearsal/node'];
	for (const pod of pods)
		if (isActive(pod) && pod.metadata.labels?.[revisionLabel] !== hash && set.spec.updateStrategy?.type !== 'OnDelete')
			deletePod(context, set, pod, component);
	for (const node of nodes) {
		if (pods.some((pod) => nodeOf(pod) === node.metadata.name)) continue;
		if (pods.length >= nodes.length) continue;
		createPod(context, set, set.spec.template, {component, labels: {[revisionLabel]: hash}});
	}
	const now = ownedBy<Pod>(store, 'pods', set).filter((pod) => !pod.metadata.deletionTimestamp);
	const ready = now.filter(isReady).length;
	setStatus(store, 'daemonsets.apps', set, {
		observedGeneration: set.metadata.generation ?? 1,
		desiredNumberScheduled: nodes.length,
		currentNumberScheduled: now.length,
		updatedNumberScheduled: now.filter((pod) => pod.metadata.labels?.[revisionLabel] === hash).length,
		numberReady: ready,
		numberAvailable: ready,
		numberMisscheduled: 0,
		...(nodes.length > ready ? {numberUnavailable: nodes.length - ready} : {}),
	});
	return undefined;
};
