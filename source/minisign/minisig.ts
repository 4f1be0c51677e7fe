import {createHash, verify} from 'node:crypto';
import {printable} from '../base/printable.ts';
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

/** Why bytes are no signature; `lines` and `bytes` say how many there are. */
export type MinisigFault =
	| {readonly case: 'too large'; readonly bytes: number}
	| {readonly case: 'lines'; readonly lines: number}
	| {readonly case: 'comments' | 'Base64' | 'method'};

/** Lines of minisign's own limits: 1024 and 8192 bytes of comments. */
export const maximumSignatureBytes = 16 * 1024;

/** How the two lines with comments begin. */
export const commentHeads = {untrusted: 'untrusted comment: ', trusted: 'trusted comment: '} as const;

/** The two methods of minisign: with the file hashed before, and without. */
const methodOf = (body: Buffer): Minisig['algorithm'] | undefined => {
	const name = body.toString('latin1', 0, 2);
	return name === 'ED' || name === 'Ed' ? name : undefined;
};

const ofLines = ([untrusted = '', first = '', trusted = '', last = '']: readonly string[]): Minisig | MinisigFault => {
	if (!untrusted.startsWith(commentHeads.untrusted) || !trusted.startsWith(commentHeads.trusted)) {
		return {case: 'comments'};
	}
	const body = strictBase64(first, 2 + 8 + 64);
	const commentSignature = strictBase64(last, 64);
	if (!body || !commentSignature) return {case: 'Base64'};
	const algorithm = methodOf(body);
	if (algorithm === undefined) return {case: 'method'};
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

/** @param bytes the whole file @returns the signature, or why it is none */
export const readMinisig = (bytes: Buffer): Minisig | MinisigFault => {
	if (bytes.length > maximumSignatureBytes) return {case: 'too large', bytes: bytes.length};
	// One byte a character, so that the comment is signed as it lies there, whatever its encoding.
	const lines = bytes
		.toString('latin1')
		.replace(/\r?\n$/u, '')
		.split(/\r?\n/u);
	return lines.length === 4 ? ofLines(lines) : {case: 'lines', lines: lines.length};
};

/** What is signed of a file where it is hashed before: BLAKE2b-512. */
export const prehashed = (data: Buffer): Buffer => createHash('blake2b512').update(data).digest();

/**
 * Whether a signature is of this key, fits the bytes of the list of sums, and bears the comment that was signed.
 * @returns what is not so; undefined where it holds
 */
export const minisigFault = (
	minisig: Minisig,
	sums: Buffer,
	key: PublicKey,
): 'another key' | 'another list' | 'another comment' | undefined => {
	const {keyId, signature, commentBytes, commentSignature} = minisig;
	if (keyId !== key.id) return 'another key';
	const signed = minisig.algorithm === 'ED' ? prehashed(sums) : sums;
	if (!verify(null, signed, key.key, signature)) return 'another list';
	const holds = verify(null, Buffer.concat([signature, commentBytes]), key.key, commentSignature);
	return holds ? undefined : 'another comment';
};
