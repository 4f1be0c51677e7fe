import {randomBytes, randomUUID} from 'node:crypto';
import type {Logs} from '../objects/logs.ts';
import type {Store} from '../objects/store.ts';
import type {Condition, KubeObject} from '../objects/types.ts';
import {dict, same, timestamp} from '../objects/values.ts';
import type {Operations} from '../writes/operations.ts';

/** What every controller gets to work with. */
export type Context = {
	readonly operations: Operations;
	readonly store: Store;
	readonly logs: Logs;
	readonly now: () => Date;
	readonly signal: AbortSignal;
	/** Write an Event about an object; the same event again raises its count, as the real recorder does. */
	readonly event: (
		about: KubeObject,
		type: 'Normal' | 'Warning',
		reason: string,
		message: string,
		component: string,
		/** The part of the object that it is about, such as `spec.containers{server}`. */
		fieldPath?: string,
	) => void;
};

/** RFC 3339 with microseconds (meta/v1 MicroTime). */
const microTime = (date: Date): string => date.toISOString().replace('Z', '000Z');

export const createEventRecorder = (store: Store, now: () => Date): Context['event'] => {
	return (about, type, reason, message, component, fieldPath) => {
		const namespace = about.metadata.namespace ?? 'default';
		const space = store.get('namespaces', '', namespace);
		if (!space || space.metadata.deletionTimestamp) return;
		const at = timestamp(now());
		// The scheduler writes in the newer form, which has no place for the older one's times and count.
		const isScheduler = component === 'default-scheduler';
		const host = component === 'kubelet' ? String(dict(about.spec).nodeName ?? '') : '';
		const known = store
			.list('events', namespace)
			.find(
				(event) =>
					dict(event.involvedObject).uid === about.metadata.uid &&
					event.reason === reason &&
					event.message === message &&
					dict(event.involvedObject).fieldPath === fieldPath,
			);
		if (known) {
			const series = {count: Number(dict(known.series).count ?? 1) + 1, lastObservedTime: microTime(now())};
			const more = isScheduler ? {series} : {count: Number(known.count ?? 1) + 1, lastTimestamp: at};
			store.put('events', {...known, ...more});
			return;
		}
		// Real events live for an hour; a cap per namespace keeps memory bounded.
		const old = store.list('events', namespace);
		if (old.length >= 300) {
			const first = old.sort((a, b) => a.metadata.creationTimestamp.localeCompare(b.metadata.creationTimestamp))[0];
			if (first) store.remove('events', namespace, first.metadata.name);
		}
		store.put('events', {
			apiVersion: 'v1',
			kind: 'Event',
			metadata: {
				name: `${about.metadata.name}.${randomBytes(8).toString('hex')}`,
				namespace,
				uid: randomUUID(),
				resourceVersion: '',
				creationTimestamp: at,
			},
			involvedObject: {
				apiVersion: about.apiVersion,
				kind: about.kind,
				name: about.metadata.name,
				...(about.metadata.namespace ? {namespace: about.metadata.namespace} : {}),
				uid: about.metadata.uid,
				resourceVersion: about.metadata.resourceVersion,
				...(fieldPath ? {fieldPath} : {}),
			},
			type,
			reason,
			message,
			...(isScheduler
				? {
						action: reason === 'Scheduled' ? 'Binding' : 'Scheduling',
						eventTime: microTime(now()),
						firstTimestamp: null,
						lastTimestamp: null,
						source: {},
					}
				: {
						count: 1,
						eventTime: null,
						firstTimestamp: at,
						lastTimestamp: at,
						source: {component, ...(host ? {host} : {})},
					}),
			reportingComponent: component,
			reportingInstance: isScheduler ? `${component}-rehearsal` : host,
		});
	};
};

/** Write a new status when it differs; answers the object as it is now. */
export const setStatus = <T extends KubeObject>(store: Store, shelf: string, object: T, status: T['status']): T =>
	same(object.status, status) ? object : store.put(shelf, {...object, status});

/** The conditions with one of them set; its transition time moves only when its status changes. */
export const withCondition = (
	conditions: readonly Condition[] | undefined,
	next: Condition,
	now: Date,
	timed = false,
): Condition[] => {
	const before = conditions?.find((one) => one.type === next.type);
	const at = timestamp(now);
	const isSame = before?.status === next.status && before.reason === next.reason && before.message === next.message;
	if (before && isSame) return [...(conditions ?? [])];
	const made: Condition = {
		...next,
		lastTransitionTime: before?.status === next.status ? (before.lastTransitionTime ?? at) : at,
		...(timed ? {lastUpdateTime: at} : {}),
	};
	return [...(conditions ?? []).filter((one) => one.type !== next.type), made];
};

/** The objects that a controller owns, oldest first. */
export const ownedBy = <T extends KubeObject>(store: Store, shelf: string, owner: KubeObject): T[] =>
	store
		.list<T>(shelf, owner.metadata.namespace)
		.filter((object) =>
			object.metadata.ownerReferences?.some((one) => one.uid === owner.metadata.uid && one.controller),
		)
		.sort((left, right) => Number(left.metadata.creationTimestamp > right.metadata.creationTimestamp) || -1);

export const ownerReference = (owner: KubeObject): Record<string, unknown> => ({
	apiVersion: owner.apiVersion,
	kind: owner.kind,
	name: owner.metadata.name,
	uid: owner.metadata.uid,
	controller: true,
	blockOwnerDeletion: true,
});
