import type {Tree} from '../../archive/tree.ts';
import {type Image, imageKey} from '../../oci/image.ts';
import {platformText} from '../../oci/platform.ts';
import {choosePlatform, type Held} from './choose-platform.ts';
import type {Named} from './found-image.ts';
import type {NamedLeaf, PartialLeaf, Survey} from './leaves.ts';
import type {ReadOptions} from './options.ts';
import {imageProblems} from './problems.ts';
import {wholeImage} from './whole.ts';

/** An image manifest, and what it is called. */
export type CalledLeaf = {readonly leaf: NamedLeaf; readonly named: Named};

type Leaves = readonly [CalledLeaf, ...(readonly CalledLeaf[])];

const rootOf = ({leaf}: CalledLeaf): string => leaf.root.descriptor.digest;
const digestOf = ({leaf}: CalledLeaf): string => leaf.node.manifest.digest;

/** Without those that another entry holds as well: one image under several names, an index and a manifest of it. */
const withoutRepeated = (leaves: Leaves): readonly CalledLeaf[] => {
	const byRoot = Map.groupBy(leaves, rootOf);
	const kept: (readonly CalledLeaf[])[] = [];
	for (const inRoot of [...byRoot.values()].sort((a, b) => b.length - a.length)) {
		const isHeld = kept.some((other) => inRoot.every((one) => other.some((held) => digestOf(held) === digestOf(one))));
		if (!isHeld) kept.push(inRoot);
	}
	const once = new Set(kept.flat());
	return leaves.filter((one) => once.has(one));
};

/** Two images that cannot be the same one for two platforms. */
const contradiction = (leaves: readonly CalledLeaf[]): readonly [CalledLeaf, CalledLeaf] | undefined => {
	const seen: CalledLeaf[] = [];
	for (const one of leaves) {
		const other = seen.find((before) => {
			if (rootOf(before) === rootOf(one) || digestOf(before) === digestOf(one)) return false;
			if (before.named.source !== one.named.source) return true;
			const isIndex = [before, one].some(({leaf}) => leaf.root.node.kind === 'index');
			return isIndex || platformText(before.leaf.platform) === platformText(one.leaf.platform);
		});
		if (other) return [other, one];
		seen.push(one);
	}
	return undefined;
};

const heldAs = ({leaf: {root}, named}: CalledLeaf): string => `${named.source} (${root.descriptor.digest})`;

/** @throws ProblemError `bundle-image-twice` */
const requireOne = ({label: file}: Tree, image: string, leaves: Leaves): Leaves => {
	const different = withoutRepeated(leaves);
	const two = contradiction(different);
	if (two) {
		const given = {case: 'names', image, file, first: heldAs(two[0]), second: heldAs(two[1])} as const;
		throw imageProblems.error('bundle-image-twice', given, {location: {file}});
	}
	const [first, ...others] = different;
	return first ? [first, ...others] : leaves;
};

const heldOf = ([first, ...others]: Leaves, partial: readonly PartialLeaf[]): Held => {
	const roots = new Set([first, ...others].map(({leaf}) => leaf.root));
	return {
		leaves: [first.leaf, ...others.map(({leaf}) => leaf)],
		lost: partial.filter(({root}) => roots.has(root)),
	};
};

const byName = (leaves: readonly CalledLeaf[]): ReadonlyMap<string, Leaves> => {
	const groups = new Map<string, Leaves>();
	for (const called of leaves) {
		const key = imageKey(called.named);
		const known = groups.get(key);
		groups.set(key, known ? [...known, called] : [called]);
	}
	return groups;
};

/** Platforms whose manifest is there, but not all it names: somebody may count on them. */
const partialNotes = ({label}: Tree, image: string, {lost}: Held): readonly string[] =>
	lost
		.filter(({entry}) => entry.node.kind === 'image')
		.map(({entry: {platform, descriptor}, blob}) => {
			const what = platform ? platformText(platform) : descriptor.digest;
			return `${image} in ${label} was left out for ${what}: ${blob} of it is not there.`;
		});

/**
 * Manifests of one name are one image, for several platforms.
 * @throws ProblemError `bundle-image-twice` for two images under one name, `bundle-platform-missing`
 */
export const groupedImages = (
	tree: Tree,
	called: readonly CalledLeaf[],
	{partial, packed}: Survey,
	{platform, omitted}: ReadOptions,
): {readonly images: readonly Image[]; readonly notes: readonly string[]} => {
	const images: Image[] = [];
	const notes: string[] = [];
	for (const [image, leaves] of byName(called)) {
		const held = heldOf(requireOne(tree, image, leaves), partial);
		const choice = choosePlatform(tree, held, {image, platform});
		images.push({...wholeImage(tree, choice, {omitted, packed}), ...leaves[0].named});
		notes.push(...choice.notes, ...partialNotes(tree, image, held));
	}
	return {images, notes};
};
