import {createHash, sign, verify} from 'node:crypto';
import {printable} from '../../base/printable.ts';
import {type PublicKey, publicKeyLine, type SigningKey, strictBase64} from './keys.ts';
import {signatureDamaged, tampered} from './problems.ts';

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
const heads = {untrusted: 'untrusted comment: ', trusted: 'trusted comment: '} as const;

/** @param bytes the whole file @param file its name, for messages @throws ProblemError `bundle-signature-damaged` */
export const parseMinisig = (bytes: Buffer, file: string): Minisig => {
	const bad = (cause: string) => signatureDamaged(file, cause);
	if (bytes.length > maximumSignatureBytes) throw bad(`It has ${bytes.length} bytes; a signature has some hundred.`);
	// One byte a character, so that the comment is signed as it lies there, whatever its encoding.
	const lines = bytes
		.toString('latin1')
		.replace(/\r?\n$/u, '')
		.split(/\r?\n/u);
	const [untrusted = '', first = '', trusted = '', last = ''] = lines;
	if (lines.length !== 4) throw bad(`It has ${lines.length} lines; a signature has four.`);
	if (!untrusted.startsWith(heads.untrusted) || !trusted.startsWith(heads.trusted)) {
		throw bad('Its first and third line are not the comments that a minisign signature has.');
	}
	const body = strictBase64(first, 2 + 8 + 64);
	const commentSignature = strictBase64(last, 64);
	if (!body || !commentSignature) throw bad('A line of it is cut or changed: it is not Base64 of the right length.');
	const algorithm = body.toString('latin1', 0, 2);
	if (algorithm !== 'ED' && algorithm !== 'Ed') throw bad('It was made by a method that minisign does not know.');
	const commentBytes = Buffer.from(trusted.slice(heads.trusted.length), 'latin1');
	return {
		algorithm,
		keyId: body.readBigUInt64LE(2).toString(16).toUpperCase().padStart(16, '0'),
		trustedComment: printable(commentBytes.toString('utf8')),
		signature: body.subarray(10),
		commentBytes,
		commentSignature,
	};
};

const hashOf = (data: Buffer): Buffer => createHash('blake2b512').update(data).digest();

/**
 * Checks signature and trusted comment.
 * @param data what was signed @param names of the signed file and of the signature, for messages
 * @throws ProblemError `bundle-signature-broken`
 */
export const checkMinisig = (
	minisig: Minisig,
	data: Buffer,
	key: PublicKey,
	names: {readonly data: string; readonly signature: string},
): void => {
	if (minisig.keyId !== key.id) {
		throw tampered(
			`The bundle is signed by another key than the pinned one.`,
			`${names.signature} is of key ${minisig.keyId}, but ${key.id} is pinned.`,
		);
	}
	const message = minisig.algorithm === 'ED' ? hashOf(data) : data;
	if (!verify(null, message, key.key, minisig.signature)) {
		throw tampered(
			`The signature does not fit ${names.data}.`,
			`${names.data} was changed after it was signed, or ${names.signature} belongs to another bundle, or another key calls itself ${key.id}.`,
		);
	}
	if (!verify(null, Buffer.concat([minisig.signature, minisig.commentBytes]), key.key, minisig.commentSignature)) {
		throw tampered(
			`The comment in ${names.signature} is not the one that was signed.`,
			'The files are those that were signed, but somebody changed what the signer says of them.',
		);
	}
};

/**
 * The text of a signature, prehashed, as minisign writes it.
 * @param trustedComment one line; the caller keeps line breaks out
 */
export const writeMinisig = (data: Buffer, key: SigningKey, trustedComment: string): string => {
	const signature = sign(null, hashOf(data), key.key);
	const comment = sign(null, Buffer.concat([signature, Buffer.from(trustedComment)]), key.key);
	const body = Buffer.concat([Buffer.from('ED'), key.public.idBytes, signature]);
	return [
		`${heads.untrusted}verify with: minisign -Vm SHA256SUMS -P ${publicKeyLine(key.public)}`,
		body.toString('base64'),
		`${heads.trusted}${trustedComment}`,
		comment.toString('base64'),
		'',
	].join('\n');
};
