import type {ServerResponse} from 'node:http';
import {expired} from '../objects/errors.ts';
import {apiVersionOf, type KindInfo} from '../objects/kinds.ts';
import type {Predicate} from '../objects/selectors.ts';
import type {Change, Store} from '../objects/store.ts';
import type {KubeObject} from '../objects/types.ts';

/** How a client wants to watch. */
export type WatchOptions = {
	/** As the client sent it; empty and `0` start with everything that is there. */
	readonly resourceVersion: string;
	readonly bookmarks: boolean;
	readonly sendInitialEvents: boolean;
	readonly timeoutSeconds: number;
};

/** What is watched. */
export type Watched = WatchOptions & {
	readonly info: KindInfo;
	readonly namespace: string;
	readonly accepts: Predicate;
};

const bookmarkEveryMs = 60_000;

export const watchOptions = (query: URLSearchParams): WatchOptions => ({
	resourceVersion: query.get('resourceVersion') ?? '',
	bookmarks: query.get('allowWatchBookmarks') === 'true',
	sendInitialEvents: query.get('sendInitialEvents') === 'true',
	timeoutSeconds: Number(query.get('timeoutSeconds') ?? 1800),
});

type Event = {readonly type: string; readonly object: unknown};

/** The last state of an object that no longer matches, under the version at which it stopped. */
const asItLeft = ({object, before, type, version}: Change): KubeObject =>
	type === 'DELETED' || !before
		? object
		: {...before, metadata: {...before.metadata, resourceVersion: String(version)}};

/** What a watch makes of a change: an object that starts or stops matching appears or disappears. */
const eventOf = (change: Change, {info, namespace, accepts}: Watched): Event | undefined => {
	const {kind, object, before} = change;
	if (kind !== info.id || (namespace && object.metadata.namespace !== namespace)) return undefined;
	const is = change.type !== 'DELETED' && accepts(object);
	const was = before !== undefined && accepts(before);
	if (is) return {type: was ? 'MODIFIED' : 'ADDED', object};
	return was ? {type: 'DELETED', object: asItLeft(change)} : undefined;
};

const bookmark = (info: KindInfo, version: number, annotations?: Record<string, string>): Event => ({
	type: 'BOOKMARK',
	object: {
		kind: info.kind,
		apiVersion: apiVersionOf(info),
		metadata: {resourceVersion: String(version), ...(annotations ? {annotations} : {})},
	},
});

/** The state at the beginning, or what happened since the version that the client has. */
const firstEvents = (store: Store, watched: Watched): readonly Event[] => {
	const {info, namespace, accepts, resourceVersion, sendInitialEvents} = watched;
	if (!sendInitialEvents && resourceVersion !== '' && resourceVersion !== '0')
		return store
			.since(Number(resourceVersion))
			.map((change) => eventOf(change, watched))
			.filter((event) => event !== undefined);
	const objects = store.list(info.id, namespace).filter(accepts);
	const marks = sendInitialEvents ? [bookmark(info, store.version(), {'k8s.io/initial-events-end': 'true'})] : [];
	return [...objects.map((object) => ({type: 'ADDED', object})), ...marks];
};

/** The version that a watch goes on from has left the window of changes. */
const isTooOld = (store: Store, {resourceVersion, sendInitialEvents}: WatchOptions): boolean =>
	!sendInitialEvents && resourceVersion !== '' && resourceVersion !== '0' && Number(resourceVersion) < store.oldest();

/**
 * Serve a watch on an open response until the client leaves, the time is over or `signal` ends the server: the initial
 * state or the replayed history, then every change. A resourceVersion older than the window gets an ERROR event with
 * status 410.
 */
export const serveWatch = (store: Store, response: ServerResponse, watched: Watched, signal: AbortSignal): void => {
	const {info, bookmarks, timeoutSeconds, resourceVersion} = watched;
	const send = (event: Event | undefined): void => {
		if (event) response.write(`${JSON.stringify(event)}\n`);
	};
	response.writeHead(200, {'content-type': 'application/json', 'transfer-encoding': 'chunked'});
	response.flushHeaders();
	if (isTooOld(store, watched)) {
		send({type: 'ERROR', object: expired(Number(resourceVersion), store.oldest()).status});
		response.end();
		return;
	}
	for (const event of firstEvents(store, watched)) send(event);
	const unsubscribe = store.subscribe((change) => send(eventOf(change, watched)));
	const mark = (): void => {
		if (bookmarks) send(bookmark(info, store.version()));
	};
	const pulse = setInterval(mark, bookmarkEveryMs).unref();
	const limit = setTimeout(() => {
		mark();
		end();
	}, timeoutSeconds * 1000).unref();
	const end = (): void => {
		unsubscribe();
		clearInterval(pulse);
		clearTimeout(limit);
		signal.removeEventListener('abort', end);
		response.end();
	};
	signal.addEventListener('abort', end, {once: true});
	response.on('close', end);
};
