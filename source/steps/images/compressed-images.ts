import {totalSize} from '../../base/units.ts';
import {configDigests, type Image} from '../../oci/image.ts';
import type {AnswerCache, RegistryPort} from '../../registry/types.ts';
import type {PushTarget} from './types.ts';

/** How images are looked for at a registry. */
export type Looking = {
	readonly registry: Pick<RegistryPort, 'manifestDigest' | 'contents' | 'missing'>;
	readonly signal: AbortSignal;
	/** Whether raw layers are compressed on this host before they are pushed. */
	readonly compresses: boolean;
	/** What this look has asked already. */
	readonly cache: AnswerCache;
};

/** What the registry has of an image under its tag. */
export type Found = {
	/** Every blob and manifest is there. */
	readonly present: boolean;
	/** Digest of what is there; undefined when nothing is. */
	readonly found: string | undefined;
	/** How many parts of it are not. */
	readonly missing: number;
};

/**
 * Whether the registry has an image. Where layers are compressed on this host, the same configurations are the same image: they name
 * each layer by the digest of its raw bytes.
 */
export const lookFor = async (
	{registry, signal, compresses, cache}: Looking,
	{image, repository}: Pick<PushTarget, 'image' | 'repository'>,
): Promise<Found> => {
	const {manifest, blobs, children: manifests = [], tag} = image;
	const found = await registry.manifestDigest(repository, tag, signal, manifest.bytes.length);
	const same = found === manifest.digest;
	if (!same && (found === undefined || !compresses)) return {present: false, found, missing: 0};
	const parts = same ? {blobs, manifests} : await registry.contents(repository, tag, signal);
	const other =
		'configs' in parts && (parts.configs.length === 0 || parts.configs.join() !== configDigests(image).join());
	if (other) return {present: false, found, missing: 0};
	const {size: missing} = await registry.missing(repository, parts, {signal, cache});
	return {present: missing === 0, found, missing};
};

/** Bytes of raw layers of an image that are compressed, of all that it has. */
type CompressingProgress = (target: PushTarget, done: number, total: number) => void;

/** Bytes of one layer; `done` of `total` are compressed. */
type LayerProgress = {readonly digest: string; readonly done: number; readonly total: number};

/** How layers are compressed, and who is told. */
type Compressing = {
	readonly compress: (image: Image, onProgress: (layer: LayerProgress) => void, signal: AbortSignal) => Promise<Image>;
	readonly onProgress: CompressingProgress;
	/** An image whose layers were not all compressed already; sizes in bytes. */
	readonly onCompressed: (target: PushTarget, before: number, after: number) => void;
};

/** Sums up the layers of one image. */
const sumUp = (tell: (done: number, total: number) => void): ((layer: LayerProgress) => void) => {
	const layers = new Map<string, LayerProgress>();
	const sum = (key: 'done' | 'total'): number => [...layers.values()].reduce((all, layer) => all + layer[key], 0);
	return (layer) => {
		layers.set(layer.digest, layer);
		tell(sum('done'), sum('total'));
	};
};

const compressOne = async (target: PushTarget, options: Compressing, signal: AbortSignal): Promise<PushTarget> => {
	const {image} = target;
	const tell = sumUp((done, total) => options.onProgress(target, done, total));
	const small = await options.compress(image, tell, signal);
	if (small !== image) options.onCompressed(target, totalSize(image.blobs), totalSize(small.blobs));
	return {...target, image: small};
};

/** All at once; the first failure stops the others, and is thrown when nothing is under way any more. */
const compressAll = async (
	targets: readonly PushTarget[],
	options: Compressing,
	outer: AbortSignal,
): Promise<readonly PushTarget[]> => {
	const stop = new AbortController();
	const signal = AbortSignal.any([outer, stop.signal]);
	const results = await Promise.allSettled(
		targets.map(async (target) => {
			try {
				return await compressOne(target, options, signal);
			} catch (error) {
				stop.abort(error);
				throw error;
			}
		}),
	);
	outer.throwIfAborted();
	stop.signal.throwIfAborted();
	return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
};

/**
 * What is to be pushed: all as it is, or that which the registry lacks, with its raw layers compressed. `present` are those that
 * need not be pushed then. An image that cannot be compressed stops the others; when it throws, nothing is under way any more.
 * @throws ProblemError as `compress` and the registry do
 */
export const targetsToPush = async (
	looking: Looking,
	targets: readonly PushTarget[],
	options: Compressing,
): Promise<{readonly targets: readonly PushTarget[]; readonly present: readonly PushTarget[]}> => {
	if (!looking.compresses) return {targets, present: []};
	const states = await Promise.all(targets.map(async (target) => lookFor(looking, target)));
	const isThere = (_target: PushTarget, index: number): boolean => states[index]?.present ?? false;
	const missing = targets.filter((target, index) => !isThere(target, index));
	return {targets: await compressAll(missing, options, looking.signal), present: targets.filter(isThere)};
};
