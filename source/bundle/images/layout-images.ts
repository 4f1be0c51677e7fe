import {posix} from 'node:path';
import type {Tree} from '../../archive/tree.ts';
import {imageKey} from '../../oci/image.ts';
import {imageNameOf} from '../../oci/reference.ts';
import {type CalledLeaf, groupedImages} from './image-groups.ts';
import {type NamedLeaf, surveyOf} from './leaves.ts';
import {savedAs, tagIn} from './manifests/annotations.ts';
import {readEntries} from './manifests/manifests.ts';
import type {ArchiveContents, ReadOptions} from './options.ts';
import {imageProblems, unsupported} from './problems.ts';

/** A layout whose images have only tags is named after its folder or archive; `images` itself is named after none. */
const folderName = ({label}: Tree): string | undefined => {
	const stem = posix.basename(label).replace(/\.(?:tar|t(?:ar\.)?(?:gz|zst|zstd))$/iu, '');
	return stem === 'images' ? undefined : stem;
};

/** What an image is called, and by whom: itself, the operator, or its folder. */
type Naming = CalledLeaf & {readonly by: 'itself' | 'operator' | 'folder'};

const nameOf = (tree: Tree, leaf: NamedLeaf, given: string | undefined): Naming => {
	const {annotations} = leaf;
	const source = savedAs(annotations);
	const own = imageNameOf(source);
	if (own) return {leaf, named: {...own, source}, by: 'itself'};
	const wanted = given === undefined ? undefined : imageNameOf(given);
	if (given !== undefined && wanted) return {leaf, named: {...wanted, source: given}, by: 'operator'};
	const [tag, folder] = [tagIn(annotations), folderName(tree)];
	const guessed = folder === undefined ? undefined : imageNameOf(`${folder}:${tag}`);
	if (guessed) return {leaf, named: {...guessed, source: source || imageKey(guessed)}, by: 'folder'};
	const file = tree.label;
	const fault =
		tag === ''
			? ({case: 'no annotation'} as const)
			: ({case: 'tag alone', tag: JSON.stringify(tag.slice(0, 200))} as const);
	throw imageProblems.error('bundle-image-unnamed', {...fault, file}, {location: {file}});
};

const folderNotes = ({label}: Tree, called: readonly Naming[]): readonly string[] => [
	...new Set(
		called
			.filter(({by}) => by === 'folder')
			.map(
				({named}) =>
					`${label} gives its image the tag ${named.tag} alone: it is called ${imageKey(named)} after its folder or file.`,
			),
	),
];

/**
 * Images of an OCI layout without `manifest.json`.
 * @throws ProblemError of area `bundle` for what is named and not whole, cannot be read, or cannot be told apart
 */
export const layoutImages = async (tree: Tree, options: ReadOptions): Promise<ArchiveContents> => {
	const entries = await readEntries(tree, options.omitted);
	if (entries.length === 0) throw unsupported(tree, 'index.json', {case: 'nothing'});
	const survey = await surveyOf(tree, entries);
	const {leaves, leftOut} = survey;
	if (leaves.length === 0) {
		const left = leftOut
			.map(({name, why}) => `${name} (${why})`)
			.join('; ')
			.slice(0, 1000);
		throw unsupported(tree, 'index.json', {case: 'no images', left});
	}
	const called = leaves.map((leaf) => nameOf(tree, leaf, options.name));
	const {images, notes} = groupedImages(tree, called, survey, options);
	return {
		images,
		leftOut,
		notes: [...folderNotes(tree, called), ...notes],
		usedName: called.some(({by}) => by === 'operator'),
	};
};
