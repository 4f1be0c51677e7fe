import {realpath} from 'node:fs/promises';
import {basename, dirname, join, relative, sep} from 'node:path';
import {isErrno} from '../../base/errno.ts';

/** A path with its links followed, as far as it is there. */
const followed = async (path: string): Promise<string> =>
	realpath(path).catch(async (error: unknown) => {
		if (!isErrno(error, 'ENOENT') || dirname(path) === path) throw error;
		return join(await followed(dirname(path)), basename(path));
	});

/**
 * Whether a path, which need not be there yet, is a folder or lies below it, be it behind links.
 * @param folder that is there
 * @throws the error of the file system
 */
export const liesWithin = async (folder: string, path: string): Promise<boolean> => {
	const way = relative(await realpath(folder), await followed(path));
	return way !== '..' && !way.startsWith(`..${sep}`);
};
