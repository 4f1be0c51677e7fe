import {readdir, stat} from 'node:fs/promises';
import {basename, dirname, join, resolve} from 'node:path';
import {sizeOfRegular} from '../../archive/regular-file.ts';
import {changedName} from './foreign/changed-names.ts';
import {makingFile} from './index-file.ts';
import {packedLayout} from './packed.ts';
import {findPartsFile, isPartName, joinParts, withoutList} from './parts.ts';
import {layoutProblems} from './problems.ts';
import {rootOf} from './root.ts';
import {several} from './text.ts';
import type {Layout} from './types.ts';
import {walkFolder} from './walk.ts';

export type {Layout} from './types.ts';

/** More folders than this are not looked into: it is some other place. */
const mostFolders = 50;

/** The folder as a bundle, where files lie below `images/` in it. */
const bundleAt = async (path: string, signal: AbortSignal): Promise<Layout | undefined> => {
	const walked = await walkFolder(path, signal);
	return rootOf(walked.files.keys()) === '' ? {path, packed: false, ...walked} : undefined;
};

/** Folders in a folder that may be bundles. */
const candidatesIn = async (folder: string): Promise<readonly string[]> => {
	const folders = (await readdir(folder, {withFileTypes: true})).filter((entry) => entry.isDirectory());
	const candidates: string[] = [];
	for (const {name} of folders.slice(0, mostFolders)) {
		const path = join(folder, name);
		const names = await readdir(path).catch((): readonly string[] => []);
		if (names.includes('images')) candidates.push(path);
	}
	return candidates;
};

/** The folder itself, or the one folder in it that holds a bundle. @throws ProblemError `bundle-ambiguous` */
const folderLayout = async (folder: string, signal: AbortSignal): Promise<Layout | undefined> => {
	const here = await bundleAt(folder, signal);
	if (here) return here;
	const found: Layout[] = [];
	for (const path of await candidatesIn(folder)) {
		const layout = await bundleAt(path, signal);
		if (layout) found.push(layout);
	}
	if (found.length <= 1) return found[0];
	const names = found.map(({path}) => basename(path)).sort();
	const given = {path: folder, names: several(names), first: join(folder, names[0] ?? '')};
	throw layoutProblems.error('bundle-ambiguous', given);
};

/**
 * A folder with all that is in it, however it was made: what is signed is what will be looked at once it is signed.
 * @param layout of a folder @throws ProblemError `bundle-foreign`, `bundle-unreadable`
 */
export const wholeFolder = async ({path}: Layout, signal: AbortSignal): Promise<Layout> => ({
	path,
	packed: false,
	...(await walkFolder(path, signal, true)),
});

const isThere = async (path: string): Promise<boolean> => (await stat(path).catch(() => undefined)) !== undefined;

const isFolder = async (path: string): Promise<boolean> =>
	(await stat(path).catch(() => undefined))?.isDirectory() ?? false;

/** A bundle whose names were changed may lie a folder deeper as well. */
const changedBelow = async (folder: string): Promise<string | undefined> => {
	const folders = (await readdir(folder, {withFileTypes: true})).filter((entry) => entry.isDirectory());
	for (const {name} of folders.slice(0, mostFolders)) {
		const changed = changedName(await readdir(join(folder, name)).catch((): readonly string[] => []));
		if (changed !== undefined) return `${name}/${changed}`;
	}
	return undefined;
};

/** Why a folder is no bundle. */
const noBundle = async (path: string, folder: string): Promise<Error> => {
	if (await isThere(join(folder, makingFile))) return layoutProblems.error('bundle-unfinished', {path});
	const names = (await readdir(folder)).sort();
	const changed = changedName(names) ?? (await changedBelow(folder));
	if (changed !== undefined) return layoutProblems.error('bundle-layout', {case: 'names', path, name: changed});
	return withoutList(folder, names) ?? layoutProblems.error('bundle-layout', {case: 'folder', path});
};

/** @throws ProblemError `bundle-layout` for a bundle whose names a medium has cut: its lists and images would not be found */
const requireNames = (layout: Layout): Layout => {
	const name = changedName(layout.files.keys());
	if (name === undefined) return layout;
	throw layoutProblems.error('bundle-layout', {case: 'names', path: layout.path, name});
};

/**
 * @param path a folder, a tar of it (also compressed with gzip or zstd), or the list of the parts of a tar
 * @throws ProblemError `bundle-not-found`, `bundle-unreadable`, `bundle-layout`, `bundle-ambiguous`, `bundle-unfinished`,
 *   `bundle-compressed`, `bundle-part-missing`, `bundle-part-size`, or a damaged tar
 */
export const openLayout = async (path: string, signal: AbortSignal): Promise<Layout> => {
	const absolute = resolve(path);
	const inFolder = await isFolder(absolute);
	const folder = inFolder ? await folderLayout(absolute, signal) : undefined;
	if (folder) return requireNames(folder);
	const list = await findPartsFile(absolute);
	if (list !== undefined) return packedLayout(path, await joinParts(list), signal);
	if (inFolder) throw await noBundle(path, absolute);
	const lost = isPartName(absolute) ? withoutList(dirname(absolute), [basename(absolute)]) : undefined;
	if (lost && (await isThere(absolute))) throw lost;
	const size = await sizeOfRegular(absolute, path);
	return packedLayout(path, {file: absolute, offset: 0, size, label: basename(absolute)}, signal);
};
