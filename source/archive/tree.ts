import {posix} from 'node:path';
import {formatBytes} from '../base/units.ts';
import {cleanPath} from './clean-path.ts';
import {archiveProblems} from './problems.ts';
import {readSlice, type Slice} from './slice.ts';
import type {TarEntry, TarIndex} from './tar-index.ts';

/** Files by name, wherever they lie: members of a tar or files of a folder. */
export type Tree = {
	/** The archive or folder, relative to the bundle. */
	readonly label: string;
	readonly names: readonly string[];
	/** @throws ProblemError `bundle-archive-unsafe` for a link that leads out or in circles */
	readonly find: (name: string) => Slice | undefined;
	/** False when the end of the archive is missing. */
	readonly complete: boolean;
};

/** JSON in an archive (manifests, indexes, configs) is some kilobytes; beyond this it is not what it says. */
export const maximumJsonBytes = 4 * 1024 * 1024;

/** Links that lead to links that lead to links: more of them than this lead in a circle. */
const mostHops = 8;

/** What a link in an archive points at. @returns `undefined` where it leads out of the archive */
const targetOf = (name: string, {kind, target}: TarEntry): string | undefined => {
	const base = kind === 'symlink' ? posix.dirname(name) : '.';
	// `join` keeps leading `..`, so a link that leads out is seen as such.
	return target.startsWith('/') ? undefined : cleanPath(posix.join(base, target));
};

/** A tar as a tree. Classic `docker save` archives hold links for layers that occur twice; they are followed here. */
export const tarTree = (label: string, {entries, complete}: TarIndex): Tree => {
	const badLink = (fault: 'link out' | 'link circle', member: string): Error =>
		archiveProblems.error('bundle-archive-unsafe', {case: fault, file: label, member}, {location: {file: label}});
	const find = (name: string, hops = 0): Slice | undefined => {
		const entry = entries.get(name);
		if (!entry || entry.kind === 'folder' || entry.kind === 'other') return undefined;
		if (entry.kind === 'file') return entry.slice;
		if (hops > mostHops) throw badLink('link circle', name);
		const target = targetOf(name, entry);
		if (target === undefined) throw badLink('link out', name);
		return find(target, hops + 1);
	};
	return {label, names: [...entries.keys()], find: (name) => find(name), complete};
};

/** Files of a folder, or of a part of one, as a tree. */
export const filesTree = (label: string, files: ReadonlyMap<string, Slice>): Tree => ({
	label,
	names: [...files.keys()],
	find: (name) => files.get(name),
	complete: true,
});

/** What an archive lacks. */
export type Lack =
	| {readonly case: 'no file' | 'no layer' | 'no blob'; readonly part: string}
	| {readonly case: 'no part'; readonly part: string; readonly image: string};

/** What is missing is blamed on a cut when the archive has no end, else on the archive itself. */
export const missing = ({label: file, complete}: Pick<Tree, 'label' | 'complete'>, lack: Lack): Error =>
	archiveProblems.error(
		complete ? 'bundle-archive-incomplete' : 'bundle-archive-truncated',
		{...lack, file},
		{location: {file}},
	);

/**
 * Reads a JSON file of a tree.
 * @throws ProblemError `bundle-archive-incomplete`, `bundle-archive-truncated`, `bundle-archive-damaged`
 */
export const readJson = async (
	tree: Tree,
	name: string,
): Promise<{readonly bytes: Buffer; readonly value: unknown}> => {
	const slice = tree.find(name);
	if (!slice) throw missing(tree, {case: 'no file', part: name});
	const [part, file, more] = [name, tree.label, {location: {file: tree.label}}];
	if (slice.size > maximumJsonBytes) {
		const sizes = {size: slice.size, most: formatBytes(maximumJsonBytes)};
		throw archiveProblems.error('bundle-archive-damaged', {case: 'large part', part, file, ...sizes}, more);
	}
	const bytes = await readSlice(slice);
	try {
		return {bytes, value: JSON.parse(bytes.toString('utf8'))};
	} catch {
		throw archiveProblems.error('bundle-archive-damaged', {case: 'no json', part, file}, more);
	}
};
