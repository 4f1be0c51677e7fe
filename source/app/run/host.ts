import {readFile, rm, statfs} from 'node:fs/promises';
import path from 'node:path';
import {errnoWords} from '../../base/errno.ts';
import {saveFile} from '../../base/files.ts';
import {ProblemError} from '../../base/problem.ts';
import {baseProblems} from '../../base/problems.ts';
import {withNames} from '../../base/reading/unseen.ts';
import type {HostPort} from '../../steps/world.ts';
import {appProblems} from '../base/problems.ts';

/** This host: files named by the answers, and the room left where state is kept. */
export const createHost = (stateDirectory: string): HostPort => ({
	stateDirectory,
	readFile: async (file, answer) =>
		readFile(file, 'utf8').catch((error: unknown) => {
			throw appProblems.error(
				'answer-file-unreadable',
				{file: withNames(file), answer, reason: errnoWords(error, 'read')},
				{answers: [answer], location: {file}, error},
			);
		}),
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
