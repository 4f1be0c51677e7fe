import {readdir, stat} from 'node:fs/promises';
import {basename, join} from 'node:path';
import {archiveName, openTar} from '../../archive/open-tar.ts';
import {fileProblem} from '../../archive/problems.ts';
import {readSlice, type Slice} from '../../archive/slice.ts';
import {type Tree, tarTree} from '../../archive/tree.ts';
import {totalSize} from '../../base/units.ts';
import {type Blob, type ManifestBytes, plainDescriptor} from '../../oci/descriptor.ts';
import {sha256Of} from '../../oci/digest.ts';
import {type Image, imageKey} from '../../oci/image.ts';
import {leftOutText} from '../../oci/left-out.ts';
import {requireName, requireUsed} from '../images/given-name.ts';
import {type ReadOptions, readImages} from '../images/read-archive.ts';
import {isDropping} from '../layout/foreign/droppings.ts';
import {layoutProblems} from '../layout/problems.ts';
import {configDigestOf, describeImage} from './manifest-form.ts';
import {requirePlatforms} from './platforms.ts';
import {parseReference} from './reference.ts';
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
	if (['index.json', 'oci-layout', 'manifest.json'].some((name) => names.includes(name)))
		return [await treeOfFolder(path)];
	if (names.includes('images')) return treesOf(join(path, 'images'), signal);
	const tars: string[] = [];
	for (const name of names.filter((one) => archiveName.test(one)).sort()) {
		const slice = {file: join(path, name), offset: 0, size: 4, label: name};
		if (!(await isDropping(name, () => readSlice(slice)))) tars.push(name);
	}
	return Promise.all(tars.map((name) => treeOfTar(join(path, name), signal)));
};

const maximumConfig = 8 * 1024 * 1024;

const readSmall = async (blob: Blob): Promise<Buffer> => {
	const parts: Buffer[] = [];
	for await (const chunk of blob.open()) parts.push(chunk as Buffer);
	return Buffer.concat(parts);
};

/** The configuration of one of the image's manifests, and what that says. */
type Described = {
	readonly digest: string;
	readonly bytes: Buffer;
	readonly platform: PlannedPlatform;
	readonly createdMs: number | undefined;
};

/** @returns `undefined` for what is no image, or has a configuration that cannot be believed */
const describe = async ({blobs}: Image, manifest: ManifestBytes): Promise<Described | undefined> => {
	const wanted = configDigestOf(manifest);
	const blob = blobs.find(({digest, size}) => digest === wanted && size <= maximumConfig);
	if (!blob) return undefined;
	const bytes = await readSmall(blob);
	const described = describeImage(manifest, bytes);
	// The bytes are believed only where they are what they are called; the fetch says so where they are not.
	return described && sha256Of(bytes) === blob.digest ? {digest: blob.digest, bytes, ...described} : undefined;
};

const describeAll = async (image: Image, manifests: readonly ManifestBytes[]): Promise<readonly Described[]> => {
	const found: Described[] = [];
	for (const manifest of manifests) {
		const described = await describe(image, manifest);
		if (described) found.push(described);
	}
	return found;
};

const plan = async (image: Image): Promise<PlannedImage> => {
	const {name, tag, source, manifest, children = [], blobs} = image;
	const manifests = [manifest, ...children];
	const described = await describeAll(image, manifests);
	const times = described.flatMap(({createdMs}) => createdMs ?? []);
	return {
		name,
		tag,
		source: parseReference(source)?.source ?? source,
		from: 'archive',
		manifest,
		children,
		rebuilt: false,
		platforms: described.map(({platform}) => platform).filter(({os}) => os !== 'unknown'),
		blobs: blobs.map((blob) => ({
			...plainDescriptor(blob),
			image: imageKey(image),
			read: (from) => blob.open(from),
		})),
		configs: new Map(described.map(({digest, bytes}) => [digest, bytes])),
		createdMs: times.length === 0 ? undefined : Math.max(...times),
		size: totalSize(manifests.map(({bytes}) => ({size: bytes.length}))) + totalSize(blobs),
	};
};

/** The images of one path, out of each archive there. */
const imagesAt = async (path: string, options: ReadOptions, signal: AbortSignal) => {
	const trees = await treesOf(path, signal).catch((error: unknown) => {
		throw fileProblem(path, error);
	});
	if (trees.length === 0) throw layoutProblems.error('bundle-no-images', {path});
	const found: Array<{readonly image: PlannedImage; readonly archive: string}> = [];
	const notes: string[] = [];
	let usedName = false;
	for (const tree of trees) {
		const read = await readImages(tree, signal, options);
		for (const image of read.images) found.push({image: await plan(image), archive: tree.label});
		notes.push(...read.notes, ...read.leftOut.map(leftOutText));
		usedName ||= read.usedName;
	}
	return {found, notes, usedName};
};

/** Images of archives, and what the operator should know of them. */
export type ArchivedImages = {readonly images: readonly PlannedImage[]; readonly notes: readonly string[]};

/** What is taken out of which archives. */
export type ArchiveRequest = {
	readonly from: readonly string[];
	/** One is taken out of an image of several; of several, the image is taken whole. */
	readonly platforms: readonly string[];
	/** What an image is called that carries no name. */
	readonly name?: string | undefined;
};

/**
 * The images of archives that were saved by hand (`docker save`) or of OCI layouts. Layers stay as they are in there: those of
 * `docker save` are not compressed.
 * @throws ProblemError of area `bundle`, as for archives within a bundle; `bundle-create-platform` for an image that lacks one of
 *   several, `bundle-no-images` for a path without archives, `bundle-image-name` for a name that is none or is not needed
 */
export const imagesOfArchives = async (request: ArchiveRequest, signal: AbortSignal): Promise<ArchivedImages> => {
	const {from, platforms} = request;
	const name = request.name === undefined ? undefined : requireName(request.name);
	const [only, ...others] = platforms;
	const platform = only !== undefined && others.length === 0 ? only : 'all';
	const images: PlannedImage[] = [];
	const notes: string[] = [];
	let usedName = false;
	for (const path of from) {
		const at = await imagesAt(path, {platform, name}, signal);
		for (const {image, archive} of at.found) {
			requirePlatforms(`${imageKey(image)} in ${archive}`, image.platforms, platforms);
			images.push(image);
		}
		notes.push(...at.notes);
		usedName ||= at.usedName;
	}
	requireUsed(name, usedName);
	return {images, notes};
};
