import {readRegular} from '../archive/regular-file.ts';
import {ProblemError} from '../base/problem.ts';
import {minisignProblems} from './problems.ts';

/** A key file is two short lines; what is larger is another file, of which the beginning is enough to say so. */
const maximumKeyBytes = 4096;

/**
 * Reads the text of a key file.
 * @throws ProblemError `signature-key-unreadable`
 */
export const readKeyFile = async (file: string, kind: 'public' | 'secret'): Promise<string> => {
	try {
		return (await readRegular(file, maximumKeyBytes)).toString('utf8');
	} catch (error) {
		if (!(error instanceof ProblemError)) throw error;
		const {cause: reason} = error.problem;
		throw minisignProblems.error('signature-key-unreadable', {case: kind, file, reason}, {error});
	}
};
