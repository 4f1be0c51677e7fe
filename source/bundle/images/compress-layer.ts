import {createHash, randomUUID} from 'node:crypto';
import {createReadStream, createWriteStream} from 'node:fs';
import {readdir, rename, rm, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {pipeline} from 'node:stream/promises';
import {constants, createGzip, createZstdCompress} from 'node:zlib';
import type {Compression} from '../../archive/compressed.ts';
import {chunkBytes} from '../../archive/disk.ts';
import {bundleProblem, damaged} from '../../archive/problems.ts';
import {makeFolders} from '../../base/folders.ts';
import type {Blob} from '../types.ts';
import {mediaTypes} from './image.ts';

export type LayerOptions = {
	readonly algorithm: Compression;
	/** zstd 1 to 22, gzip 1 to 9. */
	readonly level: number;
	/** Where compressed layers are kept, absolute. */
	readonly folder: string;
	readonly signal: AbortSignal;
	/** Bytes of the raw layer that are done, absolute. */
	readonly onProgress: (done: number) => void;
};

const hexOf = (digest: string): string => digest.slice('sha256:'.length);

/** A kept layer is called `<hex of the raw layer>.<algorithm>-<level>.<hex of the file>`: it carries its own digest. */
const stemOf = (raw: string, {algorithm, level}: Pick<LayerOptions, 'algorithm' | 'level'>): string =>
	`${hexOf(raw)}.${algorithm}-${level}`;

const noSpace = (folder: string, cause: string) =>
	bundleProblem({
		code: 'compress-no-space',
		message: `There is not enough space in ${folder} to compress the layers.`,
		cause,
		fix: 'Free some space there, or push the layers as they are: set bundle.compress to none.',
		nextSteps: [`df -h ${folder}`],
		answers: ['bundle.compress'],
	});

/** @throws ProblemError `compress-no-space` */
export const requireSpace = (folder: string, needed: number, free: number): void => {
	const gib = (bytes: number): string => `${(bytes / 1024 ** 3).toFixed(2)} GiB`;
	if (free >= needed) return;
	throw noSpace(folder, `Up to ${gib(needed)} are needed, ${gib(free)} are free.`);
};

const blobAt = (file: string, algorithm: Compression, size: number, digest: string): Blob => ({
	mediaType: `${mediaTypes.layer}+${algorithm}`,
	digest,
	size,
	open: (offset = 0) => createReadStream(file, {start: offset, highWaterMark: chunkBytes}),
});

const hashFile = async (file: string, signal: AbortSignal): Promise<string> => {
	const hash = createHash('sha256');
	for await (const chunk of createReadStream(file, {highWaterMark: chunkBytes, signal})) hash.update(chunk as Buffer);
	return hash.digest('hex');
};

/** The layer as an earlier run left it; a file that is not what its name says is removed. */
export const findLayer = async (
	raw: string,
	options: Pick<LayerOptions, 'algorithm' | 'level' | 'folder' | 'signal'>,
): Promise<Blob | undefined> => {
	const stem = stemOf(raw, options);
	for (const name of await readdir(options.folder)) {
		const hex = name.startsWith(`${stem}.`) ? name.slice(stem.length + 1) : '';
		if (!/^[0-9a-f]{64}$/u.test(hex)) continue;
		const file = join(options.folder, name);
		if ((await hashFile(file, options.signal)) === hex) {
			return blobAt(file, options.algorithm, (await stat(file)).size, `sha256:${hex}`);
		}
		await rm(file, {force: true});
	}
	return undefined;
};

/**
 * Both give the same bytes each time: zlib writes no time and no name into a gzip header when it is not told to
 * (zlib manual, `deflateSetHeader`), and zstd with one thread depends on its input alone.
 */
const compressor = ({algorithm, level}: LayerOptions, size: number) =>
	algorithm === 'gzip'
		? createGzip({level, chunkSize: chunkBytes})
		: createZstdCompress({
				chunkSize: chunkBytes,
				pledgedSrcSize: size,
				params: {[constants.ZSTD_c_compressionLevel]: level, [constants.ZSTD_c_checksumFlag]: 1},
			});

/**
 * Compresses a raw layer into a file of the folder. The file gets its name when it is whole, so a kill leaves nothing
 * that could be taken for a layer.
 * @throws ProblemError `bundle-checksum-mismatch` when the layer is not what its digest says, `compress-no-space`
 */
export const makeLayer = async (layer: Blob, options: LayerOptions): Promise<Blob> => {
	const {folder, algorithm, signal, onProgress} = options;
	const partial = join(folder, `${stemOf(layer.digest, options)}.${randomUUID()}.partial`);
	const [raw, packed] = [createHash('sha256'), createHash('sha256')];
	let [done, size] = [0, 0];
	try {
		await pipeline(
			layer.open(),
			async function* (chunks: AsyncIterable<Buffer>) {
				for await (const chunk of chunks) {
					raw.update(chunk);
					done += chunk.length;
					yield chunk;
					onProgress(done);
				}
			},
			compressor(options, layer.size),
			async function* (chunks: AsyncIterable<Buffer>) {
				for await (const chunk of chunks) {
					packed.update(chunk);
					size += chunk.length;
					yield chunk;
				}
			},
			createWriteStream(partial, {mode: 0o600, highWaterMark: chunkBytes}),
			{signal},
		);
		const actual = `sha256:${raw.digest('hex')}`;
		if (actual !== layer.digest) {
			const cause = `Its bytes have ${actual}: they were changed or lost on the way.`;
			throw damaged(
				'bundle-checksum-mismatch',
				layer.digest,
				`The layer ${layer.digest} is not what it should be.`,
				cause,
			);
		}
		const hex = packed.digest('hex');
		const file = join(folder, `${stemOf(layer.digest, options)}.${hex}`);
		await rename(partial, file);
		return blobAt(file, algorithm, size, `sha256:${hex}`);
	} catch (error) {
		await rm(partial, {force: true});
		const code = (error as NodeJS.ErrnoException).code;
		if (code === 'ENOSPC' || code === 'EDQUOT') throw noSpace(folder, `The disk was full after ${size} bytes.`);
		throw error;
	}
};

/** Makes the folder, and removes what a run that was killed left half done in it an hour ago or earlier. @throws ProblemError `compress-unwritable` */
export const tidyFolder = async (folder: string, now: number): Promise<void> => {
	await makeFolders(folder, 0o700).catch((error: Error) => {
		throw bundleProblem({
			code: 'compress-unwritable',
			message: `The folder ${folder} for compressed layers cannot be made.`,
			cause: error.message,
			fix: 'Name another folder with --state-dir, or push the layers as they are: set bundle.compress to none.',
			answers: ['bundle.compress'],
		});
	});
	for (const name of await readdir(folder)) {
		if (!name.endsWith('.partial')) continue;
		const status = await stat(join(folder, name)).catch(() => undefined);
		if (status && now - status.mtimeMs > 3_600_000) await rm(join(folder, name), {force: true});
	}
};
