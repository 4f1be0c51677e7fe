import {randomBytes} from 'node:crypto';
import {mkdir, readdir, rm} from 'node:fs/promises';
import path from 'node:path';
import {isErrno} from '../../base/errno.ts';
import {writeWhole} from '../../base/files.ts';
import {birthNow, thisProcess} from '../../base/lock/process.ts';
import {makeOwnFolder} from '../../base/own/make.ts';

/** Name of a folder with logins: the process that made it, by number and birth, and something of its own. */
const named = /^login-(\d+)-(\w+)-[0-9a-f]+$/u;

const isLeft = (name: string): boolean => {
	const [, pid, birth] = named.exec(name) ?? [];
	return pid !== undefined && birthNow(Number(pid)) !== birth;
};

/** Removes what a killed run left. @throws the error of the file system */
const sweep = async (folder: string): Promise<void> => {
	for (const name of await readdir(folder))
		if (isLeft(name)) await rm(path.join(folder, name), {recursive: true, force: true});
};

/**
 * Runs work with a folder of files that only this user reads, which is gone afterwards; what a killed process left below the same
 * `folder` goes first.
 * @throws ProblemError `folder-not-ours`; the error of the file system; what the work throws
 */
export const withPrivateFiles = async <Result>(
	folder: string,
	files: (own: string) => Readonly<Record<string, string>>,
	work: (own: string) => Promise<Result>,
): Promise<Result> => {
	await makeOwnFolder(folder);
	await sweep(folder);
	const {pid, birth} = thisProcess();
	const own = path.join(folder, `login-${pid}-${birth}-${randomBytes(8).toString('hex')}`);
	await mkdir(own, 0o700);
	try {
		// Not to the disk: what is gone in a moment need not outlive the machine.
		for (const [name, text] of Object.entries(files(own))) await writeWhole(path.join(own, name), text, {sync: false});
		return await work(own);
	} finally {
		await rm(own, {recursive: true, force: true}).catch((error: unknown) => {
			if (!isErrno(error, 'ENOENT')) throw error;
		});
	}
};
