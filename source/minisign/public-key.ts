import {createPublicKey, type KeyObject} from 'node:crypto';
import {minisignProblems} from './problems.ts';

/** Formats of minisign (jedisct1.github.io/minisign, "Public key format"); `Ed` is Ed25519. */
export const algorithm = Buffer.from('Ed');

/** Lengths of what stands in key files, in bytes: `Ed`, the id and the key; a secret key has more in front and a checksum. */
export const keyBytes = {public: 2 + 8 + 32, secret: 2 + 2 + 2 + 32 + 8 + 8 + 104} as const;

/** DER in front of the 32 bytes of a public key: SubjectPublicKeyInfo (RFC 8410, section 4). */
const derHead = Buffer.from('302a300506032b6570032100', 'hex');

/** `id` is the key id as minisign prints it: 16 upper-case hex digits, the eight bytes read as a little-endian number. */
export type PublicKey = {readonly id: string; readonly idBytes: Buffer; readonly key: KeyObject; readonly raw: Buffer};

/** A key id as minisign prints it, of eight bytes that start at `at`. */
export const keyIdOf = (bytes: Buffer, at = 0): string =>
	bytes.readBigUInt64LE(at).toString(16).toUpperCase().padStart(16, '0');

/** The bytes of a line of Base64; undefined for anything but the one way to write them (RFC 4648, section 4). */
export const strictBase64 = (line: string, length: number): Buffer | undefined => {
	const bytes = Buffer.from(line, 'base64');
	return bytes.length === length && bytes.toString('base64') === line ? bytes : undefined;
};

/** The line after the comment of a key file, or the only line. */
export const keyLineIn = (text: string): string => {
	const lines = text.split(/\r?\n/u).filter((line) => line.trim() !== '');
	const [first = '', second = ''] = lines;
	return (lines.length > 1 && first.startsWith('untrusted comment:') ? second : first).trim();
};

/** The 32 bytes of a public key. */
export const rawOf = (key: KeyObject): Buffer => key.export({format: 'der', type: 'spki'}).subarray(derHead.length);

export const publicKeyOf = (idBytes: Buffer, raw: Buffer): PublicKey => ({
	id: keyIdOf(idBytes),
	idBytes,
	raw,
	key: createPublicKey({key: Buffer.concat([derHead, raw]), format: 'der', type: 'spki'}),
});

/** @param text a key file, or its Base64 line @param file for messages @throws ProblemError `signing-public-key` */
export const parsePublicKey = (text: string, file: string): PublicKey => {
	const bad = (name: 'a secret key' | 'no line' | 'another algorithm') =>
		minisignProblems.error('signing-public-key', {case: name, file}, {location: {file}});
	const line = keyLineIn(text);
	if (strictBase64(line, keyBytes.secret)) throw bad('a secret key');
	const bytes = strictBase64(line, keyBytes.public);
	if (!bytes) throw bad('no line');
	if (!bytes.subarray(0, 2).equals(algorithm)) throw bad('another algorithm');
	return publicKeyOf(bytes.subarray(2, 10), bytes.subarray(10));
};

/** The line that pins a key: in answers, on a command line, with `minisign -P`. */
export const publicKeyLine = ({idBytes, raw}: Pick<PublicKey, 'idBytes' | 'raw'>): string =>
	Buffer.concat([algorithm, idBytes, raw]).toString('base64');

/** The file with the public key, as minisign writes it. */
export const publicKeyText = (key: PublicKey): string =>
	`untrusted comment: minisign public key ${key.id}\n${publicKeyLine(key)}\n`;
