import {conflict, forbidden, notFound, type Status, success} from '../objects/errors.ts';
import type {KindInfo} from '../objects/kinds.ts';
import type {Store} from '../objects/store.ts';
import type {KubeObject, ObjectMeta} from '../objects/types.ts';
import {dict, same, timestamp} from '../objects/values.ts';

export type DeleteOptions = {
	readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
	readonly gracePeriodSeconds?: number;
	readonly preconditions?: {readonly uid?: string; readonly resourceVersion?: string};
	readonly dryRun?: boolean;
	readonly warn?: (message: string) => void;
};

// Their stores answer what they deleted (`ReturnDeletedObject` in k8s.io/kubernetes/pkg/registry/core).
const answersObject = new Set([
	'persistentvolumeclaims',
	'persistentvolumes',
	'pods',
	'resourcequotas',
	'serviceaccounts',
	'services',
]);

export type Removal = (info: KindInfo, namespace: string, name: string, options: DeleteOptions) => KubeObject | Status;

/**
 * The DELETE of one object: it is gone at once (a Status is answered, or for a few kinds the object), or marked and still there while finalizers, a
 * grace period or a namespace's content hold it (the object is answered). Throws a 404, or a 409 for preconditions.
 */
export const createRemoval =
	(store: Store, now: () => Date): Removal =>
	(info, namespace, name, options) => {
		const shelf = info.id;
		const live = store.get(shelf, namespace, name);
		if (!live) throw notFound(info, name);
		const {uid, resourceVersion} = options.preconditions ?? {};
		if (uid && uid !== live.metadata.uid) {
			// The storage layer speaks of the kind here, not of the resource.
			throw conflict(
				{...info, plural: info.kind, group: ''},
				name,
				`the UID in the precondition (${uid}) does not match the UID in record (${live.metadata.uid}). The object might have been deleted and then recreated`,
			);
		}
		if (resourceVersion && resourceVersion !== live.metadata.resourceVersion) {
			throw conflict(
				info,
				name,
				`Precondition failed: ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: ${live.metadata.resourceVersion}`,
			);
		}
		if (info.id === 'namespaces' && ['default', 'kube-system', 'kube-public'].includes(name))
			throw forbidden({...info, plural: 'namespaces'}, name, 'this namespace may not be deleted');
		const gone = answersObject.has(info.id) ? live : success(info, name, live.metadata.uid);
		if (options.dryRun) return gone;
		// batch/v1 kept the old default: without a policy the pods of a Job stay behind.
		const isJob = info.id === 'jobs.batch';
		if (isJob && !options.propagationPolicy) {
			options.warn?.(
				'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning',
			);
		}
		const policy = options.propagationPolicy ?? (isJob ? 'Orphan' : 'Background');
		const finalizers = new Set(live.metadata.finalizers);
		if (policy === 'Foreground') finalizers.add('foregroundDeletion');
		if (policy === 'Orphan') finalizers.add('orphan');
		const isGraceful = info.id === 'pods' && options.gracePeriodSeconds !== 0;
		if (finalizers.size === 0 && !isGraceful && info.id !== 'namespaces') {
			store.remove(shelf, namespace, name);
			return gone;
		}
		const metadata: ObjectMeta = {...live.metadata};
		if (finalizers.size > 0) metadata.finalizers = [...finalizers];
		if (!metadata.deletionTimestamp) {
			metadata.deletionTimestamp = timestamp(now());
			if (info.id !== 'namespaces')
				metadata.deletionGracePeriodSeconds = isGraceful
					? (options.gracePeriodSeconds ?? Number(dict(live.spec).terminationGracePeriodSeconds ?? 30))
					: 0;
			if (info.counted) metadata.generation = (metadata.generation ?? 0) + 1;
		} else if (options.gracePeriodSeconds === 0) metadata.deletionGracePeriodSeconds = 0;
		const next: KubeObject = {...live, metadata};
		if (info.id === 'namespaces') next.status = {...dict(live.status), phase: 'Terminating'};
		return same(next, live) ? live : store.put(shelf, next);
	};
