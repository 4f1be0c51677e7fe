import {readdir, stat} from 'node:fs/promises';
import {basename, join} from 'node:path';
import {archiveName, openTar} from '../../archive/open-tar.ts';
import {fileProblem, noImages} from '../../archive/problems.ts';
import type {Slice} from '../../archive/slice.ts';
import {type Tree, tarTree} from '../../archive/tree.ts';
import {sha256} from '../images/image.ts';
import {readImages} from '../images/read-archive.ts';
import type {Blob, Image} from '../types.ts';
import {parseReference} from './reference.ts';
import {configDigestOf, describeImage, requirePlatforms} from './resolve.ts';
import type {PlannedImage, PlannedPlatform} from './types.ts';

const maximumFiles = 100_000;

const treeOfFolder = async (folder: string): Promise<Tree> => {
	const label = basename(folder);
	const files = new Map<string, Slice>();
	for (const entry of await readdir(folder, {recursive: true, withFileTypes: true})) {
		if (!entry.isFile() || files.size > maximumFiles) continue;
		const file = join(entry.parentPath, entry.name);
		const name = file.slice(folder.length + 1);
		files.set(name, {file, offset: 0, size: (await stat(file)).size, label: `${label}/${name}`});
	}
	return {label, names: [...files.keys()], find: (name) => files.get(name), complete: true};
};

const treeOfTar = async (file: string, signal: AbortSignal): Promise<Tree> => {
	const label = basename(file);
	return tarTree(label, await openTar({file, offset: 0, size: (await stat(file)).size, label}, signal));
};

/** The archives below a path: a tar (also one compressed with gzip or zstd), a folder that is an OCI layout, or a folder of tars (also one with `images/` in it). */
const treesOf = async (path: string, signal: AbortSignal): Promise<readonly Tree[]> => {
	if (!(await stat(path)).isDirectory()) return [await treeOfTar(path, signal)];
	const names = await readdir(path);
	if (names.includes('index.json') || names.includes('manifest.json')) return [await treeOfFolder(path)];
	if (names.includes('images')) return treesOf(join(path, 'images'), signal);
	const tars = names.filter((name) => archiveName.test(name)).sort();
	return Promise.all(tars.map((name) => treeOfTar(join(path, name), signal)));
};

const maximumConfig = 8 * 1024 * 1024;

const readSmall = async (blob: Blob): Promise<Buffer> => {
	const parts: Buffer[] = [];
	for await (const chunk of blob.open()) parts.push(chunk as Buffer);
	return Buffer.concat(parts);
};

const plan = async (image: Image): Promise<PlannedImage> => {
	const {name, tag, source, manifest, children = [], blobs} = image;
	const manifests = [manifest, ...children];
	const configs = new Map<string, Buffer>();
	const platforms: PlannedPlatform[] = [];
	const times: number[] = [];
	for (const one of manifests) {
		const blob = blobs.find(({digest, size}) => digest === configDigestOf(one) && size <= maximumConfig);
		if (!blob) continue;
		const bytes = await readSmall(blob);
		const described = describeImage(one, bytes);
		// The bytes are believed only where they are what they are called; the fetch says so where they are not.
		if (sha256(bytes) !== blob.digest || !described) continue;
		configs.set(blob.digest, bytes);
		if (described.platform.os !== 'unknown') platforms.push(described.platform);
		if (described.createdMs !== undefined) times.push(described.createdMs);
	}
	return {
		name,
		tag,
		source: parseReference(source)?.source ?? source,
		from: 'archive',
		manifest,
		children,
		rebuilt: false,
		platforms,
		blobs: blobs.map((blob) => ({
			mediaType: blob.mediaType,
			digest: blob.digest,
			size: blob.size,
			image: `${name}:${tag}`,
			read: (from) => blob.open(from),
		})),
		configs,
		createdMs: times.length === 0 ? undefined : Math.max(...times),
		size: manifests.reduce((sum, {bytes}) => sum + bytes.length, 0) + blobs.reduce((sum, {size}) => sum + size, 0),
	};
};

/**
 * The images of archives that were saved by hand (`docker save`) or of OCI layouts. Layers stay as they are in there: those of
 * `docker save` are not compressed.
 * @param platforms one is taken out of an image of several; of several, the image is taken whole
 * @throws ProblemError of area `bundle`, as for archives within a bundle; `bundle-create-platform` for an image that lacks one of
 *   several, `bundle-no-images` for a path without archives
 */
export const imagesOfArchives = async (
	paths: readonly string[],
	platforms: readonly string[],
	signal: AbortSignal,
): Promise<readonly PlannedImage[]> => {
	const [only, ...others] = platforms;
	const platform = only !== undefined && others.length === 0 ? only : 'all';
	const found: PlannedImage[] = [];
	for (const path of paths) {
		const trees = await treesOf(path, signal).catch((error: unknown) => {
			throw fileProblem(path, error);
		});
		if (trees.length === 0) throw noImages(path);
		for (const tree of trees) {
			for (const image of await readImages(tree, signal, {platform})) {
				const planned = await plan(image);
				requirePlatforms(`${planned.name}:${planned.tag} in ${tree.label}`, planned.platforms, platforms);
				found.push(planned);
			}
		}
	}
	return found;
};
