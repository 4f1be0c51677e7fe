import {dirname} from 'node:path';
import {errnoWords, isSystemError} from '../../base/errno.ts';
import {declareProblems} from '../../base/problem-table.ts';

/** Problems of signing a bundle, and of the sheet that goes with it. */
export const signProblems = declareProblems({
	'bundle-sign-not-whole': {
		area: 'bundle',
		message: 'The bundle was not signed: SHA256SUMS does not fit it.',
		fix: 'Make the bundle anew, or, when you know why it changed, remove SHA256SUMS and sign again: it is made anew then.',
		nextSteps: ['See what differs: sha256sum -c SHA256SUMS'],
		cases: {
			'files missing': {cause: 'Files that it lists are not there: {files}.'},
			'files added': {cause: 'It does not list these files: {files}.'},
			'other sums': {cause: 'These files have other sums: {files}.'},
		},
	},
	'bundle-sign-packed': {
		area: 'bundle',
		message: '{path} is packed, and a signature lies within the bundle.',
		cause: 'A packed bundle cannot take one more file without being written anew.',
		fix: 'Sign the folder first, then pack or split it.',
	},
	'bundle-sign-name': {
		area: 'bundle',
		message: 'The bundle was not signed: it holds a file whose name cannot be listed, {name}.',
		cause:
			'A line break, a backslash or another character that is not printed lets a line of checksums mean two things.',
		fix: 'Find out where it comes from; rename it or take it away, and sign again.',
	},
	'bundle-unwritable': {
		area: 'bundle',
		message: '{file} cannot be written.',
		cause: 'The system says: {reason}',
		fix: 'Make room there or make the folder writable (chmod), then try again. Nothing was left half written.',
		nextSteps: ['df -h {folder}'],
	},
	'bundle-custody-exists': {
		area: 'bundle',
		message: '{file} is there already.',
		cause: 'A sheet is never written over another file: it may be the one that was signed, or a part of the bundle.',
		fix: 'Name another file with --out, or take that one away.',
	},
	'bundle-custody-inside': {
		area: 'bundle',
		message: '{file} lies within the bundle.',
		cause: 'A file that is added to a bundle is refused there as tampering.',
		fix: 'Name a file beside the bundle with --out; the sheet is carried beside it.',
	},
});

declare module '../../base/problem.ts' {
	interface ProblemTables {
		readonly bundleSign: typeof signProblems.table;
	}
}

/**
 * What to do with an error of writing a file beside or into a bundle that is there, for `catch`.
 * @throws ProblemError `bundle-unwritable`, or the error itself where it is none of the file system
 */
export const unwritable =
	(file: string) =>
	(error: unknown): never => {
		if (!isSystemError(error)) throw error;
		const given = {file, reason: errnoWords(error, 'write'), folder: dirname(file)};
		throw signProblems.error('bundle-unwritable', given, {location: {file}, error});
	};
