import {constants} from 'node:fs';
import {lstat, open} from 'node:fs/promises';
import * as z from 'zod';
import {errnoWords, isErrno} from '../errno.ts';
import {syncFile} from '../files.ts';
import {printable} from '../printable.ts';
import type {ProblemError} from '../problem.ts';
import type {CaseOf} from '../problem-table.ts';
import {baseProblems} from '../problems.ts';

/** Words that are shown, whoever wrote the file. */
const words = z.string().transform(printable);

const holderSchema = z.object({
	pid: z.int().positive(),
	/** Start of the process in clock ticks since boot, so that a reused pid is not taken for the holder. */
	birth: z.string(),
	host: words,
	user: words,
	runId: words,
	/** Ms since the epoch, as far as a date goes. */
	startedAt: z.number().min(0).max(8.64e15),
	/** Where the pid can be looked up: a name of a host is no identity, as two containers or machines may share it. */
	boot: z.string().optional(),
	pidNamespace: z.string().optional(),
	/** How often its file is touched while it is held, ms; absent in locks of older versions, which do not. */
	beatMs: z.number().positive().optional(),
});

/** Who holds a lock. */
export type Holder = z.infer<typeof holderSchema>;

type Foreign = CaseOf<typeof baseProblems.table, 'lock-not-ours'>;

/** A lock file as it lies there. `identity` differs between any two files that were ever created under the name. */
export type Seen = {
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

export const refused = (file: string, error: unknown): ProblemError =>
	baseProblems.error(
		'state-unwritable',
		{case: 'lock', file, reason: errnoWords(error, 'write')},
		{location: {file}, error},
	);

export const notOurs = (file: string, foreign: Foreign): ProblemError =>
	baseProblems.error('lock-not-ours', {case: foreign, file}, {location: {file}});

/** What is in a file and when it was touched. Opened, as NFS asks its server anew then and at no other moment (nfs(5)). */
const readOpened = async (file: string): Promise<{readonly text: string; readonly mtimeMs: number}> => {
	const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
	try {
		const {mtimeMs} = await handle.stat();
		const {buffer, bytesRead} = await handle.read(Buffer.alloc(mostBytes), 0, mostBytes, 0);
		return {text: buffer.toString('utf8', 0, bytesRead), mtimeMs};
	} finally {
		await handle.close();
	}
};

/** Looks at a lock; undefined when there is none, without `holder` when it is damaged, not written yet, or no lock. */
export const look = async (file: string): Promise<Seen | undefined> => {
	try {
		const status = await lstat(file);
		const {ino, size} = status;
		if (!status.isFile()) return {identity: `${ino}`, foreign: 'no file'};
		if (size > mostBytes) return {identity: `${ino} ${size}`, foreign: 'no lock'};
		const {text, mtimeMs} = await readOpened(file);
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
export const create = async (file: string, text: string): Promise<boolean> => {
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
