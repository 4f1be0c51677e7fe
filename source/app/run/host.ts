import {rm, statfs} from 'node:fs/promises';
import path from 'node:path';
import {errnoWords} from '../../base/errno.ts';
import {saveFile} from '../../base/files.ts';
import {ProblemError} from '../../base/problem.ts';
import {baseProblems} from '../../base/problems.ts';
import type {HostPort} from '../../steps/world.ts';
import {readPemFile} from '../base/pem-files.ts';
import {readValuesFile} from '../base/values-file.ts';

/** This host: files named by the answers, and the room left where state is kept. */
export const createHost = (stateDirectory: string): HostPort => ({
	stateDirectory,
	readFile: readPemFile,
	readValues: readValuesFile,
	saveState: async (name, text) => {
		const file = path.join(stateDirectory, name);
		try {
			if (text === undefined) await rm(file, {force: true});
			else await saveFile(file, text);
		} catch (error) {
			if (error instanceof ProblemError) throw error;
			throw baseProblems.error(
				'state-unwritable',
				{case: 'file', file, reason: errnoWords(error, 'write')},
				{location: {file}, error},
			);
		}
		return file;
	},
	freeBytes: async () => {
		const {bavail, bsize} = await statfs(stateDirectory);
		return bavail * bsize;
	},
});
