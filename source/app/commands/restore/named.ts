import {stat} from 'node:fs/promises';
import path from 'node:path';
import {isBackupId} from '../../../backup/place.ts';
import type {Context} from '../../base/context.ts';

/** A backup as it was named: by its id, or by its folder, which also says where backups lie. */
export type Named = {readonly id: string; readonly folder?: string | undefined};

/**
 * The backup that a word names: an id, or the folder of one backup. What is neither is taken for an id, and refused where it is looked for.
 */
export const namedBackup = async ({workingDirectory}: Context, word: string): Promise<Named> => {
	if (isBackupId(word)) return {id: word};
	const folder = path.resolve(workingDirectory, word);
	const isFolder = await stat(folder).then(
		(found) => found.isDirectory(),
		() => false,
	);
	return isFolder ? {id: path.basename(folder), folder: path.dirname(folder)} : {id: word};
};
