import {ProblemError} from '../../base/problem.ts';
import {pemFile} from '../../network/pem/file.ts';
import {readPem} from '../../network/pem/read.ts';

/**
 * Reads a file with certificates or a key, as PEM that every client can load.
 * @param answer the answer or flag that names it, which also says what it should hold
 * @throws ProblemError `tls-file-unreadable`, `tls-file-not-pem` and the other problems of such files
 */
export const readPemFile = async (file: string, answer: string): Promise<string> => {
	const read = await readPem(pemFile(answer, file));
	if ('problem' in read) throw new ProblemError(read.problem);
	return read.value;
};
