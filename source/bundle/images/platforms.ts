import {bundleProblem} from '../../archive/problems.ts';
import type {Tree} from '../../archive/tree.ts';
import type {Descriptor, ManifestBytes, Platform} from '../types.ts';
import {type Config, mediaTypes, sha256} from './image.ts';
import type {Entry, ManifestNode} from './own-manifest.ts';

/** `linux/amd64`, `linux/arm/v7`, …; or all platforms that an image has. Absent: amd64, or what there is. */
export type PlatformWish = string | undefined;

export const platformText = ({os, architecture, variant}: Platform): string =>
	[os, architecture, ...(variant ? [variant] : [])].join('/');

/** An arm64 without a variant is a v8 (containerd, platforms/normalization). */
const variantOf = ({architecture, variant}: Platform): string | undefined =>
	variant ?? (architecture === 'arm64' ? 'v8' : undefined);

/** Whether a platform is what was wished; a wish without a variant takes any. */
export const isWished = (platform: Platform, wish: string): boolean => {
	const [os, architecture, variant] = wish.split('/');
	if (platform.os !== os || platform.architecture !== architecture) return false;
	return variant === undefined || variant === variantOf(platform);
};

/** An image manifest that is whole, with its configuration, and what `index.json` says of it or of the index it is in. */
export type Leaf = {
	readonly node: ManifestNode;
	readonly config: Config;
	readonly platform: Platform;
	readonly root: Entry;
};

/** What is to be pushed under one tag. */
export type Choice = {
	readonly manifest: ManifestBytes;
	/** Of an index: what it names, innermost first. */
	readonly children: readonly ManifestBytes[];
	/** The manifests whose blobs are needed. */
	readonly nodes: readonly ManifestNode[];
	readonly platforms: readonly Platform[];
};

const missingPlatform = (
	tree: Pick<Tree, 'label'>,
	image: string,
	wished: string,
	have: readonly Platform[],
	cause?: string,
) => {
	const names = [...new Set(have.map(platformText))];
	return bundleProblem({
		code: 'bundle-platform-missing',
		message: `${tree.label} does not hold ${image} for ${wished}.`,
		cause: cause ?? `It holds it for ${names.join(', ')} only.`,
		fix: `Set bundle.platform to ${names.length === 1 ? names[0] : 'one of these'} if the nodes are of that kind; else have a bundle made with ${wished}.`,
		nextSteps: [
			"kubectl get nodes -o custom-columns='NODE:.metadata.name,OS:.status.nodeInfo.operatingSystem,ARCHITECTURE:.status.nodeInfo.architecture'",
		],
		answers: ['bundle.platform', 'bundle.path'],
		location: {file: tree.label},
	});
};

/** @throws ProblemError `bundle-platform-missing` when an image that has one platform alone is for another one */
export const requirePlatform = (
	tree: Pick<Tree, 'label'>,
	image: string,
	platform: Platform,
	wish: PlatformWish,
): void => {
	if (wish === undefined || wish === 'all' || isWished(platform, wish)) return;
	throw missingPlatform(tree, image, wish, [platform]);
};

const single = ({node, platform}: Leaf): Choice => ({
	manifest: node.manifest,
	children: [],
	nodes: [node],
	platforms: [platform],
});

/** What an index names, down to the last manifest, innermost first; and what of it is not whole in the archive. */
const flatten = (entry: Entry) => {
	const nodes = new Map<string, NonNullable<Entry['node']>>();
	const lost: string[] = [];
	const visit = ({node, platform, descriptor}: Entry): void => {
		if (!node || (node.kind === 'image' && !node.complete)) {
			lost.push(platform && platform.os !== 'unknown' ? platformText(platform) : descriptor.digest.slice(0, 19));
			return;
		}
		if (node.kind === 'index') for (const child of node.children) visit(child);
		nodes.set(node.manifest.digest, node);
	};
	if (entry.node?.kind === 'index') for (const child of entry.node.children) visit(child);
	return {nodes: [...nodes.values()], lost};
};

/** An index over manifests that lie side by side under one name. The same manifests give the same bytes. */
const indexOver = (leaves: readonly Leaf[]): ManifestBytes => {
	const manifests = leaves.map(({node: {manifest}, platform}): Descriptor & {readonly platform: Platform} => ({
		mediaType: manifest.mediaType,
		digest: manifest.digest,
		size: manifest.bytes.length,
		platform: {
			architecture: platform.architecture,
			os: platform.os,
			...(platform.variant && {variant: platform.variant}),
		},
	}));
	const bytes = Buffer.from(JSON.stringify({schemaVersion: 2, mediaType: mediaTypes.index, manifests}));
	return {mediaType: mediaTypes.index, digest: sha256(bytes), bytes};
};

/** The whole image, for all its platforms; an index keeps its bytes, so all that it names has to be there. */
const chooseAll = (tree: Pick<Tree, 'label'>, image: string, leaves: readonly Leaf[]): Choice | undefined => {
	const platforms = leaves.map(({platform}) => platform);
	const root = leaves.map((leaf) => leaf.root).find(({node}) => node?.kind === 'index');
	if (root?.node) {
		const {nodes, lost} = flatten(root);
		if (lost.length > 0) {
			const names = lost.join(', ');
			const cause = `Its index names ${names}, whose manifest or layers are not in the archive; without ${lost.length > 1 ? 'them' : 'it'} the index cannot be pushed.`;
			throw missingPlatform(tree, image, names, platforms, cause);
		}
		return {
			manifest: root.node.manifest,
			children: nodes.map(({manifest}) => manifest),
			nodes: nodes.filter((node) => node.kind === 'image'),
			platforms,
		};
	}
	const different = [...new Map(leaves.map((leaf) => [leaf.node.manifest.digest, leaf])).values()];
	const [first] = different;
	if (!first || different.length === 1) return first && single(first);
	return {
		manifest: indexOver(different),
		children: different.map(({node}) => node.manifest),
		nodes: different.map(({node}) => node),
		platforms,
	};
};

/**
 * What of an image is taken, of the manifests that an archive has of it.
 * @param image its name and tag, for messages
 * @param leaves those that are whole; at least one
 * @throws ProblemError `bundle-platform-missing`
 */
export const choosePlatform = (
	tree: Pick<Tree, 'label'>,
	image: string,
	leaves: readonly Leaf[],
	wish: PlatformWish,
): Choice | undefined => {
	if (wish === 'all') return chooseAll(tree, image, leaves);
	const [first] = leaves;
	if (!first) return undefined;
	if (wish === undefined) return single(leaves.find(({platform}) => platform.architecture === 'amd64') ?? first);
	const found = leaves.find(({platform}) => isWished(platform, wish));
	if (found) return single(found);
	throw missingPlatform(
		tree,
		image,
		wish,
		leaves.map(({platform}) => platform),
	);
};
