import {errnoWords} from '../../base/errno.ts';
import {makeFolders} from '../../base/folders.ts';
import {baseProblems} from '../../base/problems.ts';

/** Makes a folder for this user only. @throws ProblemError `state-unwritable`, area `usage`. */
export const makeFolder = async (folder: string): Promise<void> => {
	await makeFolders(folder, 0o700).catch((error: unknown) => {
		throw baseProblems.error(
			'state-unwritable',
			{case: 'folder', file: folder, reason: errnoWords(error, 'write')},
			{location: {file: folder}, error},
		);
	});
};
