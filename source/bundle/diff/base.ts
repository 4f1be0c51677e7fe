import {stat} from 'node:fs/promises';
import type {Inventory} from '../layout/inventory-file.ts';
import {partsFileSuffix} from '../layout/parts-file.ts';
import type {Bundle} from '../types.ts';

/** A name with what it has: tags of an image, versions of a chart. */
export type Versions = ReadonlyMap<string, readonly {readonly version: string; readonly digest: string}[]>;

/** What the target has already, by the word of an older bundle or of its registry. */
export type Base = {
	readonly kind: 'bundle' | 'inventory';
	/** Digest of the bundle, or the registry with its prefix. */
	readonly name: string;
	/** By digest: sizes in bytes, and the names of the images that have it. */
	readonly blobs: ReadonlyMap<string, {readonly size: number; readonly names: ReadonlySet<string>}>;
	readonly images: Versions;
	/** Absent where nothing is known of charts. */
	readonly charts?: Versions;
};

const group = (
	list: readonly {readonly name: string; readonly version: string; readonly digest: string}[],
): Versions => {
	const groups = new Map<string, {version: string; digest: string}[]>();
	for (const {name, version, digest} of list) {
		groups.set(name, [...(groups.get(name) ?? []), {version, digest}]);
	}
	return groups;
};

const gather = (
	images: readonly {
		readonly name: string;
		readonly blobs: readonly {readonly digest: string; readonly size: number}[];
	}[],
): Base['blobs'] => {
	const found = new Map<string, {readonly size: number; readonly names: Set<string>}>();
	for (const {name, blobs} of images) {
		for (const {digest, size} of blobs) {
			const known = found.get(digest) ?? {size, names: new Set()};
			known.names.add(name);
			found.set(digest, known);
		}
	}
	return found;
};

export const imagesOf = ({images}: Bundle): Versions =>
	group(images.map(({name, tag, manifest}) => ({name, version: tag, digest: manifest.digest})));

export const chartsOf = ({controlPlaneChart, workspaceChart}: Bundle): Versions =>
	group([controlPlaneChart, workspaceChart]);

/** A registry that took in this bundle has its blobs, also those that a differential bundle found there. */
export const baseOfBundle = (bundle: Bundle): Base => ({
	kind: 'bundle',
	name: bundle.digest,
	blobs: gather(bundle.images),
	images: imagesOf(bundle),
	charts: chartsOf(bundle),
});

/** Blobs below the prefix count, where a push looks for them. */
export const baseOfInventory = ({registry, prefix, repositories}: Inventory): Base => {
	const start = prefix === '' ? '' : `${prefix}/`;
	const below = repositories
		.filter(({name}) => name.startsWith(start))
		.map((repository) => ({...repository, name: repository.name.slice(start.length)}));
	return {
		kind: 'inventory',
		name: prefix === '' ? registry : `${registry}/${prefix}`,
		blobs: gather(below),
		images: group(below.flatMap(({name, tags}) => tags.map(({tag, digest}) => ({name, version: tag, digest})))),
	};
};

/** Whether a path is the file of an inventory and not a bundle. */
export const isInventory = async (path: string): Promise<boolean> =>
	path.endsWith('.json') &&
	!path.endsWith(partsFileSuffix) &&
	((await stat(path).catch(() => undefined))?.isFile() ?? false);
