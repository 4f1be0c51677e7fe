import {errnoWords} from '../source/base/errno.ts';
import {type FileFault, readOwnFile} from '../source/base/own/file.ts';
import type {ProblemError} from '../source/base/problem.ts';
import {rehearsalProblems} from './problems.ts';

const faultWords = (fault: FileFault): string => {
	if (fault.kind === 'no file') return `It is ${fault.is}.`;
	return fault.kind === 'owner' ? `It belongs to the user with number ${fault.owner}.` : 'It is too large.';
};

/** A file of the rehearsal that cannot be made sense of. */
export const damaged = (file: string, words: string, error?: unknown): ProblemError =>
	rehearsalProblems.error('rehearsal-state-unreadable', {case: 'damaged', file, words}, {error});

/** Far more than all objects of a played cluster have, in bytes. */
const mostBytes = 256 * 1024 * 1024;

const textOf = async (file: string): Promise<string | undefined> => {
	const found = await readOwnFile(file, mostBytes).catch((error: unknown) => {
		const given = {case: 'closed', file, words: errnoWords(error, 'read')} as const;
		throw rehearsalProblems.error('rehearsal-state-unreadable', given, {error});
	});
	if (found?.fault) throw damaged(file, faultWords(found.fault));
	return found?.text;
};

/** The JSON in a file, or undefined when there is no such file. @throws ProblemError `rehearsal-state-unreadable`. */
export const readJson = async <T>(file: string): Promise<T | undefined> => {
	const text = await textOf(file);
	try {
		return text === undefined ? undefined : (JSON.parse(text) as T);
	} catch (error) {
		throw damaged(file, (error as Error).message, error);
	}
};
