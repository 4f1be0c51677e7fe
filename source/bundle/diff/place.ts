import type {Stats} from 'node:fs';
import {lstat, readdir} from 'node:fs/promises';
import {isErrno} from '../../base/errno.ts';
import {firstOf} from '../../base/text.ts';
import {liesWithin} from '../layout/within.ts';
import {unwritable} from '../write/problems.ts';
import {diffProblems} from './problems.ts';

const statusOf = (out: string): Promise<Stats | undefined> =>
	lstat(out).catch((error: unknown) => (isErrno(error, 'ENOENT') ? undefined : unwritable(out)(error)));

/**
 * Refuses a place that a differential bundle must not get: within the whole one, or where something is.
 * @param out absolute
 * @param bundle the folder of the whole one; undefined where that is a file
 * @throws ProblemError `bundle-diff-out`, `bundle-create-unwritable`
 */
export const requireFreePlace = async (out: string, bundle: string | undefined): Promise<void> => {
	const refused = (name: 'inside' | 'a link' | 'a file') => diffProblems.error('bundle-diff-out', {case: name, out});
	if (bundle !== undefined && (await liesWithin(bundle, out).catch(unwritable(out)))) throw refused('inside');
	const status = await statusOf(out);
	if (!status) return;
	if (!status.isDirectory()) throw refused(status.isSymbolicLink() ? 'a link' : 'a file');
	const names = await readdir(out).catch(unwritable(out));
	if (names.length === 0) return;
	throw diffProblems.error('bundle-diff-out', {case: 'not empty', out, names: firstOf(names, 5)});
};
