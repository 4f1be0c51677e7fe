import {dirname} from 'node:path';
import {errnoWords, isSystemError} from '../../base/errno.ts';
import {declareProblems} from '../../base/problem-table.ts';

/** Problems of signing a bundle, of the keys for that, and of the sheet that goes with it. */
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
		fix: 'Make room there or mend the permissions, then start again. Nothing was left half written.',
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
	'signing-secret-key': {
		area: 'bundle',
		message: '{file} is not a secret key.',
		fix: 'Give the file that `zenml-airgap bundle keygen` or `minisign -G` made.',
		cases: {
			'no line': {cause: 'It has no line of 212 characters in Base64, as a minisign key has.'},
			'another algorithm': {cause: 'It is not a key for Ed25519.'},
			'another lock': {cause: 'It is protected in a way that this tool does not know: only scrypt is.'},
			cost: {cause: 'It asks for {bytes} bytes of memory, which no key needs.'},
			halves: {cause: 'The public key in it does not belong to its secret key.'},
		},
	},
	'signing-passphrase': {
		area: 'bundle',
		message: 'The passphrase does not open {file}.',
		cause: 'It is not the one that the key was made with, or the file was changed.',
		fix: 'Try again with the right passphrase; there is no way to use the key without it.',
	},
	'signing-memory': {
		area: 'bundle',
		message: 'There is too little memory to work with a passphrase: {needed} are needed.',
		fix: 'Close other programs, or do this on a machine with more memory.',
		nextSteps: ['In a container, raise its memory limit.', 'A key made with --no-passphrase needs no such memory.'],
		cases: {
			'known before': {
				cause:
					'Trying a passphrase is made costly on purpose, so that it cannot be guessed. Free of memory are {free}.',
			},
			refused: {cause: 'Trying a passphrase is made costly on purpose, so that it cannot be guessed.'},
		},
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
