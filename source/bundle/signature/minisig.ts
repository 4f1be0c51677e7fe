import {createHash, verify} from 'node:crypto';
import {printable} from '../../base/printable.ts';
import {atSignature, signatureProblems} from './problems.ts';
import {keyIdOf, type PublicKey, strictBase64} from './public-key.ts';

/**
 * A signature file of minisign (jedisct1.github.io/minisign, "Signature format"): an untrusted comment, the signature,
 * the trusted comment, and a signature over the signature and the trusted comment.
 */
export type Minisig = {
	/** `ED`: over the BLAKE2b-512 of the file; `Ed`, the legacy form: over the file itself. */
	readonly algorithm: 'ED' | 'Ed';
	/** As `PublicKey.id`. Proves nothing until the signature is checked. */
	readonly keyId: string;
	/** As shown to people: what is not printable is written as an escape. */
	readonly trustedComment: string;
	readonly signature: Buffer;
	/** The bytes that the last line signs. */
	readonly commentBytes: Buffer;
	readonly commentSignature: Buffer;
};

/** Lines of minisign's own limits: 1024 and 8192 bytes of comments. */
export const maximumSignatureBytes = 16 * 1024;

/** How the two lines with comments begin. */
export const commentHeads = {untrusted: 'untrusted comment: ', trusted: 'trusted comment: '} as const;

/** A file that is larger than any signature. */
export const signatureTooLarge = (file: string, bytes: number) =>
	signatureProblems.error('bundle-signature-damaged', {case: 'too large', file, bytes}, {location: {file}});

/** The two methods of minisign: with the file hashed before, and without. */
const methodOf = (body: Buffer): Minisig['algorithm'] | undefined => {
	const name = body.toString('latin1', 0, 2);
	return name === 'ED' || name === 'Ed' ? name : undefined;
};

/** @param bytes the whole file @param file its name, for messages @throws ProblemError `bundle-signature-damaged` */
export const parseMinisig = (bytes: Buffer, file: string): Minisig => {
	const bad = (name: 'comments' | 'Base64' | 'method') =>
		signatureProblems.error('bundle-signature-damaged', {case: name, file}, {location: {file}});
	if (bytes.length > maximumSignatureBytes) throw signatureTooLarge(file, bytes.length);
	// One byte a character, so that the comment is signed as it lies there, whatever its encoding.
	const text = bytes.toString('latin1').replace(/\r?\n$/u, '');
	const lines = text.split(/\r?\n/u);
	if (lines.length !== 4) {
		const given = {case: 'lines', file, lines: lines.length} as const;
		throw signatureProblems.error('bundle-signature-damaged', given, {location: {file}});
	}
	const [untrusted = '', first = '', trusted = '', last = ''] = lines;
	if (!untrusted.startsWith(commentHeads.untrusted) || !trusted.startsWith(commentHeads.trusted)) throw bad('comments');
	const body = strictBase64(first, 2 + 8 + 64);
	const commentSignature = strictBase64(last, 64);
	if (!body || !commentSignature) throw bad('Base64');
	const algorithm = methodOf(body);
	if (algorithm === undefined) throw bad('method');
	const commentBytes = Buffer.from(trusted.slice(commentHeads.trusted.length), 'latin1');
	return {
		algorithm,
		keyId: keyIdOf(body, 2),
		trustedComment: printable(commentBytes.toString('utf8')),
		signature: body.subarray(10),
		commentBytes,
		commentSignature,
	};
};

/** What is signed of a file where it is hashed before: BLAKE2b-512. */
export const prehashed = (data: Buffer): Buffer => createHash('blake2b512').update(data).digest();

/**
 * Checks signature and trusted comment.
 * @param sums the bytes of `SHA256SUMS`, which are signed
 * @throws ProblemError `bundle-signature-broken`
 */
export const checkMinisig = (minisig: Minisig, sums: Buffer, key: PublicKey): void => {
	const {keyId, signature, commentBytes, commentSignature} = minisig;
	if (keyId !== key.id) {
		const given = {case: 'another key', signer: keyId, pinned: key.id} as const;
		throw signatureProblems.error('bundle-signature-broken', given, atSignature);
	}
	const signed = minisig.algorithm === 'ED' ? prehashed(sums) : sums;
	if (!verify(null, signed, key.key, signature)) {
		throw signatureProblems.error('bundle-signature-broken', {case: 'another list', pinned: key.id}, atSignature);
	}
	if (!verify(null, Buffer.concat([signature, commentBytes]), key.key, commentSignature)) {
		throw signatureProblems.error('bundle-signature-broken', {case: 'another comment'}, atSignature);
	}
};
