import {type FileHandle, open, rename, rm} from 'node:fs/promises';
import {openNew} from '../../base/files.ts';

/** What a file is called while it is being written; a killed run leaves it so, and the next one takes it away. */
export const unfinished = (file: string): string => `${file}.new`;

/** Why a file could not be written, in the operator's words; undefined where it was no error of the file system. */
export const writeCause = (error: unknown): string | undefined => {
	const code = error instanceof Error && 'code' in error ? String(error.code) : '';
	const causes: Readonly<Record<string, string>> = {
		ENOSPC: 'The disk is full.',
		EDQUOT: 'The quota of this user is used up.',
		EROFS: 'The disk is read-only.',
		EACCES: 'This user may not write there.',
		EPERM: 'This user may not write there.',
		ENOENT: 'Its folder does not exist.',
		ENOTDIR: 'A part of the path is a file, not a folder.',
		EISDIR: 'A folder lies in its place.',
		EIO: 'The disk reported an error.',
	};
	return causes[code] ?? (/^E[A-Z0-9]+$/u.test(code) ? `The operating system says ${code}.` : undefined);
};

const fill = async (handle: FileHandle, text: string): Promise<void> => {
	try {
		await handle.writeFile(text);
		await handle.sync();
	} finally {
		await handle.close();
	}
};

/**
 * Writes a file whole or not at all, with its bytes on the disk.
 * @param options.replace whether a file of that name may be there; a link is replaced, not followed
 * @throws the error of the file system: `EEXIST` where something is there and must not be replaced
 */
export const writeFileWhole = async (
	file: string,
	text: string,
	{mode, replace}: {readonly mode: number; readonly replace: boolean},
): Promise<void> => {
	const temporary = unfinished(file);
	const handle = await openNew(temporary, mode);
	let claimed = false;
	try {
		await fill(handle, text);
		if (!replace) {
			// FAT has no hard links, so the name is taken first and what is written moved onto it.
			await (await open(file, 'wx', mode)).close();
			claimed = true;
		}
		await rename(temporary, file);
	} catch (error) {
		await rm(temporary, {force: true});
		if (claimed) await rm(file, {force: true});
		throw error;
	}
};
