import {rm, statfs} from 'node:fs/promises';
import path from 'node:path';
import {errnoWords} from '../../base/errno.ts';
import {saveFile} from '../../base/files.ts';
import {savePack} from '../../base/handover.ts';
import {ProblemError} from '../../base/problem.ts';
import {baseProblems} from '../../base/problems.ts';
import {rehearsed} from '../../handover/rehearsed.ts';
import type {HostPort} from '../../steps/world.ts';
import {readPemFile} from '../base/pem-files.ts';
import {readValuesFile} from '../base/values-file.ts';
import {reportKind} from './reports/saved.ts';

/** Does what writes below the state folder. @throws ProblemError `state-unwritable`, `folder-not-ours` */
const writing = async <Result>(file: string, write: () => Promise<Result>): Promise<Result> => {
	try {
		return await write();
	} catch (error) {
		if (error instanceof ProblemError) throw error;
		throw baseProblems.error(
			'state-unwritable',
			{case: 'file', file, reason: errnoWords(error, 'write')},
			{location: {file}, error},
		);
	}
};

/** A report that a step writes, named like those of runs. */
const rehearsedName = (name: string): string =>
	name.replace(/^reports\/([a-z]+)-/u, (_, kind: string) => `reports/${reportKind(kind, true)}-`);

/**
 * This host: files named by the answers, and the room left where state is kept.
 * @param asked who asks other teams, and what was said to them @param isRehearsal whether papers for them say that they are of a rehearsal
 */
export const createHost = (
	stateDirectory: string,
	{asked = () => ({}), isRehearsal = false}: {readonly asked?: HostPort['asked']; readonly isRehearsal?: boolean} = {},
): HostPort => ({
	stateDirectory,
	asked,
	readFile: readPemFile,
	readValues: readValuesFile,
	saveState: async (name, text) => {
		const file = path.join(stateDirectory, isRehearsal ? rehearsedName(name) : name);
		await writing(file, async () => (text === undefined ? rm(file, {force: true}) : saveFile(file, text)));
		return file;
	},
	savePack: async ({id, sections}) => {
		const folder = path.join(stateDirectory, 'handover', id);
		return writing(folder, async () => savePack(folder, isRehearsal ? rehearsed(sections) : sections));
	},
	freeBytes: async () => {
		const {bavail, bsize} = await statfs(stateDirectory);
		return bavail * bsize;
	},
});
