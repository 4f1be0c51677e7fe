import {constants} from 'node:fs';
import {type FileHandle, open} from 'node:fs/promises';
import {setTimeout as sleep} from 'node:timers/promises';
import {isErrno} from '../errno.ts';

/** How long a pipe may say nothing before it is given up, ms: who starts this program with one writes at once. */
const pipeMs = 10_000;
const pauseMs = 20;

/** The code of a pipe that nobody writes into; no operating system has it. */
export const silentPipe = 'ESILENTPIPE';

const chunk = 65_536;

/** What was read: `more` is true where the file goes on behind the bound; `size` is that of a regular file. */
export type Bounded = {readonly bytes: Buffer; readonly more: boolean; readonly size?: number; readonly mode: number};

/** Bytes of one read; none at the end, undefined while a pipe has none yet. */
const readSome = async (handle: FileHandle, size: number): Promise<Buffer | undefined> => {
	try {
		const {bytesRead, buffer} = await handle.read(Buffer.alloc(size), 0, size, null);
		return buffer.subarray(0, bytesRead);
	} catch (error) {
		if (isErrno(error, 'EAGAIN')) return undefined;
		throw error;
	}
};

const silent = (): Error => Object.assign(new Error('Nothing came from it in time.'), {code: silentPipe});

/** The bytes up to the bound. A pipe that nobody opened for writing yet looks as if it had ended. */
const readUpTo = async (handle: FileHandle, most: number, isPipe: boolean): Promise<Buffer> => {
	const pieces: Buffer[] = [];
	let length = 0;
	for (let waited = 0; length < most; ) {
		const piece = await readSome(handle, Math.min(chunk, most - length));
		const ended = piece?.length === 0 && (length > 0 || !isPipe);
		if (ended) break;
		if (piece && piece.length > 0) {
			pieces.push(piece);
			length += piece.length;
			continue;
		}
		if (waited >= pipeMs) throw silent();
		waited += pauseMs;
		await sleep(pauseMs);
	}
	return Buffer.concat(pieces);
};

/**
 * Reads a file that somebody else wrote: a regular file, a pipe or a device, never more than `most` bytes of it and never without end.
 * @throws the error of the file system; code `silentPipe` where a pipe stays silent
 */
export const readBounded = async (file: string, most: number): Promise<Bounded> => {
	// Without this flag the opening of a pipe waits for its writer, which cannot be ended.
	const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
	try {
		const status = await handle.stat();
		const bytes = await readUpTo(handle, most + 1, !status.isFile());
		return {
			bytes: bytes.subarray(0, most),
			more: bytes.length > most,
			mode: status.mode & 0o777,
			...(status.isFile() && {size: status.size}),
		};
	} finally {
		await handle.close();
	}
};
