import {createHash} from 'node:crypto';
import {z} from 'zod';
import {type Compression, compressionOf, decompress} from '../../archive/compressed.ts';
import {bundleProblem, damaged} from '../../archive/problems.ts';
import {ringSlice} from '../../archive/ring.ts';
import {openSlice, readSlice, type Slice, withReader} from '../../archive/slice.ts';
import {maximumJsonBytes, missing, readJson, type Tree} from '../../archive/tree.ts';
import type {Blob, Descriptor, Image, Platform} from '../types.ts';
import type {Choice} from './platforms.ts';

/** Media types of the OCI image specification 1.1 (manifest.md, layer.md, config.md). */
export const mediaTypes = {
	manifest: 'application/vnd.oci.image.manifest.v1+json',
	index: 'application/vnd.oci.image.index.v1+json',
	config: 'application/vnd.oci.image.config.v1+json',
	layer: 'application/vnd.oci.image.layer.v1.tar',
	dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
	dockerIndex: 'application/vnd.docker.distribution.manifest.list.v2+json',
} as const;

export const digestPattern = /^sha256:[0-9a-f]{64}$/u;
export const sha256 = (bytes: Buffer | string): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

const configSchema = z.object({
	os: z.string(),
	architecture: z.string(),
	variant: z.string().nullish(),
	rootfs: z.object({diff_ids: z.array(z.string().regex(digestPattern)).max(1000)}),
});
export type Config = z.infer<typeof configSchema>;

export const platformOf = ({os, architecture, variant}: Pick<Config, 'os' | 'architecture' | 'variant'>): Platform => ({
	os,
	architecture,
	...(variant ? {variant} : {}),
});

/** A reference taken apart: `host:5000/a/b:1.0` → `b`, `1.0`. @returns `undefined` when it names no tag */
export const splitReference = (reference: string): {readonly name: string; readonly tag: string} | undefined => {
	const [, name, tag] = /(?:^|\/)([a-z0-9][a-z0-9._-]*):([A-Za-z0-9_][A-Za-z0-9_.-]{0,127})$/u.exec(reference) ?? [];
	return name && tag ? {name, tag} : undefined;
};

/** A blob that lies in a slice. */
export const blobOf = (descriptor: Descriptor, slice: Slice): Blob => ({
	mediaType: descriptor.mediaType,
	digest: descriptor.digest,
	size: descriptor.size,
	open: (offset = 0) => openSlice(slice, offset),
	scan: (offset) => ringSlice(slice, offset),
});

/** Where the bytes of a blob lie; kept beside the blob so that `verify` can read each file once, front to back. */
const places = new WeakMap<Blob, Slice>();
export const placeOf = (blob: Blob): Slice | undefined => places.get(blob);
const place = (descriptor: Descriptor, slice: Slice): Blob => {
	const blob = blobOf(descriptor, slice);
	places.set(blob, slice);
	return blob;
};

/** @throws ProblemError `bundle-archive-damaged` when the config is not an image config or its name lies */
export const readConfig = async (
	tree: Tree,
	name: string,
): Promise<{bytes: Buffer; config: Config; digest: string}> => {
	const {bytes, value} = await readJson(tree, name);
	const parsed = configSchema.safeParse(value);
	if (!parsed.success) {
		const cause = 'It is not an image configuration: os, architecture or rootfs.diff_ids are missing or malformed.';
		throw damaged('bundle-archive-damaged', tree.label, `${name} in ${tree.label} cannot be used.`, cause);
	}
	const digest = sha256(bytes);
	const named = /([0-9a-f]{64})(?:\.json)?$/u.exec(name)?.[1];
	if (named && `sha256:${named}` !== digest) {
		throw damaged(
			'bundle-digest-mismatch',
			tree.label,
			`The image configuration in ${tree.label} is not what its name says.`,
			`Its name promises sha256:${named}, its bytes have ${digest}.`,
		);
	}
	return {bytes, config: parsed.data, digest};
};

/** Compression of a layer by its first bytes; anything but gzip and zstd is a plain tar. */
const compressionAt = async (slice: Slice): Promise<Compression | undefined> => {
	const magic = slice.size < 4 ? Buffer.alloc(4) : await withReader(slice, (read) => read(0, 4));
	const found = compressionOf(magic);
	return found === 'gzip' || found === 'zstd' ? found : undefined;
};

/** Digest of a compressed layer as it lies there, and of what it unpacks to. */
const hashPacked = async (slice: Slice, algorithm: Compression, signal: AbortSignal) => {
	const [packed, raw] = [createHash('sha256'), createHash('sha256')];
	const chunks = async function* () {
		for await (const chunk of openSlice(slice)) {
			signal.throwIfAborted();
			packed.update(chunk as Buffer);
			yield chunk as Buffer;
		}
	};
	const input = {algorithm, label: slice.label, size: slice.size, exact: true};
	for await (const chunk of decompress(chunks(), input)) raw.update(chunk);
	return {digest: `sha256:${packed.digest('hex')}`, diffId: `sha256:${raw.digest('hex')}`};
};

/** A layer of a `docker save` archive. Its digest follows from its name or, uncompressed, from the config's diff_id. */
const layerOf = async (tree: Tree, name: string, diffId: string, signal: AbortSignal): Promise<Blob> => {
	const slice = tree.find(name);
	if (!slice) throw missing(tree, `the layer ${name}`);
	const algorithm = await compressionAt(slice);
	const mediaType = algorithm ? `${mediaTypes.layer}+${algorithm}` : mediaTypes.layer;
	const contradiction = (cause: string) =>
		damaged('bundle-digest-mismatch', tree.label, `${tree.label} contradicts itself about a layer.`, cause);
	const named = /(?:^|\/)sha256\/([0-9a-f]{64})$/u.exec(name)?.[1];
	if (named && !algorithm && `sha256:${named}` !== diffId) {
		throw contradiction(`The layer list says sha256:${named} where the image configuration says ${diffId}.`);
	}
	if (named || !algorithm) {
		return place({mediaType, digest: named ? `sha256:${named}` : diffId, size: slice.size}, slice);
	}
	// A compressed layer of a classic archive carries its digest nowhere: only what it unpacks to can be held against
	// something, and only here, for later its digest is all that is known.
	const found = await hashPacked(slice, algorithm, signal);
	if (found.diffId !== diffId) {
		throw contradiction(`${name} unpacks to ${found.diffId}, the image configuration says ${diffId}.`);
	}
	return place({mediaType, digest: found.digest, size: slice.size}, slice);
};

const unique = (blobs: readonly Blob[]): readonly Blob[] => [
	...new Map(blobs.map((blob) => [blob.digest, blob])).values(),
];

export type Named = {readonly name: string; readonly tag: string; readonly source: string};

/** Builds an image, and its manifest, from a config and layer files. The same input gives the same bytes. */
export const assembleImage = async (
	tree: Tree,
	input: {readonly named: Named; readonly config: string; readonly layers: readonly string[]},
	signal: AbortSignal,
): Promise<Image> => {
	const {bytes: configBytes, config, digest} = await readConfig(tree, input.config);
	const slice = tree.find(input.config);
	if (!slice) throw missing(tree, input.config);
	const diffIds = config.rootfs.diff_ids;
	if (diffIds.length !== input.layers.length) {
		throw damaged(
			'bundle-archive-damaged',
			tree.label,
			`${tree.label} contradicts itself about its layers.`,
			`manifest.json lists ${input.layers.length} layers, the image configuration ${diffIds.length}.`,
		);
	}
	const layers: Blob[] = [];
	for (const [index, name] of input.layers.entries()) {
		signal.throwIfAborted();
		layers.push(await layerOf(tree, name, diffIds[index] ?? '', signal));
	}
	const configBlob = place({mediaType: mediaTypes.config, digest, size: configBytes.length}, slice);
	const plain = ({mediaType, digest: of, size}: Descriptor) => ({mediaType, digest: of, size});
	const bytes = Buffer.from(
		JSON.stringify({
			schemaVersion: 2,
			mediaType: mediaTypes.manifest,
			config: plain(configBlob),
			layers: layers.map(plain),
		}),
	);
	return {
		...input.named,
		archive: tree.label,
		manifest: {mediaType: mediaTypes.manifest, digest: sha256(bytes), bytes},
		blobs: unique([configBlob, ...layers]),
		platform: platformOf(config),
	};
};

const leftOut = (descriptor: Descriptor): Blob => ({
	...descriptor,
	omitted: true,
	open: () => {
		throw bundleProblem({
			code: 'bundle-blob-omitted',
			message: `The bundle does not hold ${descriptor.digest}.`,
			cause:
				'It is a differential bundle: what the registry was said to have already was left out, but the registry lacks this.',
			fix: 'Load the bundle that it was made against first, or have a whole bundle made.',
			answers: ['bundle.path'],
		});
	},
});

/**
 * An image whose manifests are in the tree already, with every blob they name.
 * @param omitted blobs that a differential bundle left out, and their sizes
 */
export const wholeImage = (
	tree: Tree,
	named: Named,
	{manifest, children, nodes, platforms}: Choice,
	omitted: ReadonlyMap<string, number> = new Map(),
): Image => {
	const blobs = nodes
		.flatMap(({descriptors}) => descriptors)
		.map((descriptor) => {
			const slice = tree.find(blobPath(descriptor.digest));
			if (!slice && omitted.get(descriptor.digest) === descriptor.size) return leftOut(descriptor);
			if (!slice) throw missing(tree, `the blob ${descriptor.digest}`);
			if (slice.size !== descriptor.size) {
				throw damaged(
					'bundle-digest-mismatch',
					tree.label,
					`${tree.label} contradicts itself about ${descriptor.digest}.`,
					`The manifest says ${descriptor.size} bytes, the archive holds ${slice.size}.`,
				);
			}
			return place(descriptor, slice);
		});
	const [platform] = platforms;
	if (!platform) throw missing(tree, 'an image for any platform');
	return {
		...named,
		archive: tree.label,
		manifest,
		...(children.length > 0 ? {children, platforms} : {}),
		blobs: unique(blobs),
		platform,
	};
};

/** Where an OCI layout keeps a blob (image-layout.md). */
export const blobPath = (digest: string): string => `blobs/${digest.replace(':', '/')}`;

/** An archive that does not say which image it holds. */
export const unnamed = (tree: Tree, cause: string): Error =>
	bundleProblem({
		code: 'bundle-image-unnamed',
		message: `${tree.label} does not say which image it holds.`,
		cause,
		fix: 'Save the image again by name and version: docker save NAME:VERSION > FILE, not by its id.',
		location: {file: tree.label},
	});

/** Reads a small JSON blob by digest and checks it against that digest. @returns `undefined` when it is not there or not itself */
export const readBlob = async (tree: Tree, digest: string): Promise<Buffer | undefined> => {
	const slice = digestPattern.test(digest) ? tree.find(blobPath(digest)) : undefined;
	if (!slice || slice.size > maximumJsonBytes) return undefined;
	const bytes = await readSlice(slice);
	return sha256(bytes) === digest ? bytes : undefined;
};
