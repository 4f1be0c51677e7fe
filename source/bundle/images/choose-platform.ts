import type {Tree} from '../../archive/tree.ts';
import type {Descriptor, ManifestBytes} from '../../oci/descriptor.ts';
import {sha256Of} from '../../oci/digest.ts';
import {mediaTypes} from '../../oci/media-types.ts';
import {isPlatform, type Platform, platformText} from '../../oci/platform.ts';
import type {Entry, IndexNode, ManifestNode} from './manifests.ts';
import {imageProblems} from './problems.ts';

/** An image manifest that is whole, with the platform of its configuration, and the entry of `index.json` that it was found under. */
export type Leaf = {readonly node: ManifestNode; readonly platform: Platform; readonly root: Entry};

/** All that an archive has of an image. */
export type Leaves = readonly [Leaf, ...(readonly Leaf[])];

/** What is to be pushed under one tag. */
export type Choice = {
	readonly manifest: ManifestBytes;
	/** Of an index: what it names, innermost first. */
	readonly children: readonly ManifestBytes[];
	/** The manifests whose blobs are needed. */
	readonly nodes: readonly ManifestNode[];
	readonly platform: Platform;
	/** All of them; `platform` is the first. */
	readonly platforms: readonly Platform[];
};

/** An image that was asked for: its name and tag for messages, and its platform (`linux/arm64`, or `all`), if one was asked for. */
export type Wanted = {readonly image: string; readonly platform: string | undefined};

type Archive = Pick<Tree, 'label'>;

const platformMissing = (
	{label: file}: Archive,
	fault: 'other platforms' | 'index not whole',
	{image, platform}: {readonly image: string; readonly platform: string},
	held: readonly Platform[],
): Error => {
	const have = [...new Set(held.map(platformText))].join(', ');
	const given = {case: fault, file, image, wanted: platform, have} as const;
	return imageProblems.error('bundle-platform-missing', given, {location: {file}});
};

/** @throws ProblemError `bundle-platform-missing` when an image that has one platform alone is for another one */
export const requirePlatform = (archive: Archive, held: Platform, {image, platform}: Wanted): void => {
	if (platform === undefined || platform === 'all' || isPlatform(held, platform)) return;
	throw platformMissing(archive, 'other platforms', {image, platform}, [held]);
};

const single = ({node, platform}: Leaf): Choice => ({
	manifest: node.manifest,
	children: [],
	nodes: [node],
	platform,
	platforms: [platform],
});

/** What people know an entry by, where its manifest is not there. */
const nameOf = ({platform, descriptor}: Entry): string =>
	platform && platform.os !== 'unknown' ? platformText(platform) : descriptor.digest.slice(0, 19);

/** All that an index names. */
type Contents = {
	/** Manifests down to the last, innermost first. */
	readonly nodes: readonly NonNullable<Entry['node']>[];
	/** What of it is not whole in the archive. */
	readonly lost: readonly string[];
};

const contentsOf = ({children}: IndexNode): Contents => {
	const nodes = new Map<string, NonNullable<Entry['node']>>();
	const lost: string[] = [];
	const visit = (entry: Entry): void => {
		const {node} = entry;
		if (!node || (node.kind === 'image' && !node.complete)) {
			lost.push(nameOf(entry));
			return;
		}
		if (node.kind === 'index') node.children.forEach(visit);
		nodes.set(node.manifest.digest, node);
	};
	children.forEach(visit);
	return {nodes: [...nodes.values()], lost};
};

/** An index over manifests that lie side by side under one name. The same manifests give the same bytes. */
const indexOver = (leaves: readonly Leaf[]): ManifestBytes => {
	const manifests = leaves.map(
		({node: {manifest}, platform: {os, architecture, variant}}): Descriptor & {readonly platform: Platform} => ({
			mediaType: manifest.mediaType,
			digest: manifest.digest,
			size: manifest.bytes.length,
			platform: {architecture, os, ...(variant && {variant})},
		}),
	);
	const bytes = Buffer.from(JSON.stringify({schemaVersion: 2, mediaType: mediaTypes.index, manifests}));
	return {mediaType: mediaTypes.index, digest: sha256Of(bytes), bytes};
};

const indexOf = (leaves: Leaves): IndexNode | undefined => {
	for (const {root} of leaves) if (root.node?.kind === 'index') return root.node;
	return undefined;
};

type Platforms = Pick<Choice, 'platform' | 'platforms'>;

/** An index keeps its bytes, so all that it names has to be there. */
const wholeIndex = (archive: Archive, image: string, index: IndexNode, of: Platforms): Choice => {
	const {nodes, lost} = contentsOf(index);
	if (lost.length > 0) {
		throw platformMissing(archive, 'index not whole', {image, platform: lost.join(', ')}, of.platforms);
	}
	return {
		manifest: index.manifest,
		children: nodes.map(({manifest}) => manifest),
		nodes: nodes.filter((node) => node.kind === 'image'),
		...of,
	};
};

/** The whole image, for all its platforms. */
const chooseAll = (archive: Archive, image: string, leaves: Leaves): Choice => {
	const of = {platform: leaves[0].platform, platforms: leaves.map(({platform}) => platform)};
	const index = indexOf(leaves);
	if (index) return wholeIndex(archive, image, index, of);
	const different = [...new Map(leaves.map((leaf) => [leaf.node.manifest.digest, leaf])).values()];
	if (different.length === 1) return single(leaves[0]);
	return {
		manifest: indexOver(different),
		children: different.map(({node}) => node.manifest),
		nodes: different.map(({node}) => node),
		...of,
	};
};

/**
 * What of an image is taken, of the manifests that an archive has of it.
 * @param leaves those that are whole
 * @throws ProblemError `bundle-platform-missing`
 */
export const choosePlatform = (archive: Archive, leaves: Leaves, {image, platform: wanted}: Wanted): Choice => {
	if (wanted === 'all') return chooseAll(archive, image, leaves);
	if (wanted === undefined) return single(leaves.find(({platform}) => platform.architecture === 'amd64') ?? leaves[0]);
	const found = leaves.find(({platform}) => isPlatform(platform, wanted));
	if (found) return single(found);
	const held = leaves.map(({platform}) => platform);
	throw platformMissing(archive, 'other platforms', {image, platform: wanted}, held);
};
