import {constants, type Stats} from 'node:fs';
import {type FileHandle, open} from 'node:fs/promises';
import {archiveProblems, fileProblem} from './problems.ts';

const kindOf = (status: Stats): string => {
	if (status.isFIFO()) return 'a pipe';
	if (status.isSocket()) return 'a socket';
	return status.isDirectory() ? 'a folder' : 'a device';
};

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
		// Files of /proc say that they are empty.
		const buffer = Buffer.alloc(Math.min(most, Math.max(size, 4096)));
		let have = 0;
		while (have < buffer.length) {
			const {bytesRead} = await handle.read(buffer, have, buffer.length - have, have);
			if (bytesRead === 0) break;
			have += bytesRead;
		}
		return buffer.subarray(0, have);
	} catch (error) {
		throw fileProblem(label, error);
	} finally {
		await handle.close();
	}
};
