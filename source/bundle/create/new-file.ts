import {type FileHandle, lstat, open, unlink} from 'node:fs/promises';

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
