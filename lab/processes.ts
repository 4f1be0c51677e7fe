import {readdirSync, readFileSync} from 'node:fs';
import {mkdir, readFile, rm, writeFile} from 'node:fs/promises';
import {dirname} from 'node:path';
import {LabError} from './report.ts';

/** One process for ever: a pid alone is given to another process one day. */
export type ProcessMark = {readonly pid: number; readonly started: string};

/**
 * Start time of a process in clock ticks since boot, field 22 of /proc/PID/stat (proc(5)); undefined when there is none. One that
 * has ended counts as none: where the first process of a container collects nobody, it stays in state Z for ever.
 */
export const startTime = (pid: number): string | undefined => {
	try {
		const [state, ...rest] = readFileSync(`/proc/${pid}/stat`, 'utf8')
			.replace(/^.*\) /su, '')
			.split(' ');
		return state === 'Z' ? undefined : rest[18];
	} catch {
		return undefined;
	}
};

export const stillRuns = ({pid, started}: ProcessMark): boolean => startTime(pid) === started;

/** Pids of all processes whose environment, as they were started, has this entry (`NAME=value`). */
export const startedWith = (entry: string): readonly number[] =>
	readdirSync('/proc')
		.filter((name) => /^\d+$/u.test(name))
		.filter((pid) => {
			try {
				return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(entry);
			} catch {
				// It ended between the two looks.
				return false;
			}
		})
		.map(Number);

const ownerOf = async (file: string): Promise<ProcessMark | undefined> => {
	try {
		const {pid, started} = JSON.parse(await readFile(file, 'utf8')) as Partial<ProcessMark>;
		return typeof pid === 'number' && typeof started === 'string' ? {pid, started} : undefined;
	} catch {
		// Gone, or cut short when its owner was killed: nobody holds it.
		return undefined;
	}
};

/**
 * Does work that only one command may do at a time; a lock file whose owner is gone does not count.
 * @throws LabError naming the owner and the file when another command holds it
 */
export const withLock = async <T>(file: string, work: () => Promise<T>): Promise<T> => {
	const own = JSON.stringify({pid: process.pid, started: startTime(process.pid) ?? ''} satisfies ProcessMark);
	await mkdir(dirname(file), {recursive: true});
	try {
		await writeFile(file, own, {flag: 'wx'});
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
		const owner = await ownerOf(file);
		if (owner && stillRuns(owner))
			throw new LabError(
				`Process ${owner.pid} is starting or ending the lab right now: wait for it. The lock is ${file}.`,
			);
		await writeFile(file, own);
	}
	try {
		return await work();
	} finally {
		await rm(file, {force: true});
	}
};
