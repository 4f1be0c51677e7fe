import type {Store} from '../objects/store.ts';
import type {KubeObject, OwnerReference} from '../objects/types.ts';

/** The objects that a controller owns, oldest first. */
export const ownedBy = <T extends KubeObject>(store: Store, kind: string, {metadata}: KubeObject): T[] =>
	store
		.list<T>(kind, metadata.namespace)
		.filter((object) => object.metadata.ownerReferences?.some((one) => one.uid === metadata.uid && one.controller))
		.sort((left, right) => Number(left.metadata.creationTimestamp > right.metadata.creationTimestamp) || -1);

export const ownerReference = ({apiVersion, kind, metadata}: KubeObject): OwnerReference => ({
	apiVersion,
	kind,
	name: metadata.name,
	uid: metadata.uid,
	controller: true,
	blockOwnerDeletion: true,
});
