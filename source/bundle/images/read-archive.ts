import {missing, type Tree} from '../../archive/tree.ts';
import {dockerImages} from './docker-archive.ts';
import {layoutImages} from './layout-images.ts';
import type {ArchiveContents, ReadOptions} from './options.ts';

export type {ArchiveContents, ReadOptions} from './options.ts';

/**
 * The images of one archive or OCI layout folder, and what else lies there: nothing that is named in it is passed over in silence.
 * @throws ProblemError of area `bundle`; `bundle-platform-missing` when an image is not there for the platform that is asked for
 */
export const readImages = async (
	tree: Tree,
	signal: AbortSignal,
	options: ReadOptions = {},
): Promise<ArchiveContents> => {
	if (tree.find('manifest.json')) return dockerImages(tree, options, signal);
	if (tree.find('index.json')) return layoutImages(tree, options);
	throw missing(tree, {case: 'no file', part: tree.find('oci-layout') ? 'index.json' : 'manifest.json'});
};
