import {conflict, forbidden, notFound, type Status, success} from '../objects/errors.ts';
import type {KindInfo} from '../objects/kinds.ts';
import type {KubeObject, ObjectMeta} from '../objects/types.ts';
import {dict, same, timestamp} from '../objects/values.ts';
import type {DeleteOptions, Operations, Target} from './types.ts';

type Cluster = Pick<Operations, 'store' | 'now'>;

// Their stores answer what they deleted (`ReturnDeletedObject` in k8s.io/kubernetes/pkg/registry/core).
const answersObject = new Set(['persistentvolumeclaims', 'pods', 'resourcequotas', 'serviceaccounts', 'services']);

const undeletable = ['default', 'kube-system', 'kube-public'];

const preservesPods =
	'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning';

const refuseOtherObject = (info: KindInfo, live: KubeObject, {preconditions = {}}: DeleteOptions): void => {
	const {name, uid, resourceVersion} = live.metadata;
	if (preconditions.uid && preconditions.uid !== uid) {
		// The storage layer speaks of the kind here, not of the resource.
		const kind = {...info, plural: info.kind, group: ''};
		const why = `the UID in the precondition (${preconditions.uid}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`;
		throw conflict(kind, name, why);
	}
	if (preconditions.resourceVersion && preconditions.resourceVersion !== resourceVersion) {
		const why = `Precondition failed: ResourceVersion in precondition: ${preconditions.resourceVersion}, ResourceVersion in object meta: ${resourceVersion}`;
		throw conflict(info, name, why);
	}
};

/** batch/v1 kept the old default: without a policy the pods of a Job stay behind. */
const policyOf = ({id}: KindInfo, {propagationPolicy}: DeleteOptions): DeleteOptions['propagationPolicy'] =>
	propagationPolicy ?? (id === 'jobs.batch' ? 'Orphan' : 'Background');

const finalizersOf = (live: KubeObject, policy: DeleteOptions['propagationPolicy']): readonly string[] => [
	...new Set([
		...(live.metadata.finalizers ?? []),
		...(policy === 'Foreground' ? ['foregroundDeletion'] : []),
		...(policy === 'Orphan' ? ['orphan'] : []),
	]),
];

/** The seconds that an object has to end; undefined for one that takes as long as its content does. */
const graceOf = ({id}: KindInfo, live: KubeObject, {gracePeriodSeconds}: DeleteOptions): number | undefined => {
	if (id === 'namespaces') return undefined;
	if (id !== 'pods') return 0;
	return gracePeriodSeconds ?? Number(dict(live.spec).terminationGracePeriodSeconds ?? 30);
};

/** The metadata of an object that is going; a second delete can only shorten its time. */
const leaving = (metadata: ObjectMeta, info: KindInfo, grace: number | undefined, now: Date): ObjectMeta => ({
	...metadata,
	deletionTimestamp: timestamp(now),
	...(grace === undefined ? {} : {deletionGracePeriodSeconds: grace}),
	...(info.counted ? {generation: (metadata.generation ?? 0) + 1} : {}),
});

const hurried = (metadata: ObjectMeta, {gracePeriodSeconds}: DeleteOptions): ObjectMeta =>
	gracePeriodSeconds === 0 ? {...metadata, deletionGracePeriodSeconds: 0} : metadata;

/** Mark an object as going; it stays until finalizers, grace period or content let it go. */
const mark = ({store, now}: Cluster, {info}: Target, live: KubeObject, options: DeleteOptions): KubeObject => {
	const finalizers = finalizersOf(live, policyOf(info, options));
	const held: ObjectMeta = {...live.metadata, ...(finalizers.length > 0 ? {finalizers: [...finalizers]} : {})};
	const metadata = held.deletionTimestamp
		? hurried(held, options)
		: leaving(held, info, graceOf(info, live, options), now());
	const next: KubeObject = {
		...live,
		metadata,
		...(info.id === 'namespaces' ? {status: {...dict(live.status), phase: 'Terminating'}} : {}),
	};
	return same(next, live) ? live : store.put(info.id, next);
};

/**
 * The DELETE of one object: it is gone at once (a Status is answered, or for a few kinds the object), or marked and
 * still there while finalizers, a grace period or a namespace's content hold it (the object is answered). Throws a 404,
 * or a 409 for preconditions.
 */
export const remove = (cluster: Cluster, target: Target, options: DeleteOptions): KubeObject | Status => {
	const {info, namespace, name} = target;
	const live = cluster.store.get(info.id, namespace, name);
	if (!live) throw notFound(info, name);
	refuseOtherObject(info, live, options);
	if (info.id === 'namespaces' && undeletable.includes(name))
		throw forbidden(info, name, 'this namespace may not be deleted');
	const gone = answersObject.has(info.id) ? live : success(info, name, live.metadata.uid);
	if (options.dryRun) return gone;
	if (info.id === 'jobs.batch' && !options.propagationPolicy) options.warn?.(preservesPods);
	const isHeld = finalizersOf(live, policyOf(info, options)).length > 0;
	const isGraceful = info.id === 'pods' && options.gracePeriodSeconds !== 0;
	if (isHeld || isGraceful || info.id === 'namespaces') return mark(cluster, target, live, options);
	cluster.store.remove(info.id, namespace, name);
	return gone;
};
