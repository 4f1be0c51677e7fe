import type {Dirent, Stats} from 'node:fs';
import {readdir, realpath, stat} from 'node:fs/promises';
import {join, posix} from 'node:path';
import {fileProblem} from '../../archive/problems.ts';
import {readSlice, type Slice} from '../../archive/slice.ts';
import {isDropping, isSystemFolder} from './foreign/droppings.ts';
import {followFolder, refuseLinks} from './linked-folder.ts';
import {layoutProblems} from './problems.ts';
import {isGuarded} from './root.ts';
import {several} from './text.ts';
import type {Layout} from './types.ts';

const maximumFiles = 100_000;
const maximumDepth = 8;

/** The folders that a bundle made by hand has; what lies beside them is none of its files. */
const bundleFolders: readonly string[] = ['images', 'charts'];

/** A folder that is being walked. */
type Walk = {
	readonly folder: string;
	readonly signal: AbortSignal;
	readonly files: Map<string, Slice>;
	/** What can neither be read nor passed over. */
	readonly strange: string[];
	/** Links to folders that are not followed. */
	readonly links: string[];
	/** What a system put there. */
	readonly passedOver: string[];
	/** Files and folders that were met. */
	seen: number;
	/** Nothing may lie in it unseen, so all of it is walked. */
	guarded: boolean;
};

/**
 * A folder in the one that is walked: its path relative to that, how deep it is, and all folders from the outermost to itself, with
 * their links followed.
 */
type Inner = {readonly path: string; readonly depth: number; readonly way: readonly string[]};

/** Sorted, so that what is told of a bundle is the same on every file system. */
const entriesOf = async ({folder}: Walk, {path}: Inner): Promise<readonly Dirent[]> => {
	const entries = await readdir(join(folder, path), {withFileTypes: true}).catch((error: unknown) => {
		throw fileProblem(join(folder, path), error);
	});
	return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
};

/** Links are followed: archives may lie on another disk. */
const statusOf = async (file: string): Promise<Stats> =>
	stat(file).catch((error: unknown) => {
		throw fileProblem(file, error);
	});

const isOfBundle = ({guarded}: Walk, {depth}: Inner, name: string): boolean =>
	guarded || depth > 0 || bundleFolders.includes(name);

const countOne = (walk: Walk): void => {
	walk.seen += 1;
	if (walk.seen <= maximumFiles) return;
	throw layoutProblems.error('bundle-layout', {case: 'too many files', path: walk.folder, most: maximumFiles});
};

const visitFile = async ({files, passedOver}: Walk, slice: Slice): Promise<void> => {
	const {label: name, size} = slice;
	const start = () => readSlice({...slice, size: Math.min(4, size)});
	if (await isDropping(name, start)) passedOver.push(name);
	else files.set(name, slice);
};

/** A folder, or a link to one. */
const visitInner = async (walk: Walk, {path, depth, way}: Inner, {name, isLink}: Named): Promise<void> => {
	const inside = posix.join(path, name);
	if (depth >= maximumDepth) {
		walk.strange.push(`${inside}/`);
		return;
	}
	const real = isLink ? await followFolder(join(walk.folder, inside), way) : join(way.at(-1) ?? '', name);
	if (real === undefined) walk.links.push(inside);
	else await visitFolder(walk, {path: inside, depth: depth + 1, way: [...way, real]});
};

type Named = {readonly name: string; readonly isLink: boolean};

const visitEntry = async (walk: Walk, inner: Inner, entry: Dirent): Promise<void> => {
	const name = posix.join(inner.path, entry.name);
	if (entry.isDirectory() && !isOfBundle(walk, inner, entry.name)) return;
	// Of some not even root of another host may read what is in them.
	if (isSystemFolder(entry.name)) {
		walk.passedOver.push(`${name}/`);
		return;
	}
	const file = join(walk.folder, name);
	const status = await statusOf(file);
	if (status.isDirectory()) {
		// A link to a folder shows only now that it is one.
		if (!isOfBundle(walk, inner, entry.name)) return;
		await visitInner(walk, inner, {name: entry.name, isLink: entry.isSymbolicLink()});
	} else if (status.isFile()) await visitFile(walk, {file, offset: 0, size: status.size, label: name});
	else walk.strange.push(name);
	countOne(walk);
};

const visitFolder = async (walk: Walk, inner: Inner): Promise<void> => {
	const entries = await entriesOf(walk, inner);
	if (inner.depth === 0) walk.guarded ||= isGuarded((name) => entries.some((entry) => entry.name === name));
	for (const entry of entries) {
		walk.signal.throwIfAborted();
		await visitEntry(walk, inner, entry);
	}
};

/**
 * Walks only where a bundle has files, so that a wrong path such as `/` ends at once. A bundle with a machine manifest or a
 * signature is walked whole: what these do not list is refused.
 * @param whole walk it so in any case
 * @throws ProblemError `bundle-foreign` for links to folders that lead in circles or out of the bundle, and for what a whole walk can neither read nor pass over
 */
export const walkFolder = async (
	folder: string,
	signal: AbortSignal,
	whole = false,
): Promise<Pick<Layout, 'files' | 'passedOver'>> => {
	const walk: Walk = {
		folder,
		signal,
		files: new Map(),
		strange: [],
		links: [],
		passedOver: [],
		seen: 0,
		guarded: whole,
	};
	const root = await realpath(folder).catch((error: unknown) => {
		throw fileProblem(folder, error);
	});
	await visitFolder(walk, {path: '', depth: 0, way: [root]});
	refuseLinks(folder, walk.links);
	const {files, strange, passedOver, guarded} = walk;
	if (!guarded || strange.length === 0) return {files, passedOver};
	strange.sort();
	const given = {case: 'folder', path: folder, names: several(strange, 1), depth: maximumDepth} as const;
	throw layoutProblems.error('bundle-foreign', given, {evidence: strange.slice(0, 20)});
};
