import {lstat, rename} from 'node:fs/promises';
import path from 'node:path';
import {isErrno} from '../errno.ts';
import {sizeOfFile} from '../files.ts';
import {foundAt} from './record.ts';

/** More copies of one paper than anybody keeps: past them something else is wrong. */
const mostCopies = 1000;

const isFree = async (file: string): Promise<boolean> => {
	try {
		await lstat(file);
		return false;
	} catch (error) {
		if (isErrno(error, 'ENOENT')) return true;
		throw error;
	}
};

/**
 * Gives what lies under a name of a paper another one: `README.txt.edited`, else `README.txt.edited-2` and so on. Returns that name.
 * @throws the error of the file system
 */
const putAside = async (file: string): Promise<string> => {
	for (let number = 1; ; number += 1) {
		const aside = number === 1 ? `${file}.edited` : `${file}.edited-${number}`;
		if (number < mostCopies && !(await isFree(aside))) continue;
		await rename(file, aside);
		return path.basename(aside);
	}
};

/** What is done about a paper that is to be written: it is, or somebody changed the one that lies there. */
export type Deed =
	| {readonly kind: 'write'}
	/** What is to be written is what was: there is nothing new to tell beside the change. */
	| {readonly kind: 'leave'}
	| {readonly kind: 'aside'; readonly name: string};

/**
 * Keeps what somebody made of a paper: left where it lies as long as the paper has nothing new to say, and else put aside under another name.
 * @param written the digests that were written under its name @param next the one that is to be
 * @throws the error of the file system
 */
export const keepEdited = async (file: string, written: ReadonlySet<string>, next: string): Promise<Deed> => {
	// A folder under that name is no paper that somebody changed.
	const isPaper = (await sizeOfFile(file)) !== undefined;
	if (!isPaper || (await foundAt(file, written)) !== 'other') return {kind: 'write'};
	if (written.size === 1 && written.has(next)) return {kind: 'leave'};
	return {kind: 'aside', name: await putAside(file)};
};
