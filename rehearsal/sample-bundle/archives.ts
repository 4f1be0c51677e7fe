import {createHash} from 'node:crypto';
import {createReadStream} from 'node:fs';
import {addFile, addFolder, addLink, fixedTime, type Layer, writeTar} from './layers.ts';

/** What `docker save` is asked to write: a name, and layers from the base up. A layer may occur twice. */
export type SampleImage = {
	readonly reference: string;
	readonly entrypoint: readonly string[];
	readonly layers: readonly Layer[];
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
			Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
			Entrypoint: image.entrypoint,
			WorkingDir: '/',
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

/**
 * The form of Docker 25 and later: an OCI layout that also has `manifest.json`. Layers that images share lie there
 * once.
 */
export const writeModern = (file: string, ...images: readonly SampleImage[]): Promise<void> =>
	writeTar(file, async (tar) => {
		const mediaType = 'application/vnd.oci.image.manifest.v1+json';
		addFolder(tar, 'blobs');
		addFolder(tar, 'blobs/sha256');
		const written = new Set<string>();
		const saved: unknown[] = [];
		const manifests: unknown[] = [];
		for (const image of images) {
			const config = configOf(image);
			const configDigest = digestOf(config);
			const manifest = json({
				schemaVersion: 2,
				mediaType,
				config: {mediaType: 'application/vnd.oci.image.config.v1+json', digest: configDigest, size: config.length},
				layers: image.layers.map(({digest, size}) => ({
					mediaType: 'application/vnd.oci.image.layer.v1.tar',
					digest,
					size,
				})),
			});
			for (const layer of image.layers) {
				if (written.has(layer.digest)) continue;
				written.add(layer.digest);
				await addFile(tar, `blobs/sha256/${hex(layer.digest)}`, chunksOf(layer));
			}
			await addFile(tar, `blobs/sha256/${hex(configDigest)}`, config);
			await addFile(tar, `blobs/sha256/${hex(digestOf(manifest))}`, manifest);
			const tag = image.reference.replace(/^.*:/u, '');
			manifests.push({
				mediaType,
				digest: digestOf(manifest),
				size: manifest.length,
				annotations: {'io.containerd.image.name': image.reference, 'org.opencontainers.image.ref.name': tag},
			});
			const layers = image.layers.map(({digest}) => `blobs/sha256/${hex(digest)}`);
			saved.push({Config: `blobs/sha256/${hex(configDigest)}`, RepoTags: [image.reference], Layers: layers});
		}
		const index = {schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests};
		await addFile(tar, 'index.json', json(index));
		await addFile(tar, 'manifest.json', json(saved));
		await addFile(tar, 'oci-layout', json({imageLayoutVersion: '1.0.0'}));
		await addFile(tar, 'repositories', repositoriesOf(images));
	});

/** The form before Docker 25: a folder a layer, and links where a layer occurs again. */
export const writeClassic = (file: string, image: SampleImage): Promise<void> =>
	writeTar(file, async (tar) => {
		const config = configOf(image);
		const configName = `${hex(digestOf(config))}.json`;
		const places: string[] = [];
		const first = new Map<string, string>();
		for (const [index, layer] of image.layers.entries()) {
			// The id of a layer's folder depends on its place in the chain, so equal layers get different folders.
			const id = hex(digestOf(`${index} ${image.layers.slice(0, index + 1).map(({digest}) => digest)}`));
			addFolder(tar, id);
			await addFile(tar, `${id}/VERSION`, Buffer.from('1.0'));
			await addFile(tar, `${id}/json`, json({id, created: fixedTime.toISOString(), os: 'linux'}));
			const same = first.get(layer.digest);
			if (same === undefined) await addFile(tar, `${id}/layer.tar`, chunksOf(layer));
			else addLink(tar, `${id}/layer.tar`, `../${same}/layer.tar`);
			first.set(layer.digest, same ?? id);
			places.push(`${id}/layer.tar`);
		}
		await addFile(tar, configName, config);
		await addFile(tar, 'manifest.json', json([{Config: configName, RepoTags: [image.reference], Layers: places}]));
		await addFile(tar, 'repositories', repositoriesOf([image]));
	});
