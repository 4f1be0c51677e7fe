import {posix} from 'node:path';
import {missing, type Tree} from '../../archive/tree.ts';
import {type Image, imageKey} from '../../oci/image.ts';
import {imageNameOf} from '../../oci/reference.ts';
import {choosePlatform, type Leaves} from './choose-platform.ts';
import type {Named} from './found-image.ts';
import {leavesOf, type NamedLeaf} from './leaves.ts';
import {readEntries} from './manifests.ts';
import type {ReadOptions} from './options.ts';
import {imageProblems} from './problems.ts';
import {wholeImage} from './whole.ts';

const tagKey = 'org.opencontainers.image.ref.name';
const nameKey = 'io.containerd.image.name';

/** A layout whose images have only tags is named after its folder or archive; `images` itself is named after none. */
const folderName = ({label}: Tree): string | undefined => {
	const stem = posix.basename(label).replace(/\.(?:tar|t(?:ar\.)?(?:gz|zst|zstd))$/u, '');
	return stem === 'images' ? undefined : stem;
};

const nameOf = (tree: Tree, {annotations}: NamedLeaf): Named => {
	const tag = annotations[tagKey] ?? '';
	const source = annotations[nameKey] ?? tag;
	const folder = folderName(tree);
	const name = imageNameOf(source) ?? (folder === undefined ? undefined : imageNameOf(`${folder}:${tag}`));
	if (name) return {...name, source: source || imageKey(name)};
	const file = tree.label;
	throw imageProblems.error('bundle-image-unnamed', {case: 'no annotation', file}, {location: {file}});
};

type Group = {readonly named: Named; readonly leaves: Leaves};

/** Manifests of one name are one image, for several platforms. */
const groupByName = (tree: Tree, leaves: readonly NamedLeaf[]): ReadonlyMap<string, Group> => {
	const groups = new Map<string, Group>();
	for (const leaf of leaves) {
		const named = nameOf(tree, leaf);
		const key = imageKey(named);
		const known = groups.get(key);
		groups.set(key, known ? {...known, leaves: [...known.leaves, leaf]} : {named, leaves: [leaf]});
	}
	return groups;
};

/** Images of an OCI layout without `manifest.json`. */
export const layoutImages = async (tree: Tree, {platform, omitted}: ReadOptions): Promise<readonly Image[]> => {
	const entries = await readEntries(tree, omitted);
	if (!entries.some(({node}) => node)) throw missing(tree, {case: 'no manifest'});
	const groups = groupByName(tree, await leavesOf(tree, entries));
	if (groups.size === 0) throw missing(tree, {case: 'no image'});
	return [...groups].map(([image, {named, leaves}]) => ({
		...wholeImage(tree, choosePlatform(tree, leaves, {image, platform}), omitted),
		...named,
	}));
};
