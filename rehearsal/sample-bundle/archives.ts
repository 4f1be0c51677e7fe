import {createHash} from 'node:crypto';
import {createReadStream} from 'node:fs';
import type {Pack} from 'tar-stream';
import {addFile, addFolder, addLink, fixedTime, type Layer, writeTar} from './layers.ts';

/** What `docker save` is asked to write: a name, and layers from the base up. A layer may occur twice. */
export type SampleImage = {
	readonly reference: string;
	readonly entrypoint: readonly string[];
	readonly layers: readonly Layer[];
	/** Further variables, as `NAME=value`. */
	readonly env?: readonly string[];
	/** By default `/`. */
	readonly workingDir?: string;
};

const hex = (digest: string): string => digest.slice('sha256:'.length);
const digestOf = (bytes: Buffer | string): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const chunksOf = (layer: Layer) => ({
	size: layer.size,
	chunks: createReadStream(layer.file, {highWaterMark: 1024 * 1024}) as AsyncIterable<Buffer>,
});

/** Image configuration (OCI image specification 1.1, config.md). */
export const configOf = (image: SampleImage): Buffer =>
	json({
		architecture: 'amd64',
		os: 'linux',
		created: fixedTime.toISOString(),
		config: {
			Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', ...(image.env ?? [])],
			Entrypoint: image.entrypoint,
			WorkingDir: image.workingDir ?? '/',
		},
		rootfs: {type: 'layers', diff_ids: image.layers.map(({digest}) => digest)},
		history: image.layers.map(({name}) => ({created: fixedTime.toISOString(), created_by: `COPY ${name} /`})),
	});

const repositoriesOf = (images: readonly SampleImage[]): Buffer => {
	const named = images.map((image) => {
		const [, name = '', tag = ''] = /^(.*):([^:]+)$/u.exec(image.reference) ?? [];
		return [name, {[tag]: hex(image.layers.at(-1)?.digest ?? '')}] as const;
	});
	return json(Object.fromEntries(named));
};

const manifestType = 'application/vnd.oci.image.manifest.v1+json';

const manifestOf = (image: SampleImage, config: Buffer): Buffer =>
	json({
		schemaVersion: 2,
		mediaType: manifestType,
		config: {
			mediaType: 'application/vnd.oci.image.config.v1+json',
			digest: digestOf(config),
			size: config.length,
		},
		layers: image.layers.map(({digest, size}) => ({
			mediaType: 'application/vnd.oci.image.layer.v1.tar',
			digest,
			size,
		})),
	});

const blobPath = (digest: string): string => `blobs/sha256/${hex(digest)}`;

/** What `index.json` and `manifest.json` say of an image. */
type Entry = {readonly inIndex: unknown; readonly inManifest: unknown};

const entryOf = ({reference, layers}: SampleImage, config: Buffer, manifest: Buffer): Entry => ({
	inIndex: {
		mediaType: manifestType,
		digest: digestOf(manifest),
		size: manifest.length,
		annotations: {
			'io.containerd.image.name': reference,
			'org.opencontainers.image.ref.name': reference.replace(/^.*:/u, ''),
		},
	},
	inManifest: {
		Config: blobPath(digestOf(config)),
		RepoTags: [reference],
		Layers: layers.map(({digest}) => blobPath(digest)),
	},
});

/** Adds the blobs of an image that are not there yet. */
const addImage = async (tar: Pack, image: SampleImage, written: Set<string>): Promise<Entry> => {
	for (const layer of image.layers) {
		if (!written.has(layer.digest)) await addFile(tar, blobPath(layer.digest), chunksOf(layer));
		written.add(layer.digest);
	}
	const config = configOf(image);
	const manifest = manifestOf(image, config);
	for (const blob of [config, manifest]) await addFile(tar, blobPath(digestOf(blob)), blob);
	return entryOf(image, config, manifest);
};

/**
 * The form of Docker 25 and later: an OCI layout that also has `manifest.json`. Layers that images share lie there
 * once.
 */
export const writeModern = (file: string, ...images: readonly SampleImage[]): Promise<void> =>
	writeTar(file, async (tar) => {
		addFolder(tar, 'blobs');
		addFolder(tar, 'blobs/sha256');
		const written = new Set<string>();
		const entries: Entry[] = [];
		for (const image of images) entries.push(await addImage(tar, image, written));
		const mediaType = 'application/vnd.oci.image.index.v1+json';
		const manifests = entries.map(({inIndex}) => inIndex);
		await addFile(tar, 'index.json', json({schemaVersion: 2, mediaType, manifests}));
		await addFile(tar, 'manifest.json', json(entries.map(({inManifest}) => inManifest)));
		await addFile(tar, 'oci-layout', json({imageLayoutVersion: '1.0.0'}));
		await addFile(tar, 'repositories', repositoriesOf(images));
	});

/** The id of a layer's folder depends on its place in the chain, so equal layers get different folders. */
const layerId = ({layers}: SampleImage, index: number): string =>
	hex(digestOf(`${index} ${layers.slice(0, index + 1).map(({digest}) => digest)}`));

/** The form before Docker 25: a folder a layer, and links where a layer occurs again. */
export const writeClassic = (file: string, image: SampleImage): Promise<void> =>
	writeTar(file, async (tar) => {
		const places: string[] = [];
		const first = new Map<string, string>();
		for (const [index, layer] of image.layers.entries()) {
			const id = layerId(image, index);
			addFolder(tar, id);
			await addFile(tar, `${id}/VERSION`, Buffer.from('1.0'));
			await addFile(tar, `${id}/json`, json({id, created: fixedTime.toISOString(), os: 'linux'}));
			const same = first.get(layer.digest);
			if (same === undefined) await addFile(tar, `${id}/layer.tar`, chunksOf(layer));
			else addLink(tar, `${id}/layer.tar`, `../${same}/layer.tar`);
			first.set(layer.digest, same ?? id);
			places.push(`${id}/layer.tar`);
		}
		const config = configOf(image);
		const configName = `${hex(digestOf(config))}.json`;
		await addFile(tar, configName, config);
		await addFile(tar, 'manifest.json', json([{Config: configName, RepoTags: [image.reference], Layers: places}]));
		await addFile(tar, 'repositories', repositoriesOf([image]));
	});
