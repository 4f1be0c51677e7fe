import {compressionOf} from '../../archive/compressed.ts';
import {withReader} from '../../archive/slice.ts';
import type {Tree} from '../../archive/tree.ts';
import type {Descriptor} from '../../oci/descriptor.ts';
import {blobPath} from '../../oci/image-layout.ts';
import type {ImageConfig} from '../../oci/manifest.ts';
import {mediaTypes} from '../../oci/media-types.ts';
import type {ManifestNode} from './manifests.ts';
import {imageProblems} from './problems.ts';

/** Older tools called a compressed layer so too; container runtimes look at its bytes (containerd, `images.DiffCompression`). */
const dockerLayer = 'application/vnd.docker.image.rootfs.diff.tar';
const rawLayers: readonly string[] = [mediaTypes.layer, dockerLayer];

const isCompressed = async (tree: Tree, {digest, mediaType}: Descriptor): Promise<boolean> => {
	const slice = mediaType === dockerLayer ? tree.find(blobPath(digest)) : undefined;
	if (!slice || slice.size < 6) return false;
	return compressionOf(await withReader(slice, (read) => read(0, 6))) !== undefined;
};

/**
 * The manifest of an image and its configuration must list the same layers. Of a raw layer the two digests are one; what a compressed
 * one unpacks to shows only when it is read.
 * @throws ProblemError `bundle-layers-differ`
 */
export const requireSameLayers = async (
	tree: Tree,
	image: string,
	{layers}: ManifestNode,
	{rootfs: {diff_ids: configured}}: ImageConfig,
): Promise<void> => {
	const [file, more] = [tree.label, {location: {file: tree.label}}];
	if (layers.length !== configured.length) {
		const counts = {listed: layers.length, configured: configured.length};
		throw imageProblems.error('bundle-layers-differ', {case: 'count', image, file, ...counts}, more);
	}
	for (const [at, layer] of layers.entries()) {
		const diffId = configured[at] ?? '';
		if (!rawLayers.includes(layer.mediaType) || layer.digest === diffId || (await isCompressed(tree, layer))) continue;
		const digests = {listed: layer.digest, configured: diffId, number: at + 1};
		throw imageProblems.error('bundle-layers-differ', {case: 'order', image, file, ...digests}, more);
	}
};
