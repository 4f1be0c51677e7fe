import {constants} from 'node:fs';
import {type FileHandle, open} from 'node:fs/promises';
import {kindOf, readStart} from '../base/reading/regular.ts';
import {archiveProblems, fileProblem} from './problems.ts';

/**
 * Opens a file to be read. Opening a pipe would wait for its writer without end, and a device may never come to its end: both
 * are refused, also behind a link.
 * @param label its name in messages
 * @throws ProblemError `bundle-not-found`, `bundle-unreadable`
 */
export const openRegular = async (file: string, label = file): Promise<FileHandle> => {
	// `O_NONBLOCK` makes no difference to a regular file (open(2)).
	const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
		throw fileProblem(label, error);
	});
	try {
		const status = await handle.stat();
		if (status.isFile()) return handle;
		throw archiveProblems.error('bundle-unreadable', {case: 'no file', file: label, kind: kindOf(status)});
	} catch (error) {
		await handle.close();
		throw fileProblem(label, error);
	}
};

/** Size of a file in bytes. @throws as `openRegular` */
export const sizeOfRegular = async (file: string, label = file): Promise<number> => {
	const handle = await openRegular(file, label);
	try {
		return (await handle.stat()).size;
	} finally {
		await handle.close();
	}
};

/**
 * Reads a small file, never more than `most` bytes of it, even where it grows meanwhile.
 * @param options.label its name in messages
 * @param options.tooLarge what to throw of a larger one, given its size; absent, its start is enough
 * @throws as `openRegular`, or what `tooLarge` gives
 */
export const readRegular = async (
	file: string,
	most: number,
	{label = file, tooLarge}: {readonly label?: string | undefined; readonly tooLarge?: (bytes: number) => Error} = {},
): Promise<Buffer> => {
	const handle = await openRegular(file, label);
	try {
		const {size} = await handle.stat();
		if (size > most && tooLarge) throw tooLarge(size);
		return await readStart(handle, most);
	} catch (error) {
		throw fileProblem(label, error);
	} finally {
		await handle.close();
	}
};
