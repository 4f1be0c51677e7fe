import {type Minisig, minisigFault, readMinisig} from '../../minisign/minisig.ts';
import type {PublicKey} from '../../minisign/public-key.ts';
import {atSignature, signatureProblems} from './problems.ts';

/** A file that is larger than any signature. */
export const signatureTooLarge = (file: string, bytes: number) =>
	signatureProblems.error('bundle-signature-damaged', {case: 'too large', file, bytes}, {location: {file}});

/** @param bytes the whole file @param file its name, for messages @throws ProblemError `bundle-signature-damaged` */
export const parseMinisig = (bytes: Buffer, file: string): Minisig => {
	const found = readMinisig(bytes);
	if (!('case' in found)) return found;
	throw signatureProblems.error('bundle-signature-damaged', {...found, file}, {location: {file}});
};

/**
 * Checks signature and trusted comment.
 * @param sums the bytes of `SHA256SUMS`, which are signed
 * @throws ProblemError `bundle-signature-broken`
 */
export const checkMinisig = (minisig: Minisig, sums: Buffer, key: PublicKey): void => {
	const fault = minisigFault(minisig, sums, key);
	if (fault === undefined) return;
	const given = {case: fault, signer: minisig.keyId, pinned: key.id} as const;
	throw signatureProblems.error('bundle-signature-broken', given, atSignature);
};
