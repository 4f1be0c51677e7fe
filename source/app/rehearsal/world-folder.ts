import {mkdir, rm, rmdir} from 'node:fs/promises';
import path from 'node:path';
import {lookUp} from '../../answers/tree.ts';
import {isErrno} from '../../base/errno.ts';
import {folderFault} from '../../base/own/folder.ts';
import {refuseForeignFolder} from '../../base/own/make.ts';
import type {Journal} from '../../engine/journal.ts';
import {plans} from '../../plans/index.ts';
import type {Context} from '../base/context.ts';
import {journalFile} from '../base/journal-file.ts';
import {rehearsalRunProblems} from '../base/rehearsal-problems.ts';
import {worldPlaceOf} from '../base/world-place.ts';

/**
 * Where the world of a rehearsal lies; root's folder is made, and must be its own.
 * @throws ProblemError `rehearsal-folder-foreign`, `folder-not-ours`
 */
export const worldFolderOf = async ({userId}: Context, stateDirectory: string): Promise<string> => {
	const folder = worldPlaceOf(userId, stateDirectory);
	if (userId !== 0) return folder;
	await mkdir(folder, {mode: 0o711}).catch((error: unknown) => {
		if (!isErrno(error, 'EEXIST')) throw error;
	});
	if (folderFault(folder, userId)?.kind === 'owner')
		throw rehearsalRunProblems.error('rehearsal-folder-foreign', {folder});
	refuseForeignFolder(folder);
	return folder;
};

/** Takes the folder of a world away again where none was begun in it: a rehearsal that is refused leaves nothing behind. */
export const leaveNoEmpty = async (worldFolder: string): Promise<void> => {
	await rmdir(worldFolder).catch((error: unknown) => {
		if (!isErrno(error, 'ENOTEMPTY') && !isErrno(error, 'EEXIST') && !isErrno(error, 'ENOENT')) throw error;
	});
};

/**
 * What a new world makes void in a state folder. Logs, reports and papers tell of what was, and stay; nothing else is ever removed either, since
 * the operator chose the folder.
 */
const traces = [
	...Object.keys(plans).flatMap((plan) => {
		const name = path.basename(journalFile('', plan));
		return [name, `${name}.previous`];
	}),
	'lock',
	'charts',
	'helm',
	'world',
];

/** Is this the journal of a rehearsal in this world? One of a real install may lie in the same folder. */
export const isOfWorld = (journal: Pick<Journal, 'answers'> | undefined, worldFolder: string): boolean => {
	const kubeconfig = lookUp(journal?.answers, 'kubernetes.kubeconfig');
	return typeof kubeconfig === 'string' && path.dirname(kubeconfig) === worldFolder;
};

/**
 * Why the world of an earlier rehearsal is forgotten, if it is: somebody wants that, or a fault is to be played where nothing is left to
 * do. One that is kept up for other shells stays what it is: its faults are met by what is done there.
 */
export const beginsAnew = (
	{fresh, fault, serve}: {readonly fresh: boolean; readonly fault?: string | undefined; readonly serve: boolean},
	journal: Pick<Journal, 'outcome'> | undefined,
): 'fresh' | 'fault' | undefined => {
	if (fresh) return 'fresh';
	return fault !== undefined && !serve && journal?.outcome === 'done' ? 'fault' : undefined;
};

/** Forgets the world of an earlier rehearsal. The caller holds its lock. @throws ProblemError `rehearsal-state-foreign`. */
export const forgetWorld = async (
	stateDirectory: string,
	worldFolder: string,
	journal: Journal | undefined,
): Promise<void> => {
	if (journal && !isOfWorld(journal, worldFolder))
		throw rehearsalRunProblems.error('rehearsal-state-foreign', {folder: stateDirectory});
	await rm(worldFolder, {recursive: true, force: true});
	for (const trace of traces) await rm(path.join(stateDirectory, trace), {recursive: true, force: true});
};
