import {readdir, readFile, readlink, realpath, rm} from 'node:fs/promises';
import {basename, join} from 'node:path';
import process from 'node:process';
import {setTimeout as pause} from 'node:timers/promises';
import {isErrno} from '../../source/base/errno.ts';
import {rehearsalProblems} from '../problems.ts';

const pidExists = (pid: number): boolean => {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return isErrno(error, 'EPERM');
	}
};

/** The pid in the first line of postmaster.pid, if there is one. */
const readPid = async (dataDirectory: string): Promise<number | undefined> => {
	try {
		const pid = Number((await readFile(join(dataDirectory, 'postmaster.pid'), 'utf8')).split('\n')[0]);
		return Number.isInteger(pid) && pid > 1 ? pid : undefined;
	} catch {
		return undefined;
	}
};

/**
 * The postmaster's pid once it takes connections: PostgreSQL writes `ready` into the eighth line
 * (LOCK_FILE_LINE_PM_STATUS, pidfile.h). The file of a killed server says so too, so the pid must be alive.
 */
export const readReadyPid = async (dataDirectory: string): Promise<number | undefined> => {
	const text = await readFile(join(dataDirectory, 'postmaster.pid'), 'utf8').catch(() => '');
	const pid = await readPid(dataDirectory);
	return pid !== undefined && text.split('\n')[7]?.trim() === 'ready' && pidExists(pid) ? pid : undefined;
};

const readLinkOrNothing = async (path: string): Promise<string> => readlink(path).catch(() => '');

// Postmaster and backends keep the data folder as working directory, so that and the program's name tell whose they
// are. proc(5): the exe link of a replaced program ends in " (deleted)".
const isServerOf = async (pid: string, folder: string): Promise<boolean> => {
	const program = basename((await readLinkOrNothing(`/proc/${pid}/exe`)).replace(/ \(deleted\)$/u, ''));
	return program === 'postgres' && (await readLinkOrNothing(`/proc/${pid}/cwd`)) === folder;
};

/** Pids of the PostgreSQL processes whose data folder this is. Empty on systems without /proc. */
export const findServers = async (dataDirectory: string): Promise<readonly number[]> => {
	const folder = await realpath(dataDirectory);
	const entries = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/u.test(name));
	const found = await Promise.all(entries.map(async (pid) => ((await isServerOf(pid, folder)) ? [Number(pid)] : [])));
	return found.flat();
};

const signalPid = (pid: number, signal: NodeJS.Signals): void => {
	try {
		process.kill(pid, signal);
	} catch (error) {
		if (!isErrno(error, 'ESRCH')) throw error;
	}
};

/** How servers that were left behind are found and ended, and how long each way of ending them may take, ms. */
export type Ending = {
	readonly find: (dataDirectory: string) => Promise<readonly number[]>;
	readonly signal: (pid: number, signal: NodeJS.Signals) => void;
	readonly gentlyMs: number;
	readonly byForceMs: number;
};

const ending: Ending = {find: findServers, signal: signalPid, gentlyMs: 10_000, byForceMs: 5000};

/** The servers that are still there after that time. */
const leftAfter = async (dataDirectory: string, {find}: Ending, ms: number): Promise<readonly number[]> => {
	const end = Date.now() + ms;
	for (;;) {
		const servers = await find(dataDirectory);
		if (servers.length === 0 || Date.now() > end) return servers;
		await pause(50);
	}
};

/** Ends servers by a fast shutdown, then by force; answers those that are still there. */
const endServers = async (
	dataDirectory: string,
	how: Ending,
	servers: readonly number[],
	postmaster: number | undefined,
): Promise<readonly number[]> => {
	if (postmaster !== undefined && servers.includes(postmaster)) how.signal(postmaster, 'SIGINT');
	const left = await leftAfter(dataDirectory, how, how.gentlyMs);
	for (const pid of left) how.signal(pid, 'SIGKILL');
	return left.length === 0 ? [] : leftAfter(dataDirectory, how, how.byForceMs);
};

/**
 * Ends what an earlier run left: a server that still works on this data folder, and a postmaster.pid whose number now
 * belongs to some other program, which would keep PostgreSQL from starting.
 * @throws ProblemError `rehearsal-postgres-in-the-way` when it does not end.
 */
export const clearLeftover = async (dataDirectory: string, how = ending): Promise<void> => {
	const servers = await how.find(dataDirectory);
	const recorded = await readPid(dataDirectory);
	const left = servers.length === 0 ? [] : await endServers(dataDirectory, how, servers, recorded);
	if (left.length > 0)
		throw rehearsalProblems.error('rehearsal-postgres-in-the-way', {folder: dataDirectory, pids: left.join(', ')});
	if (recorded !== undefined && pidExists(recorded)) await rm(join(dataDirectory, 'postmaster.pid'), {force: true});
};
