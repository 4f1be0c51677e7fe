import {mkdir} from 'node:fs/promises';
import {dirname} from 'node:path';
import {isErrno} from './errno.ts';

/**
 * Makes a folder and those above it, one by one. Given a whole path at once, Node says ENOENT where the disk is read-only, and tries
 * without end below /proc, which says ENOENT of any new name.
 * @param mode of those that are made
 * @throws the error of the file system
 */
export const makeFolders = async (folder: string, mode = 0o777): Promise<void> => {
	try {
		await mkdir(folder, mode);
	} catch (error) {
		if (isErrno(error, 'EEXIST')) {
			// A link to a folder is a folder here; for a file, this says so.
			await mkdir(folder, {recursive: true});
			return;
		}
		if (!isErrno(error, 'ENOENT') || dirname(folder) === folder) throw error;
		await makeFolders(dirname(folder), mode);
		await mkdir(folder, mode).catch((again: unknown) => {
			if (!isErrno(again, 'EEXIST')) throw again;
		});
	}
};
