import type {Image} from '../../oci/image.ts';
import {type LeftOut, leftOutText} from '../../oci/left-out.ts';
import {mergeImages} from '../images/merge.ts';
import type {ReadOptions} from '../images/options.ts';
import {readImages} from '../images/read-archive.ts';
import {archivesOf, unreadFiles} from '../layout/archives.ts';
import type {Layout} from '../layout/types.ts';
import {isChecksumList} from './read-manifest.ts';

/** Images of a bundle, each once, and what could not be verified about their archives, in the operator's words. */
export type ImagesInArchives = {
	readonly images: readonly Image[];
	/** What lies beside them and is no image; it stands among the warnings as well. */
	readonly leftOut: readonly LeftOut[];
	readonly warnings: readonly string[];
	/** Whether the name that was given was needed. */
	readonly usedName: boolean;
};

/** How many files are named that nothing reads. */
const mostUnread = 20;

const unreadTexts = (layout: Layout): readonly string[] =>
	unreadFiles(layout)
		.filter((name) => !isChecksumList(name))
		.slice(0, mostUnread)
		.map((name) => `${name} was not read: it is neither a tar (.tar, .tar.gz, .tar.zst) nor in an OCI layout.`);

/** The images of all archives. @throws ProblemError of area `bundle` */
export const findImages = async (
	layout: Layout,
	options: ReadOptions,
	signal: AbortSignal,
): Promise<ImagesInArchives> => {
	const [found, leftOut, warnings]: [Image[], LeftOut[], string[]] = [[], [], []];
	let usedName = false;
	for (const tree of await archivesOf(layout, signal)) {
		const read = await readImages(tree, signal, options);
		found.push(...read.images);
		leftOut.push(...read.leftOut);
		warnings.push(...read.notes, ...read.leftOut.map(leftOutText));
		usedName ||= read.usedName;
		if (!tree.complete) warnings.push(`${tree.label} lacks its end, but all that it names is there.`);
	}
	warnings.push(...unreadTexts(layout));
	return {images: mergeImages(found), leftOut, warnings, usedName};
};
