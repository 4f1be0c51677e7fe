import {lstat, readdir, realpath, stat} from 'node:fs/promises';
import {basename, join, posix} from 'node:path';
import {archiveName, openTar} from '../../archive/open-tar.ts';
import {sizeOfRegular} from '../../archive/regular-file.ts';
import {readSlice, type Slice} from '../../archive/slice.ts';
import {isDropping, isSystemFolder} from '../layout/foreign/droppings.ts';
import {followFolder, refuseLinks} from '../layout/linked-folder.ts';
import {layoutProblems} from '../layout/problems.ts';
import type {Layout} from '../layout/types.ts';

type NamedSlice = readonly [name: string, slice: Slice];

/** What was found so far. */
type Found = {readonly files: NamedSlice[]; readonly passedOver: string[]; readonly links: string[]};

/** A layout that has lost its index is one still: it is better refused than overlooked. */
const isLayout = (names: readonly string[]): boolean => names.includes('index.json') || names.includes('oci-layout');

/** An OCI layout has its blobs in folders two deep. */
const layoutDepth = 3;

const fileAt = (file: string, size: number, name: string): NamedSlice => [name, {file, offset: 0, size, label: name}];

/** A file, unless a system put it there. */
const ownFile = async (found: Found, name: string, file: string, size: number): Promise<void> => {
	const one = fileAt(file, size, name);
	const start = () => readSlice({...one[1], size: Math.min(4, size)});
	if (await isDropping(name, start)) found.passedOver.push(name);
	else found.files.push(one);
};

/** A folder: where it is, its name in the layout, and the folders that are being read, from the outermost to itself. */
type Inner = {readonly folder: string; readonly name: string; readonly way: readonly string[]};

/** The folder of that name in another, unless it is a link that leads in a circle or out. */
const innerOf = async (found: Found, {folder, name, way}: Inner, entry: string): Promise<Inner | undefined> => {
	const at = join(folder, entry);
	const isLink = (await lstat(at)).isSymbolicLink();
	const real = isLink ? await followFolder(at, way) : join(way.at(-1) ?? '', entry);
	if (real !== undefined) return {folder: at, name: posix.join(name, entry), way: [...way, real]};
	found.links.push(posix.join(name, entry));
	return undefined;
};

const filesIn = async (found: Found, inner: Inner, depth = layoutDepth): Promise<void> => {
	const {folder, name} = inner;
	for (const entry of await readdir(folder)) {
		const [file, inside] = [join(folder, entry), posix.join(name, entry)];
		if (isSystemFolder(entry)) {
			found.passedOver.push(`${inside}/`);
			continue;
		}
		const status = await stat(file);
		if (status.isFile()) await ownFile(found, inside, file, status.size);
		else if (status.isDirectory() && depth > 0) {
			const next = await innerOf(found, inner, entry);
			if (next) await filesIn(found, next, depth - 1);
		}
	}
};

/** One archive that holds images. */
const archiveFiles = async (found: Found, file: string, size: number, signal: AbortSignal): Promise<void> => {
	if (!archiveName.test(file)) return;
	const one = fileAt(file, size, `images/${basename(file)}`);
	const {entries} = await openTar(one[1], signal);
	// Cut short or not, an archive begins with a member.
	if (entries.size === 0) throw layoutProblems.error('bundle-no-images', {path: file});
	if (entries.has('manifest.json') || isLayout([...entries.keys()])) found.files.push(one);
};

/** An archive by its name, or an OCI layout. */
const filesOfEntry = async (found: Found, outer: Inner, entry: string): Promise<void> => {
	const file = join(outer.folder, entry);
	const name = `images/${basename(file)}`;
	if (isSystemFolder(basename(file))) {
		found.passedOver.push(`${name}/`);
		return;
	}
	const status = await stat(file);
	if (status.isFile()) {
		if (archiveName.test(file)) await ownFile(found, name, file, status.size);
	} else if (status.isDirectory() && isLayout(await readdir(file))) {
		const inner = await innerOf(found, outer, entry);
		if (inner) await filesIn(found, inner);
	}
};

const folderFiles = async (found: Found, folder: string): Promise<void> => {
	const names = await readdir(folder);
	if (names.includes('images') || names.includes('bundle.json')) return;
	const way = [await realpath(folder)];
	if (isLayout(names)) await filesIn(found, {folder, name: `images/${basename(folder)}`, way});
	else for (const name of names) await filesOfEntry(found, {folder, name: 'images', way}, name);
	refuseLinks(folder, found.links);
};

/**
 * Archives that are no bundle as the `images/` of one: an OCI layout, a folder of archives and layouts, or one archive.
 * @returns `undefined` where there are none, or where it may be a bundle
 * @throws the error of the file system, or what makes an archive unreadable
 */
export const looseLayout = async (path: string, signal: AbortSignal): Promise<Layout | undefined> => {
	const status = await stat(path);
	const found: Found = {files: [], passedOver: [], links: []};
	// What is neither file nor folder is refused as such.
	if (!status.isFile() && !status.isDirectory()) await sizeOfRegular(path);
	if (status.isFile()) await archiveFiles(found, path, status.size, signal);
	else await folderFiles(found, path);
	const {files, passedOver} = found;
	return files.length === 0 ? undefined : {path, packed: false, files: new Map(files), passedOver};
};
