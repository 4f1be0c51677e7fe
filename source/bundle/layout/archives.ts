import {posix} from 'node:path';
import {archiveName, openTar} from '../../archive/open-tar.ts';
import {filesTree, type Tree, tarTree} from '../../archive/tree.ts';
import type {Layout} from './types.ts';

const folderOfImages = 'images';

/** Folders of OCI layouts: `images/` itself, or some in it; also one that has lost its index. */
const layoutFolders = ({files}: Layout): readonly string[] => [
	...new Set(
		[...files.keys()]
			.filter((name) => /^images\/(?:.+\/)?(?:index\.json|oci-layout)$/u.test(name))
			.map((name) => posix.dirname(name)),
	),
];

const treeOf = ({files}: Layout, folder: string): Tree =>
	filesTree(
		folder,
		new Map(
			[...files]
				.filter(([name]) => name.startsWith(`${folder}/`))
				.map(([name, slice]) => [name.slice(folder.length + 1), slice]),
		),
	);

/** Archives may lie beside the blobs of `images/`; within another layout there is nothing but its own. */
const isArchive = (name: string, folders: readonly string[]): boolean =>
	name.startsWith(`${folderOfImages}/`) &&
	archiveName.test(name) &&
	!folders.some((folder) => folder !== folderOfImages && name.startsWith(`${folder}/`));

/** Files of a layout at `images/` itself, and texts that people put beside archives. */
const isKnownOther = (name: string): boolean =>
	/^images\/(?:blobs\/|index\.json$|oci-layout$|manifest\.json$)/u.test(name) ||
	/\.(?:txt|md|json|ya?ml|asc|sig|pem|minisig|csv)$/iu.test(name);

/** Files below `images/` that nothing reads: no archive by their name, nor of an OCI layout. */
export const unreadFiles = (layout: Layout): readonly string[] => {
	const folders = layoutFolders(layout).filter((folder) => folder !== folderOfImages);
	return [...layout.files.keys()].filter(
		(name) =>
			name.startsWith(`${folderOfImages}/`) &&
			!archiveName.test(name) &&
			!isKnownOther(name) &&
			!folders.some((folder) => name.startsWith(`${folder}/`)),
	);
};

/**
 * The image archives of a bundle: each tar below `images/`, and each folder that is an OCI layout, be it there or
 * `images/` itself.
 * @throws ProblemError `bundle-compressed` for a form that cannot be read, or what makes a tar unreadable
 */
export const archivesOf = async (layout: Layout, signal: AbortSignal): Promise<readonly Tree[]> => {
	const folders = layoutFolders(layout);
	const trees = folders.map((folder) => treeOf(layout, folder));
	for (const [name, slice] of layout.files) {
		if (isArchive(name, folders)) trees.push(tarTree(name, await openTar(slice, signal)));
	}
	return trees;
};
