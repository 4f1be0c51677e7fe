import {dirname} from 'node:path';
import {bundleProblem} from '../../archive/problems.ts';
import {bundleFiles} from '../layout/index-file.ts';

/** The text of a signature that cannot be read as one. `file` is relative to the bundle. */
export const signatureDamaged = (file: string, cause: string) =>
	bundleProblem({
		code: 'bundle-signature-damaged',
		message: `${file} is not a whole signature.`,
		cause,
		fix: `Carry ${file} in again from the connected side. If it is the same there, sign the bundle again.`,
		nextSteps: [`On the connected side: zenml-airgap bundle sign BUNDLE --key FILE`],
		answers: ['bundle.path'],
		location: {file},
	});

/** What stands in the bundle is not what the owner of the key has signed: never passed over, whatever the mode. */
export const tampered = (message: string, cause: string, evidence: readonly string[] = []) =>
	bundleProblem({
		code: 'bundle-signature-broken',
		message,
		cause,
		fix: 'Do not install from it. Get the bundle again from the one who signed it, over a way that you trust.',
		nextSteps: [
			`Keep this copy: ${bundleFiles.checksums} and ${bundleFiles.signature} show what was changed.`,
			'Ask the signer to read out the key id and the digest of the bundle from the custody sheet.',
		],
		answers: ['bundle.path', 'bundle.signature.publicKey'],
		...(evidence.length > 0 ? {evidence} : {}),
		location: {file: bundleFiles.signature},
	});

/** A file that this tool would write, and cannot. @param cause of `writeCause` */
export const unwritable = (file: string, cause: string, options?: ErrorOptions) =>
	bundleProblem(
		{
			code: 'bundle-unwritable',
			message: `${file} cannot be written.`,
			cause,
			fix: 'Make room there or mend the permissions, then start again. Nothing was left half written.',
			nextSteps: [`df -h ${dirname(file)}`],
			location: {file},
		},
		options,
	);

/** A key file that cannot be read as one. */
export const keyDamaged = (file: string, kind: 'public' | 'secret', cause: string) =>
	bundleProblem({
		code: kind === 'public' ? 'signing-public-key' : 'signing-secret-key',
		message: `${file} is not a ${kind} key.`,
		cause,
		fix:
			kind === 'public'
				? 'Give the file with the public key of the signer, or the line in it that begins with RW.'
				: 'Give the file that `zenml-airgap bundle keygen` or `minisign -G` made.',
		...(kind === 'public' ? {answers: ['bundle.signature.publicKey']} : {}),
		location: {file},
	});
