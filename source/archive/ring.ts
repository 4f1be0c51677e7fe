import {scanChunks} from '../oci/descriptor.ts';
import {type Disk, openDisk} from './disk.ts';
import {fileEnds, fileProblem} from './problems.ts';
import {openSlice, type Slice} from './slice.ts';

/** Buffers that take turns: those of the reader, and one that is being filled. */
const mostBuffers = scanChunks.held + 1;

const chunkBytes = scanChunks.bytes;

/** Fills a buffer from `start` on. A read ends where a part of a split file ends; the turns only hold for chunks of full length. */
const fill = async (disk: Disk, slice: Slice, buffer: Buffer, start: number): Promise<Buffer> => {
	for (let have = 0; have < buffer.length; ) {
		const at = start + have;
		const {length} = await disk.read(buffer.subarray(have), at, buffer.length - have);
		if (length === 0) throw fileEnds(disk.labelAt(at), at, slice.size);
		have += length;
	}
	return buffer;
};

/** The chunks of a slice on disk, each read while the reader is busy with the one before. */
async function* ringDisk(slice: Slice, from: number): AsyncGenerator<Buffer> {
	const disk = await openDisk(slice);
	const turns = Math.ceil((slice.size - from) / chunkBytes);
	const length = Math.min(chunkBytes, slice.size - from);
	const buffers = Array.from({length: Math.min(mostBuffers, turns)}, () => Buffer.allocUnsafe(length));
	const begin = (turn: number): Promise<Buffer> | undefined => {
		const buffer = turn < turns ? buffers[turn % buffers.length] : undefined;
		if (!buffer) return undefined;
		const start = from + turn * chunkBytes;
		const running = fill(disk, slice, buffer.subarray(0, slice.size - start), start);
		// It may fail while the reader is busy; it is looked at when its turn comes.
		running.catch(() => {});
		return running;
	};
	let ahead = begin(0);
	try {
		for (let turn = 1; ahead; turn++) {
			const chunk = await ahead;
			ahead = begin(turn);
			yield chunk;
		}
	} catch (error) {
		throw fileProblem(slice.label, error);
	} finally {
		// The read that is still under way must not meet a closed file.
		await Promise.allSettled([ahead]);
		await disk.close();
	}
}

/**
 * The chunks of a slice from `from` on, 1 MiB each but the last, in memory that is used again: see `scanChunks`. So a line can be kept
 * busy with one while the next is hashed and a third is read, and gigabytes leave no garbage behind. What comes out of a compressed
 * file is read as by `openSlice`, each chunk in memory of its own.
 * @throws ProblemError `bundle-archive-truncated`, `bundle-unreadable`
 */
export async function* ringSlice(slice: Slice, from: number): AsyncGenerator<Buffer> {
	if (!slice.unpacked) {
		yield* ringDisk(slice, from);
		return;
	}
	for await (const chunk of openSlice(slice, from)) yield chunk as Buffer;
}
