import type {UnpacksTo} from '../../../archive/blob.ts';
import {type Compression, compressionOf} from '../../../archive/compressed.ts';
import {withReader} from '../../../archive/slice.ts';
import type {Tree} from '../../../archive/tree.ts';
import type {Descriptor} from '../../../oci/descriptor.ts';
import {blobPath} from '../../../oci/image-layout.ts';
import type {ImageConfig} from '../../../oci/manifest.ts';
import {mediaTypes} from '../../../oci/media-types.ts';
import {imageProblems} from '../problems.ts';
import type {ManifestNode} from './manifests.ts';

/** Layers that are tars, compressed or not; what is encrypted, or of a lazy snapshotter, is told by no digest of a tar. */
const tarLayer = /\.tar(?:[.+](?:gzip|zstd))?$/u;

/**
 * How a layer is compressed: by its first bytes, as container runtimes see it, whatever Docker's types call it; by its type where it
 * was left out (containerd, `images.DiffCompression` and `compression.DecompressStream`).
 */
const compressionIn = async (tree: Tree, {digest, mediaType}: Descriptor): Promise<Compression | undefined> => {
	if (mediaType === mediaTypes.layer) return undefined;
	const slice = tree.find(blobPath(digest));
	if (!slice) return mediaType.endsWith('zstd') ? 'zstd' : 'gzip';
	const found = slice.size < 6 ? undefined : compressionOf(await withReader(slice, (read) => read(0, 6)));
	return found === 'gzip' || found === 'zstd' ? found : undefined;
};

/**
 * The manifest of an image and its configuration must list the same layers. Of a raw layer the two digests are one; what a compressed
 * one unpacks to shows only when it is read.
 * @returns what compressed layers have to unpack to, by their digest
 * @throws ProblemError `bundle-layers-differ`
 */
export const requireSameLayers = async (
	tree: Tree,
	image: string,
	{layers}: ManifestNode,
	{rootfs: {diff_ids: configured}}: ImageConfig,
): Promise<ReadonlyMap<string, UnpacksTo>> => {
	const [file, more] = [tree.label, {location: {file: tree.label}}];
	if (layers.length !== configured.length) {
		const counts = {listed: layers.length, configured: configured.length};
		throw imageProblems.error('bundle-layers-differ', {case: 'count', image, file, ...counts}, more);
	}
	const packed = new Map<string, UnpacksTo>();
	for (const [at, layer] of layers.entries()) {
		const diffId = configured[at] ?? '';
		if (!tarLayer.test(layer.mediaType)) continue;
		const algorithm = await compressionIn(tree, layer);
		if (algorithm) packed.set(layer.digest, {digest: diffId, algorithm});
		else if (layer.digest !== diffId) {
			const digests = {listed: layer.digest, configured: diffId, number: at + 1};
			throw imageProblems.error('bundle-layers-differ', {case: 'order', image, file, ...digests}, more);
		}
	}
	return packed;
};
