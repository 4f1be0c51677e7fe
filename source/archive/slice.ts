import {Readable} from 'node:stream';
import {scanChunks} from '../oci/descriptor.ts';
import {chunkBytes, openDisk} from './disk.ts';
import {archiveProblems, fileEnds} from './problems.ts';
import type {Slice, UnpackedSlice} from './range.ts';
import {ringDisk} from './ring.ts';
import {borrowStream, readChunks, scanPacked, type UnpackedStream} from './unpacked.ts';

export {chunkBytes} from './disk.ts';
export type {Slice} from './range.ts';

/**
 * Streams a slice from `from` (bytes into the slice) to its end, at most 1 MiB at a time. Within a compressed file all
 * that lies before is decompressed and dropped, unless a stream that stands before it is left over from an earlier read.
 * The stream fails with ProblemError `bundle-unreadable` or `bundle-archive-truncated` when the file has changed.
 */
export const openSlice = (slice: Slice, from = 0): Readable => {
	const gone = new AbortController();
	const stream = Readable.from(readChunks(slice, from, gone.signal), {objectMode: false, highWaterMark: chunkBytes});
	// Who loses interest must not wait for a skip over gigabytes.
	return stream.once('close', () => gone.abort());
};

/**
 * The chunks of a slice for a consumer that is done with each before it asks for the next: two buffers take turns, so
 * that the disk reads while the processor hashes.
 * @param onPacked of all that comes out of a compressed file: also sees the compressed bytes, each once and in order, to
 *   the end of the file
 * @throws ProblemError `bundle-archive-truncated`, `bundle-archive-damaged`, `bundle-unreadable`
 */
export async function* scanSlice(slice: Slice, onPacked?: (chunk: Buffer) => void): AsyncGenerator<Buffer> {
	if (slice.unpacked) {
		if (slice.size === Number.POSITIVE_INFINITY) yield* scanPacked(slice.unpacked, onPacked);
		else yield* readChunks({...slice, head: new Uint8Array()}, 0);
		return;
	}
	yield* ringDisk(slice, 0, 1);
}

/**
 * The chunks of a slice from `from` on, 1 MiB each but the last, in memory that is used again: see `scanChunks`. So a line can be kept
 * busy with one while the next is hashed and a third is read, and gigabytes leave no garbage behind. What comes out of a compressed
 * file is read as by `openSlice`, each chunk in memory of its own.
 * @throws ProblemError `bundle-archive-truncated`, `bundle-unreadable`
 */
export async function* ringSlice(slice: Slice, from: number): AsyncGenerator<Buffer> {
	if (!slice.unpacked) {
		yield* ringDisk(slice, from, scanChunks.held);
		return;
	}
	for await (const chunk of openSlice(slice, from)) yield chunk as Buffer;
}

/** Reads `length` bytes at `from` (bytes into the slice); fewer only at the end of a slice of unknown size. */
export type ReadAt = (from: number, length: number) => Promise<Buffer>;

/** A slice that is open for many small reads. */
type Reader = {readonly read: ReadAt; readonly close: () => Promise<void>};

const diskReader = async (slice: Slice): Promise<Reader> => {
	const disk = await openDisk(slice);
	const read: ReadAt = async (from, length) => {
		const buffer = Buffer.allocUnsafe(length);
		for (let have = 0; have < length; ) {
			const chunk = await disk.read(buffer.subarray(have), from + have, length - have);
			if (chunk.length === 0) throw fileEnds(disk.labelAt(from + have), from + have, slice.size);
			have += chunk.length;
		}
		return buffer;
	};
	return {read, close: disk.close};
};

/** The next bytes of a stream; fewer only where it may end anywhere, as nobody knows how long it is. */
const takeFrom = async (stream: UnpackedStream, length: number, {size, label: file}: Slice): Promise<Buffer> => {
	const pieces: Buffer[] = [];
	let have = 0;
	while (have < length) {
		const chunk = await stream.next(length - have);
		if (!chunk && size === Number.POSITIVE_INFINITY) break;
		if (!chunk) {
			const at = stream.position();
			throw archiveProblems.error('bundle-archive-truncated', {case: 'unpacked', file, at}, {location: {file}});
		}
		pieces.push(chunk);
		have += chunk.length;
	}
	return pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces);
};

/** Reads forward in decompressed bytes with one stream; a step back begins anew. */
const unpackedReader = (slice: UnpackedSlice, signal?: AbortSignal): Reader => {
	let stream: UnpackedStream | undefined;
	const streamAt = async (at: number): Promise<UnpackedStream> => {
		if (stream && stream.position() > at) {
			await stream.release();
			stream = undefined;
		}
		stream ??= await borrowStream(slice, at, signal);
		await stream.skipTo(at);
		return stream;
	};
	const read: ReadAt = async (from, length) => {
		const {head} = slice;
		if (head && from + length <= head.length) return Buffer.from(head.subarray(from, from + length));
		return takeFrom(await streamAt(slice.offset + from), length, slice);
	};
	return {read, close: async () => stream?.release()};
};

/**
 * Opens the file once for many small reads, which in a compressed one should go forward.
 * @throws ProblemError `bundle-archive-truncated` when bytes of the slice are missing, `bundle-unreadable`
 */
export const withReader = async <T>(
	slice: Slice,
	use: (read: ReadAt) => Promise<T>,
	signal?: AbortSignal,
): Promise<T> => {
	const {unpacked} = slice;
	const {read, close} = unpacked ? unpackedReader({...slice, unpacked}, signal) : await diskReader(slice);
	try {
		return await use(read);
	} finally {
		await close();
	}
};

/** Reads a small slice whole. The caller has checked `slice.size` against a limit. */
export const readSlice = (slice: Slice): Promise<Buffer> => withReader(slice, (read) => read(0, slice.size));
