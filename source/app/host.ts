import {readFile, rm, statfs} from 'node:fs/promises';
import path from 'node:path';
import {saveFile} from '../base/files.ts';
import {ProblemError} from '../base/problem.ts';
import type {HostPort} from '../steps/world.ts';

const causes: Readonly<Record<string, string>> = {
	ENOENT: 'There is no such file.',
	EACCES: 'This user may not read it.',
	EISDIR: 'It is a folder, not a file.',
};

const unwritable = (file: string, error: unknown): ProblemError => {
	const {code = '', message} = error as NodeJS.ErrnoException;
	const why: Readonly<Record<string, string>> = {
		ENOTDIR: 'A part of its path is a file, not a folder.',
		EEXIST: 'A part of its path is a file, not a folder.',
		EACCES: 'This user may not write there.',
		EROFS: 'The disk is read-only.',
		ENOSPC: 'The disk is full.',
	};
	return new ProblemError(
		{
			code: 'state-unwritable',
			area: 'usage',
			message: `The file ${file} cannot be written.`,
			cause: why[code] ?? message,
			fix: 'Mend that, or name another folder with --state-dir.',
			location: {file},
		},
		{cause: error},
	);
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
		try {
			if (text === undefined) await rm(file, {force: true});
			else await saveFile(file, text);
		} catch (error) {
			throw unwritable(file, error);
		}
		return file;
	},
	freeBytes: async () => {
		const {bavail, bsize} = await statfs(stateDirectory);
		return bavail * bsize;
	},
});
