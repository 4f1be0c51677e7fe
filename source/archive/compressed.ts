import {once} from 'node:events';
import {createGunzip, createZstdDecompress} from 'node:zlib';
import {ProblemError} from '../base/problem.ts';
import {bundleProblem, damaged, truncated} from './problems.ts';

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

const sizeText = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(bytes < 10 * 1024 * 1024 ? 1 : 0)} MiB`;

type Input = {
	readonly algorithm: Compression;
	/** The compressed file, relative to the bundle, for messages. */
	readonly label: string;
	/** Its size in bytes. */
	readonly size: number;
	/** Nothing may follow its end: container runtimes take no zeros behind a layer. */
	readonly exact?: boolean;
};

const oversized = ({label, size, algorithm}: Input): Error =>
	bundleProblem({
		code: 'bundle-archive-oversized',
		message: `${label} unpacks to far more than an image archive can.`,
		cause: `Its ${sizeText(size)} become more than ${sizeText(Math.max(freeBytes, size * maximumRatio))}: it was made to exhaust who reads it, or holds something else.`,
		fix: `Do not use this file. Make it anew on the connected side, or unpack it there (${algorithm} -d) and carry in what comes out.`,
		location: {file: label},
	});

/** zlib's own words are kept: they tell a flipped bit from a file that is something else. */
const failure = ({label, algorithm}: Input, error: unknown): unknown => {
	if (error instanceof ProblemError || !(error instanceof Error) || !('code' in error)) return error;
	if (error.code === 'Z_BUF_ERROR') return truncated(label, `The ${algorithm} data in it ends too early.`);
	if (!/^(?:Z_|ZSTD_|ERR_ZLIB|ERR_ZSTD)/u.test(String(error.code))) return error;
	const cause =
		error.code === 'ZSTD_error_frameParameter_windowTooLarge'
			? 'It was compressed with a window over 128 MiB (zstd --long=28 or more), which reading would need in memory.'
			: `Decompressing it fails: ${error.message}. Bytes were changed, lost or added on the way.`;
	return damaged('bundle-archive-damaged', label, `${label} is not sound ${algorithm} data.`, cause, {cause: error});
};

/** Chunks with the possibility to put the rest of one back. */
const pushback = (chunks: AsyncIterable<Buffer>) => {
	const iterator = chunks[Symbol.asyncIterator]();
	let rest: Buffer | undefined;
	return {
		next: async (): Promise<Buffer | undefined> => {
			const kept = rest;
			rest = undefined;
			if (kept && kept.length > 0) return kept;
			const result = await iterator.next();
			return result.done ? undefined : result.value;
		},
		unread: (chunk: Buffer) => {
			rest = chunk;
		},
		close: () => iterator.return?.(),
	};
};

/** Decodes until the decoder says that its data is at an end, and puts back what it did not take. */
async function* decodeOnce(source: ReturnType<typeof pushback>, {algorithm}: Input): AsyncGenerator<Buffer> {
	const decoder =
		algorithm === 'gzip' ? createGunzip({chunkSize: outputBytes}) : createZstdDecompress({chunkSize: outputBytes});
	let fed = 0;
	let last: Buffer = Buffer.alloc(0);
	const closed = once(decoder, 'close').catch(() => {});
	const feed = async (): Promise<void> => {
		for (;;) {
			const chunk = await source.next();
			if (!chunk) break;
			if (decoder.destroyed || decoder.readableEnded) return source.unread(chunk);
			fed += chunk.length;
			last = chunk;
			// One chunk at a time, so that what is left over lies in the last one.
			if (!decoder.write(chunk)) await Promise.race([once(decoder, 'drain').catch(() => {}), closed]);
			if (decoder.destroyed || decoder.readableEnded) return;
		}
		decoder.end();
	};
	const feeding = feed().catch((error: unknown) => {
		decoder.destroy(error instanceof Error ? error : new Error(String(error)));
	});
	try {
		for await (const chunk of decoder) yield chunk as Buffer;
	} finally {
		decoder.destroy();
		await feeding;
	}
	const left = fed - decoder.bytesWritten;
	if (left > 0) source.unread(last.subarray(last.length - left));
}

/**
 * The bytes that come out of a compressed file. Several gzip members or zstd frames in one file are read one after the
 * other. Memory stays bounded: one piece of input, one of output, and the decoder's window (at most 128 MiB, as
 * `zstd --ultra -22` wants it; 8 MiB for the usual levels).
 * @throws ProblemError `bundle-archive-truncated`, `bundle-archive-damaged`, `bundle-archive-oversized`
 */
export async function* decompress(chunks: AsyncIterable<Buffer>, input: Input): AsyncGenerator<Buffer> {
	const source = pushback(chunks);
	const most = Math.max(freeBytes, input.size * maximumRatio);
	let total = 0;
	try {
		for (let frame = 0; ; frame++) {
			const next = await source.next();
			if (!next && frame > 0) return;
			if (frame > maximumFrames) throw oversized(input);
			if (next && frame > 0 && input.algorithm === 'gzip') {
				// Tapes and raw devices fill up with zeros, and gzip takes that; its decoder stops at nothing else.
				for (let rest: Buffer | undefined = next; rest; rest = await source.next()) {
					if (input.exact || rest.some((byte) => byte !== 0)) {
						const cause = 'Something else follows after its end: bytes were added on the way.';
						throw damaged('bundle-archive-damaged', input.label, `${input.label} is not sound gzip data.`, cause);
					}
				}
				return;
			}
			if (next) source.unread(next);
			for await (const chunk of decodeOnce(source, input)) {
				total += chunk.length;
				if (total > most) throw oversized(input);
				yield chunk;
			}
		}
	} catch (error) {
		throw failure(input, error);
	} finally {
		await source.close();
	}
}
