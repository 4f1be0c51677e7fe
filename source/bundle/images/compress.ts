import {statfs} from 'node:fs/promises';
import {availableParallelism} from 'node:os';
import type {Compression} from '../../archive/compressed.ts';
import type {Blob, ManifestBytes} from '../../oci/descriptor.ts';
import type {Image} from '../../oci/image.ts';
import {mediaTypes} from '../../oci/media-types.ts';
import {findLayer, type LayerStore, makeLayer, requireSpace, tidyFolder} from './compress-layer.ts';
import {type Replacements, replaceParts} from './compressed-manifest.ts';

/** Bytes of a raw layer that are compressed, absolute. */
export type CompressProgress = (progress: {
	readonly digest: string;
	readonly done: number;
	readonly total: number;
}) => void;

export type CompressOptions = {
	readonly algorithm: Compression;
	/** zstd 1 to 22, gzip 1 to 9; by default `defaultLevels`. */
	readonly level?: number;
	/** Where compressed layers are kept for the next run; made when absent. */
	readonly folder: string;
	readonly signal: AbortSignal;
	readonly onProgress?: CompressProgress;
};

/** Higher ones cost a quarter of the speed or more for one or two per cent of the size. */
export const defaultLevels: Readonly<Record<Compression, number>> = {gzip: 4, zstd: 3};

/** Kept free for the rest of the system, bytes. */
const spareBytes = 64 * 1024 * 1024;

/** Layers under way, by folder and name: images that are compressed side by side share layers. */
const busy = new Map<string, Promise<Blob>>();

/** Each stream keeps a processor busy; more of them only take memory. */
const most = Math.min(4, availableParallelism());
let running = 0;
const waiting: (() => void)[] = [];
const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
	if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
	else running++;
	try {
		return await work();
	} finally {
		const next = waiting.shift();
		if (next) next();
		else running--;
	}
};

const isRaw = ({mediaType, omitted}: Blob): boolean => mediaType === mediaTypes.layer && !omitted;

/** Random bytes do not shrink, so no less than their own size is enough for sure. */
const requireSpaceFor = async (layers: readonly Blob[], {folder}: LayerStore): Promise<void> => {
	const {bavail, bsize} = await statfs(folder);
	requireSpace(
		folder,
		layers.reduce((sum, {size}) => sum + size, spareBytes),
		bavail * bsize,
	);
};

/** A layer that is being compressed for another image is waited for. */
const makeOnce = (layer: Blob, store: LayerStore, onProgress: (done: number) => void): Promise<Blob> => {
	const {folder, algorithm, level, signal} = store;
	const key = `${folder} ${algorithm} ${level} ${layer.digest}`;
	const known = busy.get(key);
	if (known) return known;
	const work = inTurn(async () => {
		signal.throwIfAborted();
		// Another image may have brought it meanwhile.
		return (await findLayer(layer.digest, store)) ?? (await makeLayer(layer, store, onProgress));
	}).finally(() => busy.delete(key));
	busy.set(key, work);
	return work;
};

/** All that was begun has ended when this throws. */
const allOf = async (work: readonly Promise<void>[]): Promise<void> => {
	const results = await Promise.allSettled(work);
	const failed = results.find((result) => result.status === 'rejected');
	if (failed) throw failed.reason;
};

/** Each raw layer compressed, by its own digest: those that lie there already first, for they cost no space. */
const packLayers = async (
	raw: readonly Blob[],
	store: LayerStore,
	onProgress: CompressProgress,
): Promise<ReadonlyMap<string, Blob>> => {
	const packed = new Map<string, Blob>();
	const report = ({digest, size}: Blob, done: number): void => onProgress({digest, done, total: size});
	const keep = (layer: Blob, made: Blob): void => {
		packed.set(layer.digest, made);
		report(layer, layer.size);
	};
	for (const layer of raw) {
		const found = await findLayer(layer.digest, store);
		if (found) keep(layer, found);
	}
	const absent = raw.filter(({digest}) => !packed.has(digest));
	if (absent.length > 0) await requireSpaceFor(absent, store);
	await allOf(absent.map(async (layer) => keep(layer, await makeOnce(layer, store, (done) => report(layer, done)))));
	return packed;
};

const withLayers = (image: Image, layers: ReadonlyMap<string, Blob>): Image => {
	const manifests = new Map<string, ManifestBytes>();
	const replacements: Replacements = {layers, manifests};
	// Innermost first, so that an index finds what its own children have become.
	for (const child of image.children ?? []) manifests.set(child.digest, replaceParts(child, replacements));
	return {
		...image,
		manifest: replaceParts(image.manifest, replacements),
		...(image.children && {children: [...manifests.values()]}),
		blobs: image.blobs.map((blob) => (isRaw(blob) && layers.get(blob.digest)) || blob),
	};
};

/**
 * The image with its raw layers compressed, for slow links; layers that are compressed already, and the configuration,
 * stay as they are. Compressed layers are kept in the folder, and found there by the next run. The same image and
 * options give the same manifest, as long as the Node version is the same; an image without raw layers is given back.
 * Memory: some MiB for each of at most 4 layers at a time, whatever their size.
 * @throws ProblemError `compress-no-space`, `bundle-checksum-mismatch`, or what makes the bundle unreadable
 */
export const compressImage = async (image: Image, options: CompressOptions): Promise<Image> => {
	const {algorithm, level = defaultLevels[algorithm], folder, signal, onProgress = () => {}} = options;
	const raw = image.blobs.filter(isRaw);
	if (raw.length === 0) return image;
	await tidyFolder(folder, Date.now());
	return withLayers(image, await packLayers(raw, {algorithm, level, folder, signal}, onProgress));
};
