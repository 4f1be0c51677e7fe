import {scanChunks} from '../oci/descriptor.ts';
import {type Disk, openDisk} from './disk.ts';
import {fileEnds, fileProblem} from './problems.ts';
import type {Slice} from './range.ts';

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

/**
 * The chunks of a slice on disk from `from` on, 1 MiB each but the last, each read while the reader is busy with the one before.
 * @param held how many of the newest chunks are the reader's; the buffers that take turns are these, and one that is being filled
 * @throws ProblemError `bundle-archive-truncated`, `bundle-not-found`, `bundle-unreadable`
 */
export async function* ringDisk(slice: Slice, from: number, held: number): AsyncGenerator<Buffer> {
	const disk = await openDisk(slice);
	const turns = Math.ceil((slice.size - from) / chunkBytes);
	const length = Math.min(chunkBytes, slice.size - from);
	const buffers = Array.from({length: Math.min(held + 1, turns)}, () => Buffer.allocUnsafe(length));
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
