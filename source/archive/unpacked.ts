import {decompress} from './compressed.ts';
import {readDisk} from './disk.ts';
import {stampOf} from './identity.ts';
import {archiveProblems} from './problems.ts';
import {filesOf, type Packed, rowOf, type Slice, type UnpackedSlice} from './range.ts';

/** Decompressed bytes, front to back. One reader at a time. */
export type UnpackedStream = {
	/** Byte that comes next, counted from the start of the decompressed bytes. */
	readonly position: () => number;
	/** Up to `most` bytes. @returns `undefined` at the end */
	readonly next: (most: number) => Promise<Buffer | undefined>;
	/** Drops what lies before `at`; ends early where the bytes do. */
	readonly skipTo: (at: number) => Promise<void>;
	/** Gives it back: the next reader who wants a byte further on goes on with it. */
	readonly release: () => Promise<void>;
};

type Live = {
	readonly key: string;
	readonly stamp: string;
	readonly chunks: AsyncGenerator<Buffer>;
	position: number;
	rest: Buffer | undefined;
	/** It ended or failed: nobody can go on with it. */
	spent: boolean;
};

/** Streams between two reads. Each holds an open file and a decoder, so there are few and they do not stay long. */
const idle: Live[] = [];
const maximumIdle = 4;
const idleMs = 5000;
let sweeper: NodeJS.Timeout | undefined;

const close = async (live: Live): Promise<void> => {
	await live.chunks.return(undefined).catch(() => {});
};

const sweep = (): void => {
	for (const live of idle.splice(0)) void close(live);
};

const release = async (live: Live): Promise<void> => {
	if (live.spent) return close(live);
	idle.push(live);
	clearTimeout(sweeper);
	sweeper = setTimeout(sweep, idleMs).unref();
	if (idle.length > maximumIdle) {
		const [oldest] = idle.splice(0, 1);
		if (oldest) await close(oldest);
	}
};

const unpack = ({from, algorithm, most}: Packed, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> =>
	decompress(chunks, {algorithm, label: from.label, size: from.size, most});

const open = (packed: Packed): AsyncGenerator<Buffer> => unpack(packed, readChunks(packed.from));

const next = async (live: Live, most: number): Promise<Buffer | undefined> => {
	if (!live.rest) {
		try {
			const result = await live.chunks.next();
			if (result.done) {
				live.spent = true;
				return undefined;
			}
			live.rest = result.value;
		} catch (error) {
			live.spent = true;
			throw error;
		}
	}
	const chunk = live.rest.subarray(0, most);
	live.rest = chunk.length < live.rest.length ? live.rest.subarray(chunk.length) : undefined;
	live.position += chunk.length;
	return chunk;
};

/**
 * A stream that stands at byte `at` of the decompressed bytes (or at their end, where that comes before). Members that
 * are read in their order cost one pass altogether; a step back costs decompressing from the start again.
 * @throws ProblemError `bundle-archive-truncated`, `bundle-archive-damaged`, `bundle-archive-oversized`,
 *   `bundle-unreadable`
 */
export const borrowStream = async (slice: UnpackedSlice, at: number, signal?: AbortSignal): Promise<UnpackedStream> => {
	const key = rowOf(slice);
	// A file may be replaced while a stream of it is idle.
	const stamp = await stampOf(filesOf(slice));
	const [best] = idle
		.filter((live) => live.key === key && live.stamp === stamp && live.position <= at)
		.sort((a, b) => b.position - a.position);
	if (best) idle.splice(idle.indexOf(best), 1);
	const live = best ?? {key, stamp, chunks: open(slice.unpacked), position: 0, rest: undefined, spent: false};
	const skipTo = async (to: number): Promise<void> => {
		while (live.position < to) {
			signal?.throwIfAborted();
			if (!(await next(live, to - live.position))) return;
		}
	};
	try {
		await skipTo(at);
	} catch (error) {
		await release(live);
		throw error;
	}
	return {
		position: () => live.position,
		next: (most) => next(live, most),
		skipTo,
		release: () => release(live),
	};
};

/**
 * Everything that comes out of a compressed slice, for a consumer that is done with each chunk before it asks for the
 * next; `onPacked` sees the compressed bytes on their way in, all of them.
 */
export async function* scanPacked(
	packed: Packed,
	onPacked: (chunk: Buffer) => void = () => {},
): AsyncGenerator<Buffer> {
	const seen = async function* () {
		for await (const chunk of readChunks(packed.from)) {
			onPacked(chunk);
			yield chunk;
		}
	};
	yield* unpack(packed, seen());
}

/** The chunks of a slice that has to be decompressed, for as long as there are any. */
async function* streamChunks(slice: UnpackedSlice, from: number, signal?: AbortSignal): AsyncGenerator<Buffer> {
	const stream = await borrowStream(slice, slice.offset + from, signal);
	try {
		for (let left = slice.size - from; left > 0; ) {
			const chunk = await stream.next(left);
			if (!chunk) return;
			left -= chunk.length;
			yield chunk;
		}
	} finally {
		await stream.release();
	}
}

const chunksOf = (slice: Slice, from: number, signal?: AbortSignal): AsyncGenerator<Buffer> => {
	const {unpacked} = slice;
	return unpacked ? streamChunks({...slice, unpacked}, from, signal) : readDisk(slice, from);
};

/**
 * The chunks of any slice from `from` (bytes into the slice) on, each a buffer of its own, at most 1 MiB.
 * @param signal ends a skip over what lies before
 * @throws ProblemError `bundle-archive-truncated` when the slice has fewer bytes than it says, or as `borrowStream`
 */
export async function* readChunks(slice: Slice, from = 0, signal?: AbortSignal): AsyncGenerator<Buffer> {
	const {head, size, label: file} = slice;
	let left = size - from;
	if (left <= 0) return;
	if (head && head.length === size) {
		yield Buffer.from(head.subarray(from));
		return;
	}
	for await (const chunk of chunksOf(slice, from, signal)) {
		left -= chunk.length;
		yield chunk;
	}
	if (left > 0 && Number.isFinite(left)) {
		throw archiveProblems.error('bundle-archive-truncated', {case: 'bytes', file, left, size}, {location: {file}});
	}
}
