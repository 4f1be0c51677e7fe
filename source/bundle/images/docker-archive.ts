import * as z from 'zod';
import {cleanPath} from '../../archive/clean-path.ts';
import {archiveProblems} from '../../archive/problems.ts';
import {readJson, type Tree} from '../../archive/tree.ts';
import {cutTo} from '../../base/text.ts';
import {type Image, imageKey} from '../../oci/image.ts';
import {platformOf} from '../../oci/platform.ts';
import {imageNameOf} from '../../oci/reference.ts';
import {assembleImage, type ListedFiles} from './assemble.ts';
import {type Choice, choosePlatform, type Leaves, requirePlatform} from './choose-platform.ts';
import {type FoundConfig, readConfig} from './config.ts';
import type {Named} from './found-image.ts';
import {leavesOf, type NamedLeaf} from './leaves.ts';
import {readEntries} from './manifests.ts';
import type {ReadOptions} from './options.ts';
import {imageProblems} from './problems.ts';
import {wholeImage} from './whole.ts';

/** `manifest.json` of `docker save` (moby, image/spec/v1.2): one entry an image. */
const listSchema = z
	.array(
		z.object({
			Config: z.string().min(1),
			RepoTags: z.array(z.string()).nullish(),
			Layers: z.array(z.string()).max(1000),
		}),
	)
	.min(1)
	.max(1000);

type Listed = z.infer<typeof listSchema>[number];

const readList = async (tree: Tree): Promise<readonly Listed[]> => {
	const part = 'manifest.json';
	const {success, data} = listSchema.safeParse((await readJson(tree, part)).value);
	if (success) return data;
	const file = tree.label;
	throw archiveProblems.error('bundle-archive-damaged', {case: 'no image list', part, file}, {location: {file}});
};

const filesOf = ({label: file}: Tree, {Config, Layers}: Listed): ListedFiles => {
	const paths = [Config, ...Layers].map(cleanPath);
	const [config, ...layers] = paths.filter((path) => path !== undefined);
	if (config !== undefined && layers.length === Layers.length) return {config, layers};
	throw archiveProblems.error('bundle-archive-unsafe', {case: 'outside named', file}, {location: {file}});
};

/** One image saved under its vendor's and an internal name is one image here: only name and tag go on. */
const namesOf = ({label: file}: Tree, tags: readonly string[]): readonly Named[] => {
	const names = new Map<string, Named>();
	for (const source of tags) {
		const name = imageNameOf(source);
		if (!name) {
			const given = {case: 'no tag', file, name: JSON.stringify(cutTo(source, 200))} as const;
			throw imageProblems.error('bundle-image-unnamed', given, {location: {file}});
		}
		const key = imageKey(name);
		if (!names.has(key)) names.set(key, {...name, source});
	}
	return [...names.values()];
};

/** What the archive's own indexes have of an image; other platforms of it lie in the index that it is in. */
const leavesWith = (
	{digest}: FoundConfig,
	own: readonly NamedLeaf[],
	platform: string | undefined,
): Leaves | undefined => {
	const whole = own.find(({node}) => node.config.digest === digest);
	if (!whole || platform === undefined) return whole && [whole];
	return [whole, ...own.filter((leaf) => leaf !== whole && leaf.root === whole.root)];
};

/** An archive that is being read: its list of images apart, and what its indexes name. */
type Reading = {
	readonly tree: Tree;
	readonly own: readonly NamedLeaf[];
	readonly options: ReadOptions;
	readonly signal: AbortSignal;
};

const imagesOf = async ({tree, own, options, signal}: Reading, listed: Listed): Promise<readonly Image[]> => {
	const files = filesOf(tree, listed);
	const tags = listed.RepoTags ?? [];
	if (tags.length === 0) {
		const file = tree.label;
		throw imageProblems.error('bundle-image-unnamed', {case: 'by id', file}, {location: {file}});
	}
	const found = await readConfig(tree, files.config);
	const names = namesOf(tree, tags);
	const wanted = {image: names.map(imageKey).join(', '), platform: options.platform};
	const leaves = leavesWith(found, own, options.platform);
	const choice: Choice | undefined = leaves && choosePlatform(tree, leaves, wanted);
	if (!choice) requirePlatform(tree, platformOf(found.config), wanted);
	const image = choice ? wholeImage(tree, choice, options.omitted) : await assembleImage(tree, files, signal);
	return names.map((name) => ({...image, ...name}));
};

/**
 * Images of a `docker save` archive, classic (`<id>/layer.tar`) or of Docker 25 and later (`blobs/sha256`). Names come
 * from RepoTags: in an archive of several images the annotations of `index.json` may all carry the same tag.
 */
export const dockerImages = async (
	tree: Tree,
	options: ReadOptions,
	signal: AbortSignal,
): Promise<readonly Image[]> => {
	const list = await readList(tree);
	const own = tree.find('index.json') ? await leavesOf(tree, await readEntries(tree, options.omitted)) : [];
	const images: Image[] = [];
	for (const listed of list) images.push(...(await imagesOf({tree, own, options, signal}, listed)));
	return images;
};
