/** The code of an error of the operating system or of Node: `ENOENT`, `ABORT_ERR`; undefined where it has none. */
export const errnoOf = (error: unknown): string | undefined =>
	error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

/** True for an error with one of these codes. */
export const isErrno = (error: unknown, ...codes: readonly string[]): boolean => codes.includes(errnoOf(error) ?? '');

/** True where this host has no room left for what was written, or its user none. */
export const isDiskFull = (error: unknown): boolean => isErrno(error, 'ENOSPC', 'EDQUOT');

/** True for an error of the operating system: its codes are `E` and capitals (errno(3)), those of Node hold underscores. */
export const isSystemError = (error: unknown): boolean => /^E[A-Z0-9]+$/u.test(errnoOf(error) ?? '');

/** What was tried when the operating system said no. */
export type Deed = 'read' | 'write' | 'run' | 'connect';

const notAllowed: Readonly<Record<Deed, string>> = {
	read: 'This user may not read it.',
	write: 'This user may not write there.',
	run: 'This user may not run it.',
	connect: 'This user may not connect there.',
};

const absent: Readonly<Record<Deed, string>> = {
	read: 'There is no such file or folder.',
	write: 'Its folder does not exist.',
	run: 'There is no such program.',
	connect: 'There is no such socket.',
};

const words: Readonly<Record<string, string>> = {
	ENOTDIR: 'A part of the path is a file, not a folder.',
	ELOOP: 'Its links lead in a circle.',
	ENAMETOOLONG: 'The path is longer than this file system allows.',
	EIO: 'The disk reported an error; removable media may have been pulled out or be worn.',
	ENOSPC: 'The disk is full.',
	EDQUOT: 'The quota of this user is used up.',
	EROFS: 'The disk is read-only.',
	EFBIG: 'The file is too large for this file system (FAT ends at 4 GiB).',
	ENOTEMPTY: 'The folder is not empty.',
	EXDEV: 'It lies on another file system.',
	EBUSY: 'It is in use.',
	ETXTBSY: 'It is being run, or being written.',
	EMFILE: 'This process has too many open files.',
	ENFILE: 'This host has too many open files.',
	ENOMEM: 'This host has no memory left.',
	ENOEXEC: 'It is not a program for this machine.',
	ECONNREFUSED: 'Nothing listens on that port, or a firewall refuses it.',
	ECONNRESET: 'The peer, or something on the way, closed the connection.',
	EPIPE: 'The other side was closed.',
	ENOTFOUND: 'The name is not known to the DNS servers of this host.',
	EAI_AGAIN: 'The DNS servers of this host do not answer.',
	EHOSTUNREACH: 'There is no route to that host.',
	ENETUNREACH: 'There is no route to that network.',
	ETIMEDOUT: 'The host did not answer in time; a firewall may drop the packets.',
	ESILENTPIPE: 'It is a pipe, and nothing came out of it in time.',
	EADDRINUSE: 'Another program listens there.',
};

/**
 * Why the operating system refused, as a sentence for people: the one table of its codes.
 * @param error what was thrown; its `code` counts, or the text itself where it has none
 */
export const errnoWords = (error: unknown, deed: Deed): string => {
	const code = errnoOf(error);
	if (code === undefined) return error instanceof Error ? error.message : String(error);
	if (code === 'ENOENT') return absent[deed];
	if (code === 'EACCES' || code === 'EPERM') return notAllowed[deed];
	if (code === 'EISDIR')
		return deed === 'write' ? 'A folder lies in its place.' : 'It is a folder, but a file was expected.';
	if (code === 'EEXIST') return 'Something of that name is there already.';
	return words[code] ?? `The operating system says ${code}.`;
};
