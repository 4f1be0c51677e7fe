import {type Problem, ProblemError} from '../../base/problem.ts';
import {pemFile} from '../../network/pem/file.ts';
import {readPem} from '../../network/pem/read.ts';

/** A file that does not do is an answer, or a word of the command line, that does not do. */
export const asUsage = (problem: Problem): Problem => ({...problem, area: 'usage'});

/**
 * Reads a file with certificates or a key, as PEM that every client can load.
 * @param answer the answer or flag that names it, which also says what it should hold
 * @throws ProblemError `tls-file-unreadable`, `tls-file-not-pem` and the other problems of such files, area `usage`
 */
export const readPemFile = async (file: string, answer: string): Promise<string> => {
	const read = await readPem(pemFile(answer, file));
	if ('problem' in read) throw new ProblemError(asUsage(read.problem));
	return read.value;
};
