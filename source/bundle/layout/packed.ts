import {archiveName, openTar} from '../../archive/open-tar.ts';
import {archiveProblems} from '../../archive/problems.ts';
import {readSlice, type Slice} from '../../archive/slice.ts';
import type {TarEntry} from '../../archive/tar-index.ts';
import {missing, tarTree} from '../../archive/tree.ts';
import {isDropping, isSystemFolder} from './foreign/droppings.ts';
import {layoutProblems} from './problems.ts';
import {isGuarded, rootOf} from './root.ts';
import {several} from './text.ts';
import type {Layout} from './types.ts';

type Entries = ReadonlyMap<string, TarEntry>;

/** What would be missed in a bundle: archives, layouts and charts. */
const isOfBundle = (name: string): boolean =>
	/^(?:[^/]+\/){0,2}(?:images|charts)\/./u.test(name) &&
	(archiveName.test(name) || /\/(?:index\.json|oci-layout)$/u.test(name));

/** Charts, texts and sums will all be read, so of a compressed bundle they are kept while it is listed. */
const isSmallPart = (name: string): boolean => !/(?:^|\/)images\//u.test(name);

/** Members that systems put there, as tar does on macOS; they are none of the bundle. */
const droppingsIn = async (entries: Entries): Promise<readonly string[]> => {
	const found: string[] = [];
	for (const [name, {kind, slice}] of entries) {
		const start = () => readSlice({...slice, size: Math.min(4, slice.size)});
		const isFolder = kind === 'folder' && isSystemFolder(name.slice(name.lastIndexOf('/') + 1));
		if (isFolder || (kind !== 'folder' && (await isDropping(name, start)))) found.push(name);
	}
	return found;
};

/**
 * Files by name; links within the tar are the files that they lead to.
 * @throws ProblemError `bundle-archive-unsafe`, `bundle-archive-incomplete` for a link that leads to no file
 */
const filesIn = (label: string, entries: Entries): ReadonlyMap<string, Slice> => {
	const {find} = tarTree(label, {entries, complete: true});
	const files = new Map<string, Slice>();
	for (const [name, {kind, slice}] of entries) {
		const isLink = (kind === 'link' || kind === 'symlink') && isOfBundle(name);
		const found = isLink ? find(name) : slice;
		if (isLink && !found) throw missing({label, complete: true}, {case: 'no file', part: name});
		if (found && (isLink || kind === 'file')) files.set(name, found);
	}
	return files;
};

/** Files and links: where a bundle lies is told by their names alone. */
const namesIn = (entries: Entries): readonly string[] =>
	[...entries].filter(([, {kind}]) => kind !== 'folder' && kind !== 'other').map(([name]) => name);

const below = (files: ReadonlyMap<string, Slice>, root: string): ReadonlyMap<string, Slice> =>
	new Map(
		[...files]
			.filter(([name]) => name.startsWith(root))
			.map(([name, slice]) => [name.slice(root.length), {...slice, label: name.slice(root.length)}]),
	);

/** A folder above the bundle, or one of its own. */
const isFolderOf = (name: string, root: string): boolean => `${name}/`.startsWith(root) || root.startsWith(`${name}/`);

/** Members of a tar that would come out of it, but are no files of the bundle. */
const strangeMembers = (entries: ReadonlyMap<string, TarEntry>, root: string): readonly string[] =>
	[...entries]
		.filter(([name, {kind}]) =>
			kind === 'folder' ? !isFolderOf(name, root) : kind !== 'file' || !name.startsWith(root),
		)
		.map(([name]) => name)
		.sort();

/** @throws ProblemError `bundle-foreign` where nothing may lie in the bundle unseen */
const requireKnown = (path: string, entries: ReadonlyMap<string, TarEntry>, root: string): void => {
	if (!isGuarded((name) => entries.has(`${root}${name}`))) return;
	const strange = strangeMembers(entries, root);
	if (strange.length === 0) return;
	const given = {case: 'tar', path, names: several(strange, 1), root: root || './'} as const;
	throw layoutProblems.error('bundle-foreign', given, {evidence: strange.slice(0, 20)});
};

/** The bundle in a tar. @param path as it was given, for messages @throws ProblemError of a damaged tar, `bundle-layout`, `bundle-foreign` */
export const packedLayout = async (path: string, slice: Slice, signal: AbortSignal): Promise<Layout> => {
	const {entries, complete} = await openTar(slice, signal, isSmallPart);
	// Nothing in a tar says what it should hold, so one without its end cannot be trusted to hold everything.
	if (!complete) {
		const file = slice.label;
		throw archiveProblems.error('bundle-archive-truncated', {case: 'no end', file}, {location: {file}});
	}
	const passedOver = await droppingsIn(entries);
	const passed = new Set(passedOver);
	const kept: Entries = new Map([...entries].filter(([name]) => !passed.has(name)));
	const root = rootOf(namesIn(kept));
	if (root === undefined) throw layoutProblems.error('bundle-layout', {case: 'tar', path});
	requireKnown(path, kept, root);
	return {path: slice.file, packed: true, files: below(filesIn(slice.label, kept), root), passedOver};
};
