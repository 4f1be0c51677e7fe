import {type ArchiveBlob, archiveBlob} from '../../archive/blob.ts';
import {archiveProblems} from '../../archive/problems.ts';
import {missing, type Tree} from '../../archive/tree.ts';
import {plainDescriptor} from '../../oci/descriptor.ts';
import {sha256Of} from '../../oci/digest.ts';
import {mediaTypes} from '../../oci/media-types.ts';
import {platformOf} from '../../oci/platform.ts';
import {type FoundConfig, readConfig} from './config.ts';
import {eachOnce, type FoundImage} from './found-image.ts';
import {type ListedLayer, readLayer} from './layers.ts';

/** The files of an image that a `docker save` archive lists. */
export type ListedFiles = {readonly config: string; readonly layers: readonly string[]};

/** Each layer with the digest that the configuration has of it. */
const pair = ({label: file}: Tree, {layers}: ListedFiles, {config}: FoundConfig): readonly ListedLayer[] => {
	const diffIds = config.rootfs.diff_ids;
	if (diffIds.length === layers.length) return layers.map((name, index) => ({name, diffId: diffIds[index] ?? ''}));
	const counts = {listed: layers.length, configured: diffIds.length};
	throw archiveProblems.error('bundle-archive-damaged', {case: 'layers', file, ...counts}, {location: {file}});
};

/** Builds an image, and its manifest, from a configuration and layer files. The same input gives the same bytes. */
export const assembleImage = async (tree: Tree, files: ListedFiles, signal: AbortSignal): Promise<FoundImage> => {
	const found = await readConfig(tree, files.config);
	const slice = tree.find(files.config);
	if (!slice) throw missing(tree, {case: 'no file', part: files.config});
	const config = archiveBlob({mediaType: mediaTypes.config, digest: found.digest, size: found.size}, slice);
	const layers: ArchiveBlob[] = [];
	for (const listed of pair(tree, files, found)) {
		signal.throwIfAborted();
		layers.push(await readLayer(tree, listed, signal));
	}
	const {manifest: mediaType} = mediaTypes;
	const bytes = Buffer.from(
		JSON.stringify({
			schemaVersion: 2,
			mediaType,
			config: plainDescriptor(config),
			layers: layers.map(plainDescriptor),
		}),
	);
	return {
		archive: tree.label,
		manifest: {mediaType, digest: sha256Of(bytes), bytes},
		blobs: eachOnce([config, ...layers]),
		platform: platformOf(found.config),
	};
};
