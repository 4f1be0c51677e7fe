import {totalSize} from '../../base/units.ts';
import {type Descriptor, type ManifestBytes, plainDescriptor} from '../../oci/descriptor.ts';
import {sha256Of} from '../../oci/digest.ts';
import {imageKey} from '../../oci/image.ts';
import type {ImageSource} from '../../oci/image-source.ts';
import {mediaTypes} from '../../oci/media-types.ts';
import {blobsOf, describeImage, type IndexEntry, indexEntries, plannedPlatform} from './manifest-form.ts';
import {isWanted, requirePlatforms} from './platforms.ts';
import {createProblems} from './problems.ts';
import type {ImageReference} from './reference.ts';
import type {PlannedBlob, PlannedImage, PlannedPlatform} from './types.ts';

/** An image to be asked for, and where. */
type Wanted = {
	readonly source: ImageSource;
	readonly reference: ImageReference;
	/** `linux/amd64`, as the spec names them. */
	readonly platforms: readonly string[];
	readonly from: PlannedImage['from'];
	readonly signal: AbortSignal;
};

/** An image manifest with what it names; the configuration comes first. */
type Whole = {
	readonly manifest: ManifestBytes;
	readonly descriptors: readonly [config: Descriptor, ...layers: Descriptor[]];
	readonly config: Buffer;
};

/** A configuration is some kilobytes; a registry that says otherwise is not believed. */
const maximumConfig = 8 * 1024 * 1024;

/** Reads a configuration, never more of it than its manifest says. */
const readConfig = async ({source, reference, signal}: Wanted, config: Descriptor): Promise<Buffer> => {
	const {digest, size} = config;
	const image = reference.source;
	if (size > maximumConfig) {
		throw createProblems.error('bundle-create-manifest', {case: 'configuration too large', image, bytes: size});
	}
	const parts: Buffer[] = [];
	let length = 0;
	for await (const chunk of source.readBlob(reference, config, {from: 0, signal})) {
		length += chunk.length;
		if (length > size) break;
		parts.push(chunk);
	}
	const bytes = Buffer.concat(parts);
	if (length === size && sha256Of(bytes) === digest) return bytes;
	throw createProblems.error('bundle-create-manifest', {case: 'another configuration', image, digest});
};

const readWhole = async (wanted: Wanted, manifest: ManifestBytes): Promise<Whole> => {
	const blobs = blobsOf(manifest);
	if (!blobs) {
		const given = {case: 'another form', image: wanted.reference.source, mediaType: manifest.mediaType} as const;
		throw createProblems.error('bundle-create-manifest', given);
	}
	const config = plainDescriptor(blobs.config);
	const descriptors: Whole['descriptors'] = [config, ...blobs.layers.map(plainDescriptor)];
	return {manifest, descriptors, config: await readConfig(wanted, config)};
};

/** What goes under the tag, and what is said of it. */
type Top = Pick<PlannedImage, 'manifest' | 'platforms' | 'rebuilt'>;

const plannedImage = ({source, reference, from}: Wanted, top: Top, parts: readonly Whole[]): PlannedImage => {
	const {name, tag} = reference;
	const blobOf = (of: Descriptor): PlannedBlob => ({
		...of,
		image: imageKey(reference),
		read: (offset, signal) => source.readBlob(reference, of, {from: offset, signal}),
	});
	const descriptors = parts.flatMap((part) => part.descriptors);
	const blobs = [...new Map(descriptors.map((of) => [of.digest, blobOf(of)])).values()];
	const children = parts.map(({manifest}) => manifest).filter(({digest}) => digest !== top.manifest.digest);
	const manifests = [top.manifest, ...children].map(({bytes}) => ({size: bytes.length}));
	const times = parts.flatMap(({manifest, config}) => describeImage(manifest, config)?.createdMs ?? []);
	return {
		name,
		tag,
		source: reference.source,
		from,
		...top,
		children,
		blobs,
		configs: new Map(parts.map(({descriptors: [{digest}], config}) => [digest, config])),
		createdMs: times.length === 0 ? undefined : Math.max(...times),
		size: totalSize(manifests) + totalSize(blobs),
	};
};

/** An image without an index around it. */
const resolveSingle = async (wanted: Wanted, manifest: ManifestBytes): Promise<PlannedImage> => {
	const image = wanted.reference.source;
	const whole = await readWhole(wanted, manifest);
	const platform = describeImage(manifest, whole.config)?.platform;
	if (!platform) throw createProblems.error('bundle-create-manifest', {case: 'no platform', image});
	requirePlatforms(image, [platform], wanted.platforms);
	return plannedImage(wanted, {manifest, platforms: [platform], rebuilt: false}, [whole]);
};

/** BuildKit's attestations lie in an index as images of no platform. */
const isReal = ({platform}: IndexEntry): boolean => platform !== undefined && platform.os !== 'unknown';

const platformOf = ({platform, digest}: IndexEntry): PlannedPlatform =>
	plannedPlatform(platform ?? {os: '', architecture: ''}, digest);

/** An index of the chosen manifests alone, in the form of the one that they come from. */
const indexOf = (chosen: readonly IndexEntry[], of: ManifestBytes): ManifestBytes => {
	const mediaType = of.mediaType === mediaTypes.dockerIndex ? mediaTypes.dockerIndex : mediaTypes.index;
	const bytes = Buffer.from(JSON.stringify({schemaVersion: 2, mediaType, manifests: chosen}));
	return {mediaType, digest: sha256Of(bytes), bytes};
};

const readAll = async (wanted: Wanted, entries: readonly IndexEntry[]): Promise<readonly Whole[]> => {
	const {source, reference, signal} = wanted;
	const parts: Whole[] = [];
	for (const digest of new Set(entries.map((entry) => entry.digest))) {
		parts.push(await readWhole(wanted, await source.readManifest({...reference, reference: digest}, signal)));
	}
	return parts;
};

const resolveIndex = async (
	wanted: Wanted,
	index: ManifestBytes,
	entries: readonly IndexEntry[],
): Promise<PlannedImage> => {
	const real = entries.filter(isReal);
	requirePlatforms(wanted.reference.source, real.map(platformOf), wanted.platforms);
	const chosen = real.filter((entry) => wanted.platforms.some((one) => isWanted(one, platformOf(entry))));
	const platforms = chosen.map(platformOf);
	if (chosen.length > 1 && chosen.length === real.length) {
		return plannedImage(wanted, {manifest: index, platforms, rebuilt: false}, await readAll(wanted, entries));
	}
	const parts = await readAll(wanted, chosen);
	const [only] = parts;
	if (chosen.length === 1 && only) {
		return plannedImage(wanted, {manifest: only.manifest, platforms, rebuilt: false}, parts);
	}
	return plannedImage(wanted, {manifest: indexOf(chosen, index), platforms, rebuilt: true}, parts);
};

/**
 * Asks a registry what an image is made of, for the platforms that are wanted. An index whose platforms are all wanted stays as it
 * is; of one platform the image manifest is taken; of some, an index is made that names just these.
 * @throws ProblemError `bundle-create-manifest`, `bundle-create-platform`, or what the source throws
 */
export const resolveImage = async (wanted: Wanted): Promise<PlannedImage> => {
	const top = await wanted.source.readManifest(wanted.reference, wanted.signal);
	const entries = indexEntries(top);
	return entries ? resolveIndex(wanted, top, entries) : resolveSingle(wanted, top);
};
