import type {Image} from '../../oci/image.ts';
import type {Asked, RegistryPort} from '../../registry/types.ts';
import type {PushTarget} from './push-images.ts';

/** How images are looked for at a registry. */
export type Looking = {
	readonly registry: Pick<RegistryPort, 'manifestDigest' | 'contents' | 'missing'>;
	readonly signal: AbortSignal;
	/** Whether raw layers are compressed on this host before they are pushed. */
	readonly compresses: boolean;
	/** What this look has asked already. */
	readonly asked: Asked;
};

/** Digests of the configurations that an image's own manifests name, in their order. */
const configsOf = ({manifest, children = []}: Image): readonly string[] =>
	[manifest, ...children].flatMap(({bytes}) => {
		const {config} = JSON.parse(bytes.toString('utf8')) as {readonly config?: {readonly digest: string}};
		return config ? [config.digest] : [];
	});

/**
 * Whether the registry has an image under its tag, the digest of what it has there, and how many parts of that it lacks: it is there
 * when every blob and manifest is. Where layers are compressed on this host, the same configurations are the same image: they name each
 * layer by the digest of its raw bytes.
 */
export const lookFor = async (
	{registry, signal, compresses, asked}: Looking,
	{image, repository}: Pick<PushTarget, 'image' | 'repository'>,
): Promise<{readonly present: boolean; readonly found: string | undefined; readonly missing: number}> => {
	const {manifest, blobs, children: manifests = [], tag} = image;
	const found = await registry.manifestDigest(repository, tag, signal, manifest.bytes.length);
	const same = found === manifest.digest;
	if (!same && (found === undefined || !compresses)) return {present: false, found, missing: 0};
	const parts = same ? {blobs, manifests} : await registry.contents(repository, tag, signal);
	const other = 'configs' in parts && (parts.configs.length === 0 || parts.configs.join() !== configsOf(image).join());
	if (other) return {present: false, found, missing: 0};
	const {size: missing} = await registry.missing(repository, parts, {signal, asked});
	return {present: missing === 0, found, missing};
};

/** Bytes of raw layers of an image that are compressed, of all that it has. */
export type CompressingProgress = (target: PushTarget, done: number, total: number) => void;

/**
 * What is to be pushed: all as it is, or that which the registry lacks, with its raw layers compressed. `present` are those that
 * need not be pushed then. An image that cannot be compressed stops the others; when it throws, nothing is under way any more.
 * @throws ProblemError as `compress` and the registry do
 */
export const targetsToPush = async (
	looking: Looking,
	targets: readonly PushTarget[],
	options: {
		readonly compress: (
			image: Image,
			onProgress: (layer: {readonly digest: string; readonly done: number; readonly total: number}) => void,
			signal: AbortSignal,
		) => Promise<Image>;
		readonly onProgress: CompressingProgress;
		/** An image whose layers were not all compressed already; sizes in bytes. */
		readonly onCompressed: (target: PushTarget, before: number, after: number) => void;
	},
): Promise<{readonly targets: readonly PushTarget[]; readonly present: readonly PushTarget[]}> => {
	if (!looking.compresses) return {targets, present: []};
	const states = await Promise.all(targets.map((target) => lookFor(looking, target)));
	const isThere = (_target: PushTarget, index: number): boolean => states[index]?.present ?? false;
	const missing = targets.filter((target, index) => !isThere(target, index));
	const stop = new AbortController();
	const signal = AbortSignal.any([looking.signal, stop.signal]);
	const compress = async (target: PushTarget): Promise<PushTarget> => {
		const {image} = target;
		const layers = new Map<string, {readonly done: number; readonly total: number}>();
		const tell = ({digest, done, total}: {digest: string; done: number; total: number}) => {
			layers.set(digest, {done, total});
			const sum = (key: 'done' | 'total') => [...layers.values()].reduce((all, layer) => all + layer[key], 0);
			options.onProgress(target, sum('done'), sum('total'));
		};
		const small = await options.compress(image, tell, signal);
		const size = (of: Image) => of.blobs.reduce((sum, blob) => sum + blob.size, 0);
		if (small !== image) options.onCompressed(target, size(image), size(small));
		return {...target, image: small};
	};
	let failure: {readonly error: unknown} | undefined;
	const work = missing.map((target) =>
		compress(target).catch((error: unknown) => {
			failure ??= {error};
			stop.abort(error);
			return target;
		}),
	);
	const compressed = await Promise.all(work);
	looking.signal.throwIfAborted();
	if (failure) throw failure.error;
	return {targets: compressed, present: targets.filter(isThere)};
};
