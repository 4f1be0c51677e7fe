import {readdir, readFile, readlink, realpath, rm} from 'node:fs/promises';
import {basename, join} from 'node:path';
import process from 'node:process';
import {setTimeout as pause} from 'node:timers/promises';
import {ProblemError} from '../../source/base/problem.ts';

const pidExists = (pid: number): boolean => {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === 'EPERM';
	}
};

/** The pid in the first line of postmaster.pid, if there is one. */
export const readPid = async (dataDirectory: string): Promise<number | undefined> => {
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
		if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
	}
};

const goneWithin = async (dataDirectory: string, ms: number): Promise<boolean> => {
	const end = Date.now() + ms;
	while ((await findServers(dataDirectory)).length > 0) {
		if (Date.now() > end) return false;
		await pause(50);
	}
	return true;
};

/**
 * Ends what an earlier run left: a server that still works on this data folder (fast shutdown, then by force), and a
 * postmaster.pid whose number now belongs to some other program, which would keep PostgreSQL from starting.
 * @throws ProblemError `rehearsal-postgres-in-the-way` when it does not end.
 */
export const clearLeftover = async (dataDirectory: string): Promise<void> => {
	const servers = await findServers(dataDirectory);
	const recorded = await readPid(dataDirectory);
	if (servers.length > 0) {
		if (recorded !== undefined && servers.includes(recorded)) signalPid(recorded, 'SIGINT');
		if (!(await goneWithin(dataDirectory, 10_000))) {
			for (const pid of await findServers(dataDirectory)) signalPid(pid, 'SIGKILL');
			if (!(await goneWithin(dataDirectory, 5000)))
				throw new ProblemError({
					code: 'rehearsal-postgres-in-the-way',
					area: 'prerequisites',
					message: `A PostgreSQL server still works on ${dataDirectory} and does not end.`,
					cause: `Its processes: ${(await findServers(dataDirectory)).join(', ')}.`,
					fix: 'End these processes, then start again.',
				});
		}
	}
	if (recorded !== undefined && (await findServers(dataDirectory)).length === 0 && pidExists(recorded))
		await rm(join(dataDirectory, 'postmaster.pid'), {force: true});
};
