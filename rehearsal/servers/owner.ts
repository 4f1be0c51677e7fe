import {readFileSync} from 'node:fs';
import {stat} from 'node:fs/promises';
import {userInfo} from 'node:os';
import {dirname, resolve} from 'node:path';
import process from 'node:process';
import {rehearsalProblems} from '../problems.ts';

/** The user that PostgreSQL runs as. `change` is true when that is not the user of this process. */
export type Owner = {readonly name: string; readonly uid: number; readonly gid: number; readonly change: boolean};

// As root the server has to run as an existing user: initdb looks the uid up in passwd, and this tool never adds users.
const candidates = ['postgres', 'nobody'];

const ownerIn = (passwd: string): Owner | undefined => {
	const entries = passwd.split('\n').map((line) => line.split(':'));
	for (const name of candidates) {
		const entry = entries.find(([user]) => user === name);
		const [uid, gid] = [Number(entry?.[2]), Number(entry?.[3])];
		if (entry && uid > 0 && Number.isInteger(gid)) return {name, uid, gid, change: true};
	}
	return undefined;
};

/** initdb looks this user up and gives up where there is no line. @throws ProblemError `rehearsal-no-user` */
const ownLine = (uid: number | undefined): Owner => {
	try {
		const {username, ...ids} = userInfo();
		return {name: username, uid: ids.uid, gid: ids.gid, change: false};
	} catch (error) {
		throw rehearsalProblems.error('rehearsal-no-user', {case: 'no line', uid: uid ?? 'unknown'}, {error});
	}
};

/**
 * This user, or for root the first of `postgres` and `nobody` in the passwd file. @param uid of this process
 * @throws ProblemError `rehearsal-no-user` when there is neither.
 */
export const chooseOwner = (file = '/etc/passwd', uid = process.getuid?.()): Owner => {
	if (uid !== 0) return ownLine(uid);
	const owner = ownerIn(readFileSync(file, 'utf8'));
	if (owner) return owner;
	throw rehearsalProblems.error('rehearsal-no-user', {case: 'root', file, users: candidates.join(', ')});
};

/** The bit that lets the owner enter a folder (path_resolution(7)). */
const enterBit = (folder: {readonly uid: number; readonly gid: number}, owner: Owner): number => {
	if (folder.uid === owner.uid) return 0o100;
	return folder.gid === owner.gid ? 0o010 : 0o001;
};

/** May the owner enter the folder, i.e. has every folder on the way the x bit for it? */
export const canTraverse = async (folder: string, owner: Owner): Promise<boolean> => {
	for (let path = resolve(folder); ; path = dirname(path)) {
		const found = await stat(path);
		if ((found.mode & enterBit(found, owner)) === 0) return false;
		if (path === dirname(path)) return true;
	}
};
