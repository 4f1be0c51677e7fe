import type {Tree} from '../../archive/tree.ts';
import type {Descriptor, ManifestBytes} from '../../oci/descriptor.ts';
import {sha256Of} from '../../oci/digest.ts';
import {mediaTypes} from '../../oci/media-types.ts';
import {isPlatform, type Platform, platformText} from '../../oci/platform.ts';
import {isAttestation} from './manifests/attestation.ts';
import type {Entry, IndexNode, ManifestNode} from './manifests/manifests.ts';
import {withoutLost} from './manifests/without-lost.ts';
import {imageProblems} from './problems.ts';

/** An image manifest that is whole, with the platform of its configuration, and the entry of `index.json` that it was found under. */
export type Leaf = {readonly node: ManifestNode; readonly platform: Platform; readonly root: Entry};

/** A platform that an index names and that is not whole in the archive, and a blob that it lacks. */
export type Lost = {readonly entry: Entry; readonly blob: string};

/** All that an archive has of an image that is whole. */
export type Leaves = readonly [Leaf, ...(readonly Leaf[])];

/** All that an archive has of an image, and what of it is not whole. */
export type Held = {readonly leaves: Leaves; readonly lost: readonly Lost[]};

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
	/** What was left out of it, in the operator's words. */
	readonly notes: readonly string[];
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
	notes: [],
});

/** What people know an entry by, where its manifest is not there. */
const nameOf = ({platform, descriptor}: Entry): string =>
	platform && platform.os !== 'unknown' ? platformText(platform) : descriptor.digest.slice(0, 19);

/** All that an index names. */
type Contents = {
	/** Manifests down to the last, innermost first. */
	readonly nodes: readonly (ManifestNode | IndexNode)[];
	/** What of it is not whole in the archive. */
	readonly lost: readonly Entry[];
};

const contentsOf = ({children}: IndexNode): Contents => {
	const nodes = new Map<string, ManifestNode | IndexNode>();
	const lost: Entry[] = [];
	const visit = (entry: Entry): void => {
		const {node} = entry;
		if (node.kind === 'broken' || (node.kind === 'image' && node.lost.length > 0)) {
			lost.push(entry);
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
	for (const {root} of leaves) if (root.node.kind === 'index') return root.node;
	return undefined;
};

type Platforms = Pick<Choice, 'platform' | 'platforms'>;

const notSaved = ({label}: Archive, image: string, {length}: readonly Entry[]): string => {
	const what = length === 1 ? 'An attestation' : `${length} attestations`;
	return `${what} of ${image} in ${label} ${length === 1 ? 'was' : 'were'} not saved: an index without is made, and its digest is not the vendor's.`;
};

/** An index keeps its bytes, so all that it names has to be there; what only says how it was built can be missed. */
const wholeIndex = (archive: Archive, image: string, index: IndexNode, of: Platforms): Choice => {
	const {nodes, lost} = contentsOf(index);
	const needed = lost.filter((entry) => !isAttestation(entry));
	if (needed.length > 0) {
		throw platformMissing(archive, 'index not whole', {image, platform: needed.map(nameOf).join(', ')}, of.platforms);
	}
	const {manifest, children} =
		lost.length > 0
			? withoutLost(index, new Set(lost))
			: {manifest: index.manifest, children: nodes.map((node) => node.manifest)};
	return {
		manifest,
		children,
		nodes: nodes.filter((node) => node.kind === 'image'),
		notes: lost.length > 0 ? [notSaved(archive, image, lost)] : [],
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
		notes: [],
		...of,
	};
};

const notWhole = ({label: file}: Archive, image: string, {entry, blob}: Lost, held: readonly Platform[]): Error => {
	const have = [...new Set(held.map(platformText))].join(', ');
	const given = {case: 'not whole', file, image, wanted: nameOf(entry), have, blob} as const;
	return imageProblems.error('bundle-platform-missing', given, {location: {file}});
};

/** The platform that is taken where none is asked for. */
const usual = 'linux/amd64';

/**
 * What of an image is taken, of the manifests that an archive has of it.
 * @throws ProblemError `bundle-platform-missing`
 */
export const choosePlatform = (archive: Archive, {leaves, lost}: Held, {image, platform: wanted}: Wanted): Choice => {
	if (wanted === 'all') return chooseAll(archive, image, leaves);
	const found =
		wanted === undefined
			? leaves.find(({platform}) => platform.architecture === 'amd64')
			: leaves.find(({platform}) => isPlatform(platform, wanted));
	if (found) return single(found);
	const held = leaves.map(({platform}) => platform);
	const gone = lost.find(({entry: {platform}}) => platform && isPlatform(platform, wanted ?? usual));
	// Another platform in its place would come to nodes that cannot run it.
	if (gone) throw notWhole(archive, image, gone, held);
	if (wanted === undefined) return single(leaves[0]);
	throw platformMissing(archive, 'other platforms', {image, platform: wanted}, held);
};
