import {mkdir, open, readFile, rename, rm} from 'node:fs/promises';
import path from 'node:path';
import {z} from 'zod';
import {ProblemError} from './problem.ts';

const holderSchema = z.object({
	pid: z.number(),
	/** Start of the process in clock ticks since boot, so that a reused pid is not taken for the holder. */
	birth: z.string(),
	host: z.string(),
	user: z.string(),
	runId: z.string(),
	startedAt: z.number(),
});

/** Who holds a lock. */
export type Holder = z.infer<typeof holderSchema>;

/** What the lock needs to know of processes: the birth of a pid (field 22 of proc(5) stat), undefined when it is gone. */
export type ProcessBirth = (pid: number) => Promise<string | undefined>;

/** Reads the birth of a process from /proc; where there is no /proc, a process that takes signal 0 counts as alive. */
export const processBirth: ProcessBirth = async (pid) => {
	const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
	if (text !== undefined) return text.slice(text.lastIndexOf(')') + 2).split(' ')[19];
	try {
		process.kill(pid, 0);
		return 'unknown';
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === 'EPERM' ? 'unknown' : undefined;
	}
};

const readHolder = async (file: string): Promise<Holder | undefined> => {
	const text = await readFile(file, 'utf8').catch(() => undefined);
	if (text === undefined) return undefined;
	try {
		return holderSchema.parse(JSON.parse(text));
	} catch {
		return undefined;
	}
};

const locked = (file: string, {pid, host, user, startedAt}: Holder): ProblemError =>
	new ProblemError({
		code: 'install-locked',
		area: 'locked',
		message: `Another run is under way: process ${pid} of ${user} on ${host}, since ${new Date(startedAt).toISOString()}.`,
		cause: `It holds the lock ${file}.`,
		fix: `Wait for it, or stop it there with Ctrl-C; then start this command again.`,
	});

/**
 * Takes the lock file of this host, so that two runs do not work on one installation. A lock whose process is gone
 * (killed, or the host was restarted) is taken over.
 * @returns a function that gives it back.
 * @throws ProblemError `install-locked` that names the holder.
 */
export const acquireFileLock = async (
	file: string,
	me: Omit<Holder, 'birth'>,
	birthOf: ProcessBirth = processBirth,
): Promise<() => Promise<void>> => {
	await mkdir(path.dirname(file), {recursive: true, mode: 0o700});
	const mine: Holder = {...me, birth: (await birthOf(me.pid)) ?? 'unknown'};
	const text = JSON.stringify(mine);
	for (let attempt = 0; attempt < 10; attempt += 1) {
		// A linked-in complete file would be nicer, but some shared file systems have no hard links.
		const handle = await open(file, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
			if (error.code === 'EEXIST') return undefined;
			throw error;
		});
		if (handle) {
			await handle.writeFile(text);
			await handle.sync();
			await handle.close();
			return async () => {
				const holder = await readHolder(file);
				if (holder?.pid === mine.pid && holder.birth === mine.birth) await rm(file, {force: true});
			};
		}
		const holder = await readHolder(file);
		if (holder) {
			const alive = holder.host !== me.host || (await birthOf(holder.pid)) === holder.birth;
			if (alive) throw locked(file, holder);
			// Renamed before it is removed: of two runs that find the same dead lock only one takes it away.
			const aside = `${file}.${mine.pid}.stale`;
			await rename(file, aside).catch(() => undefined);
			const taken = await readHolder(aside);
			if (taken && taken.runId !== holder.runId) await rename(aside, file);
			await rm(aside, {force: true});
		} else {
			// Another run may be between creating and writing it; look again before taking it for damaged.
			await new Promise((resolve) => setTimeout(resolve, 50));
			if (attempt > 4) await rm(file, {force: true});
		}
	}
	throw new ProblemError({
		code: 'lock-contended',
		area: 'locked',
		message: `The lock ${file} cannot be taken.`,
		cause: 'Several runs started at the same moment.',
		fix: 'Start this command again.',
	});
};
