import {basename} from 'node:path';
import {ProblemError, type ProblemInput} from '../base/problem.ts';

/** A refusal of the bundle. @returns a `ProblemError` of area `bundle`, to be thrown. */
export const bundleProblem = (input: Omit<ProblemInput, 'area'>, options?: ErrorOptions): ProblemError =>
	new ProblemError({area: 'bundle', ...input}, options);

/**
 * A file of the bundle whose bytes cannot be right. The way out is always the same: bring it over again.
 * @param file path relative to the bundle, as the operator knows it
 */
export const damaged = (
	code: string,
	file: string,
	message: string,
	cause: string,
	options?: ErrorOptions,
): ProblemError =>
	bundleProblem(
		{
			code,
			message,
			cause,
			fix: `Carry ${file} in again from the connected side and start again.`,
			nextSteps: [
				`On the connected side: sha256sum ${basename(file)}`,
				`Here, in the bundle: sha256sum ${file}`,
				'The two must be equal. When they are, make the file anew on the connected side.',
			],
			location: {file},
		},
		options,
	);

/** A file that ends too early. */
export const truncated = (file: string, cause: string): ProblemError =>
	damaged('bundle-archive-truncated', file, `${file} is cut short.`, cause);

/** A path that was given for its images, and has none. */
export const noImages = (path: string): ProblemError =>
	bundleProblem({
		code: 'bundle-no-images',
		message: `There is no image in ${path}.`,
		cause: 'It holds neither archives of images (.tar, .tar.gz, .tar.zst) nor an OCI layout.',
		fix: 'Give a bundle, a folder of archives, one archive of docker save, or a folder with an OCI layout.',
		answers: ['bundle.path'],
	});

/** Turns an error of the file system into a problem that names the file; anything else is given back as it is. */
export const fileProblem = (file: string, error: unknown): unknown => {
	if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return error;
	if (error.code.startsWith('ABORT') || error instanceof ProblemError) return error;
	const causes: Readonly<Record<string, string>> = {
		ENOENT: 'There is no such file or folder.',
		EACCES: 'This user may not read it.',
		EPERM: 'This user may not read it.',
		EIO: 'The disk reported a read error; removable media may have been pulled out or be worn.',
		ENOTDIR: 'A part of the path is a file, not a folder.',
		EISDIR: 'It is a folder, but a file was expected.',
	};
	return bundleProblem(
		{
			code: error.code === 'ENOENT' ? 'bundle-not-found' : 'bundle-unreadable',
			message: `${file} cannot be read.`,
			cause: causes[error.code] ?? `The operating system says ${error.code}.`,
			fix: 'Check the path and its permissions, then start again.',
			nextSteps: [`ls -l ${file}`],
			answers: ['bundle.path'],
		},
		{cause: error},
	);
};
