import {createReadStream} from 'node:fs';
import {open} from 'node:fs/promises';
import {Readable} from 'node:stream';
import {fileProblem, truncated} from './problems.ts';

/** One read; smaller reads cost up to half of the hashing speed. */
export const chunkBytes = 1024 * 1024;

/** A range of bytes of a file on disk: a whole file, a tar member, or a member of a tar within a tar. */
export type Slice = {
	/** Absolute path of the file on disk. */
	readonly file: string;
	/** First byte, counted from the start of that file. */
	readonly offset: number;
	/** Number of bytes. */
	readonly size: number;
	/** Path relative to the bundle, for messages. */
	readonly label: string;
};

async function* chunks(slice: Slice, from: number): AsyncGenerator<Buffer> {
	if (from >= slice.size) return;
	const start = slice.offset + from;
	const end = slice.offset + slice.size - 1;
	let left = slice.size - from;
	try {
		for await (const chunk of createReadStream(slice.file, {start, end, highWaterMark: chunkBytes})) {
			left -= (chunk as Buffer).length;
			yield chunk as Buffer;
		}
	} catch (error) {
		throw fileProblem(slice.label, error);
	}
	if (left > 0) throw truncated(slice.label, `${left} of ${slice.size} bytes are missing at its end.`);
}

/**
 * Streams a slice from `from` (bytes into the slice) to its end, 1 MiB at a time.
 * The stream fails with ProblemError `bundle-unreadable` or `bundle-archive-truncated` when the file has changed.
 */
export const openSlice = (slice: Slice, from = 0): Readable =>
	Readable.from(chunks(slice, from), {objectMode: false, highWaterMark: chunkBytes});

/**
 * The chunks of a slice for a consumer that is done with each before it asks for the next: two buffers take turns, so
 * that the disk reads while the processor hashes.
 * @throws ProblemError `bundle-archive-truncated`, `bundle-unreadable`
 */
export async function* scanSlice(slice: Slice): AsyncGenerator<Buffer> {
	const handle = await open(slice.file, 'r').catch((error: unknown) => {
		throw fileProblem(slice.label, error);
	});
	const buffers = [Buffer.allocUnsafe(chunkBytes), Buffer.allocUnsafe(chunkBytes)] as const;
	const read = (turn: number, at: number) => {
		const length = Math.min(chunkBytes, slice.size - at);
		const running = handle.read(buffers[turn % 2 === 0 ? 0 : 1], 0, length, slice.offset + at);
		// It may fail while the consumer is busy; it is looked at when its turn comes.
		running.catch(() => {});
		return running;
	};
	let ahead = read(0, 0);
	try {
		for (let at = 0, turn = 0; at < slice.size; turn++) {
			const {bytesRead, buffer} = await ahead;
			if (bytesRead === 0) throw truncated(slice.label, `The file ends at byte ${at} of ${slice.size}.`);
			at += bytesRead;
			ahead = read(turn + 1, at);
			yield buffer.subarray(0, bytesRead);
		}
	} catch (error) {
		throw fileProblem(slice.label, error);
	} finally {
		// The read that is still under way must not meet a closed file.
		await Promise.allSettled([ahead]);
		await handle.close();
	}
}

/** Reads `length` bytes at `from` (bytes into the slice). */
export type ReadAt = (from: number, length: number) => Promise<Buffer>;

/**
 * Opens the file once for many small reads.
 * @throws ProblemError `bundle-archive-truncated` when bytes of the slice are missing, `bundle-unreadable`
 */
export const withReader = async <T>(slice: Slice, use: (read: ReadAt) => Promise<T>): Promise<T> => {
	const handle = await open(slice.file, 'r').catch((error: unknown) => {
		throw fileProblem(slice.label, error);
	});
	try {
		return await use(async (from, length) => {
			const buffer = Buffer.allocUnsafe(length);
			let have = 0;
			while (have < length) {
				const {bytesRead} = await handle
					.read(buffer, have, length - have, slice.offset + from + have)
					.catch((error: unknown) => {
						throw fileProblem(slice.label, error);
					});
				if (bytesRead === 0) throw truncated(slice.label, `The file ends at byte ${from + have}.`);
				have += bytesRead;
			}
			return buffer;
		});
	} finally {
		await handle.close();
	}
};

/** Reads a small slice whole. The caller has checked `slice.size` against a limit. */
export const readSlice = (slice: Slice): Promise<Buffer> => withReader(slice, (read) => read(0, slice.size));
