import {errnoOf} from '../base/errno.ts';
import type {ProblemError} from '../base/problem.ts';
import {helmProblems} from './problems.ts';

/**
 * Codes with which the operating system does not start a program (execve(2)); glibc gives a file of no known form to
 * the shell.
 */
const causes: Readonly<Record<string, 'absent' | 'not executable' | 'other machine'>> = {
	ENOENT: 'absent',
	ENOTDIR: 'absent',
	EISDIR: 'absent',
	EACCES: 'not executable',
	ENOEXEC: 'other machine',
};

/** Why the program was not started; undefined where it was, and failed. */
export const notStarted = (error: unknown, binary: string): ProblemError | undefined => {
	const cause = causes[errnoOf(error) ?? ''];
	return cause && helmProblems.error('helm-missing', {case: cause, binary}, {error});
};
