import {archiveBlob} from '../../archive/blob.ts';
import {missing, type Tree} from '../../archive/tree.ts';
import type {Blob, Descriptor} from '../../oci/descriptor.ts';
import {blobPath} from '../../oci/image-layout.ts';
import {ociProblems} from '../../oci/problems.ts';
import type {Choice} from './choose-platform.ts';
import {eachOnce, type FoundImage} from './found-image.ts';
import {imageProblems} from './problems.ts';

const omittedBlob = (descriptor: Descriptor): Blob => ({
	...descriptor,
	omitted: true,
	open: () => {
		throw ociProblems.error('bundle-blob-omitted', {case: 'opened', digest: descriptor.digest});
	},
});

const blobIn = (tree: Tree, descriptor: Descriptor, omitted: ReadonlyMap<string, number>): Blob => {
	const {digest, size: said} = descriptor;
	const slice = tree.find(blobPath(digest));
	if (!slice && omitted.get(digest) === said) return omittedBlob(descriptor);
	if (!slice) throw missing(tree, {case: 'no blob', part: digest});
	if (slice.size === said) return archiveBlob(descriptor, slice);
	const file = tree.label;
	const given = {case: 'size', file, digest, said, held: slice.size} as const;
	throw imageProblems.error('bundle-digest-mismatch', given, {location: {file}});
};

/**
 * An image whose manifests are in the tree already, with every blob they name.
 * @param omitted blobs that a differential bundle left out, and their sizes
 * @throws ProblemError `bundle-digest-mismatch` where a blob has another size than its manifest says
 */
export const wholeImage = (
	tree: Tree,
	{manifest, children, nodes, platform, platforms}: Choice,
	omitted: ReadonlyMap<string, number> = new Map(),
): FoundImage => ({
	archive: tree.label,
	manifest,
	...(children.length > 0 && {children, platforms}),
	blobs: eachOnce(nodes.flatMap(({descriptors}) => descriptors).map((descriptor) => blobIn(tree, descriptor, omitted))),
	platform,
});
