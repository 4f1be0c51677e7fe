import {readFile} from 'node:fs/promises';
import path from 'node:path';
import sea from 'node:sea';
import {fileURLToPath} from 'node:url';
import {writeWhole} from '../files.ts';
import {makeFolders} from '../folders.ts';

/** The file of this program as one executable; undefined where Node runs it from files. */
export const executableFile = (): string | undefined => (sea.isSea() ? process.execPath : undefined);

/** A file that the executable carries, as it is in memory: to be read only. Undefined where it carries none of that name. */
export const carriedBytes = (name: string): Uint8Array | undefined => {
	if (!sea.isSea() || !sea.getAssetKeys().includes(name)) return undefined;
	return new Uint8Array(sea.getRawAsset(name));
};

/**
 * The text of a small file that belongs to this program.
 * @param name of the file, inside the executable and in `dist`
 * @param from the URL of the module that asks (`import.meta.url`): as source the file lies beside it
 * @throws the error of the file system
 */
export const ownText = async (name: string, from: string): Promise<string> =>
	sea.isSea() ? sea.getAsset(name, 'utf8') : readFile(fileURLToPath(new URL(name, from)), 'utf8');

/**
 * A folder of files that belong to this program. The executable writes those that it carries below that name into `to`.
 * @param from the URL of the module that asks: as source, and in `dist`, the folder lies beside it
 * @returns where it is
 * @throws the error of the file system
 */
export const ownFolder = async (name: string, from: string, to: string): Promise<string> => {
	if (!sea.isSea()) return fileURLToPath(new URL(`${name}/`, from));
	for (const key of sea.getAssetKeys().filter((one) => one.startsWith(`${name}/`))) {
		const file = path.join(to, key.slice(name.length + 1));
		await makeFolders(path.dirname(file), 0o700);
		await writeWhole(file, sea.getAsset(key, 'utf8'), {sync: false});
	}
	return to;
};
