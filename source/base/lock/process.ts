import {readFileSync, readlinkSync} from 'node:fs';
import {isErrno} from '../errno.ts';

/** What the lock needs to know of processes: the birth of a pid (field 22 of proc(5) stat), undefined when it is gone. */
export type ProcessBirth = (pid: number) => Promise<string | undefined>;

/** The birth in the text of /proc/PID/stat; undefined for a process that has ended. */
const birthIn = (text: string): string | undefined => {
	const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
	// Killed, but not yet collected by its parent; in a container without an init that can stay so (proc(5), field 3).
	return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
};

/** The same as `processBirth`, at once; where there is no /proc, a process that takes signal 0 counts as alive. */
export const birthNow = (pid: number): string | undefined => {
	try {
		return birthIn(readFileSync(`/proc/${pid}/stat`, 'utf8'));
	} catch {
		// Gone, or there is no /proc.
	}
	try {
		process.kill(pid, 0);
		return 'unknown';
	} catch (error) {
		return isErrno(error, 'EPERM') ? 'unknown' : undefined;
	}
};

/** Reads the birth of a process from /proc. */
export const processBirth: ProcessBirth = async (pid) => birthNow(pid);

/** Number and birth of this process, for names of what must not outlive it. */
export const thisProcess = (): {readonly pid: number; readonly birth: string} => ({
	pid: process.pid,
	birth: birthNow(process.pid) ?? 'unknown',
});

/**
 * Where pids mean what they mean here: one boot of one kernel, and one pid namespace of it. Two machines of one name differ
 * in the first, two containers of one machine in the second. Undefined where the system does not tell.
 */
export type ProcessPlace = {readonly boot?: string | undefined; readonly pidNamespace?: string | undefined};

const told = (read: () => string): string | undefined => {
	try {
		return read().trim() || undefined;
	} catch {
		return undefined;
	}
};

/** Where this process is (random(4) boot_id, pid_namespaces(7)). */
export const processPlace = (): ProcessPlace => ({
	boot: told(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')),
	pidNamespace: told(() => readlinkSync('/proc/self/ns/pid')),
});

/** True where a pid that was written down there can be looked up here. What is not told is not taken for the same. */
export const isSamePlace = (there: ProcessPlace, here: ProcessPlace): boolean =>
	there.boot !== undefined &&
	there.boot === here.boot &&
	there.pidNamespace !== undefined &&
	there.pidNamespace === here.pidNamespace;
