import {conflict, modified} from '../objects/errors.ts';
import type {KubeObject} from '../objects/types.ts';
import {dropNulls, omit, same} from '../objects/values.ts';
import {validateObject} from '../validation/validate.ts';
import {admit} from './admission.ts';
import {applyDefaults} from './defaults.ts';
import {dropEmpties} from './tidy.ts';
import {hasStatus, recorded, type Write} from './write.ts';

/** What a write cannot change: it is carried over from the live object, also where that has nothing. */
const keptFields = ['deletionTimestamp', 'deletionGracePeriodSeconds', 'generation', 'generateName'] as const;

/** Refuse (409) a write that was meant for another version of the object, or for another object of that name. */
const refuseStale = ({info}: Write, live: KubeObject, {metadata: sent}: KubeObject): void => {
	const {name, uid, resourceVersion} = live.metadata;
	if (sent.resourceVersion && sent.resourceVersion !== resourceVersion) throw modified(info, name);
	if (!sent.uid || sent.uid === uid) return;
	const why = `Precondition failed: UID in precondition: ${sent.uid}, UID in object meta: ${uid}`;
	throw conflict(info, name, why);
};

const withIdentityOf = (live: KubeObject, next: KubeObject): KubeObject => {
	const {uid, name, creationTimestamp, resourceVersion} = live.metadata;
	const sent = omit(next.metadata, ...keptFields);
	const kept = Object.fromEntries(
		keptFields.flatMap((field) => (live.metadata[field] === undefined ? [] : [[field, live.metadata[field]]])),
	);
	return {...next, metadata: {...sent, ...kept, uid, name, creationTimestamp, resourceVersion}};
};

/** A write of the status changes the status, and who is in the books. */
const withStatusOf = (live: KubeObject, {metadata: {managedFields}, status}: KubeObject): KubeObject => ({
	...live,
	metadata: {...live.metadata, ...(managedFields ? {managedFields} : {})},
	status,
});

/**
 * Does this change count as one of the spec? The annotations of a Deployment do (deployment strategy,
 * PrepareForUpdate).
 */
const isCounted = ({info}: Write, live: KubeObject, object: KubeObject): boolean => {
	const isAnnotated = info.id === 'deployments.apps' && !same(live.metadata.annotations, object.metadata.annotations);
	return info.counted && (isAnnotated || !same(live.spec, object.spec));
};

/** A write of the main part leaves the status as it is. */
const withMainOf = (write: Write, live: KubeObject, object: KubeObject): KubeObject => {
	const {store, info} = write;
	if (hasStatus(info)) {
		delete object.status;
		if (live.status !== undefined) object.status = live.status;
	}
	applyDefaults(info.id, object);
	admit(store, info, object, live);
	validateObject(info, object, live);
	dropEmpties(object);
	if (isCounted(write, live, object)) object.metadata.generation = (live.metadata.generation ?? 0) + 1;
	return object;
};

/** The last finalizer of a deleted object went. Pods and namespaces are ended by their controllers. */
const isReleased = ({info}: Write, {metadata}: KubeObject): boolean =>
	metadata.deletionTimestamp !== undefined &&
	!metadata.finalizers?.length &&
	info.id !== 'pods' &&
	info.id !== 'namespaces';

/**
 * Store `next` in place of `live`: what a main write may not touch is carried over, and nothing changed means no write.
 */
export const replace = (write: Write, live: KubeObject, next: KubeObject): KubeObject => {
	const {store, info, options} = write;
	refuseStale(write, live, next);
	const sent = withIdentityOf(live, next);
	dropNulls(sent);
	const object = options.subresource === 'status' ? withStatusOf(live, sent) : withMainOf(write, live, sent);
	const made = recorded(write, live, object);
	if (same(live, made)) return live;
	if (options.dryRun) return made;
	if (!isReleased(write, made)) return store.put(info.id, made);
	store.remove(info.id, live.metadata.namespace ?? '', live.metadata.name);
	return made;
};
