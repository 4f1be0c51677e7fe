import {readFileSync} from 'node:fs';

/** More than a login, a multiplexer or two and a build tool ever have between them. */
const mostAncestors = 64;

/** The parent of a process: the second field behind its name, which may hold blanks and brackets (proc(5), stat). */
const parentOf = (pid: number | 'self'): number | undefined => {
	try {
		const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
		const parent = Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1]);
		return Number.isSafeInteger(parent) && parent > 0 ? parent : undefined;
	} catch {
		// Gone, hidden from this user, or there is no /proc.
		return undefined;
	}
};

/** The pids of what started a process, the nearest first, as far as the system tells them. @param pid this process unless told */
export const ancestorsOf = (pid: number | 'self' = 'self'): readonly number[] => {
	const found: number[] = [];
	let next = parentOf(pid);
	while (next !== undefined && found.length < mostAncestors) {
		found.push(next);
		next = parentOf(next);
	}
	return found;
};
