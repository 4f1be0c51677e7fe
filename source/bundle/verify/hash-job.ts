import {createHash, type Hash} from 'node:crypto';
import {closeSync, openSync, readSync} from 'node:fs';
import {fileProblem, truncated} from '../../archive/problems.ts';
import {chunkBytes, readSlice, type Slice, scanSlice} from '../../archive/slice.ts';

/** Bytes that must have a digest (`sha256:` and hex). `from` counts from the start of the job's slice. */
export type Range = {
	readonly from: number;
	readonly size: number;
	readonly digest: string;
	/** The file that is to be blamed, as the operator knows it. */
	readonly file: string;
	/** What these bytes are within it: `Its SHA-256`, `The digest of a part of an image in it`. */
	readonly what: string;
};

/**
 * One pass over a slice, front to back, in which all its ranges are hashed. Of what comes out of a compressed file,
 * `packed` is that file itself, from its first byte to its last.
 */
export type HashJob = {readonly slice: Slice; readonly ranges: readonly Range[]; readonly packed?: Range};

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

/** The chunks of a file, for a thread that may wait for the disk: no read is handed to another thread and back. */
function* scanWaiting(slice: Slice): Generator<Buffer> {
	let file: number | undefined;
	try {
		file = openSync(slice.file, 'r');
		const buffer = Buffer.allocUnsafe(Math.min(waitingBytes, slice.size));
		for (let at = 0; at < slice.size; ) {
			const length = readSync(file, buffer, 0, Math.min(buffer.length, slice.size - at), slice.offset + at);
			if (length === 0) throw truncated(slice.label, `The file ends at byte ${at} of ${slice.size}.`);
			at += length;
			yield buffer.subarray(0, length);
		}
	} catch (error) {
		throw fileProblem(slice.label, error);
	} finally {
		if (file !== undefined) closeSync(file);
	}
}

async function* pieces(slice: Slice, mayWait: boolean, onPacked: (chunk: Buffer) => void): AsyncGenerator<Buffer> {
	if (mayWait && !slice.unpacked && !slice.parts) yield* scanWaiting(slice);
	else if (slice.unpacked || slice.size > chunkBytes) yield* scanSlice(slice, onPacked);
	else if (slice.size > 0) yield await readSlice(slice);
}

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
	const waiting = [...ranges].sort((a, b) => a.from - b.from);
	const wrong: Mismatch[] = [];
	const finish = (range: Range, hash: Hash): void => {
		const actual = `sha256:${hash.digest('hex')}`;
		if (actual !== range.digest) wrong.push({range, actual});
	};
	const whole = packed && createHash('sha256');
	const onPacked = (chunk: Buffer): void => {
		whole?.update(chunk);
		options.onBytes(chunk.length);
	};
	let next = 0;
	let open: ReadonlyArray<{readonly range: Range; readonly hash: Hash}> = [];
	let at = 0;
	for await (const chunk of pieces(slice, options.mayWait ?? false, onPacked)) {
		options.signal?.throwIfAborted();
		const end = at + chunk.length;
		const started = [...open];
		for (let range = waiting[next]; range && range.from < end; range = waiting[++next]) {
			started.push({range, hash: createHash('sha256')});
		}
		open = started.filter(({range, hash}) => {
			const last = range.from + range.size;
			hash.update(chunk.subarray(Math.max(0, range.from - at), Math.max(0, last - at)));
			if (last > end) return true;
			finish(range, hash);
			return false;
		});
		at = end;
		if (!slice.unpacked) options.onBytes(chunk.length);
	}
	// What is open was cut short; empty ranges at the very end were never begun.
	for (const {range, hash} of open) finish(range, hash);
	for (const range of waiting.slice(next)) finish(range, createHash('sha256'));
	if (packed && whole) finish(packed, whole);
	return wrong;
};
