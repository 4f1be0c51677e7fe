import {errnoWords} from '../../base/errno.ts';
import {makeOwnFolder} from '../../base/own/make.ts';
import {ProblemError} from '../../base/problem.ts';
import {baseProblems} from '../../base/problems.ts';

/** Makes a folder for this user only. @throws ProblemError `state-unwritable`, `folder-not-ours`, area `usage`. */
export const makeFolder = async (folder: string): Promise<void> => {
	await makeOwnFolder(folder).catch((error: unknown) => {
		if (error instanceof ProblemError) throw error;
		throw baseProblems.error(
			'state-unwritable',
			{case: 'folder', file: folder, reason: errnoWords(error, 'write')},
			{location: {file: folder}, error},
		);
	});
};
