import {lstat, open, readFile, rm} from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import {errnoWords, isErrno} from './errno.ts';
import {syncFile} from './files.ts';
import {makeFolders} from './folders.ts';
import {printable} from './printable.ts';
import type {ProblemError} from './problem.ts';
import type {CaseOf} from './problem-table.ts';
import {baseProblems} from './problems.ts';

/** Words that are shown, whoever wrote the file. */
const words = z.string().transform(printable);

const holderSchema = z.object({
	pid: z.int().positive(),
	/** Start of the process in clock ticks since boot, so that a reused pid is not taken for the holder. */
	birth: z.string(),
	host: words,
	user: words,
	runId: words,
	/** Ms since the epoch, in the years that a calendar has. */
	startedAt: z.number().min(0).max(8.64e15),
});

/** Who holds a lock. */
export type Holder = z.infer<typeof holderSchema>;

/** What the lock needs to know of processes: the birth of a pid (field 22 of proc(5) stat), undefined when it is gone. */
export type ProcessBirth = (pid: number) => Promise<string | undefined>;

/** Reads the birth of a process from /proc; where there is no /proc, a process that takes signal 0 counts as alive. */
export const processBirth: ProcessBirth = async (pid) => {
	const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
	if (text !== undefined) {
		const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
		// Killed, but not yet collected by its parent; in a container without an init that can stay so (proc(5), field 3).
		return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
	}
	try {
		process.kill(pid, 0);
		return 'unknown';
	} catch (error) {
		return isErrno(error, 'EPERM') ? 'unknown' : undefined;
	}
};

type Foreign = CaseOf<typeof baseProblems.table, 'lock-not-ours'>;

/** A lock file as it lies there. `identity` differs between any two files that were ever created under the name. */
type Seen = {
	readonly identity: string;
	readonly holder?: Holder;
	/** Why it is none of our locks: what its owner keeps there must stay. */
	readonly foreign?: Foreign;
};

/** How every lock begins: the process comes first. */
const head = '{"pid":';

/** Who a lock names; undefined for a text that is none of our locks. */
const holderIn = (text: string): Holder | undefined => {
	try {
		return holderSchema.safeParse(JSON.parse(text)).data;
	} catch {
		return undefined;
	}
};

/** A lock has some 200 bytes. */
const mostBytes = 4096;

/**
 * True for what a power cut or a kill leaves of a lock: nothing, zeros in the place of bytes that did not reach the disk,
 * or its beginning. Anything that is JSON to its end, or begins otherwise, was written by somebody else.
 */
const isTorn = (text: string): boolean => {
	const left = text.replace(/\0+$/u, '');
	if (!head.startsWith(left) && !left.startsWith(head)) return false;
	try {
		JSON.parse(left);
		return false;
	} catch {
		return true;
	}
};

const refused = (file: string, error: unknown): ProblemError =>
	baseProblems.error(
		'state-unwritable',
		{case: 'lock', file, reason: errnoWords(error, 'write')},
		{location: {file}, error},
	);

const notOurs = (file: string, foreign: Foreign): ProblemError =>
	baseProblems.error('lock-not-ours', {case: foreign, file}, {location: {file}});

const locked = (file: string, {pid, host, user, startedAt}: Holder): ProblemError =>
	baseProblems.error('install-locked', {
		case: 'on this host',
		file,
		pid,
		host,
		user,
		since: new Date(startedAt).toISOString(),
	});

/** Looks at a lock; undefined when there is none, without `holder` when it is damaged, not written yet, or no lock. */
const look = async (file: string): Promise<Seen | undefined> => {
	try {
		const status = await lstat(file);
		const {ino, mtimeMs, size} = status;
		if (!status.isFile()) return {identity: `${ino}`, foreign: 'no file'};
		if (size > mostBytes) return {identity: `${ino} ${mtimeMs} ${size}`, foreign: 'no lock'};
		const text = await readFile(file, 'utf8');
		const identity = `${ino} ${mtimeMs} ${text}`;
		if (isTorn(text)) return {identity};
		const holder = holderIn(text);
		return holder ? {identity, holder} : {identity, foreign: 'no lock'};
	} catch (error) {
		if (isErrno(error, 'ENOENT')) return undefined;
		throw refused(file, error);
	}
};

/** Writes a file that is not there yet; false when it is there. @throws ProblemError `state-unwritable`. */
const create = async (file: string, text: string): Promise<boolean> => {
	try {
		const handle = await open(file, 'wx', 0o600);
		try {
			await handle.writeFile(text);
			await syncFile(handle);
		} finally {
			await handle.close();
		}
		return true;
	} catch (error) {
		if (isErrno(error, 'EEXIST')) return false;
		throw refused(file, error);
	}
};

const pause = async (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** How long a lock may lie there half written before it counts as damaged, ms. */
const writingMs = 250;

/** A run that wants a lock. */
type Claim = {
	readonly file: string;
	/** The lock as it will be written. */
	readonly text: string;
	/** True for a holder of this host whose process is gone; of other hosts nothing is known. */
	readonly isGone: (holder: Holder) => Promise<boolean>;
};

/**
 * Removes a dead or damaged lock, under a second lock: of several runs that saw it, a slow one must not remove the new
 * lock of a quick one. The second lock is held for milliseconds; a run killed in between leaves it, and it is removed
 * by the same signs.
 */
const removeDead = async ({file, text, isGone}: Claim, seen: Seen): Promise<void> => {
	const guard = `${file}.removal`;
	if (await create(guard, text)) {
		if ((await look(file))?.identity === seen.identity) await rm(file, {force: true});
		await rm(guard, {force: true});
		return;
	}
	const other = await look(guard);
	if (other?.foreign !== undefined) throw notOurs(guard, other.foreign);
	await pause(other?.holder ? 20 : writingMs);
	if (!other || (other.holder && !(await isGone(other.holder)))) return;
	if ((await look(guard))?.identity === other.identity) await rm(guard, {force: true});
};

/**
 * Clears what lies in the place of a lock, where it may be cleared; another try is due then.
 * @throws ProblemError `install-locked`, `lock-not-ours`, `state-unwritable`
 */
const clearWay = async (claim: Claim): Promise<void> => {
	const {file, isGone} = claim;
	const seen = await look(file);
	if (!seen) return;
	if (seen.foreign !== undefined) throw notOurs(file, seen.foreign);
	if (seen.holder) {
		if (!(await isGone(seen.holder))) throw locked(file, seen.holder);
	} else {
		// Another run may be between creating and writing it; look again before taking it for damaged.
		await pause(writingMs);
		if ((await look(file))?.identity !== seen.identity) return;
	}
	await removeDead(claim, seen);
};

/** Removes a lock that is still that of this process; one that somebody took over meanwhile stays. */
const giveBack = async (file: string, mine: Holder): Promise<void> => {
	const holder = (await look(file))?.holder;
	if (holder?.pid === mine.pid && holder.birth === mine.birth) await rm(file, {force: true});
};

/** Tries before it is said that others are always quicker. */
const mostTries = 20;

/**
 * Takes the lock file of this host, so that two runs do not work on one installation. A lock whose process is gone
 * (killed, or the host was restarted) is taken over.
 * @returns a function that gives it back.
 * @throws ProblemError `install-locked` that names the holder; `lock-not-ours` where another file has the name, which stays;
 * `state-unwritable`, `lock-contended`.
 */
export const acquireFileLock = async (
	file: string,
	me: Omit<Holder, 'birth'>,
	birthOf: ProcessBirth = processBirth,
): Promise<() => Promise<void>> => {
	await makeFolders(path.dirname(file), 0o700).catch((error: unknown) => {
		throw refused(file, error);
	});
	const {pid, ...others} = me;
	const mine: Holder = {pid, birth: (await birthOf(pid)) ?? 'unknown', ...others};
	const isGone = async (holder: Holder): Promise<boolean> =>
		holder.host === me.host && (await birthOf(holder.pid)) !== holder.birth;
	const claim: Claim = {file, text: JSON.stringify(mine), isGone};
	for (let attempt = 0; attempt < mostTries; attempt += 1) {
		// A linked-in complete file would be nicer, but some shared file systems have no hard links.
		if (await create(file, claim.text)) return () => giveBack(file, mine);
		await clearWay(claim);
	}
	throw baseProblems.error('lock-contended', {file});
};

/** Who holds the lock right now; undefined when it is free, damaged, or its process on this host is gone. */
export const liveHolder = async (
	file: string,
	host: string,
	birthOf: ProcessBirth = processBirth,
): Promise<Holder | undefined> => {
	const holder = (await look(file))?.holder;
	if (!holder) return undefined;
	return holder.host !== host || (await birthOf(holder.pid)) === holder.birth ? holder : undefined;
};
