import * as z from 'zod';
import {damaged} from '../../archive/problems.ts';
import {readJson, type Tree} from '../../archive/tree.ts';
import type {Descriptor, ManifestBytes, Platform} from '../types.ts';
import {blobPath, digestPattern, mediaTypes, platformOf, readBlob} from './image.ts';

const descriptor = z.object({
	mediaType: z.string(),
	digest: z.string().regex(digestPattern),
	size: z.int().min(0),
});
const manifestSchema = z.object({
	schemaVersion: z.literal(2),
	mediaType: z.string().optional(),
	config: descriptor,
	layers: z.array(descriptor).max(1000),
});
const platformSchema = z.object({os: z.string(), architecture: z.string(), variant: z.string().nullish()});
const indexSchema = z.object({
	mediaType: z.string().optional(),
	manifests: z
		.array(
			descriptor.extend({
				annotations: z.record(z.string(), z.string()).nullish(),
				platform: platformSchema.nullish().catch(undefined),
			}),
		)
		.max(1000),
});

/** An image manifest in an OCI layout. */
export type ManifestNode = {
	readonly kind: 'image';
	readonly manifest: ManifestBytes;
	readonly config: Descriptor;
	/** Every blob that it names, config first. */
	readonly descriptors: readonly Descriptor[];
	/** Whether every blob is there, or known to be left out on purpose. */
	readonly complete: boolean;
};

/** An index in an OCI layout: of one image for several platforms. */
export type IndexNode = {
	readonly kind: 'index';
	readonly manifest: ManifestBytes;
	readonly children: readonly Entry[];
};

/** What an index says of one of its manifests; `node` is absent where that is not there, not itself, or no manifest. */
export type Entry = {
	readonly descriptor: Descriptor;
	/** What the index says; the configuration of the image is what counts. */
	readonly platform: Platform | undefined;
	readonly annotations: Readonly<Record<string, string>>;
	readonly node: ManifestNode | IndexNode | undefined;
};

const maximumDepth = 4;
/** An archive has some dozen manifests of some kilobytes. */
const maximum = {manifests: 5000, bytes: 64 * 1024 * 1024};

const plain = ({mediaType, digest, size}: Descriptor): Descriptor => ({mediaType, digest, size});

const json = (bytes: Buffer): unknown => {
	try {
		return JSON.parse(bytes.toString('utf8'));
	} catch {
		return undefined;
	}
};

/**
 * What `index.json` names, down to the image manifests: nested indexes come from images for several platforms.
 * @param omitted blobs that a differential bundle left out, and their sizes
 * @throws ProblemError `bundle-archive-incomplete` or `-damaged` when `index.json` itself is missing or not JSON, or names
 *   more manifests than any archive has
 */
export const readEntries = async (
	tree: Tree,
	omitted: ReadonlyMap<string, number> = new Map(),
): Promise<readonly Entry[]> => {
	const nodes = new Map<string, Entry['node']>();
	let bytesRead = 0;
	const has = ({digest, size}: Descriptor) => tree.find(blobPath(digest)) !== undefined || omitted.get(digest) === size;

	const readNode = async (at: Descriptor, depth: number): Promise<Entry['node']> => {
		const bytes = await readBlob(tree, at.digest);
		if (!bytes) return undefined;
		bytesRead += bytes.length;
		const content = json(bytes);
		const parsed = manifestSchema.safeParse(content);
		if (parsed.success) {
			const {config, layers, mediaType} = parsed.data;
			const descriptors = [config, ...layers].map(plain);
			return {
				kind: 'image',
				manifest: {mediaType: mediaType ?? at.mediaType, digest: at.digest, bytes},
				config: plain(config),
				descriptors,
				complete: descriptors.every(has),
			};
		}
		const children = await entriesOf(content, depth + 1);
		if (!children) return undefined;
		const {mediaType} = content as {readonly mediaType?: string};
		return {
			kind: 'index',
			manifest: {mediaType: mediaType ?? at.mediaType ?? mediaTypes.index, digest: at.digest, bytes},
			children,
		};
	};

	const entriesOf = async (value: unknown, depth: number): Promise<readonly Entry[] | undefined> => {
		const index = indexSchema.safeParse(value);
		if (!index.success || depth > maximumDepth) return undefined;
		const entries: Entry[] = [];
		for (const {annotations, platform, ...at} of index.data.manifests) {
			if (!nodes.has(at.digest)) nodes.set(at.digest, await readNode(plain(at), depth));
			if (nodes.size > maximum.manifests || bytesRead > maximum.bytes) {
				const cause = `Its index.json leads to more than ${maximum.manifests} manifests, or to more than 64 MiB of them.`;
				throw damaged('bundle-archive-damaged', tree.label, `${tree.label} is not an image archive.`, cause);
			}
			entries.push({
				descriptor: plain(at),
				platform: platform ? platformOf(platform) : undefined,
				annotations: annotations ?? {},
				node: nodes.get(at.digest),
			});
		}
		return entries;
	};
	return (await entriesOf((await readJson(tree, 'index.json')).value, 0)) ?? [];
};
