import * as z from 'zod';
import {bundleProblem} from '../../archive/problems.ts';
import {digestPattern, mediaTypes, sha256} from '../images/image.ts';
import type {Descriptor, ManifestBytes} from '../types.ts';
import type {ImageReference} from './reference.ts';
import type {ImageSource} from './source.ts';
import {type PlannedBlob, type PlannedImage, type PlannedPlatform, platformName} from './types.ts';

const descriptor = z.object({mediaType: z.string(), digest: z.string().regex(digestPattern), size: z.int().min(0)});
const manifestSchema = z.object({config: descriptor, layers: z.array(descriptor).max(1000)});
const platformSchema = z.object({os: z.string(), architecture: z.string(), variant: z.string().optional()});
const indexSchema = z.object({
	manifests: z.array(z.looseObject({...descriptor.shape, platform: platformSchema.optional()})).max(1000),
});
const configSchema = z.object({...platformSchema.shape, created: z.string().optional()});

type Entry = z.infer<typeof indexSchema>['manifests'][number];

/** A configuration is some kilobytes; a registry that says otherwise is not believed. */
const maximumConfig = 8 * 1024 * 1024;

const unusable = (reference: ImageReference, cause: string) =>
	bundleProblem({
		code: 'bundle-create-manifest',
		message: `${reference.source} cannot be put into the bundle.`,
		cause,
		fix: 'Check the reference; it must be an image of the OCI or Docker v2 form.',
		nextSteps: ['A registry that still serves schema 1 has to be asked for the image by a newer client, or upgraded.'],
	});

/** JSON of bytes that came from elsewhere. @returns `undefined` where it is none */
export const tryJson = (bytes: Buffer): unknown => {
	try {
		return JSON.parse(bytes.toString('utf8'));
	} catch {
		return undefined;
	}
};

const readSmall = async (
	blobs: AsyncIterable<Buffer>,
	reference: ImageReference,
	{digest, size}: Descriptor,
): Promise<Buffer> => {
	const parts: Buffer[] = [];
	let length = 0;
	if (size > maximumConfig) throw unusable(reference, `Its configuration claims ${size} bytes.`);
	for await (const chunk of blobs) {
		length += chunk.length;
		if (length > size) break;
		parts.push(chunk);
	}
	const bytes = Buffer.concat(parts);
	if (length === size && sha256(bytes) === digest) return bytes;
	throw unusable(reference, `The configuration that the registry sent is not ${digest}.`);
};

/** Same system; a variant counts only where both sides name one (`linux/arm64` means `linux/arm64/v8` to everybody). */
const fits = (wanted: string, {os, architecture, variant}: Omit<PlannedPlatform, 'digest'>): boolean => {
	const [ofOs, ofArchitecture, ofVariant] = wanted.split('/');
	return (
		ofOs === os &&
		ofArchitecture === architecture &&
		(ofVariant === undefined || variant === undefined || ofVariant === variant)
	);
};

/** @throws ProblemError `bundle-create-platform` where an image lacks a platform that is wanted */
export const requirePlatforms = (
	image: string,
	has: readonly Omit<PlannedPlatform, 'digest'>[],
	wanted: readonly string[],
): void => {
	const absent = wanted.filter((one) => !has.some((platform) => fits(one, platform)));
	if (absent.length === 0) return;
	throw bundleProblem({
		code: 'bundle-create-platform',
		message: `${image} is not there for ${absent.join(', ')}.`,
		cause: `It is there for ${has.map(platformName).join(', ') || 'no platform at all'}.`,
		fix: 'Choose platforms that every image has (`platforms` in the spec, or --platform), or another image.',
	});
};

/** BuildKit's attestations lie in an index as images of no platform. */
const isReal = ({platform}: Entry): boolean => platform !== undefined && platform.os !== 'unknown';

const planPlatform = (
	{os, architecture, variant}: z.infer<typeof platformSchema>,
	digest: string,
): PlannedPlatform => ({
	os,
	architecture,
	...(variant === undefined ? {} : {variant}),
	digest,
});

/** What a manifest says of its own image, and what its configuration says. @returns `undefined` for what is no image */
export const describeImage = (
	{bytes, digest}: ManifestBytes,
	config: Buffer,
): {readonly platform: PlannedPlatform; readonly createdMs: number | undefined} | undefined => {
	const parsed = configSchema.safeParse(tryJson(config));
	if (!manifestSchema.safeParse(tryJson(bytes)).success || !parsed.success) return undefined;
	const time = Date.parse(parsed.data.created ?? '');
	return {platform: planPlatform(parsed.data, digest), createdMs: Number.isFinite(time) && time > 0 ? time : undefined};
};

/** The digest of the configuration that an image manifest names. */
export const configDigestOf = ({bytes}: ManifestBytes): string | undefined =>
	manifestSchema.safeParse(tryJson(bytes)).data?.config.digest;

type Whole = {
	readonly manifest: ManifestBytes;
	readonly descriptors: readonly Descriptor[];
	readonly config: Buffer;
};

const plain = ({mediaType, digest, size}: Descriptor): Descriptor => ({mediaType, digest, size});

/**
 * Asks a registry what an image is made of, for the platforms that are wanted. An index whose platforms are all wanted stays as it
 * is; of one platform the image manifest is taken; of some, an index is made that names just these.
 * @throws ProblemError `bundle-create-manifest`, `bundle-create-platform`, or what the source throws
 */
export const resolveImage = async (
	source: ImageSource,
	reference: ImageReference,
	options: {readonly platforms: readonly string[]; readonly from: PlannedImage['from']; readonly signal: AbortSignal},
): Promise<PlannedImage> => {
	const {platforms, from, signal} = options;
	const read = (digest: string) => source.readManifest({...reference, reference: digest}, signal);
	const blobOf = (of: Descriptor): PlannedBlob => ({
		...plain(of),
		image: `${reference.name}:${reference.tag}`,
		read: (offset, until) => source.readBlob(reference, plain(of), {from: offset, signal: until}),
	});
	const whole = async (manifest: ManifestBytes): Promise<Whole> => {
		const parsed = manifestSchema.safeParse(tryJson(manifest.bytes));
		if (!parsed.success) throw unusable(reference, `Its manifest is of another form: ${manifest.mediaType}.`);
		const {config, layers} = parsed.data;
		const bytes = await readSmall(source.readBlob(reference, plain(config), {from: 0, signal}), reference, config);
		return {manifest, descriptors: [config, ...layers].map(plain), config: bytes};
	};
	const planned = (
		top: ManifestBytes,
		parts: readonly Whole[],
		more: {readonly platforms: readonly PlannedPlatform[]; readonly rebuilt: boolean},
	): PlannedImage => {
		const blobs = new Map(parts.flatMap(({descriptors}) => descriptors).map((of) => [of.digest, blobOf(of)]));
		const children = parts.map(({manifest}) => manifest).filter(({digest}) => digest !== top.digest);
		const times = parts.flatMap(({manifest, config}) => describeImage(manifest, config)?.createdMs ?? []);
		return {
			name: reference.name,
			tag: reference.tag,
			source: reference.source,
			from,
			manifest: top,
			children,
			...more,
			blobs: [...blobs.values()],
			configs: new Map(parts.map(({descriptors, config}) => [descriptors[0]?.digest ?? '', config])),
			createdMs: times.length === 0 ? undefined : Math.max(...times),
			size:
				[top, ...children].reduce((sum, {bytes}) => sum + bytes.length, 0) +
				[...blobs.values()].reduce((sum, {size}) => sum + size, 0),
		};
	};
	const top = await source.readManifest(reference, signal);
	const index = indexSchema.safeParse(tryJson(top.bytes));
	if (!index.success) {
		const image = await whole(top);
		const platform = describeImage(top, image.config)?.platform;
		if (!platform) throw unusable(reference, 'Its configuration names no platform; it is no container image.');
		requirePlatforms(reference.source, [platform], platforms);
		return planned(top, [image], {platforms: [platform], rebuilt: false});
	}
	const real = index.data.manifests.filter(isReal);
	const named = ({platform, digest}: Entry): PlannedPlatform =>
		planPlatform(platform ?? {os: '', architecture: ''}, digest);
	requirePlatforms(reference.source, real.map(named), platforms);
	const chosen = real.filter((entry) => platforms.some((wanted) => fits(wanted, named(entry))));
	const all = chosen.length === real.length && chosen.length > 1;
	const taken = all ? index.data.manifests : chosen;
	const parts: Whole[] = [];
	for (const {digest} of new Map(taken.map((entry) => [entry.digest, entry])).values())
		parts.push(await whole(await read(digest)));
	const of = chosen.map(named);
	const [only] = parts;
	if (chosen.length === 1 && only) return planned(only.manifest, [only], {platforms: of, rebuilt: false});
	if (all) return planned(top, parts, {platforms: of, rebuilt: false});
	const mediaType = top.mediaType === mediaTypes.dockerIndex ? mediaTypes.dockerIndex : mediaTypes.index;
	const bytes = Buffer.from(JSON.stringify({schemaVersion: 2, mediaType, manifests: chosen}));
	return planned({mediaType, digest: sha256(bytes), bytes}, parts, {platforms: of, rebuilt: true});
};
