import {bundleProblem} from '../../archive/problems.ts';
import {readRegular} from '../../archive/regular-file.ts';
import {ProblemError} from '../../base/problem.ts';

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
		throw bundleProblem(
			{
				code: 'signature-key-unreadable',
				message: `The ${kind} key ${file} cannot be read.`,
				cause: error.problem.cause,
				fix:
					kind === 'public'
						? 'Name the file with the public key of the signer, or give the line in it that begins with RW.'
						: 'Name the file that `zenml-airgap bundle keygen` or `minisign -G` made, or mend its permissions.',
				nextSteps: [`ls -l ${file}`],
				...(kind === 'public' ? {answers: ['bundle.signature.publicKey']} : {}),
			},
			{cause: error},
		);
	}
};
