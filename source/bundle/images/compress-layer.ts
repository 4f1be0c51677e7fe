import {createHash, randomUUID} from 'node:crypto';
import {createReadStream, createWriteStream} from 'node:fs';
import {readdir, rename, rm, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {pipeline} from 'node:stream/promises';
import {constants, createGzip, createZstdCompress} from 'node:zlib';
import type {Compression} from '../../archive/compressed.ts';
import {chunkBytes} from '../../archive/disk.ts';
import {errnoWords, isDiskFull} from '../../base/errno.ts';
import {makeFolders} from '../../base/folders.ts';
import {formatBytes} from '../../base/units.ts';
import type {Blob} from '../../oci/descriptor.ts';
import {digestOfHash, digestOfHex, hexOf, isDigest} from '../../oci/digest.ts';
import {layerType} from '../../oci/media-types.ts';
import {ociProblems} from '../../oci/problems.ts';
import {imageProblems} from './problems.ts';

/** Where and how layers are compressed. */
export type LayerStore = {
	readonly algorithm: Compression;
	/** zstd 1 to 22, gzip 1 to 9. */
	readonly level: number;
	/** Where compressed layers are kept, absolute. */
	readonly folder: string;
	readonly signal: AbortSignal;
};

/** A kept layer is called `<hex of the raw layer>.<algorithm>-<level>.<hex of the file>`: it carries its own digest. */
const stemOf = (raw: string, {algorithm, level}: LayerStore): string => `${hexOf(raw)}.${algorithm}-${level}`;

/** @throws ProblemError `compress-no-space` */
export const requireSpace = (folder: string, needed: number, free: number): void => {
	if (free >= needed) return;
	const sizes = {needed: formatBytes(needed), free: formatBytes(free)};
	throw imageProblems.error('compress-no-space', {case: 'before', folder, ...sizes});
};

const blobAt = (file: string, algorithm: Compression, size: number, digest: string): Blob => ({
	mediaType: layerType(algorithm),
	digest,
	size,
	open: (offset = 0) => createReadStream(file, {start: offset, highWaterMark: chunkBytes}),
});

const hashFile = async (file: string, signal: AbortSignal): Promise<string> => {
	const hash = createHash('sha256');
	for await (const chunk of createReadStream(file, {highWaterMark: chunkBytes, signal})) hash.update(chunk as Buffer);
	return digestOfHash(hash);
};

/** The layer as an earlier run left it; a file that is not what its name says is removed. */
export const findLayer = async (raw: string, store: LayerStore): Promise<Blob | undefined> => {
	const {algorithm, folder, signal} = store;
	const stem = `${stemOf(raw, store)}.`;
	for (const name of await readdir(folder)) {
		const digest = digestOfHex(name.startsWith(stem) ? name.slice(stem.length) : '');
		if (!isDigest(digest)) continue;
		const file = join(folder, name);
		if ((await hashFile(file, signal)) === digest) return blobAt(file, algorithm, (await stat(file)).size, digest);
		await rm(file, {force: true});
	}
	return undefined;
};

/**
 * Both give the same bytes each time: zlib writes no time and no name into a gzip header when it is not told to
 * (zlib manual, `deflateSetHeader`), and zstd with one thread depends on its input alone.
 */
const compressor = ({algorithm, level}: LayerStore, size: number) =>
	algorithm === 'gzip'
		? createGzip({level, chunkSize: chunkBytes})
		: createZstdCompress({
				chunkSize: chunkBytes,
				pledgedSrcSize: size,
				params: {[constants.ZSTD_c_compressionLevel]: level, [constants.ZSTD_c_checksumFlag]: 1},
			});

/** Passes bytes on and knows their number and their digest. @param onBytes told how many have been passed on */
const meter = (onBytes: (done: number) => void = () => {}) => {
	const hash = createHash('sha256');
	let size = 0;
	return {
		pass: async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
			for await (const chunk of chunks) {
				hash.update(chunk);
				size += chunk.length;
				yield chunk;
				onBytes(size);
			}
		},
		size: () => size,
		digest: () => digestOfHash(hash),
	};
};

/**
 * Compresses a raw layer into a file of the folder. The file gets its name when it is whole, so a kill leaves nothing
 * that could be taken for a layer.
 * @param onProgress bytes of the raw layer that are done, absolute
 * @throws ProblemError `bundle-checksum-mismatch` when the layer is not what its digest says, `compress-no-space`
 */
export const makeLayer = async (layer: Blob, store: LayerStore, onProgress: (done: number) => void): Promise<Blob> => {
	const {folder, algorithm, signal} = store;
	const partial = join(folder, `${stemOf(layer.digest, store)}.${randomUUID()}.partial`);
	const [raw, packed] = [meter(onProgress), meter()];
	try {
		await pipeline(
			layer.open(),
			raw.pass,
			compressor(store, layer.size),
			packed.pass,
			createWriteStream(partial, {mode: 0o600, highWaterMark: chunkBytes}),
			{signal},
		);
		const actual = raw.digest();
		if (actual !== layer.digest) {
			const file = layer.digest;
			throw ociProblems.error('bundle-checksum-mismatch', {case: 'layer', file, actual}, {location: {file}});
		}
		const digest = packed.digest();
		const file = join(folder, `${stemOf(layer.digest, store)}.${hexOf(digest)}`);
		await rename(partial, file);
		return blobAt(file, algorithm, packed.size(), digest);
	} catch (error) {
		await rm(partial, {force: true});
		if (!isDiskFull(error)) throw error;
		const written = formatBytes(packed.size());
		throw imageProblems.error('compress-no-space', {case: 'meanwhile', folder, written}, {error});
	}
};

/** What a run that was killed left half done is left alone for this long, ms: another run may be at it. */
const staleMs = 3_600_000;

/** Makes the folder, and removes what a run that was killed left half done in it an hour ago or earlier. @throws ProblemError `compress-unwritable` */
export const tidyFolder = async (folder: string, now: number): Promise<void> => {
	await makeFolders(folder, 0o700).catch((error: unknown) => {
		const words = errnoWords(error, 'write');
		throw imageProblems.error('compress-unwritable', {folder, words}, {error});
	});
	for (const name of await readdir(folder)) {
		if (!name.endsWith('.partial')) continue;
		const status = await stat(join(folder, name)).catch(() => undefined);
		if (status && now - status.mtimeMs > staleMs) await rm(join(folder, name), {force: true});
	}
};
