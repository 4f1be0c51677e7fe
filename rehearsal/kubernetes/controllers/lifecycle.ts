import {randomUUID} from 'node:crypto';
import {isVirtual, kindById, kinds} from '../objects/kinds.ts';
import type {KubeObject} from '../objects/types.ts';
import {dict, timestamp} from '../objects/values.ts';
import {type Context, setStatus} from './context.ts';

const shelves = kinds.filter((info) => !isVirtual(info)).map(({id}) => id);
const namespaced = shelves.filter((shelf) => kindById(shelf).namespaced);

/** Empty a namespace that is going away and remove it; give a new one its service account and CA. */
export const reconcileNamespace = (context: Context, name: string, caPem: string): number | undefined => {
	const {store, operations} = context;
	const namespace = store.get('namespaces', '', name);
	if (!namespace) return undefined;
	if (!namespace.metadata.deletionTimestamp) {
		const add = (shelf: string, kind: string, object: string, rest: Record<string, unknown>): void => {
			if (store.get(shelf, name, object)) return;
			const metadata = {
				name: object,
				namespace: name,
				uid: randomUUID(),
				resourceVersion: '',
				creationTimestamp: timestamp(context.now()),
			};
			store.put(shelf, {apiVersion: 'v1', kind, metadata, ...rest} as KubeObject);
		};
		add('serviceaccounts', 'ServiceAccount', 'default', {});
		add('configmaps', 'ConfigMap', 'kube-root-ca.crt', {data: {'ca.crt': caPem}});
		return undefined;
	}
	let left = 0;
	for (const shelf of namespaced) {
		for (const object of store.list(shelf, name)) {
			if (!object.metadata.deletionTimestamp)
				operations.remove(kindById(shelf), name, object.metadata.name, {propagationPolicy: 'Background'});
			if (store.get(shelf, name, object.metadata.name)) left += 1;
		}
	}
	if (left > 0 || namespace.metadata.finalizers?.length) return 50;
	store.remove('namespaces', '', name);
	return undefined;
};

const dependentsOf = (context: Context, owner: KubeObject): {shelf: string; object: KubeObject}[] =>
	shelves.flatMap((shelf) =>
		context.store
			.list(shelf, owner.metadata.namespace)
			.filter((object) => object.metadata.ownerReferences?.some((one) => one.uid === owner.metadata.uid))
			.map((object) => ({shelf, object})),
	);

const withoutFinalizer = (context: Context, shelf: string, object: KubeObject, finalizer: string): void => {
	const finalizers = (object.metadata.finalizers ?? []).filter((one) => one !== finalizer);
	const {finalizers: _, ...metadata} = object.metadata;
	if (finalizers.length > 0) context.store.put(shelf, {...object, metadata: {...metadata, finalizers}});
	else context.store.remove(shelf, object.metadata.namespace ?? '', object.metadata.name);
};

const forget = (object: KubeObject, uid: string): KubeObject => {
	const left = (object.metadata.ownerReferences ?? []).filter((one) => one.uid !== uid);
	const {ownerReferences: _, ...metadata} = object.metadata;
	return {...object, metadata: left.length > 0 ? {...metadata, ownerReferences: left} : metadata};
};

/** What follows from an owner that is gone, or is going with the policy Foreground or Orphan. */
export const collect = (context: Context, shelf: string, owner: KubeObject): void => {
	const {store, operations} = context;
	const live = store.get(shelf, owner.metadata.namespace ?? '', owner.metadata.name);
	const isGone = live?.metadata.uid !== owner.metadata.uid;
	const finalizers = isGone ? [] : (live?.metadata.finalizers ?? []);
	const isOrphaning = finalizers.includes('orphan');
	const isForeground = finalizers.includes('foregroundDeletion');
	if (!isGone && !(live?.metadata.deletionTimestamp && (isOrphaning || isForeground))) return;

	for (const {shelf: place, object} of dependentsOf(context, owner)) {
		const others = (object.metadata.ownerReferences ?? []).some((one) => one.uid !== owner.metadata.uid);
		if (isOrphaning || others) store.put(place, forget(object, owner.metadata.uid));
		else if (!object.metadata.deletionTimestamp) {
			const propagationPolicy = isForeground ? 'Foreground' : 'Background';
			operations.remove(kindById(place), object.metadata.namespace ?? '', object.metadata.name, {propagationPolicy});
		}
	}
	if (isGone || !live) return;
	if (isOrphaning) withoutFinalizer(context, shelf, live, 'orphan');
	else if (dependentsOf(context, owner).length === 0) withoutFinalizer(context, shelf, live, 'foregroundDeletion');
};

/** Bind a claim, when its storage class exists, to a volume of which nothing is kept but the name. */
export const reconcileClaim = (context: Context, namespace: string, name: string): number | undefined => {
	const {store} = context;
	const claim = store.get('persistentvolumeclaims', namespace, name);
	if (!claim || claim.metadata.deletionTimestamp || dict(claim.status).phase === 'Bound') return undefined;
	const spec = dict(claim.spec);
	const className = String(spec.storageClassName ?? '');
	if (!store.get('storageclasses.storage.k8s.io', '', className)) {
		context.event(
			claim,
			'Warning',
			'ProvisioningFailed',
			`storageclass.storage.k8s.io "${className}" not found`,
			'persistentvolume-controller',
		);
		return 5000;
	}
	const volumeName = `pvc-${claim.metadata.uid}`;
	const capacity = {storage: dict(dict(spec.resources).requests).storage ?? '1Gi'};
	const bound = store.put('persistentvolumeclaims', {...claim, spec: {...spec, volumeName}});
	setStatus(store, 'persistentvolumeclaims', bound, {phase: 'Bound', accessModes: spec.accessModes, capacity});
	return undefined;
};
