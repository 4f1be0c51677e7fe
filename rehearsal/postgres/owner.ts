import {readFileSync} from 'node:fs';
import {stat} from 'node:fs/promises';
import {userInfo} from 'node:os';
import {dirname, resolve} from 'node:path';
import process from 'node:process';
import {ProblemError} from '../../source/base/problem.ts';

/** The user that PostgreSQL runs as. `change` is true when that is not the user of this process. */
export type Owner = {readonly name: string; readonly uid: number; readonly gid: number; readonly change: boolean};

// As root the server has to run as an existing user: initdb looks the uid up in passwd, and this tool never adds users.
const candidates = ['postgres', 'nobody'];

/**
 * This user, or for root the first of `postgres` and `nobody` in the passwd file.
 * @throws ProblemError `rehearsal-no-user` when there is neither.
 */
export const chooseOwner = (passwdFile = '/etc/passwd'): Owner => {
	if (process.getuid?.() !== 0) {
		const {username, uid, gid} = userInfo();
		return {name: username, uid, gid, change: false};
	}
	const entries = readFileSync(passwdFile, 'utf8')
		.split('\n')
		.map((line) => line.split(':'));
	for (const name of candidates) {
		const entry = entries.find(([user]) => user === name);
		const [uid, gid] = [Number(entry?.[2]), Number(entry?.[3])];
		if (entry && uid > 0 && Number.isInteger(gid)) return {name, uid, gid, change: true};
	}
	throw new ProblemError({
		code: 'rehearsal-no-user',
		area: 'prerequisites',
		message: 'The rehearsal cannot start PostgreSQL: it refuses to run as root and there is no other user for it.',
		cause: `${passwdFile} has neither of the users ${candidates.join(', ')}.`,
		fix: 'Start the rehearsal as a user other than root.',
	});
};

/** May the owner enter the folder, i.e. has every folder on the way the x bit for it? */
export const canTraverse = async (folder: string, owner: Owner): Promise<boolean> => {
	for (let path = resolve(folder); ; path = dirname(path)) {
		const {uid, gid, mode} = await stat(path);
		const bit = uid === owner.uid ? 0o100 : gid === owner.gid ? 0o010 : 0o001;
		if ((mode & bit) === 0) return false;
		if (path === dirname(path)) return true;
	}
};
