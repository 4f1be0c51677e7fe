import {chunkBytes, openDisk} from './disk.ts';
import {fileProblem, truncated} from './problems.ts';
import {openSlice, type Slice} from './slice.ts';

/**
 * The chunks of a slice from `from` on, 1 MiB each but the last, in three buffers that take turns: a chunk stays as it is until the
 * second one after it is asked for. So a line can be kept busy with one while the next is hashed and a third is read, and gigabytes
 * leave no garbage behind. What comes out of a compressed file is read as by `openSlice`.
 * @throws ProblemError `bundle-archive-truncated`, `bundle-unreadable`
 */
export async function* ringSlice(slice: Slice, from: number): AsyncGenerator<Buffer> {
	if (slice.unpacked) {
		for await (const chunk of openSlice(slice, from)) yield chunk as Buffer;
		return;
	}
	const disk = await openDisk(slice);
	const length = Math.min(chunkBytes, slice.size - from);
	const buffers = Array.from({length: slice.size - from > chunkBytes ? 3 : 1}, () => Buffer.allocUnsafe(length));
	const fill = async (turn: number): Promise<Buffer> => {
		const start = from + turn * chunkBytes;
		const wanted = Math.min(chunkBytes, slice.size - start);
		const buffer = buffers[turn % buffers.length] ?? Buffer.alloc(0);
		// A read ends where a part of a split file ends; the turns only hold for chunks of full length.
		for (let have = 0; have < wanted; ) {
			const {length: more} = await disk.read(buffer.subarray(have), start + have, wanted - have);
			if (more === 0)
				throw truncated(disk.labelAt(start + have), `The file ends at byte ${start + have} of ${slice.size}.`);
			have += more;
		}
		return buffer.subarray(0, wanted);
	};
	const turns = Math.ceil((slice.size - from) / chunkBytes);
	const begin = (turn: number): Promise<Buffer> | undefined => {
		if (turn >= turns) return undefined;
		const running = fill(turn);
		// It may fail while the consumer is busy; it is looked at when its turn comes.
		running.catch(() => {});
		return running;
	};
	let ahead = begin(0);
	try {
		for (let turn = 0; ahead; turn++) {
			const chunk = await ahead;
			ahead = begin(turn + 1);
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
