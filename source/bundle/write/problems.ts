import {errnoWords, isDiskFull, isErrno, isSystemError} from '../../base/errno.ts';
import {declareProblems} from '../../base/problem-table.ts';

/** Problems of writing below a folder that will be a bundle, or the parts of one. */
export const writeProblems = declareProblems({
	'bundle-create-disk-full': {
		area: 'prerequisites',
		message: 'The disk below {folder} has no room for the bundle.',
		fix: 'Make room there, or name a folder on another disk with --out. Start it again: it goes on with what is there.',
		nextSteps: ['df -h {folder}'],
		cases: {
			'known before': {cause: 'It needs {needs} more and has {has}.'},
			'while writing': {cause: 'It became full while the bundle was written.'},
		},
	},
	'bundle-create-unwritable': {
		area: 'bundle',
		message: '{path} cannot be written.',
		fix: 'Mend that, or name another folder with --out.',
		cases: {
			refused: {cause: 'The system says: {reason}'},
			'a file': {cause: 'It is a file, but the bundle is a folder.'},
			'a file in the way': {cause: 'A file lies where a folder is needed.'},
		},
	},
});

declare module '../../base/problem.ts' {
	interface ProblemTables {
		readonly bundleWrite: typeof writeProblems.table;
	}
}

/**
 * What to do with an error of writing `path`, for `catch`: what the file system refuses is told as such, anything else is thrown as
 * it is.
 * @throws ProblemError `bundle-create-disk-full`, `bundle-create-unwritable`
 */
export const unwritable =
	(path: string) =>
	(error: unknown): never => {
		if (!isSystemError(error)) throw error;
		if (isDiskFull(error)) {
			throw writeProblems.error('bundle-create-disk-full', {case: 'while writing', folder: path}, {error});
		}
		// Files replace what is there, so only a folder can meet something.
		if (isErrno(error, 'EEXIST')) {
			throw writeProblems.error('bundle-create-unwritable', {case: 'a file in the way', path}, {error});
		}
		const reason = errnoWords(error, 'write');
		throw writeProblems.error('bundle-create-unwritable', {case: 'refused', path, reason}, {error});
	};
