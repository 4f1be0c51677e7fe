import {folderFault, thisUser} from './folder.ts';

/** What is wrong with a folder, as the problems that tell it want it: the case, the folder, and of another's the numbers of both users. */
export const toldFault = (folder: string) => {
	const fault = folderFault(folder);
	if (!fault) return undefined;
	return fault.kind === 'owner'
		? ({case: 'owner', folder, owner: fault.owner, user: thisUser() ?? 0} as const)
		: ({case: fault.kind, folder} as const);
};
