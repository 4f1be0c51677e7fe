import {kindById, kinds} from './kinds.ts';
import type {KubeObject} from './types.ts';

export type ChangeType = 'ADDED' | 'MODIFIED' | 'DELETED';

/** One write, in the order it happened. `before` is the object as it was, for selectors that stop matching. */
export type Change = {
	readonly version: number;
	readonly type: ChangeType;
	readonly shelf: string;
	readonly object: KubeObject;
	readonly before?: KubeObject;
};

/** All objects of the cluster as plain JSON, plus the counters that must never run backwards. */
export type StoreImage = {readonly version: number; readonly objects: readonly KubeObject[]};

export type Store = {
	/** The resourceVersion of the latest write. */
	readonly version: () => number;
	/** The oldest resourceVersion from which a watch can still be served. */
	readonly oldest: () => number;
	readonly get: <T extends KubeObject = KubeObject>(shelf: string, namespace: string, name: string) => T | undefined;
	/** Objects of a shelf in the order of namespace and name; without a namespace, of all namespaces. */
	readonly list: <T extends KubeObject = KubeObject>(shelf: string, namespace?: string) => T[];
	/** Write an object as it is given, under the next resourceVersion; answers what was stored. */
	readonly put: <T extends KubeObject>(shelf: string, object: T) => T;
	readonly remove: (shelf: string, namespace: string, name: string) => KubeObject | undefined;
	readonly since: (version: number) => readonly Change[];
	/** Call back after every write, in order, in the writer's own turn; answers a function that ends it. */
	readonly subscribe: (callback: (change: Change) => void) => () => void;
	readonly image: () => StoreImage;
};

const shelfNames = new Map(
	kinds.map((info) => [`${info.kind}${info.group ? `.${info.group}` : ''}`, info.id] as const),
);

const keyOf = (namespace: string, name: string): string => `${namespace}/${name}`;

/**
 * The memory of the cluster: one shelf per kind, a counter for resourceVersion, and a window of the latest changes
 * (default 2,000) from which watches resume.
 */
export const createStore = (image?: StoreImage, window = 2000): Store => {
	const shelves = new Map<string, Map<string, KubeObject>>();
	const listeners = new Set<(change: Change) => void>();
	let history: Change[] = [];
	let version = image?.version ?? 1;
	let oldest = version;

	const shelf = (name: string): Map<string, KubeObject> => {
		const found = shelves.get(name);
		if (found) return found;
		kindById(name);
		const made = new Map<string, KubeObject>();
		shelves.set(name, made);
		return made;
	};

	for (const object of image?.objects ?? []) {
		const group = object.apiVersion.includes('/') ? `.${object.apiVersion.split('/')[0]}` : '';
		const name = shelfNames.get(`${object.kind}${group}`);
		if (name) shelf(name).set(keyOf(object.metadata.namespace ?? '', object.metadata.name), object);
	}

	const record = (change: Change): void => {
		history.push(change);
		// Twice the window before cutting keeps the cost of each write constant.
		if (history.length > window * 2) {
			history = history.slice(-window);
			oldest = (history[0]?.version ?? version) - 1;
		}
		for (const listener of [...listeners]) listener(change);
	};

	return {
		version: () => version,
		oldest: () => oldest,
		get: <T extends KubeObject>(name: string, namespace: string, object: string) =>
			shelf(name).get(keyOf(namespace, object)) as T | undefined,
		list: <T extends KubeObject>(name: string, namespace?: string) => {
			const all = [...shelf(name).entries()].sort(([left], [right]) => (left < right ? -1 : 1));
			const objects = all.map(([, object]) => object as T);
			return namespace ? objects.filter((object) => object.metadata.namespace === namespace) : objects;
		},
		put: <T extends KubeObject>(name: string, object: T) => {
			const key = keyOf(object.metadata.namespace ?? '', object.metadata.name);
			const before = shelf(name).get(key);
			version += 1;
			const stored = {...object, metadata: {...object.metadata, resourceVersion: String(version)}};
			shelf(name).set(key, stored);
			record({
				version,
				type: before ? 'MODIFIED' : 'ADDED',
				shelf: name,
				object: stored,
				...(before ? {before} : {}),
			});
			return stored;
		},
		remove: (name, namespace, object) => {
			const key = keyOf(namespace, object);
			const before = shelf(name).get(key);
			if (!before) return undefined;
			shelf(name).delete(key);
			version += 1;
			const last = {...before, metadata: {...before.metadata, resourceVersion: String(version)}};
			record({version, type: 'DELETED', shelf: name, object: last, before});
			return last;
		},
		since: (from) => history.filter((change) => change.version > from),
		subscribe: (callback) => {
			listeners.add(callback);
			return () => listeners.delete(callback);
		},
		image: () => ({version, objects: [...shelves.values()].flatMap((objects) => [...objects.values()])}),
	};
};
