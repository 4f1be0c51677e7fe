import {posix} from 'node:path';
import {z} from 'zod';
import {assembleImage, blobPath, mediaTypes, readConfig, sha256, splitReference, unnamed, wholeImage} from './image.ts';
import {findManifests} from './own-manifest.ts';
import {damaged} from './problems.ts';
import {cleanPath} from './tar-index.ts';
import {missing, readJson, type Tree} from './tree.ts';
import type {Image} from './types.ts';

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

/**
 * Images of a `docker save` archive, classic (`<id>/layer.tar`) or of Docker 25 and later (`blobs/sha256`). Names come
 * from RepoTags: in an archive of several images the annotations of `index.json` may all carry the same tag.
 */
const dockerImages = async (tree: Tree, signal: AbortSignal): Promise<readonly Image[]> => {
	const parsed = dockerManifest.safeParse((await readJson(tree, 'manifest.json')).value);
	if (!parsed.success) {
		const cause = 'It is not the list of images that `docker save` writes.';
		throw damaged('bundle-archive-damaged', tree.label, `manifest.json in ${tree.label} cannot be used.`, cause);
	}
	const own = tree.find('index.json') ? await findManifests(tree) : [];
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
		const whole = own.find((candidate) => candidate.complete && candidate.config.digest === digest);
		const seen = new Set<string>();
		for (const source of tags) {
			const named = splitReference(source);
			if (!named) throw unnamed(tree, `It is called ${JSON.stringify(source.slice(0, 200))}, which has no tag.`);
			// One image saved under its vendor's and an internal name is one image here: only name and tag go on.
			if (seen.has(`${named.name}:${named.tag}`)) continue;
			seen.add(`${named.name}:${named.tag}`);
			images.push(
				whole
					? wholeImage(tree, {...named, source}, whole.manifest, whole.descriptors, parsedConfig)
					: await assembleImage(tree, {named: {...named, source}, config, layers}, signal),
			);
		}
	}
	return images;
};

/** Images of an OCI layout without `manifest.json`. Of a multi-platform image the whole one is taken, amd64 first. */
const layoutImages = async (tree: Tree): Promise<readonly Image[]> => {
	const found = await findManifests(tree);
	if (found.length === 0) throw missing(tree, 'an image manifest that its index.json names');
	const images = new Map<string, Image>();
	for (const {manifest, config, descriptors, annotations, complete} of found) {
		if (!complete || !configTypes.has(config.mediaType)) continue;
		const reference = annotations['org.opencontainers.image.ref.name'] ?? '';
		const source = annotations['io.containerd.image.name'] ?? reference;
		// Only a tag is given: the folder or archive is named after the image.
		const stem = posix.basename(tree.label).replace(/\.tar$/u, '');
		const named = splitReference(source) ?? splitReference(`${stem}:${reference}`);
		if (!named) throw unnamed(tree, 'Its index.json carries neither io.containerd.image.name nor a tag.');
		const key = `${named.name}:${named.tag}`;
		const {config: parsed} = await readConfig(tree, blobPath(config.digest));
		// An attestation looks like an image but has no platform; it is not pushed.
		if (parsed.os === 'unknown') continue;
		if (images.has(key) && parsed.architecture !== 'amd64') continue;
		images.set(key, wholeImage(tree, {...named, source: source || key}, manifest, descriptors, parsed));
	}
	if (images.size === 0) throw missing(tree, 'every layer of any image');
	return [...images.values()];
};

/**
 * The images of one archive or OCI layout folder.
 * @throws ProblemError of area `bundle`
 */
export const readImages = (tree: Tree, signal: AbortSignal): Promise<readonly Image[]> => {
	if (tree.find('manifest.json')) return dockerImages(tree, signal);
	if (tree.find('index.json')) return layoutImages(tree);
	throw missing(tree, 'manifest.json');
};

/** A name for an image as a part of the bundle's digest. */
export const imagePart = (image: Image): string => `image ${image.name}:${image.tag} ${image.manifest.digest}`;

/** Digest over sorted lines. */
export const digestOf = (lines: readonly string[]): string => sha256([...lines].sort().join('\n'));
