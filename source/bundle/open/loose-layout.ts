import {readdir, stat} from 'node:fs/promises';
import {basename, join, posix} from 'node:path';
import {archiveName, openTar} from '../../archive/open-tar.ts';
import type {Slice} from '../../archive/slice.ts';
import type {Layout} from '../layout/types.ts';

type Files = readonly (readonly [name: string, slice: Slice])[];

/** An OCI layout has its blobs in folders two deep. */
const layoutDepth = 3;

const fileAt = (file: string, size: number, name: string): Files[number] => [
	name,
	{file, offset: 0, size, label: name},
];

const filesIn = async (folder: string, name: string, depth = layoutDepth): Promise<Files> => {
	const found: Files[number][] = [];
	for (const entry of await readdir(folder)) {
		const [file, inside] = [join(folder, entry), posix.join(name, entry)];
		const status = await stat(file);
		if (status.isFile()) found.push(fileAt(file, status.size, inside));
		else if (status.isDirectory() && depth > 0) found.push(...(await filesIn(file, inside, depth - 1)));
	}
	return found;
};

/** One archive that holds images. */
const archiveFiles = async (file: string, size: number, signal: AbortSignal): Promise<Files> => {
	if (!archiveName.test(file)) return [];
	const found = fileAt(file, size, `images/${basename(file)}`);
	const {entries} = await openTar(found[1], signal);
	return entries.has('manifest.json') || entries.has('index.json') ? [found] : [];
};

/** An archive by its name, or an OCI layout. */
const filesOfEntry = async (file: string): Promise<Files> => {
	const status = await stat(file);
	const name = `images/${basename(file)}`;
	if (status.isFile()) return archiveName.test(file) ? [fileAt(file, status.size, name)] : [];
	if (!status.isDirectory() || !(await readdir(file)).includes('index.json')) return [];
	return filesIn(file, name);
};

const folderFiles = async (folder: string): Promise<Files> => {
	const names = await readdir(folder);
	if (names.includes('images') || names.includes('bundle.json')) return [];
	if (names.includes('index.json')) return filesIn(folder, `images/${basename(folder)}`);
	const found: Files[number][] = [];
	for (const name of names) found.push(...(await filesOfEntry(join(folder, name))));
	return found;
};

/**
 * Archives that are no bundle as the `images/` of one: an OCI layout, a folder of archives and layouts, or one archive.
 * @returns `undefined` where there are none, or where it may be a bundle
 * @throws the error of the file system, or what makes an archive unreadable
 */
export const looseLayout = async (path: string, signal: AbortSignal): Promise<Layout | undefined> => {
	const status = await stat(path);
	const files = status.isFile() ? await archiveFiles(path, status.size, signal) : await folderFiles(path);
	return files.length === 0 ? undefined : {path, packed: false, files: new Map(files)};
};
