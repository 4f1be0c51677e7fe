import {access} from 'node:fs/promises';
import path from 'node:path';
import type {ProblemError} from '../../../base/problem.ts';
import {shellWord} from '../../../base/shell.ts';
import {plans} from '../../../plans/index.ts';
import {journalFile} from '../journal-file.ts';
import {appProblems} from '../problems.ts';

/** Has any plan left its journal in this folder? One that cannot be looked at counts as none. */
const hasJournal = async (folder: string): Promise<boolean> => {
	const found = await Promise.allSettled(Object.values(plans).map(({id}) => access(journalFile(folder, id))));
	return found.some(({status}) => status === 'fulfilled');
};

/**
 * Why a command that tells of runs has none to tell of. Where nothing lies in a state folder but the folder that rehearsals of this user
 * are kept in, the command is named that tells of these. @param file what was looked for, where it is not the journal of the install
 */
export const noEarlierRun = async (
	stateDirectory: string,
	command: 'status' | 'report',
	file = journalFile(stateDirectory, 'install'),
): Promise<ProblemError> => {
	const rehearsed = path.join(stateDirectory, 'rehearsal');
	const isReport = command === 'report';
	if (!(await hasJournal(rehearsed)))
		return appProblems.error('no-earlier-run', {case: isReport ? 'report' : 'install', file});
	return appProblems.error('no-earlier-run', {
		...{case: isReport ? 'rehearsal report' : 'rehearsal', file},
		command: `zenml-airgap ${command} --state-dir ${shellWord(rehearsed)}`,
	});
};
