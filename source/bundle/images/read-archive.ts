import {posix} from 'node:path';
import * as z from 'zod';
import {damaged} from '../../archive/problems.ts';
import {cleanPath} from '../../archive/tar-index.ts';
import {missing, readJson, type Tree} from '../../archive/tree.ts';
import type {Image} from '../types.ts';
import {
	assembleImage,
	blobPath,
	mediaTypes,
	type Named,
	platformOf,
	readConfig,
	sha256,
	splitReference,
	unnamed,
	wholeImage,
} from './image.ts';
import {type Entry, readEntries} from './own-manifest.ts';
import {choosePlatform, type Leaf, type PlatformWish, requirePlatform} from './platforms.ts';

const configTypes = new Set<string>([mediaTypes.config, 'application/vnd.docker.container.image.v1+json']);

/** `manifest.json` of `docker save` (moby, image/spec/v1.2): one entry an image. */
const dockerManifest = z
	.array(
		z.object({
			Config: z.string().min(1),
			RepoTags: z.array(z.string()).nullish(),
			Layers: z.array(z.string()).max(1000),
		}),
	)
	.min(1)
	.max(1000);

export type ReadOptions = {
	/** Which platform of an image is taken; see `PlatformWish`. */
	readonly platform?: PlatformWish;
	/** Blobs that a differential bundle left out, and their sizes. */
	readonly omitted?: ReadonlyMap<string, number>;
};

/** A whole image manifest of an OCI layout, with the names that it or the indexes around it were given. */
type NamedLeaf = Leaf & {readonly annotations: Readonly<Record<string, string>>};

/** An archive names some dozen manifests; indexes that name each other over and over multiply. */
const maximumMentions = 5000;

const leavesOf = async (tree: Tree, entries: readonly Entry[]): Promise<readonly NamedLeaf[]> => {
	const leaves: NamedLeaf[] = [];
	let mentions = 0;
	const visit = async (entry: Entry, inherited: NamedLeaf['annotations'], root: Entry): Promise<void> => {
		if (++mentions > maximumMentions) {
			const cause = `Its indexes name manifests more than ${maximumMentions} times.`;
			throw damaged('bundle-archive-damaged', tree.label, `${tree.label} is not an image archive.`, cause);
		}
		const {node} = entry;
		const annotations = {...inherited, ...entry.annotations};
		if (node?.kind === 'index') for (const child of node.children) await visit(child, annotations, root);
		if (node?.kind !== 'image' || !node.complete || !configTypes.has(node.config.mediaType)) return;
		const {config} = await readConfig(tree, blobPath(node.config.digest));
		// An attestation looks like an image but has no platform; it is no image of its own.
		if (config.os !== 'unknown') leaves.push({node, config, platform: platformOf(config), root, annotations});
	};
	for (const entry of entries) await visit(entry, {}, entry);
	return leaves;
};

/**
 * Images of a `docker save` archive, classic (`<id>/layer.tar`) or of Docker 25 and later (`blobs/sha256`). Names come
 * from RepoTags: in an archive of several images the annotations of `index.json` may all carry the same tag.
 */
const dockerImages = async (tree: Tree, options: ReadOptions, signal: AbortSignal): Promise<readonly Image[]> => {
	const parsed = dockerManifest.safeParse((await readJson(tree, 'manifest.json')).value);
	if (!parsed.success) {
		const cause = 'It is not the list of images that `docker save` writes.';
		throw damaged('bundle-archive-damaged', tree.label, `manifest.json in ${tree.label} cannot be used.`, cause);
	}
	const own = tree.find('index.json') ? await leavesOf(tree, await readEntries(tree, options.omitted)) : [];
	const images: Image[] = [];
	for (const entry of parsed.data) {
		const paths = [entry.Config, ...entry.Layers].map(cleanPath);
		const [config, ...layers] = paths.filter((path) => path !== undefined);
		if (config === undefined || paths.includes(undefined)) {
			const cause = 'manifest.json names a file outside the archive.';
			throw damaged('bundle-archive-unsafe', tree.label, `${tree.label} cannot be used.`, cause);
		}
		const tags = entry.RepoTags ?? [];
		if (tags.length === 0) throw unnamed(tree, 'It was saved by image id, so it carries no name and no tag.');
		const {digest, config: parsedConfig} = await readConfig(tree, config);
		const whole = own.find(({node}) => node.config.digest === digest);
		// Other platforms of the image lie in the index that this one is in.
		const siblings = whole && [whole, ...own.filter((leaf) => leaf !== whole && leaf.root === whole.root)];
		// Layers that are compressed are hashed for that: once, however many names the image has.
		let assembled: Image | undefined;
		const seen = new Set<string>();
		for (const source of tags) {
			const named = splitReference(source);
			if (!named) throw unnamed(tree, `It is called ${JSON.stringify(source.slice(0, 200))}, which has no tag.`);
			// One image saved under its vendor's and an internal name is one image here: only name and tag go on.
			const key = `${named.name}:${named.tag}`;
			if (seen.has(key)) continue;
			seen.add(key);
			const preferred = options.platform === undefined ? whole && [whole] : siblings;
			const choice = preferred && choosePlatform(tree, key, preferred, options.platform);
			if (!choice) requirePlatform(tree, key, platformOf(parsedConfig), options.platform);
			if (choice) images.push(wholeImage(tree, {...named, source}, choice, options.omitted));
			else {
				assembled ??= await assembleImage(tree, {named: {...named, source}, config, layers}, signal);
				images.push({...assembled, ...named, source});
			}
		}
	}
	return images;
};

/** Images of an OCI layout without `manifest.json`. */
const layoutImages = async (tree: Tree, {platform, omitted}: ReadOptions): Promise<readonly Image[]> => {
	const entries = await readEntries(tree, omitted);
	if (!entries.some(({node}) => node)) throw missing(tree, 'an image manifest that its index.json names');
	const groups = new Map<string, {readonly named: Named; readonly leaves: Leaf[]}>();
	for (const leaf of await leavesOf(tree, entries)) {
		const reference = leaf.annotations['org.opencontainers.image.ref.name'] ?? '';
		const source = leaf.annotations['io.containerd.image.name'] ?? reference;
		// Only a tag is given: the folder or archive is named after the image; `images` itself is named after none.
		const stem = posix.basename(tree.label).replace(/\.(?:tar|t(?:ar\.)?(?:gz|zst|zstd))$/u, '');
		const named = splitReference(source) ?? (stem === 'images' ? undefined : splitReference(`${stem}:${reference}`));
		if (!named) throw unnamed(tree, 'Its index.json carries neither io.containerd.image.name nor a tag.');
		const key = `${named.name}:${named.tag}`;
		const group = groups.get(key) ?? {named: {...named, source: source || key}, leaves: []};
		group.leaves.push(leaf);
		groups.set(key, group);
	}
	if (groups.size === 0) throw missing(tree, 'every layer of any image');
	return [...groups].flatMap(([key, {named, leaves}]) => {
		const choice = choosePlatform(tree, key, leaves, platform);
		return choice ? [wholeImage(tree, named, choice, omitted)] : [];
	});
};

/**
 * The images of one archive or OCI layout folder.
 * @throws ProblemError of area `bundle`; `bundle-platform-missing` when an image is not there for the wished platform
 */
export const readImages = (tree: Tree, signal: AbortSignal, options: ReadOptions = {}): Promise<readonly Image[]> => {
	if (tree.find('manifest.json')) return dockerImages(tree, options, signal);
	if (tree.find('index.json')) return layoutImages(tree, options);
	throw missing(tree, 'manifest.json');
};

/** A name for an image as a part of the bundle's digest. */
export const imagePart = (
	image: Pick<Image, 'name' | 'tag'> & {readonly manifest: Pick<Image['manifest'], 'digest'>},
): string => `image ${image.name}:${image.tag} ${image.manifest.digest}`;

/** Digest over sorted lines. */
export const digestOf = (lines: readonly string[]): string => sha256([...lines].sort().join('\n'));
