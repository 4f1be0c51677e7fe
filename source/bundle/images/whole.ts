import {archiveBlob, type UnpacksTo} from '../../archive/blob.ts';
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

/** What is known of the blobs of an archive, by digest. */
export type KnownBlobs = {
	/** Those that a differential bundle left out, and their sizes. */
	readonly omitted?: ReadonlyMap<string, number> | undefined;
	/** What compressed layers have to unpack to. */
	readonly packed: ReadonlyMap<string, UnpacksTo>;
};

const blobIn = (tree: Tree, descriptor: Descriptor, {omitted, packed}: KnownBlobs): Blob => {
	const {digest, size: said} = descriptor;
	const slice = tree.find(blobPath(digest));
	if (!slice && omitted?.get(digest) === said) return omittedBlob(descriptor);
	if (!slice) throw missing(tree, {case: 'no blob', part: digest});
	if (slice.size === said) return archiveBlob(descriptor, slice, packed.get(digest));
	const file = tree.label;
	const given = {case: 'size', file, digest, said, held: slice.size} as const;
	throw imageProblems.error('bundle-digest-mismatch', given, {location: {file}});
};

/**
 * An image whose manifests are in the tree already, with every blob they name.
 * @throws ProblemError `bundle-digest-mismatch` where a blob has another size than its manifest says
 */
export const wholeImage = (
	tree: Tree,
	{manifest, children, nodes, platform, platforms}: Choice,
	known: KnownBlobs,
): FoundImage => ({
	archive: tree.label,
	manifest,
	...(children.length > 0 && {children, platforms}),
	blobs: eachOnce(nodes.flatMap(({descriptors}) => descriptors).map((descriptor) => blobIn(tree, descriptor, known))),
	platform,
});
