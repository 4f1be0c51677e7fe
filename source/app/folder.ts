import {makeFolders} from '../base/folders.ts';
import {ProblemError} from '../base/problem.ts';

/** Makes a folder for this user only. @throws ProblemError `state-unwritable`, area `usage`. */
export const makeFolder = async (folder: string): Promise<void> => {
	await makeFolders(folder, 0o700).catch((error: NodeJS.ErrnoException) => {
		throw new ProblemError({
			code: 'state-unwritable',
			area: 'usage',
			message: `The folder ${folder} for state and logs cannot be made.`,
			cause: error.code === 'EACCES' || error.code === 'EROFS' ? 'This user may not write there.' : error.message,
			fix: 'Name another folder with --state-dir.',
			location: {file: folder},
		});
	});
};
