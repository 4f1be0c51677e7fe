import type {Stats} from 'node:fs';
import type {FileHandle} from 'node:fs/promises';

/** What has the name of a file and is none, with its article: `a pipe`. */
export const kindOf = (status: Stats): string => {
	if (status.isSymbolicLink()) return 'a link';
	if (status.isFIFO()) return 'a pipe';
	if (status.isSocket()) return 'a socket';
	return status.isDirectory() ? 'a folder' : 'a device';
};

/**
 * The beginning of a regular file, at most `most` bytes, even where it grows meanwhile. Files of /proc say that they are empty, so the
 * size that a file tells is not believed.
 * @throws the error of the file system
 */
export const readStart = async (handle: FileHandle, most: number): Promise<Buffer> => {
	const pieces: Buffer[] = [];
	let have = 0;
	while (have < most) {
		const piece = Buffer.alloc(Math.min(65_536, most - have));
		const {bytesRead} = await handle.read(piece, 0, piece.length, have);
		if (bytesRead === 0) break;
		pieces.push(piece.subarray(0, bytesRead));
		have += bytesRead;
	}
	return Buffer.concat(pieces, have);
};
