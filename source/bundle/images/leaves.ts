import {archiveProblems} from '../../archive/problems.ts';
import type {Tree} from '../../archive/tree.ts';
import {blobPath} from '../../oci/image-layout.ts';
import {configTypes} from '../../oci/media-types.ts';
import {platformOf} from '../../oci/platform.ts';
import type {Leaf} from './choose-platform.ts';
import {readConfig} from './config.ts';
import type {Entry, ManifestNode} from './manifests.ts';

/** A whole image manifest of an OCI layout, with the names that it or the indexes around it were given. */
export type NamedLeaf = Leaf & {readonly annotations: Entry['annotations']};

/** An archive names some dozen manifests; indexes that name each other over and over multiply. */
const maximumMentions = 5000;

/** An entry of an index, and what the entries above it say. */
type Mention = {readonly entry: Entry; readonly annotations: Entry['annotations']; readonly root: Entry};

/** Every entry of the indexes, outermost first. @throws ProblemError `bundle-archive-damaged` where they are too many */
function* mentionsIn({label: file}: Tree, entries: readonly Entry[]): Generator<Mention> {
	let count = 0;
	function* visit(entry: Entry, inherited: Entry['annotations'], root: Entry): Generator<Mention> {
		if (++count > maximumMentions) {
			throw archiveProblems.error(
				'bundle-archive-damaged',
				{case: 'too many mentions', file, most: maximumMentions},
				{location: {file}},
			);
		}
		const annotations = {...inherited, ...entry.annotations};
		yield {entry, annotations, root};
		if (entry.node?.kind !== 'index') return;
		for (const child of entry.node.children) yield* visit(child, annotations, root);
	}
	for (const entry of entries) yield* visit(entry, {}, entry);
}

/** An image that can be pushed as it lies there; other artifacts have configurations of other types. */
const isWholeImage = (node: Entry['node']): node is ManifestNode =>
	node?.kind === 'image' && node.complete && configTypes.includes(node.config.mediaType);

/** The whole images that an OCI layout names. @throws ProblemError as `readConfig` */
export const leavesOf = async (tree: Tree, entries: readonly Entry[]): Promise<readonly NamedLeaf[]> => {
	const leaves: NamedLeaf[] = [];
	for (const {entry, annotations, root} of mentionsIn(tree, entries)) {
		const {node} = entry;
		if (!isWholeImage(node)) continue;
		const {config} = await readConfig(tree, blobPath(node.config.digest));
		// An attestation looks like an image but has no platform; it is no image of its own.
		if (config.os !== 'unknown') leaves.push({node, platform: platformOf(config), root, annotations});
	}
	return leaves;
};
