import {statfs} from 'node:fs/promises';
import {availableParallelism} from 'node:os';
import type {Compression} from '../../archive/compressed.ts';
import type {Blob, Descriptor, Image, ManifestBytes} from '../types.ts';
import {findLayer, makeLayer, requireSpace, tidyFolder} from './compress-layer.ts';
import {mediaTypes, sha256} from './image.ts';

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

const changeLayer = (layer: Descriptor, packed: ReadonlyMap<string, Blob>): Descriptor => {
	const blob = layer.mediaType === mediaTypes.layer ? packed.get(layer.digest) : undefined;
	return blob ? {...layer, mediaType: blob.mediaType, digest: blob.digest, size: blob.size} : layer;
};

/** A manifest with other descriptors; everything else in it, and its order, stays. */
const rebuild = (
	manifest: ManifestBytes,
	packed: ReadonlyMap<string, Blob>,
	children: ReadonlyMap<string, ManifestBytes>,
): ManifestBytes => {
	const content = JSON.parse(manifest.bytes.toString('utf8')) as {
		readonly layers?: readonly Descriptor[];
		readonly manifests?: readonly (Descriptor & {readonly annotations?: Readonly<Record<string, string>>})[];
	};
	const isChanged =
		content.layers?.some((layer) => changeLayer(layer, packed) !== layer) ||
		content.manifests?.some(({digest: of}) => (children.get(of)?.digest ?? of) !== of);
	// Written anew it might have other spaces, and with them another digest.
	if (!isChanged) return manifest;
	const bytes = Buffer.from(
		JSON.stringify({
			...content,
			...(content.layers && {layers: content.layers.map((layer) => changeLayer(layer, packed))}),
			...(content.manifests && {
				manifests: content.manifests.map((entry) => {
					const child = children.get(entry.digest);
					// An attestation says by annotation which manifest it speaks of.
					const annotations = Object.entries(entry.annotations ?? {}).map(
						([key, value]) => [key, children.get(value)?.digest ?? value] as const,
					);
					return {
						...entry,
						...(child && {digest: child.digest, size: child.bytes.length}),
						...(entry.annotations && {annotations: Object.fromEntries(annotations)}),
					};
				}),
			}),
		}),
	);
	return {...manifest, digest: sha256(bytes), bytes};
};

/**
 * The image with its raw layers compressed, for slow links; layers that are compressed already, and the configuration,
 * stay as they are. Compressed layers are kept in the folder, and found there by the next run. The same image and
 * options give the same manifest, as long as the Node version is the same; an image without raw layers is given back.
 * Memory: some MiB for each of at most 4 layers at a time, whatever their size.
 * @throws ProblemError `compress-no-space`, `bundle-checksum-mismatch`, or what makes the bundle unreadable
 */
export const compressImage = async (image: Image, options: CompressOptions): Promise<Image> => {
	const {folder, signal, algorithm, level = defaultLevels[algorithm], onProgress = () => {}} = options;
	const raw = image.blobs.filter(isRaw);
	if (raw.length === 0) return image;
	await tidyFolder(folder, Date.now());
	const packed = new Map<string, Blob>();
	const report = ({digest, size}: Blob, done: number) => onProgress({digest, done, total: size});
	const at = {algorithm, level, folder, signal};
	for (const layer of raw) {
		const found = await findLayer(layer.digest, at);
		if (!found) continue;
		packed.set(layer.digest, found);
		report(layer, layer.size);
	}
	const missing = raw.filter(({digest}) => !packed.has(digest));
	if (missing.length > 0) {
		// Random bytes do not shrink, so no less than their own size is enough for sure.
		const {bavail, bsize} = await statfs(folder);
		const needed = missing.reduce((sum, {size}) => sum + size, spareBytes);
		requireSpace(folder, needed, bavail * bsize);
	}
	const make = async (layer: Blob): Promise<void> => {
		const key = `${folder} ${algorithm} ${level} ${layer.digest}`;
		const work =
			busy.get(key) ??
			inTurn(async () => {
				signal.throwIfAborted();
				// Another image may have brought it meanwhile.
				return (
					(await findLayer(layer.digest, at)) ??
					(await makeLayer(layer, {...at, onProgress: (done) => report(layer, done)}))
				);
			}).finally(() => busy.delete(key));
		busy.set(key, work);
		packed.set(layer.digest, await work);
		report(layer, layer.size);
	};
	const results = await Promise.allSettled(missing.map(make));
	const failed = results.find((result) => result.status === 'rejected');
	if (failed) throw failed.reason;
	const children = new Map<string, ManifestBytes>();
	for (const child of image.children ?? []) children.set(child.digest, rebuild(child, packed, children));
	return {
		...image,
		manifest: rebuild(image.manifest, packed, children),
		...(image.children && {children: [...children.values()]}),
		blobs: image.blobs.map((blob) => (isRaw(blob) && packed.get(blob.digest)) || blob),
	};
};
