import {isVirtual, type KindInfo, kinds} from '../objects/kinds.ts';
import type {KubeObject} from '../objects/types.ts';
import {omit} from '../objects/values.ts';
import type {Context} from './types.ts';

const kept = kinds.filter((info) => !isVirtual(info));

type Dependent = {readonly info: KindInfo; readonly object: KubeObject};

const dependentsOf = ({store}: Context, {metadata: {uid, namespace}}: KubeObject): readonly Dependent[] =>
	kept.flatMap((info) =>
		store
			.list(info.id, namespace)
			.filter(({metadata}) => metadata.ownerReferences?.some((one) => one.uid === uid))
			.map((object) => ({info, object})),
	);

/** The object with one owner less. */
const disowned = (object: KubeObject, uid: string): KubeObject => {
	const left = (object.metadata.ownerReferences ?? []).filter((one) => one.uid !== uid);
	const metadata = omit(object.metadata, 'ownerReferences');
	return {...object, metadata: left.length > 0 ? {...metadata, ownerReferences: left} : metadata};
};

/** Take the finalizer of an object that waited for its dependents; with the last one the object goes too. */
const release = ({store}: Context, kind: string, object: KubeObject, finalizer: string): void => {
	const left = (object.metadata.finalizers ?? []).filter((one) => one !== finalizer);
	if (left.length > 0) store.put(kind, {...object, metadata: {...object.metadata, finalizers: left}});
	else store.remove(kind, object.metadata.namespace ?? '', object.metadata.name);
};

/** What happens to the dependents of an owner; undefined for one that stays, or that goes without waiting for them. */
type Fate = 'orphan' | 'foreground' | 'background';

const fateOf = (owner: KubeObject, live: KubeObject | undefined): Fate | undefined => {
	if (live?.metadata.uid !== owner.metadata.uid) return 'background';
	const {deletionTimestamp, finalizers = []} = live.metadata;
	if (!deletionTimestamp) return undefined;
	if (finalizers.includes('orphan')) return 'orphan';
	return finalizers.includes('foregroundDeletion') ? 'foreground' : undefined;
};

const collectOne = ({store, operations}: Context, owner: KubeObject, fate: Fate, {info, object}: Dependent): void => {
	const {uid} = owner.metadata;
	const {namespace = '', name, deletionTimestamp, ownerReferences = []} = object.metadata;
	const hasOthers = ownerReferences.some((one) => one.uid !== uid);
	if (fate === 'orphan' || hasOthers) store.put(info.id, disowned(object, uid));
	else if (!deletionTimestamp) {
		const propagationPolicy = fate === 'foreground' ? 'Foreground' : 'Background';
		operations.remove({info, namespace, name}, {propagationPolicy});
	}
};

/** What follows from an owner that is gone, or is going with the policy Foreground or Orphan. @param kind its id */
export const collect = (context: Context, kind: string, owner: KubeObject): void => {
	const {namespace = '', name} = owner.metadata;
	const live = context.store.get(kind, namespace, name);
	const fate = fateOf(owner, live);
	if (!fate) return;
	for (const dependent of dependentsOf(context, owner)) collectOne(context, owner, fate, dependent);
	if (!live || fate === 'background') return;
	if (fate === 'orphan') release(context, kind, live, 'orphan');
	else if (dependentsOf(context, owner).length === 0) release(context, kind, live, 'foregroundDeletion');
};
