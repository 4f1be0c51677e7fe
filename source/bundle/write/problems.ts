import {bundleProblem} from '../../archive/problems.ts';
import {ProblemError} from '../../base/problem.ts';

/** Not enough room. `needs` and `has` in bytes, where known. */
export const diskFull = (folder: string, sizes?: {readonly needs: string; readonly has: string}): ProblemError =>
	bundleProblem({
		code: 'bundle-create-disk-full',
		message: `The disk below ${folder} has no room for the bundle.`,
		cause:
			sizes === undefined
				? 'It became full while the bundle was written.'
				: `It needs ${sizes.needs} more and has ${sizes.has}.`,
		fix: 'Make room there, or name a folder on another disk with --out. Start it again: it goes on with what is there.',
		nextSteps: [`df -h ${folder}`],
	});

/** Turns an error of writing into a refusal; anything else is given back as it is. */
export const writeProblem = (path: string, error: unknown): unknown => {
	if (error instanceof ProblemError || !(error instanceof Error) || !('code' in error)) return error;
	const code = String(error.code);
	if (code === 'ENOSPC' || code === 'EDQUOT') return diskFull(path);
	const causes: Readonly<Record<string, string>> = {
		EACCES: 'This user may not write there.',
		EPERM: 'This user may not write there.',
		EROFS: 'The disk is read-only.',
		ENOTDIR: 'A part of the path is a file, not a folder.',
		EEXIST: 'A file lies where a folder is needed.',
		EISDIR: 'A folder lies where a file is needed.',
		EFBIG: 'The file is too large for this file system (FAT ends at 4 GiB).',
	};
	if (!/^E[A-Z0-9]+$/u.test(code)) return error;
	return bundleProblem(
		{
			code: 'bundle-create-unwritable',
			message: `${path} cannot be written.`,
			cause: causes[code] ?? `The operating system says ${code}.`,
			fix: 'Mend that, or name another folder with --out.',
		},
		{cause: error},
	);
};

/** Runs something that writes below `path`. @throws ProblemError `bundle-create-disk-full`, `bundle-create-unwritable` */
export const writing = async <T>(path: string, work: () => Promise<T>): Promise<T> => {
	try {
		return await work();
	} catch (error) {
		throw writeProblem(path, error);
	}
};
