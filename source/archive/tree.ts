import {posix} from 'node:path';
import {damaged, truncated} from './problems.ts';
import {readSlice, type Slice} from './slice.ts';
import {cleanPath, type TarIndex} from './tar-index.ts';

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

/** A tar as a tree. Classic `docker save` archives hold links for layers that occur twice; they are followed here. */
export const tarTree = (label: string, {entries, complete}: TarIndex): Tree => {
	const find = (name: string, hops = 0): Slice | undefined => {
		const entry = entries.get(name);
		if (!entry || entry.kind === 'folder' || entry.kind === 'other') return undefined;
		if (entry.kind === 'file') return entry.slice;
		const base = entry.kind === 'symlink' ? posix.dirname(name) : '.';
		// `join` keeps leading `..`, so a link that leads out is seen as such.
		const target = entry.target.startsWith('/') ? undefined : cleanPath(posix.join(base, entry.target));
		if (target === undefined || hops > 8) {
			const cause = hops > 8 ? 'Links point at each other in a circle.' : 'A link leads out of the archive.';
			throw damaged('bundle-archive-unsafe', label, `${label} holds a bad link: ${name}.`, cause);
		}
		return find(target, hops + 1);
	};
	return {label, names: [...entries.keys()], find: (name) => find(name), complete};
};

/** What is missing is blamed on a cut when the archive has no end, else on the archive itself. */
export const missing = (tree: Tree, what: string): Error =>
	tree.complete
		? damaged(
				'bundle-archive-incomplete',
				tree.label,
				`${tree.label} does not hold ${what}.`,
				'The archive is whole but lacks a part that it names, or it was not made by `docker save`.',
			)
		: truncated(tree.label, `Its end is missing, and with it ${what}.`);

/**
 * Reads a JSON file of a tree.
 * @throws ProblemError `bundle-archive-incomplete`, `bundle-archive-truncated`, `bundle-archive-damaged`
 */
export const readJson = async (
	tree: Tree,
	name: string,
): Promise<{readonly bytes: Buffer; readonly value: unknown}> => {
	const slice = tree.find(name);
	if (!slice) throw missing(tree, name);
	const bad = (cause: string) =>
		damaged('bundle-archive-damaged', tree.label, `${name} in ${tree.label} cannot be used.`, cause);
	if (slice.size > maximumJsonBytes) throw bad(`It claims ${slice.size} bytes; 4 MiB is the most that makes sense.`);
	const bytes = await readSlice(slice);
	try {
		return {bytes, value: JSON.parse(bytes.toString('utf8'))};
	} catch {
		throw bad('It is not JSON.');
	}
};
