import {kindById, kinds} from './kinds.ts';
import type {KubeObject} from './types.ts';

type ChangeType = 'ADDED' | 'MODIFIED' | 'DELETED';

/** One write, in the order it happened. `before` is the object as it was, for selectors that stop matching. */
export type Change = {
	readonly version: number;
	readonly type: ChangeType;
	/** Id of its kind, such as `deployments.apps`. */
	readonly kind: string;
	readonly object: KubeObject;
	readonly before?: KubeObject | undefined;
};

/** All objects of the cluster as plain JSON, plus the counters that must never run backwards. */
export type StoreImage = {readonly version: number; readonly objects: readonly KubeObject[]};

/** The memory of the cluster. Objects of a kind are found by its id, such as `pods` or `deployments.apps`. */
export type Store = {
	/** The resourceVersion of the latest write. */
	readonly version: () => number;
	/** The oldest resourceVersion from which a watch can still be served. */
	readonly oldest: () => number;
	readonly get: <T extends KubeObject = KubeObject>(kind: string, namespace: string, name: string) => T | undefined;
	/** Objects of a kind in the order of namespace and name; without a namespace, of all namespaces. */
	readonly list: <T extends KubeObject = KubeObject>(kind: string, namespace?: string) => T[];
	/** Write an object as it is given, under the next resourceVersion; answers what was stored. */
	readonly put: <T extends KubeObject>(kind: string, object: T) => T;
	readonly remove: (kind: string, namespace: string, name: string) => KubeObject | undefined;
	readonly since: (version: number) => readonly Change[];
	/** Call back after every write, in order, in the writer's own turn; answers a function that ends it. */
	readonly subscribe: (callback: (change: Change) => void) => () => void;
	readonly image: () => StoreImage;
};

const keyOf = (namespace: string, name: string): string => `${namespace}/${name}`;
const keyOfObject = ({metadata}: KubeObject): string => keyOf(metadata.namespace ?? '', metadata.name);

const withVersion = <T extends KubeObject>(object: T, version: number): T => ({
	...object,
	metadata: {...object.metadata, resourceVersion: String(version)},
});

type Shelf = Map<string, KubeObject>;

/** A map of objects for each kind; asking for a kind that is not served is an error of the caller. */
const createShelves = (objects: readonly KubeObject[]) => {
	const shelves = new Map<string, Shelf>();
	const shelfOf = (kind: string): Shelf => {
		const found = shelves.get(kind);
		if (found) return found;
		const made: Shelf = new Map();
		shelves.set(kindById(kind).id, made);
		return made;
	};
	const ids = new Map(kinds.map(({group, kind, id}) => [`${group}/${kind}`, id]));
	for (const object of objects) {
		const group = object.apiVersion.includes('/') ? (object.apiVersion.split('/')[0] ?? '') : '';
		// What an older version of this tool kept and this one does not serve is left out.
		const id = ids.get(`${group}/${object.kind}`);
		if (id) shelfOf(id).set(keyOfObject(object), object);
	}
	return {shelfOf, all: () => [...shelves.values()].flatMap((shelf) => [...shelf.values()])};
};

/** The latest changes, at least `window` of them, from which watches resume. */
const createHistory = (window: number, version: number) => {
	let changes: Change[] = [];
	let oldest = version;
	return {
		oldest: () => oldest,
		since: (from: number) => changes.filter((change) => change.version > from),
		add: (change: Change): void => {
			changes.push(change);
			// Twice the window before cutting keeps the cost of each write constant.
			if (changes.length <= window * 2) return;
			changes = changes.slice(-window);
			oldest = (changes[0]?.version ?? change.version) - 1;
		},
	};
};

/** @param image what was kept of an earlier run. @param window how many changes a watch can look back on. */
export const createStore = (image?: StoreImage, window = 2000): Store => {
	let version = image?.version ?? 1;
	const {shelfOf, all} = createShelves(image?.objects ?? []);
	const history = createHistory(window, version);
	const listeners = new Set<(change: Change) => void>();
	const record = (change: Change): void => {
		history.add(change);
		for (const listener of [...listeners]) listener(change);
	};
	return {
		version: () => version,
		oldest: history.oldest,
		since: history.since,
		get: <T extends KubeObject>(kind: string, namespace: string, name: string) =>
			shelfOf(kind).get(keyOf(namespace, name)) as T | undefined,
		list: <T extends KubeObject>(kind: string, namespace?: string) =>
			[...shelfOf(kind).entries()]
				.sort(([left], [right]) => (left < right ? -1 : 1))
				.map(([, object]) => object as T)
				.filter(({metadata}) => !namespace || metadata.namespace === namespace),
		put: (kind, object) => {
			const key = keyOfObject(object);
			const before = shelfOf(kind).get(key);
			version += 1;
			const stored = withVersion(object, version);
			shelfOf(kind).set(key, stored);
			record({version, type: before ? 'MODIFIED' : 'ADDED', kind, object: stored, before});
			return stored;
		},
		remove: (kind, namespace, name) => {
			const before = shelfOf(kind).get(keyOf(namespace, name));
			if (!before) return undefined;
			shelfOf(kind).delete(keyOf(namespace, name));
			version += 1;
			const last = withVersion(before, version);
			record({version, type: 'DELETED', kind, object: last, before});
			return last;
		},
		subscribe: (callback) => {
			listeners.add(callback);
			return () => listeners.delete(callback);
		},
		image: () => ({version, objects: all()}),
	};
};
