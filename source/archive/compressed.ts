import {once} from 'node:events';
import {createGunzip, createZstdDecompress} from 'node:zlib';
import {errnoOf} from '../base/errno.ts';
import {ProblemError} from '../base/problem.ts';
import {formatBytes} from '../base/units.ts';
import {archiveProblems} from './problems.ts';

/** gzip (RFC 1952) and zstd (RFC 8878). */
export type Compression = 'gzip' | 'zstd';

/** By the first six bytes. xz and bzip2 are recognised to be refused by name: Node has no decoder for them. */
export const compressionOf = (magic: Buffer): Compression | 'xz' | 'bzip2' | undefined => {
	const start = magic.toString('hex', 0, 6);
	if (start.startsWith('1f8b')) return 'gzip';
	// pzstd begins with a skippable frame (RFC 8878, 3.1.2), whose magic is 0x184D2A50 to 0x184D2A5F.
	if (start.startsWith('28b52ffd') || /^5[0-9a-f]2a4d18/u.test(start)) return 'zstd';
	if (start === 'fd377a585a00') return 'xz';
	return start.startsWith('425a68') ? 'bzip2' : undefined;
};

/** Decompressed bytes are taken in pieces of this size. */
const outputBytes = 512 * 1024;
/** What a file may always unpack to, and beyond that how often its own size. Images shrink to a half or a fifth. */
const freeBytes = 256 * 1024 * 1024;
const maximumRatio = 200;
/** pzstd writes two frames for each few MiB of input. */
const maximumFrames = 100_000;

type Input = {
	readonly algorithm: Compression;
	/** The compressed file, relative to the bundle, for messages. */
	readonly label: string;
	/** Its size in bytes. */
	readonly size: number;
	/** What it may unpack to at most, in bytes; for images where nothing is said. */
	readonly most?: number | undefined;
	/** Nothing may follow its end: container runtimes take no zeros behind a layer. */
	readonly exact?: boolean | undefined;
};

const mostOf = ({size, most}: Input): number => most ?? Math.max(freeBytes, size * maximumRatio);

const oversized = (input: Input): Error => {
	const {label: file, size, algorithm} = input;
	const sizes = {packed: formatBytes(size), most: formatBytes(mostOf(input))};
	return archiveProblems.error('bundle-archive-oversized', {file, algorithm, ...sizes}, {location: {file}});
};

const isOfDecoder = (code: string): boolean => /^(?:Z_|ZSTD_|ERR_ZLIB|ERR_ZSTD)/u.test(code);

/** zlib's own words are kept: they tell a flipped bit from a file that is something else. */
const failure = ({label: file, algorithm}: Input, error: unknown): unknown => {
	const code = errnoOf(error) ?? '';
	if (error instanceof ProblemError || !(error instanceof Error) || !isOfDecoder(code)) return error;
	const more = {location: {file}, error};
	if (code === 'Z_BUF_ERROR') {
		return archiveProblems.error('bundle-archive-truncated', {case: 'compressed', file, algorithm}, more);
	}
	if (code === 'ZSTD_error_frameParameter_windowTooLarge') {
		return archiveProblems.error('bundle-archive-damaged', {case: 'large window', file, algorithm}, more);
	}
	const words = error.message;
	return archiveProblems.error('bundle-archive-damaged', {case: 'not sound', file, algorithm, words}, more);
};

/** Chunks, of which the rest of one can be put back. */
type Source = {
	readonly next: () => Promise<Buffer | undefined>;
	readonly unread: (chunk: Buffer) => void;
	/** True where a byte is left. */
	readonly hasMore: () => Promise<boolean>;
	readonly close: () => Promise<unknown> | undefined;
};

const sourceOf = (chunks: AsyncIterable<Buffer>): Source => {
	const iterator = chunks[Symbol.asyncIterator]();
	let rest: Buffer | undefined;
	const next = async (): Promise<Buffer | undefined> => {
		const kept = rest;
		rest = undefined;
		if (kept && kept.length > 0) return kept;
		const result = await iterator.next();
		return result.done ? undefined : result.value;
	};
	return {
		next,
		unread: (chunk) => {
			rest = chunk;
		},
		hasMore: async () => {
			rest = await next();
			return rest !== undefined;
		},
		close: () => iterator.return?.(),
	};
};

const decoderOf = (algorithm: Compression) =>
	algorithm === 'gzip' ? createGunzip({chunkSize: outputBytes}) : createZstdDecompress({chunkSize: outputBytes});

/** Gives a decoder its input until it takes no more, one chunk at a time: what it leaves over lies in the last one. */
const feederOf = (decoder: ReturnType<typeof decoderOf>, source: Source) => {
	const closed = once(decoder, 'close').catch(() => {});
	const isDone = (): boolean => decoder.destroyed || decoder.readableEnded;
	let fed = 0;
	let last: Buffer = Buffer.alloc(0);
	const write = async (chunk: Buffer): Promise<void> => {
		fed += chunk.length;
		last = chunk;
		if (!decoder.write(chunk)) await Promise.race([once(decoder, 'drain').catch(() => {}), closed]);
	};
	return {
		feed: async (): Promise<void> => {
			for (let chunk = await source.next(); chunk; chunk = await source.next()) {
				if (isDone()) return source.unread(chunk);
				await write(chunk);
				if (isDone()) return;
			}
			decoder.end();
		},
		leftOver: (): Buffer => last.subarray(last.length - (fed - decoder.bytesWritten)),
	};
};

/** Decodes until the decoder says that its data is at an end, and puts back what it did not take. */
async function* decodeOnce(source: Source, {algorithm}: Input): AsyncGenerator<Buffer> {
	const decoder = decoderOf(algorithm);
	const {feed, leftOver} = feederOf(decoder, source);
	const feeding = feed().catch((error: unknown) => {
		decoder.destroy(error instanceof Error ? error : new Error(String(error)));
	});
	try {
		for await (const chunk of decoder) yield chunk as Buffer;
	} finally {
		decoder.destroy();
		await feeding;
	}
	const left = leftOver();
	if (left.length > 0) source.unread(left);
}

/** Tapes and raw devices fill up with zeros, and gzip takes that; its decoder stops at nothing else. */
const requireZeros = async (source: Source, {label: file, algorithm, exact}: Input): Promise<void> => {
	for (let rest = await source.next(); rest; rest = await source.next()) {
		if (!exact && rest.every((byte) => byte === 0)) continue;
		throw archiveProblems.error('bundle-archive-damaged', {case: 'bytes behind', file, algorithm}, {location: {file}});
	}
};

/** All that is packed in a file: one stream of gzip, whose decoder goes on to the next member by itself, or frames of zstd. */
async function* decodeAll(source: Source, input: Input): AsyncGenerator<Buffer> {
	yield* decodeOnce(source, input);
	if (input.algorithm === 'gzip') return requireZeros(source, input);
	for (let frame = 1; await source.hasMore(); frame++) {
		if (frame > maximumFrames) throw oversized(input);
		yield* decodeOnce(source, input);
	}
}

/**
 * The bytes that come out of a compressed file. Several gzip members or zstd frames in one file are read one after the
 * other. Memory stays bounded: one piece of input, one of output, and the decoder's window (at most 128 MiB, as
 * `zstd --ultra -22` wants it; 8 MiB for the usual levels).
 * @throws ProblemError `bundle-archive-truncated`, `bundle-archive-damaged`, `bundle-archive-oversized`
 */
export async function* decompress(chunks: AsyncIterable<Buffer>, input: Input): AsyncGenerator<Buffer> {
	const source = sourceOf(chunks);
	const most = mostOf(input);
	let total = 0;
	try {
		for await (const chunk of decodeAll(source, input)) {
			total += chunk.length;
			if (total > most) throw oversized(input);
			yield chunk;
		}
	} catch (error) {
		throw failure(input, error);
	} finally {
		await source.close();
	}
}
