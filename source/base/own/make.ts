import {makeFolders} from '../folders.ts';
import {baseProblems} from '../problems.ts';
import {toldFault} from './told-fault.ts';

/** Refuses a folder that is there and not this user's alone. @throws ProblemError `folder-not-ours` */
export const refuseForeignFolder = (folder: string): void => {
	const fault = toldFault(folder);
	if (fault) throw baseProblems.error('folder-not-ours', fault, {location: {file: folder}});
};

/**
 * Makes a folder for this user alone, and looks at it when it is there: somebody else may have been quicker.
 * @throws ProblemError `folder-not-ours`; the error of the file system
 */
export const makeOwnFolder = async (folder: string): Promise<void> => {
	await makeFolders(folder, 0o700);
	refuseForeignFolder(folder);
};
