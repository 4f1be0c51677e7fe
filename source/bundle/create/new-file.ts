import {type FileHandle, lstat, mkdir, open, unlink} from 'node:fs/promises';
import {dirname} from 'node:path';

/** True for an error of the file system with that code. */
export const hasCode = (error: unknown, code: string): boolean =>
	error instanceof Error && 'code' in error && error.code === code;

/** The size of a file in bytes; `undefined` where there is none, or a link or another thing has its name. */
export const sizeOfFile = async (file: string): Promise<number | undefined> => {
	const status = await lstat(file).catch(() => undefined);
	return status?.isFile() ? status.size : undefined;
};

/** Takes a file or a link away, not what it leads to. @throws the error of the file system, but not that it is not there */
export const takeAway = async (file: string): Promise<void> => {
	await unlink(file).catch((error: unknown) => {
		if (!hasCode(error, 'ENOENT')) throw error;
	});
};

/**
 * Opens a file of ours for writing, in the place of what a killed run left under its name. A link that somebody put there
 * is not followed: it would lead the bytes into a file that is not ours.
 * @throws the error of the file system
 */
export const openNew = async (file: string, mode = 0o644): Promise<FileHandle> => {
	await takeAway(file);
	return open(file, 'wx', mode);
};

/**
 * Makes a folder and those above it, one by one: of a whole path at once, Node says ENOENT where the disk is read-only.
 * @throws the error of the file system
 */
export const makeFolders = async (folder: string): Promise<void> => {
	try {
		await mkdir(folder);
	} catch (error) {
		if (hasCode(error, 'EEXIST')) {
			// A link to a folder is a folder here; for a file, this says so.
			await mkdir(folder, {recursive: true});
			return;
		}
		if (!hasCode(error, 'ENOENT') || dirname(folder) === folder) throw error;
		await makeFolders(dirname(folder));
		await mkdir(folder).catch((again: unknown) => {
			if (!hasCode(again, 'EEXIST')) throw again;
		});
	}
};
