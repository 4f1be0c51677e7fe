import * as z from 'zod';
import {cleanPath} from '../../archive/clean-path.ts';
import {archiveProblems} from '../../archive/problems.ts';
import {readJson, type Tree} from '../../archive/tree.ts';
import {cutTo} from '../../base/text.ts';
import {type Image, imageKey} from '../../oci/image.ts';
import {maximumListed} from '../../oci/manifest.ts';
import {platformOf} from '../../oci/platform.ts';
import {imageNameOf} from '../../oci/reference.ts';
import {assembleImage, type ListedFiles} from './assemble.ts';
import {type Choice, choosePlatform, type Held, requirePlatform} from './choose-platform.ts';
import {type FoundConfig, readConfig} from './config.ts';
import type {Named} from './found-image.ts';
import {groupedImages} from './image-groups.ts';
import {type NamedLeaf, type Survey, surveyOf} from './leaves.ts';
import {savedAs} from './manifests/annotations.ts';
import {type Entry, readEntries} from './manifests/manifests.ts';
import {mergeImages} from './merge.ts';
import type {ArchiveContents, ReadOptions} from './options.ts';
import {imageProblems, unsupported} from './problems.ts';
import {wholeImage} from './whole.ts';

/** `manifest.json` of `docker save` (moby, image/spec/v1.2): one entry an image. */
const listSchema = z
	.array(
		z.object({
			Config: z.string().min(1),
			RepoTags: z.array(z.string()).nullish(),
			Layers: z.array(z.string()).max(maximumListed),
		}),
	)
	.min(1)
	.max(maximumListed);

type Listed = z.infer<typeof listSchema>[number];

const readList = async (tree: Tree): Promise<readonly Listed[]> => {
	const part = 'manifest.json';
	const {value} = await readJson(tree, part);
	const {success, data} = listSchema.safeParse(value);
	if (success) return data;
	if (Array.isArray(value) && value.length > maximumListed) {
		throw unsupported(tree, part, {case: 'many', count: value.length, most: maximumListed});
	}
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
const heldWith = ({digest}: FoundConfig, {leaves, partial}: Survey, platform: string | undefined): Held | undefined => {
	const whole = leaves.find(({node}) => node.config.digest === digest);
	if (!whole || platform === undefined) return whole && {leaves: [whole], lost: []};
	return {
		leaves: [whole, ...leaves.filter((leaf) => leaf !== whole && leaf.root === whole.root)],
		lost: partial.filter(({root}) => root === whole.root),
	};
};

/** An archive that is being read: its list of images apart, and what its indexes name. */
type Reading = {
	readonly tree: Tree;
	readonly survey: Survey;
	readonly options: ReadOptions;
	readonly signal: AbortSignal;
};

/** What one entry of the list comes to. */
type Taken = {
	readonly images: readonly Image[];
	readonly notes: readonly string[];
	readonly config: string;
	readonly usedName: boolean;
};

const tagsOf = ({label: file}: Tree, {RepoTags}: Listed, given: string | undefined): readonly string[] => {
	const tags = RepoTags ?? [];
	if (tags.length > 0) return tags;
	if (given !== undefined) return [given];
	throw imageProblems.error('bundle-image-unnamed', {case: 'by id', file}, {location: {file}});
};

const takeListed = async ({tree, survey, options, signal}: Reading, listed: Listed): Promise<Taken> => {
	const files = filesOf(tree, listed);
	const tags = tagsOf(tree, listed, options.name);
	const found = await readConfig(tree, files.config);
	const names = namesOf(tree, tags);
	const wanted = {image: names.map(imageKey).join(', '), platform: options.platform};
	const held = heldWith(found, survey, options.platform);
	const choice: Choice | undefined = held && choosePlatform(tree, held, wanted);
	if (!choice) requirePlatform(tree, platformOf(found.config), wanted);
	const image = choice
		? wholeImage(tree, choice, {omitted: options.omitted, packed: survey.packed})
		: await assembleImage(tree, files, signal);
	return {
		images: names.map((name) => ({...image, ...name})),
		notes: choice?.notes ?? [],
		config: found.digest,
		usedName: (listed.RepoTags ?? []).length === 0,
	};
};

/** An entry of `index.json` that the list names too; Docker 25 and later give some of them a tag alone. */
const listedRoots = (list: readonly Listed[]) => {
	const names = list.flatMap(({RepoTags}) => RepoTags ?? []);
	const known = new Set(names.flatMap((name) => [name, imageKey(imageNameOf(name) ?? {name: '', tag: ''})]));
	const tags = new Set(names.map((name) => name.slice(name.lastIndexOf(':') + 1)));
	return ({annotations}: Entry): boolean => {
		const saved = savedAs(annotations);
		const name = imageNameOf(saved);
		return name ? known.has(imageKey(name)) : saved === '' || tags.has(saved);
	};
};

/** Images of the indexes that the list does not have: with a name of their own they are images like the others. */
const unlisted = ({tree, survey, options}: Reading, taken: readonly Taken[]) => {
	const configs = new Set(taken.map(({config}) => config));
	const listed = new Set(survey.leaves.filter(({node}) => configs.has(node.config.digest)).map(({root}) => root));
	const others = survey.leaves.filter(({root, node}) => !listed.has(root) && !configs.has(node.config.digest));
	const called = others.map((leaf: NamedLeaf) => {
		const source = savedAs(leaf.annotations);
		const name = imageNameOf(source);
		if (name) return {leaf, named: {...name, source}};
		const [file, {digest}] = [tree.label, leaf.root.descriptor];
		throw imageProblems.error('bundle-image-unnamed', {case: 'no name in list', file, digest}, {location: {file}});
	});
	return groupedImages(tree, called, survey, options);
};

const nothingElse: Survey = {leaves: [], partial: [], leftOut: [], packed: new Map()};

/**
 * Images of a `docker save` archive, classic (`<id>/layer.tar`) or of Docker 25 and later (`blobs/sha256`). Names come
 * from RepoTags: in an archive of several images the annotations of `index.json` may all carry the same tag.
 */
export const dockerImages = async (tree: Tree, options: ReadOptions, signal: AbortSignal): Promise<ArchiveContents> => {
	const list = await readList(tree);
	const entries = tree.find('index.json') ? await readEntries(tree, options.omitted) : [];
	const survey = entries.length === 0 ? nothingElse : await surveyOf(tree, entries, listedRoots(list));
	const reading = {tree, survey, options, signal};
	const taken: Taken[] = [];
	for (const listed of list) taken.push(await takeListed(reading, listed));
	const more = unlisted(reading, taken);
	return {
		images: mergeImages([...taken.flatMap(({images}) => images), ...more.images]),
		leftOut: survey.leftOut,
		notes: [...taken.flatMap(({notes}) => notes), ...more.notes],
		usedName: taken.some(({usedName}) => usedName),
	};
};
