import type {ServerResponse} from 'node:http';
import {expired} from '../objects/errors.ts';
import type {Predicate} from '../objects/selectors.ts';
import type {Change, Store} from '../objects/store.ts';

export type WatchOptions = {
	readonly shelf: string;
	readonly namespace: string;
	readonly accepts: Predicate;
	/** As the client sent it; empty and `0` start with everything that is there. */
	readonly resourceVersion: string;
	readonly bookmarks: boolean;
	readonly sendInitialEvents: boolean;
	readonly timeoutSeconds: number;
	/** An empty object of the kind, for bookmarks. */
	readonly blank: {readonly apiVersion: string; readonly kind: string};
};

/** What a selector makes of a change: an object that starts or stops matching appears or disappears. */
const seen = (change: Change, accepts: Predicate): 'ADDED' | 'MODIFIED' | 'DELETED' | undefined => {
	const is = change.type !== 'DELETED' && accepts(change.object);
	const was = change.before !== undefined && accepts(change.before);
	if (is && was) return 'MODIFIED';
	if (is) return 'ADDED';
	return was ? 'DELETED' : undefined;
};

/**
 * Serve a watch on an open response until the client leaves, the time is over or `signal` ends the server: the initial
 * state or the replayed history, then every change. A resourceVersion older than the window gets an ERROR event with
 * status 410.
 */
export const serveWatch = (
	store: Store,
	response: ServerResponse,
	options: WatchOptions,
	signal: AbortSignal,
): void => {
	const {shelf, namespace, accepts} = options;
	const send = (type: string, object: unknown): void => {
		response.write(`${JSON.stringify({type, object})}\n`);
	};
	const bookmark = (annotations?: Record<string, string>): void => {
		const metadata = {
			resourceVersion: String(store.version()),
			...(annotations ? {annotations} : {}),
		};
		send('BOOKMARK', {...options.blank, metadata});
	};
	const offer = (change: Change): void => {
		if (change.shelf !== shelf) return;
		if (namespace && change.object.metadata.namespace !== namespace) return;
		const type = seen(change, accepts);
		if (type)
			send(
				type,
				type === 'DELETED' && change.type !== 'DELETED' && change.before
					? {...change.before, metadata: {...change.before.metadata, resourceVersion: String(change.version)}}
					: change.object,
			);
	};

	response.writeHead(200, {'content-type': 'application/json', 'transfer-encoding': 'chunked'});
	response.flushHeaders();
	const from = options.resourceVersion;
	const isFresh = from === '' || from === '0' || options.sendInitialEvents;
	if (isFresh) {
		for (const object of store.list(shelf, namespace || undefined)) if (accepts(object)) send('ADDED', object);
		if (options.sendInitialEvents) bookmark({'k8s.io/initial-events-end': 'true'});
	} else if (Number(from) < store.oldest()) {
		send('ERROR', expired(Number(from), store.oldest()).status);
		response.end();
		return;
	} else for (const change of store.since(Number(from))) offer(change);

	const unsubscribe = store.subscribe(offer);
	const pulse = options.bookmarks ? setInterval(() => bookmark(), 60_000) : undefined;
	const end = (): void => {
		unsubscribe();
		clearInterval(pulse);
		clearTimeout(limit);
		signal.removeEventListener('abort', end);
		response.end();
	};
	const limit = setTimeout(() => {
		if (options.bookmarks) bookmark();
		end();
	}, options.timeoutSeconds * 1000);
	limit.unref();
	pulse?.unref();
	signal.addEventListener('abort', end, {once: true});
	response.on('close', end);
};
