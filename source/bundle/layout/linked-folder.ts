import {realpath} from 'node:fs/promises';
import {relative, sep} from 'node:path';
import {layoutProblems} from './problems.ts';
import {several} from './text.ts';

const isBelow = (folder: string, path: string): boolean => {
	const way = relative(folder, path);
	return way !== '..' && !way.startsWith(`..${sep}`);
};

/**
 * Where a link to a folder leads, its links followed.
 * @param way the folders that are being read, the bundle's own first, each with its links followed
 * @returns undefined where it leads in a circle, or out of the bundle
 * @throws the error of the file system
 */
export const followFolder = async (link: string, way: readonly string[]): Promise<string | undefined> => {
	const [root = ''] = way;
	const real = await realpath(link);
	return way.includes(real) || !isBelow(root, real) ? undefined : real;
};

/** @throws ProblemError `bundle-foreign` where there are links that are not followed */
export const refuseLinks = (folder: string, links: readonly string[]): void => {
	if (links.length === 0) return;
	const names = [...links].sort();
	const given = {case: 'link', path: folder, names: several(names, 1)} as const;
	throw layoutProblems.error('bundle-foreign', given, {evidence: names.slice(0, 20)});
};
