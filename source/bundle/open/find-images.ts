import type {Image} from '../../oci/image.ts';
import type {ReadOptions} from '../images/options.ts';
import {readImages} from '../images/read-archive.ts';
import {archivesOf} from '../layout/archives.ts';
import type {Layout} from '../layout/types.ts';
import {mergeImages} from './checks.ts';

/** Images of a bundle, each once, and what could not be verified about their archives, in the operator's words. */
export type ImagesInArchives = {readonly images: readonly Image[]; readonly warnings: readonly string[]};

/** The images of all archives. @throws ProblemError of area `bundle` */
export const findImages = async (
	layout: Layout,
	options: ReadOptions,
	signal: AbortSignal,
): Promise<ImagesInArchives> => {
	const found: Image[] = [];
	const warnings: string[] = [];
	for (const tree of await archivesOf(layout, signal)) {
		found.push(...(await readImages(tree, signal, options)));
		if (!tree.complete) warnings.push(`${tree.label} lacks its end, but all that it names is there.`);
	}
	return {images: mergeImages(found), warnings};
};
