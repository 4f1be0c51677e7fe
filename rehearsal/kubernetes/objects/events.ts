import {randomBytes} from 'node:crypto';
import {madeMetadata} from './made.ts';
import type {Store} from './store.ts';
import type {KubeObject} from './types.ts';
import {type Dict, dict, timestamp} from './values.ts';

/** What a component says about an object. */
export type Said = {
	readonly component: 'kubelet' | 'default-scheduler' | `${string}-controller`;
	readonly type: 'Normal' | 'Warning';
	readonly reason: string;
	readonly message: string;
	/** The part of the object that it is about, such as `spec.containers{server}`. */
	readonly fieldPath?: string | undefined;
};

/** Write an Event about an object; the same event again raises its count, as the real recorder does. */
export type RecordEvent = (about: KubeObject, said: Said) => void;

/** Real events live for an hour; a cap per namespace keeps memory bounded. */
const mostPerNamespace = 300;

/** RFC 3339 with microseconds (meta/v1 MicroTime). */
const microTime = (date: Date): string => date.toISOString().replace('Z', '000Z');

/** The scheduler writes in the newer form, which has no place for the older one's times and count. */
const isNewForm = ({component}: Said): boolean => component === 'default-scheduler';

const isSame = (event: KubeObject, about: KubeObject, {reason, message, fieldPath}: Said): boolean => {
	const involved = dict(event.involvedObject);
	return (
		involved.uid === about.metadata.uid &&
		involved.fieldPath === fieldPath &&
		event.reason === reason &&
		event.message === message
	);
};

const again = (event: KubeObject, said: Said, now: Date): KubeObject => {
	if (!isNewForm(said)) return {...event, count: Number(event.count ?? 1) + 1, lastTimestamp: timestamp(now)};
	const count = Number(dict(event.series).count ?? 1) + 1;
	return {...event, series: {count, lastObservedTime: microTime(now)}};
};

const involvedObject = ({apiVersion, kind, metadata}: KubeObject, {fieldPath}: Said): Dict => ({
	apiVersion,
	kind,
	name: metadata.name,
	...(metadata.namespace ? {namespace: metadata.namespace} : {}),
	uid: metadata.uid,
	resourceVersion: metadata.resourceVersion,
	...(fieldPath ? {fieldPath} : {}),
});

const timesOf = ({component, reason}: Said, host: string, now: Date): Dict =>
	component === 'default-scheduler'
		? {
				action: reason === 'Scheduled' ? 'Binding' : 'Scheduling',
				eventTime: microTime(now),
				firstTimestamp: null,
				lastTimestamp: null,
				source: {},
			}
		: {
				count: 1,
				eventTime: null,
				firstTimestamp: timestamp(now),
				lastTimestamp: timestamp(now),
				source: {component, ...(host ? {host} : {})},
			};

const eventOf = (about: KubeObject, said: Said, namespace: string, now: Date): KubeObject => {
	const {component, type, reason, message} = said;
	const host = component === 'kubelet' ? String(dict(about.spec).nodeName ?? '') : '';
	return {
		apiVersion: 'v1',
		kind: 'Event',
		metadata: madeMetadata(now, {name: `${about.metadata.name}.${randomBytes(8).toString('hex')}`, namespace}),
		involvedObject: involvedObject(about, said),
		type,
		reason,
		message,
		...timesOf(said, host, now),
		reportingComponent: component,
		reportingInstance: isNewForm(said) ? `${component}-rehearsal` : host,
	};
};

const makeRoom = (store: Store, namespace: string): void => {
	const events = store.list('events', namespace);
	if (events.length < mostPerNamespace) return;
	const [oldest] = events.sort((a, b) => a.metadata.creationTimestamp.localeCompare(b.metadata.creationTimestamp));
	if (oldest) store.remove('events', namespace, oldest.metadata.name);
};

export const createEventRecorder =
	(store: Store, now: () => Date): RecordEvent =>
	(about, said) => {
		const namespace = about.metadata.namespace ?? 'default';
		const space = store.get('namespaces', '', namespace);
		if (!space || space.metadata.deletionTimestamp) return;
		const known = store.list('events', namespace).find((event) => isSame(event, about, said));
		if (!known) makeRoom(store, namespace);
		store.put('events', known ? again(known, said, now()) : eventOf(about, said, namespace, now()));
	};
