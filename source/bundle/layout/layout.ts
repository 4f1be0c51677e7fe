import {readdir, stat} from 'node:fs/promises';
import {basename, join, posix, resolve} from 'node:path';
import {archiveName, openTar} from '../../archive/open-tar.ts';
import {bundleProblem, fileProblem, truncated} from '../../archive/problems.ts';
import {sizeOfRegular} from '../../archive/regular-file.ts';
import type {Slice} from '../../archive/slice.ts';
import type {TarEntry} from '../../archive/tar-index.ts';
import {type Tree, tarTree} from '../../archive/tree.ts';
import {makingFile} from '../write/names.ts';
import {bundleFiles} from './index-file.ts';
import {findPartsFile, joinParts} from './parts.ts';
import {unfinished} from './unfinished.ts';

/** The files of a bundle by path relative to its root, in a folder or within a tar; nothing is unpacked. */
export type Layout = {
	/** Absolute: the folder, or the tar file. */
	readonly path: string;
	readonly packed: boolean;
	readonly files: ReadonlyMap<string, Slice>;
};

const maximumFiles = 100_000;

const noBundle = (path: string, cause: string) =>
	bundleProblem({
		code: 'bundle-layout',
		message: `${path} is not an air-gap bundle.`,
		cause,
		fix: "Give the folder (or the tar of it) that step 1.3 of the vendor's air-gap guide describes.",
		nextSteps: ['It holds images/*.tar, charts/*.tgz and manifest.txt.'],
		answers: ['bundle.path'],
	});

/** The shortest `…/` in front of `images/`: a bundle is often packed with its folder, or one folder too high is given. */
const rootOf = (names: Iterable<string>): string | undefined => {
	let root: string | undefined;
	for (const name of names) {
		const prefix = /^((?:[^/]+\/){0,2})images\/./u.exec(name)?.[1];
		if (prefix !== undefined && (root === undefined || prefix.length < root.length)) root = prefix;
	}
	return root;
};

const below = (files: ReadonlyMap<string, Slice>, root: string): ReadonlyMap<string, Slice> =>
	new Map(
		[...files]
			.filter(([name]) => name.startsWith(root))
			.map(([name, slice]) => [name.slice(root.length), {...slice, label: name.slice(root.length)}]),
	);

/** What speaks for each file of a bundle: where one of them is there, nothing may lie in the bundle unseen. */
const isGuarded = (has: (name: string) => boolean): boolean => has(bundleFiles.index) || has(bundleFiles.signature);

/** @param names of what nothing can be said for, relative to the bundle */
const foreign = (path: string, names: readonly string[], cause: string, fix: string) =>
	bundleProblem({
		code: 'bundle-foreign',
		message: `${path} holds what no list of checksums can speak for: ${names[0] ?? ''}${names.length > 1 ? ` and ${names.length - 1} more` : ''}.`,
		cause,
		fix,
		answers: ['bundle.path'],
		evidence: names.slice(0, 20),
	});

const maximumDepth = 8;

/**
 * Walks only where a bundle has files, so that a wrong path such as `/` ends at once. A bundle with a machine manifest or a
 * signature is walked whole: what these do not list is refused.
 * @param whole walk it so in any case
 * @throws ProblemError `bundle-foreign` for what a whole walk can neither read nor pass over
 */
const walk = async (directory: string, signal: AbortSignal, whole = false): Promise<ReadonlyMap<string, Slice>> => {
	const files = new Map<string, Slice>();
	let guarded = whole;
	const strange: string[] = [];
	let seen = 0;
	const visit = async (relative: string, depth: number): Promise<void> => {
		const entries = await readdir(join(directory, relative), {withFileTypes: true}).catch((error: unknown) => {
			throw fileProblem(join(directory, relative), error);
		});
		if (depth === 0) guarded ||= isGuarded((name) => entries.some((entry) => entry.name === name));
		for (const entry of entries) {
			signal.throwIfAborted();
			const name = posix.join(relative, entry.name);
			const wanted = guarded || depth > 0 || !entry.isDirectory() || ['images', 'charts'].includes(entry.name);
			if (!wanted) continue;
			// Links are followed: archives may lie on another disk.
			const status = await stat(join(directory, name)).catch((error: unknown) => {
				throw fileProblem(join(directory, name), error);
			});
			if (status.isDirectory()) {
				if (!guarded && depth === 0 && !['images', 'charts'].includes(entry.name)) continue;
				if (depth < maximumDepth) await visit(name, depth + 1);
				else strange.push(`${name}/`);
			} else if (status.isFile()) {
				files.set(name, {file: join(directory, name), offset: 0, size: status.size, label: name});
			} else {
				strange.push(name);
			}
			// Links may lead in circles, so folders count as well.
			seen += 1;
			if (seen > maximumFiles) throw noBundle(directory, `It holds more than ${maximumFiles} files.`);
		}
	};
	await visit('', 0);
	if (guarded && strange.length > 0) {
		throw foreign(
			directory,
			strange.sort(),
			`A bundle holds files, in folders at most ${maximumDepth} deep; these are pipes, devices, sockets or folders below that.`,
			'Find out who put them there. Where the rest is trusted, take them away and start again.',
		);
	}
	return files;
};

/** Charts, texts and sums will all be read, so of a compressed bundle they are kept while it is listed. */
const isSmallPart = (name: string): boolean => !/(?:^|\/)images\//u.test(name);

/** Members of a tar that would come out of it, but are no files of the bundle. */
const strangeMembers = (entries: ReadonlyMap<string, TarEntry>, root: string): readonly string[] =>
	[...entries]
		.filter(([name, {kind}]) =>
			kind === 'folder'
				? !`${name}/`.startsWith(root) && !root.startsWith(`${name}/`)
				: kind !== 'file' || !name.startsWith(root),
		)
		.map(([name]) => name)
		.sort();

const packedLayout = async (path: string, slice: Slice, signal: AbortSignal): Promise<Layout> => {
	const {entries, complete} = await openTar(slice, signal, isSmallPart);
	const files = new Map<string, Slice>();
	for (const [name, entry] of entries) if (entry.kind === 'file') files.set(name, entry.slice);
	const root = rootOf(files.keys());
	// Nothing in a tar says what it should hold, so one without its end cannot be trusted to hold everything.
	if (!complete) throw truncated(slice.label, 'The blocks that close a tar file are missing.');
	if (root === undefined) throw noBundle(path, 'It is a tar file, but there is no file below images/ in it.');
	const strange = isGuarded((name) => entries.has(`${root}${name}`)) ? strangeMembers(entries, root) : [];
	if (strange.length > 0) {
		throw foreign(
			path,
			strange,
			`A packed bundle holds files and folders${root === '' ? '' : ` below ${root}`} and nothing else; these are links, devices or lie beside it.`,
			'Get it again from the one who made it. Of a folder with links in it make the tar with: tar --dereference --hard-dereference -cf',
		);
	}
	return {path: slice.file, packed: true, files: below(files, root)};
};

const ambiguous = (path: string, names: readonly string[]) =>
	bundleProblem({
		code: 'bundle-ambiguous',
		message: `${path} holds several bundles.`,
		cause: `They are ${names.slice(0, 10).join(', ')}${names.length > 10 ? ` and ${names.length - 10} more` : ''}; which one is meant is not said.`,
		fix: `Give the folder of the one you mean, such as ${join(path, names[0] ?? '')}.`,
		answers: ['bundle.path'],
	});

/** The folder itself, or the one folder in it that holds a bundle. @throws ProblemError `bundle-ambiguous` */
const folderLayout = async (absolute: string, signal: AbortSignal): Promise<Layout | undefined> => {
	const here = await walk(absolute, signal);
	if (rootOf(here.keys()) === '') return {path: absolute, packed: false, files: here};
	const folders = (await readdir(absolute, {withFileTypes: true})).filter((entry) => entry.isDirectory());
	const found: Layout[] = [];
	for (const {name} of folders.slice(0, 50)) {
		const names = await readdir(join(absolute, name)).catch((): readonly string[] => []);
		if (!names.includes('images')) continue;
		const files = await walk(join(absolute, name), signal);
		if (rootOf(files.keys()) === '') found.push({path: join(absolute, name), packed: false, files});
	}
	if (found.length > 1) throw ambiguous(absolute, found.map((one) => basename(one.path)).sort());
	return found[0];
};

/**
 * A folder with all that is in it, however it was made: what is signed is what will be looked at once it is signed.
 * @param layout of a folder @throws ProblemError `bundle-foreign`, `bundle-unreadable`
 */
export const wholeFolder = async ({path}: Layout, signal: AbortSignal): Promise<Layout> => ({
	path,
	packed: false,
	files: await walk(path, signal, true),
});

/**
 * @param path a folder, a tar of it (also compressed with gzip or zstd), or the list of the parts of a tar
 * @throws ProblemError `bundle-not-found`, `bundle-unreadable`, `bundle-layout`, `bundle-ambiguous`, `bundle-unfinished`,
 *   `bundle-compressed`, `bundle-part-missing`, `bundle-part-size`, or a damaged tar
 */
export const openLayout = async (path: string, signal: AbortSignal): Promise<Layout> => {
	const absolute = resolve(path);
	const isFolder = await stat(absolute).then(
		(status) => status.isDirectory(),
		() => false,
	);
	const folder = isFolder ? await folderLayout(absolute, signal) : undefined;
	if (folder) return folder;
	const list = await findPartsFile(absolute);
	if (list !== undefined) return packedLayout(path, await joinParts(list), signal);
	if (isFolder && (await stat(join(absolute, makingFile)).catch(() => undefined))) throw unfinished(path);
	if (isFolder) throw noBundle(path, 'There is no file below images/ in it.');
	const size = await sizeOfRegular(absolute, path);
	return packedLayout(path, {file: absolute, offset: 0, size, label: basename(absolute)}, signal);
};

/**
 * The image archives of a bundle: each tar below `images/`, and each folder that is an OCI layout, be it there or
 * `images/` itself.
 * @throws ProblemError `bundle-compressed` for a form that cannot be read, or what makes a tar unreadable
 */
export const archivesOf = async (layout: Layout, signal: AbortSignal): Promise<readonly Tree[]> => {
	const trees: Tree[] = [];
	const folders = [...layout.files.keys()]
		.filter((name) => /^images\/(?:.+\/)?index\.json$/u.test(name))
		.map((name) => posix.dirname(name));
	for (const label of folders) {
		const files = new Map(
			[...layout.files]
				.filter(([name]) => name.startsWith(`${label}/`))
				.map(([name, slice]) => [name.slice(label.length + 1), slice]),
		);
		trees.push({label, names: [...files.keys()], find: (name) => files.get(name), complete: true});
	}
	for (const [name, slice] of layout.files) {
		if (!name.startsWith('images/') || !archiveName.test(name)) continue;
		// Archives may lie beside the blobs of `images/`; within another layout there is nothing but its own.
		if (folders.some((folder) => folder !== 'images' && name.startsWith(`${folder}/`))) continue;
		trees.push(tarTree(name, await openTar(slice, signal)));
	}
	return trees;
};
