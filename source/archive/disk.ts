import type {FileHandle} from 'node:fs/promises';
import {fileProblem} from './problems.ts';
import type {Slice} from './range.ts';
import {openRegular} from './regular-file.ts';

/** One read; smaller reads cost up to half of the hashing speed. */
export const chunkBytes = 1024 * 1024;

/** Bytes `start` to `end` (exclusive) of a file. */
type Piece = {readonly file: string; readonly start: number; readonly end: number; readonly label: string};

/** The files that hold the bytes from `from` (into the slice) on. A short slice in one file is one piece. */
const piecesOf = (slice: Slice, from: number): readonly Piece[] => {
	const {file, label} = slice;
	const [first, last] = [slice.offset + from, slice.offset + slice.size];
	if (!slice.parts) return [{file, start: first, end: last, label}];
	const pieces: Piece[] = [];
	let at = 0;
	for (const part of slice.parts) {
		const [start, end] = [Math.max(first - at, 0), Math.min(last - at, part.size)];
		if (start < end) pieces.push({file: part.file, start, end, label: part.label});
		at += part.size;
	}
	return pieces;
};

/** The bytes of a slice that lies on disk, each chunk a buffer of its own. It may end early: the caller counts. */
export async function* readDisk(slice: Slice, from: number): AsyncGenerator<Buffer> {
	for (const {file, start, end, label} of piecesOf(slice, from)) {
		let at = start;
		try {
			// The stream closes the file.
			const handle = await openRegular(file, label);
			for await (const chunk of handle.createReadStream({start, end: end - 1, highWaterMark: chunkBytes})) {
				at += (chunk as Buffer).length;
				yield chunk as Buffer;
			}
		} catch (error) {
			throw fileProblem(label, error);
		}
		if (at < end) return;
	}
}

/** A slice that lies on disk, opened for reads by offset, one after the other. */
export type Disk = {
	/** Fills the buffer from `at` (bytes into the slice) on. @returns what was read, at most `length`; empty at the end */
	readonly read: (buffer: Buffer, at: number, length: number) => Promise<Buffer>;
	/** The file that holds that byte, for messages. */
	readonly labelAt: (at: number) => string;
	readonly close: () => Promise<void>;
};

/** @throws ProblemError `bundle-not-found`, `bundle-unreadable` */
export const openDisk = async (slice: Slice): Promise<Disk> => {
	let current: {readonly file: string; readonly handle: FileHandle} | undefined;
	// One file at a time: a bundle may have more parts than a process may open.
	const handleOf = async ({file, label}: Pick<Piece, 'file' | 'label'>): Promise<FileHandle> => {
		if (current?.file === file) return current.handle;
		await current?.handle.close();
		current = undefined;
		const handle = await openRegular(file, label);
		current = {file, handle};
		return handle;
	};
	const [first] = piecesOf(slice, 0);
	if (first) await handleOf(first);
	return {
		read: async (buffer, at, length) => {
			const [piece] = length > 0 ? piecesOf(slice, at) : [];
			if (!piece) return buffer.subarray(0, 0);
			const handle = await handleOf(piece);
			const wanted = Math.min(length, piece.end - piece.start);
			const {bytesRead} = await handle.read(buffer, 0, wanted, piece.start).catch((error: unknown) => {
				throw fileProblem(piece.label, error);
			});
			return buffer.subarray(0, bytesRead);
		},
		labelAt: (at) => piecesOf(slice, at)[0]?.label ?? slice.label,
		close: async () => current?.handle.close(),
	};
};
