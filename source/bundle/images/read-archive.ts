import {missing, type Tree} from '../../archive/tree.ts';
import type {Image} from '../../oci/image.ts';
import {dockerImages} from './docker-archive.ts';
import {layoutImages} from './layout-images.ts';
import type {ReadOptions} from './options.ts';

export type {ReadOptions} from './options.ts';

/**
 * The images of one archive or OCI layout folder.
 * @throws ProblemError of area `bundle`; `bundle-platform-missing` when an image is not there for the platform that is asked for
 */
export const readImages = async (
	tree: Tree,
	signal: AbortSignal,
	options: ReadOptions = {},
): Promise<readonly Image[]> => {
	if (tree.find('manifest.json')) return dockerImages(tree, options, signal);
	if (tree.find('index.json')) return layoutImages(tree, options);
	throw missing(tree, {case: 'no file', part: 'manifest.json'});
};
