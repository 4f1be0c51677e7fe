import {closeSync, openSync, readSync} from 'node:fs';
import {fileEnds, fileProblem} from '../../archive/problems.ts';
import {chunkBytes, readSlice, type Slice, scanSlice} from '../../archive/slice.ts';
import {hashLike, type RunningHash} from '../../oci/digest.ts';

/** Bytes that must have a digest (`sha256:` and hex; of files also by other algorithms, see `hashLike`). `from` counts from the start of the job's slice. */
export type Range = {
	readonly from: number;
	readonly size: number;
	readonly digest: string;
	/** The file that is to be blamed, as the operator knows it. */
	readonly file: string;
	/** What these bytes are: all of that file, a part of an image in it, or what a layer in it unpacks to. */
	readonly what: 'file' | 'image part' | 'layer contents';
};

/**
 * One pass over a slice, front to back, in which all its ranges are hashed. Of what comes out of a compressed file,
 * `packed` is that file itself, from its first byte to its last.
 */
export type HashJob = {
	readonly slice: Slice;
	readonly ranges: readonly Range[];
	readonly packed?: Range | undefined;
};

/** A range that has other bytes than it should. `range` is the very object of the job: it is told apart by identity. */
export type Mismatch = {readonly range: Range; readonly actual: string};

/** Every range of a job, in an order that a copy of the job in another thread shares. */
export const rangesOf = ({ranges, packed}: HashJob): readonly Range[] => (packed ? [packed, ...ranges] : ranges);

/** How many bytes of disk a job reads; 0 for what nobody can tell, an archive that was compressed twice. */
export const bytesOf = ({slice}: HashJob): number => {
	const size = slice.unpacked?.from.size ?? slice.size;
	return Number.isFinite(size) ? size : 0;
};

/** What is read stays in the processor's cache until it is hashed. */
const waitingBytes = 512 * 1024;

/** The chunks of an open file, for a thread that may wait for the disk: no read is handed to another thread and back. */
function* readWaiting(descriptor: number, {label, offset, size}: Slice): Generator<Buffer> {
	const buffer = Buffer.allocUnsafe(Math.min(waitingBytes, size));
	for (let at = 0; at < size; ) {
		const length = readSync(descriptor, buffer, 0, Math.min(buffer.length, size - at), offset + at);
		if (length === 0) throw fileEnds(label, at, size);
		at += length;
		yield buffer.subarray(0, length);
	}
}

function* scanWaiting(slice: Slice): Generator<Buffer> {
	let descriptor: number | undefined;
	try {
		descriptor = openSync(slice.file, 'r');
		yield* readWaiting(descriptor, slice);
	} catch (error) {
		throw fileProblem(slice.label, error);
	} finally {
		if (descriptor !== undefined) closeSync(descriptor);
	}
}

async function* chunksOf(slice: Slice, mayWait: boolean, onPacked: (chunk: Buffer) => void): AsyncGenerator<Buffer> {
	if (mayWait && !slice.unpacked && !slice.parts) yield* scanWaiting(slice);
	else if (slice.unpacked || slice.size > chunkBytes) yield* scanSlice(slice, onPacked);
	else if (slice.size > 0) yield await readSlice(slice);
}

/** A range of which a part has passed. */
type Begun = {readonly range: Range; readonly hash: RunningHash};

/** Hashes ranges of bytes that pass front to back. */
const rangeHasher = (ranges: readonly Range[]) => {
	const waiting = [...ranges].sort((a, b) => a.from - b.from);
	const wrong: Mismatch[] = [];
	let next = 0;
	let begun: readonly Begun[] = [];
	let at = 0;
	const finish = ({range, hash}: Begun): void => {
		const actual = hash.end();
		if (actual !== range.digest) wrong.push({range, actual});
	};
	const begin = (range: Range): Begun => ({range, hash: hashLike(range.digest)});
	const beginBefore = (end: number): readonly Begun[] => {
		const from = next;
		while ((waiting[next]?.from ?? end) < end) next++;
		return waiting.slice(from, next).map(begin);
	};
	/** @returns true where more of the range is to come */
	const feed = (one: Begun, chunk: Buffer): boolean => {
		const {from, size} = one.range;
		const end = from + size;
		one.hash.update(chunk.subarray(Math.max(0, from - at), Math.max(0, end - at)));
		if (end > at + chunk.length) return true;
		finish(one);
		return false;
	};
	return {
		update: (chunk: Buffer): void => {
			begun = [...begun, ...beginBefore(at + chunk.length)].filter((one) => feed(one, chunk));
			at += chunk.length;
		},
		/** @returns the ranges that are not what they should be */
		end: (): readonly Mismatch[] => {
			// What is begun was cut short; empty ranges at the very end were never begun.
			[...begun, ...waiting.slice(next).map(begin)].forEach(finish);
			return wrong;
		},
	};
};

/**
 * Reads a slice once and feeds each byte to every hash that covers it.
 * @param options.onBytes is told how many bytes of disk were read since it was called last
 * @returns the ranges that are not what they should be
 * @throws ProblemError `bundle-archive-truncated`, `bundle-archive-damaged`, `bundle-unreadable`; the signal's reason
 */
export const runHashJob = async (
	{slice, ranges, packed}: HashJob,
	options: {
		readonly signal?: AbortSignal;
		readonly onBytes: (bytes: number) => void;
		/** This thread has nothing else to do, so it may stand still until the disk answers. */
		readonly mayWait?: boolean;
	},
): Promise<readonly Mismatch[]> => {
	const {signal, onBytes, mayWait = false} = options;
	const hasher = rangeHasher(ranges);
	// It passes front to back like the rest, but before it is unpacked.
	const packedHasher = packed && rangeHasher([packed]);
	const onPacked = (chunk: Buffer): void => {
		packedHasher?.update(chunk);
		onBytes(chunk.length);
	};
	for await (const chunk of chunksOf(slice, mayWait, onPacked)) {
		signal?.throwIfAborted();
		hasher.update(chunk);
		if (!slice.unpacked) onBytes(chunk.length);
	}
	return [...hasher.end(), ...(packedHasher?.end() ?? [])];
};
