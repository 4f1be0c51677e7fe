import {chown, lchown, readdir, readFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {errnoWords} from '../../source/base/errno.ts';
import {openNew} from '../../source/base/files.ts';
import {rehearsalProblems} from '../problems.ts';
import {canTraverse, type Owner} from './owner.ts';

/** PEM of the server's certificate with its chain, its key, and the authority that clients are to trust. */
export type ServerTls = {readonly cert: string; readonly key: string; readonly ca: string};

/** A file of the server's own. */
export const writeOwned = async (path: string, text: string, owner: Owner): Promise<void> => {
	// The mode of an existing file would stay as it is, and servers refuse keys that others may read. The folder is the owner's:
	// what may come under this name meanwhile is neither written to nor given away.
	const handle = await openNew(path, 0o600);
	try {
		await handle.writeFile(text);
		if (owner.change) await handle.chown(owner.uid, owner.gid);
	} finally {
		await handle.close();
	}
};

/** Root may not give away everywhere: not on disks of other hosts, nor in a container without that capability. */
export const give = async (folder: string, owner: Owner): Promise<void> => {
	await chown(folder, owner.uid, owner.gid).catch((error: unknown) => {
		const facts = {folder, user: owner.name, words: errnoWords(error, 'write')};
		throw rehearsalProblems.error('rehearsal-folder-not-given', facts, {error});
	});
};

/** The same for all that is in it. */
export const giveTree = async (folder: string, owner: Owner): Promise<void> => {
	await give(folder, owner);
	for (const entry of await readdir(folder, {withFileTypes: true, recursive: true}))
		await lchown(join(entry.parentPath, entry.name), owner.uid, owner.gid);
};

/** @throws ProblemError `rehearsal-folder-unreachable` */
export const refuseUnreachable = async (folder: string, owner: Owner): Promise<void> => {
	if (!owner.change || (await canTraverse(dirname(folder), owner))) return;
	throw rehearsalProblems.error('rehearsal-folder-unreachable', {folder, user: owner.name});
};

/** The last lines of the server's log, for the cause of a failed start. */
export const lastLogLines = async (log: string, count: number): Promise<readonly string[]> =>
	(await readFile(log, 'utf8').catch(() => '')).trimEnd().split('\n').slice(-count);
