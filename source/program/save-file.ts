import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import {makeFolders} from '../engine/make-folders.ts';

/** Writes a file of ours, and its folder, for the operator alone; what lay there is replaced. Returns its path. */
export const saveFile = async (file: string, text: string): Promise<string> => {
	await makeFolders(path.dirname(file), 0o700);
	await writeFile(file, text, {mode: 0o600});
	return file;
};

/** More files of one name than anybody keeps: past them something else is wrong. */
const mostNames = 1000;

/**
 * Writes a file beside what is there, never over it: `answers.yaml`, else `answers-2.yaml` and so on, readable by the operator
 * alone. Returns the path that was written.
 */
export const saveBeside = async (file: string, text: string): Promise<string> => {
	await makeFolders(path.dirname(file), 0o700);
	const {dir, name, ext} = path.parse(file);
	for (let number = 1; ; number += 1) {
		const free = number === 1 ? file : path.join(dir, `${name}-${number}${ext}`);
		try {
			// `wx` also refuses a symbolic link, wherever it leads.
			await writeFile(free, text, {mode: 0o600, flag: 'wx'});
			return free;
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || number >= mostNames) throw error;
		}
	}
};

/** Where "Save answers" writes, in the folder that the operator is in. */
export const answersFile = (workingDirectory: string): string =>
	path.join(workingDirectory, 'zenml-airgap-answers.yaml');
