import {readFile, rm, statfs} from 'node:fs/promises';
import path from 'node:path';
import {ProblemError} from '../engine/problem.ts';
import type {HostPort} from '../steps/world.ts';
import {saveFile} from './save-file.ts';

const causes: Readonly<Record<string, string>> = {
	ENOENT: 'There is no such file.',
	EACCES: 'This user may not read it.',
	EISDIR: 'It is a folder, not a file.',
};

/** This host: files named by the answers, and the room left where state is kept. */
export const createHost = (stateDirectory: string): HostPort => ({
	stateDirectory,
	readFile: async (file, answer) => {
		try {
			return await readFile(file, 'utf8');
		} catch (error) {
			const {code = '', message} = error as NodeJS.ErrnoException;
			throw new ProblemError({
				code: 'answer-file-unreadable',
				area: 'usage',
				message: `The file ${file} of the answer ${answer} cannot be read.`,
				cause: causes[code] ?? message,
				fix: 'Name the right file, or mend its mode.',
				answers: [answer],
				location: {file},
			});
		}
	},
	saveState: async (name, text) => {
		const file = path.join(stateDirectory, name);
		if (text === undefined) await rm(file, {force: true});
		else await saveFile(file, text);
		return file;
	},
	freeBytes: async () => {
		const {bavail, bsize} = await statfs(stateDirectory);
		return bavail * bsize;
	},
});
