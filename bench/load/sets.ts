import {createReadStream, createWriteStream} from 'node:fs';
import {mkdir, rename, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {pipeline} from 'node:stream/promises';
import {createGzip} from 'node:zlib';
import {
	configOf,
	digestFile,
	type Layer,
	packChart,
	type SampleImage,
	writeModern,
} from '../../rehearsal/sample-bundle/index.ts';
import {digestOf, writeContent} from './content.ts';

/** Bytes that lie in a file, to be put to a registry as they are. */
export type StoredBlob = {
	readonly file: string;
	readonly offset: number;
	readonly size: number;
	readonly digest: string;
};
/** `digest` of the image manifest. */
export type StoredImage = {readonly name: string; readonly tag: string; readonly digest: string};
/** An archive or a layout with what is in it; every blob once, configurations among them. */
export type ImageSet = {
	readonly path: string;
	readonly images: readonly StoredImage[];
	readonly blobs: readonly StoredBlob[];
	readonly bytes: number;
};

const tag = '1.0.0';
/** Layers in MB of a set of 1465 MB; the first one is in all images, the second in three. */
const weights = {
	base: 80,
	runtime: 240,
	'api-1': 300,
	'api-2': 120,
	'api-3': 1,
	'server-1': 260,
	'server-2': 180,
	'dashboard-1': 60,
	'dashboard-2': 90,
	'client-1': 130,
	'client-2': 4,
} as const;
type LayerName = keyof typeof weights;
const layersOf: Readonly<Record<string, readonly LayerName[]>> = {
	'zenml-pro-api': ['base', 'runtime', 'api-1', 'api-2', 'api-3'],
	'zenml-pro-server': ['base', 'runtime', 'server-1', 'server-2'],
	'zenml-pro-dashboard': ['base', 'dashboard-1', 'dashboard-2'],
	zenml: ['base', 'runtime', 'client-1', 'client-2'],
};

/** Four images of `megabytes` (10^6 bytes) of layers in all. */
export const makeImages = async (folder: string, megabytes: number): Promise<readonly SampleImage[]> => {
	await mkdir(folder, {recursive: true});
	const unit = (megabytes * 1e6) / Object.values(weights).reduce((sum, weight) => sum + weight, 0);
	const layers = new Map<string, Layer>();
	for (const [name, weight] of Object.entries(weights))
		layers.set(name, await writeContent(folder, name, Math.max(16_384, Math.round(weight * unit))));
	return Object.entries(layersOf).map(([name, names]) => ({
		reference: `bench.example.com/${name}:${tag}`,
		entrypoint: [`/opt/${name}`],
		layers: names.map((one) => layers.get(one)).filter((layer) => layer !== undefined),
	}));
};

/** `count` images of one layer that all share and one of their own, 64 KiB each. */
export const makeSmallImages = async (folder: string, count: number): Promise<readonly SampleImage[]> => {
	await mkdir(folder, {recursive: true});
	const base = await writeContent(folder, 'base', 65_536);
	const images: SampleImage[] = [];
	for (let number = 1; number <= count; number++) {
		const own = await writeContent(folder, `own-${number}`, 65_536);
		images.push({reference: `bench.example.com/small-${number}:${tag}`, entrypoint: ['/opt'], layers: [base, own]});
	}
	return images;
};

const nameOf = (image: SampleImage): string => /\/([^/:]+):/u.exec(image.reference)?.[1] ?? image.reference;
const uniqueLayers = (images: readonly SampleImage[]): readonly Layer[] => [
	...new Map(images.flatMap(({layers}) => layers).map((layer) => [layer.digest, layer])).values(),
];

type Described = {readonly digest: string; readonly size: number};

const manifestOf = (config: Described, layers: readonly Described[], layerType: string): Buffer =>
	Buffer.from(
		JSON.stringify({
			schemaVersion: 2,
			mediaType: 'application/vnd.oci.image.manifest.v1+json',
			config: {mediaType: 'application/vnd.oci.image.config.v1+json', digest: config.digest, size: config.size},
			layers: layers.map(({digest, size}) => ({mediaType: layerType, digest, size})),
		}),
	);

const compress = async (layer: Layer, blobs: string): Promise<Described> => {
	const making = path.join(blobs, `${layer.name}.making`);
	await pipeline(
		createReadStream(layer.file, {highWaterMark: 1 << 20}),
		createGzip({level: 6}),
		createWriteStream(making),
	);
	const made = await digestFile(making);
	await rename(making, path.join(blobs, made.digest.slice(7)));
	return made;
};

/** An OCI layout in a folder, with layers compressed by gzip, or as they are. */
export const writeLayout = async (
	folder: string,
	images: readonly SampleImage[],
	form: 'gzip' | 'raw',
): Promise<ImageSet> => {
	const blobs = path.join(folder, 'blobs/sha256');
	await mkdir(blobs, {recursive: true});
	const type = `application/vnd.oci.image.layer.v1.tar${form === 'gzip' ? '+gzip' : ''}`;
	const stored = new Map<string, StoredBlob>();
	const put = async (bytes: Buffer): Promise<Described> => {
		const described = {digest: digestOf(bytes), size: bytes.length};
		await writeFile(path.join(blobs, described.digest.slice(7)), bytes);
		return described;
	};
	const keep = ({digest, size}: Described): void => {
		stored.set(digest, {file: path.join(blobs, digest.slice(7)), offset: 0, size, digest});
	};
	const made = new Map<string, Described>();
	const queue = [...uniqueLayers(images)].sort((a, b) => b.size - a.size);
	const work = async (): Promise<void> => {
		for (let layer = queue.shift(); layer; layer = queue.shift()) {
			if (form === 'gzip') made.set(layer.digest, await compress(layer, blobs));
			else {
				await rename(layer.file, path.join(blobs, layer.digest.slice(7)));
				made.set(layer.digest, layer);
			}
		}
	};
	await Promise.all([1, 2, 3, 4].map(work));
	for (const described of made.values()) keep(described);
	const manifests: unknown[] = [];
	const found: StoredImage[] = [];
	for (const image of images) {
		const config = await put(configOf(image));
		keep(config);
		const layers = image.layers.map(({digest}) => made.get(digest)).filter((one) => one !== undefined);
		const manifest = await put(manifestOf(config, layers, type));
		manifests.push({
			mediaType: 'application/vnd.oci.image.manifest.v1+json',
			...manifest,
			annotations: {'io.containerd.image.name': image.reference, 'org.opencontainers.image.ref.name': tag},
		});
		found.push({name: nameOf(image), tag, digest: manifest.digest});
	}
	const index = {schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests};
	await writeFile(path.join(folder, 'index.json'), JSON.stringify(index));
	await writeFile(path.join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
	return {path: folder, images: found, blobs: [...stored.values()], bytes: sum([...stored.values()])};
};

const sum = (blobs: readonly StoredBlob[]): number => blobs.reduce((some, {size}) => some + size, 0);

/** A `docker save` archive of all images, as Docker 25 and later write it: raw layers, those that are shared once. */
export const writeArchive = async (
	file: string,
	images: readonly SampleImage[],
	layerFolder: string,
): Promise<ImageSet> => {
	await writeModern(file, ...images);
	const blobs: StoredBlob[] = uniqueLayers(images).map(({file: from, size, digest}) => ({
		file: from,
		offset: 0,
		size,
		digest,
	}));
	const found: StoredImage[] = [];
	for (const image of images) {
		const bytes = configOf(image);
		const config = {digest: digestOf(bytes), size: bytes.length};
		const at = path.join(layerFolder, config.digest.slice(7));
		await writeFile(at, bytes);
		blobs.push({file: at, offset: 0, ...config});
		const manifest = manifestOf(config, image.layers, 'application/vnd.oci.image.layer.v1.tar');
		found.push({name: nameOf(image), tag, digest: digestOf(manifest)});
	}
	return {path: file, images: found, blobs, bytes: sum(blobs)};
};

/** Puts charts and a list of images beside `images/`, so that the folder is a bundle made by hand, without checksums. */
export const makeBundle = async (folder: string, charts: string, images: readonly SampleImage[]): Promise<void> => {
	await mkdir(path.join(folder, 'charts'), {recursive: true});
	for (const name of ['zenml-pro', 'zenml']) {
		const {fileName, bytes} = await packChart(path.join(charts, name), tag);
		await writeFile(path.join(folder, 'charts', fileName), bytes);
	}
	const lines = ['Images:', ...images.map(({reference}) => `- ${reference}`), ''];
	await writeFile(path.join(folder, 'manifest.txt'), lines.join('\n'));
};

/** Layers that are in an archive already. */
export const dropLayers = async (images: readonly SampleImage[]): Promise<void> => {
	for (const {file} of uniqueLayers(images)) await rm(file, {force: true});
};
