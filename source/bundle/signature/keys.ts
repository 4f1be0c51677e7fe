import {createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes} from 'node:crypto';
import {bundleProblem} from '../../archive/problems.ts';
import {blake2b256} from './blake2b.ts';
import {deriveKey, type KeyCost, readCost, writeCost} from './passphrase.ts';
import {keyDamaged} from './problems.ts';

/** Formats of minisign (jedisct1.github.io/minisign, "Public key format", "Secret key format"); `Ed` is Ed25519. */
const algorithm = Buffer.from('Ed');
const scrypt = Buffer.from('Sc');
const blake2 = Buffer.from('B2');
/** As minisign 0.10 and later write a key without passphrase (`-W`): no key derivation, nothing encrypted. */
const noKdf = Buffer.alloc(2);

/** DER in front of the 32 bytes of a key: PKCS #8 and SubjectPublicKeyInfo (RFC 8410, sections 4 and 7). */
const privateHead = Buffer.from('302e020100300506032b657004220420', 'hex');
const publicHead = Buffer.from('302a300506032b6570032100', 'hex');

const lengths = {public: 2 + 8 + 32, secret: 2 + 2 + 2 + 32 + 8 + 8 + 104} as const;

/** `id` is the key id as minisign prints it: 16 upper-case hex digits, the eight bytes read as a little-endian number. */
export type PublicKey = {readonly id: string; readonly idBytes: Buffer; readonly key: KeyObject; readonly raw: Buffer};

/** A key pair that can sign. */
export type SigningKey = {readonly public: PublicKey; readonly key: KeyObject; readonly seed: Buffer};

const idText = (bytes: Buffer): string => bytes.readBigUInt64LE().toString(16).toUpperCase().padStart(16, '0');

/** The bytes of a line of Base64; undefined for anything but the one way to write them (RFC 4648, section 4). */
export const strictBase64 = (line: string, length: number): Buffer | undefined => {
	const bytes = Buffer.from(line, 'base64');
	return bytes.length === length && bytes.toString('base64') === line ? bytes : undefined;
};

/** The line after the comment of a key file, or the only line. */
const keyLine = (text: string): string => {
	const lines = text.split(/\r?\n/u).filter((line) => line.trim() !== '');
	return (lines.length > 1 && lines[0]?.startsWith('untrusted comment:') ? lines[1] : lines[0])?.trim() ?? '';
};

export const publicKeyOf = (idBytes: Buffer, raw: Buffer): PublicKey => ({
	id: idText(idBytes),
	idBytes,
	raw,
	key: createPublicKey({key: Buffer.concat([publicHead, raw]), format: 'der', type: 'spki'}),
});

/** @param text a key file, or its Base64 line @param file for messages @throws ProblemError `signing-public-key` */
export const parsePublicKey = (text: string, file: string): PublicKey => {
	const line = keyLine(text);
	if (strictBase64(line, lengths.secret)) {
		throw keyDamaged(file, 'public', 'It holds a secret key. Secret keys stay on the side that signs.');
	}
	const bytes = strictBase64(line, lengths.public);
	if (!bytes) throw keyDamaged(file, 'public', 'It has no line of 56 characters in Base64, as a minisign key has.');
	if (!bytes.subarray(0, 2).equals(algorithm)) throw keyDamaged(file, 'public', 'It is not a key for Ed25519.');
	return publicKeyOf(bytes.subarray(2, 10), bytes.subarray(10));
};

/** The line that pins a key: in answers, on a command line, with `minisign -P`. */
export const publicKeyLine = ({idBytes, raw}: Pick<PublicKey, 'idBytes' | 'raw'>): string =>
	Buffer.concat([algorithm, idBytes, raw]).toString('base64');

/** The file with the public key, as minisign writes it. */
export const publicKeyText = (key: PublicKey): string =>
	`untrusted comment: minisign public key ${key.id}\n${publicKeyLine(key)}\n`;

const signingKeyOf = (idBytes: Buffer, seed: Buffer): SigningKey => {
	const key = createPrivateKey({key: Buffer.concat([privateHead, seed]), format: 'der', type: 'pkcs8'});
	const raw = createPublicKey(key).export({format: 'der', type: 'spki'}).subarray(publicHead.length);
	return {public: publicKeyOf(idBytes, raw), key, seed};
};

/** A new key pair with a random id. */
export const generateSigningKey = (): SigningKey => {
	const {privateKey} = generateKeyPairSync('ed25519');
	const seed = privateKey.export({format: 'der', type: 'pkcs8'}).subarray(privateHead.length);
	return signingKeyOf(randomBytes(8), seed);
};

const checksumOf = (idBytes: Buffer, secret: Buffer): Buffer => blake2b256(Buffer.concat([algorithm, idBytes, secret]));

const xor = (bytes: Buffer, stream: Buffer): Buffer =>
	Buffer.from(bytes.map((byte, index) => byte ^ (stream[index] ?? 0)));

/**
 * The file with the secret key.
 * @param passphrase undefined for a key that anyone who has the file can use
 * @throws ProblemError `signing-memory`
 */
export const secretKeyText = async (
	{public: {id, idBytes, raw}, seed}: SigningKey,
	passphrase: string | undefined,
	cost: KeyCost,
): Promise<string> => {
	const secret = Buffer.concat([seed, raw]);
	const comment = `untrusted comment: minisign ${passphrase === undefined ? '' : 'encrypted '}secret key ${id}`;
	const written = (bytes: readonly Buffer[]): string => `${comment}\n${Buffer.concat(bytes).toString('base64')}\n`;
	if (passphrase === undefined) {
		return written([algorithm, noKdf, blake2, Buffer.alloc(48), idBytes, secret, Buffer.alloc(32)]);
	}
	const salt = randomBytes(32);
	const stream = await deriveKey(passphrase, salt, cost, 104);
	const plain = Buffer.concat([idBytes, secret, checksumOf(idBytes, secret)]);
	return written([algorithm, scrypt, blake2, salt, writeCost(cost), xor(plain, stream)]);
};

/** Does the secret key in this text need a passphrase? @throws ProblemError `signing-secret-key` */
export const needsPassphrase = (text: string, file: string): boolean => !readSecret(text, file).kdf.equals(noKdf);

const readSecret = (text: string, file: string) => {
	const bytes = strictBase64(keyLine(text), lengths.secret);
	if (!bytes) throw keyDamaged(file, 'secret', 'It has no line of 212 characters in Base64, as a minisign key has.');
	const [kdf, check] = [bytes.subarray(2, 4), bytes.subarray(4, 6)];
	if (!bytes.subarray(0, 2).equals(algorithm)) throw keyDamaged(file, 'secret', 'It is not a key for Ed25519.');
	if (!(kdf.equals(scrypt) || kdf.equals(noKdf)) || !check.equals(blake2)) {
		throw keyDamaged(file, 'secret', 'It is protected in a way that this tool does not know: only scrypt is.');
	}
	return {kdf, salt: bytes.subarray(6, 38), cost: bytes.subarray(38, 54), sealed: bytes.subarray(54)};
};

/**
 * Opens a secret key.
 * @param passphrase what the key is protected with; not looked at where it is not protected
 * @throws ProblemError `signing-secret-key`, `signing-passphrase`, `signing-memory`
 */
export const openSecretKey = async (text: string, file: string, passphrase: string): Promise<SigningKey> => {
	const {kdf, salt, cost, sealed} = readSecret(text, file);
	const open = kdf.equals(noKdf);
	const plain = open ? sealed : xor(sealed, await deriveKey(passphrase, salt, readCost(cost, file), 104));
	const [idBytes, secret, check] = [plain.subarray(0, 8), plain.subarray(8, 72), plain.subarray(72)];
	if (!open && !check.equals(checksumOf(idBytes, secret))) throw wrongPassphrase(file);
	const key = signingKeyOf(idBytes, secret.subarray(0, 32));
	if (!key.public.raw.equals(secret.subarray(32))) {
		throw keyDamaged(file, 'secret', 'The public key in it does not belong to its secret key.');
	}
	return key;
};

const wrongPassphrase = (file: string) =>
	bundleProblem({
		code: 'signing-passphrase',
		message: `The passphrase does not open ${file}.`,
		cause: 'It is not the one that the key was made with, or the file was changed.',
		fix: 'Try again with the right passphrase; there is no way to use the key without it.',
		location: {file},
	});
