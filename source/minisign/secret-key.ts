import {createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes} from 'node:crypto';
import {blake2b} from '@noble/hashes/blake2.js';
import {deriveKey, type KeyCost, readCost, writeCost} from './passphrase.ts';
import {minisignProblems} from './problems.ts';
import {algorithm, keyBytes, keyLineIn, type PublicKey, publicKeyOf, rawOf, strictBase64} from './public-key.ts';

/** Formats of minisign (jedisct1.github.io/minisign, "Secret key format"): how it is locked, and its check sum. */
const scrypt = Buffer.from('Sc');
const blake2 = Buffer.from('B2');
/** As minisign 0.10 and later write a key without passphrase (`-W`): no key derivation, nothing encrypted. */
const noKdf = Buffer.alloc(2);

/** DER in front of the 32 bytes of a secret key: PKCS #8 (RFC 8410, section 7). */
const derHead = Buffer.from('302e020100300506032b657004220420', 'hex');

/** What is locked: the id, the secret key with its public half, and the check sum over both. */
const lockedBytes = 8 + 64 + 32;

/** A key pair that can sign. */
export type SigningKey = {readonly public: PublicKey; readonly key: KeyObject; readonly seed: Buffer};

const signingKeyOf = (idBytes: Buffer, seed: Buffer): SigningKey => {
	const key = createPrivateKey({key: Buffer.concat([derHead, seed]), format: 'der', type: 'pkcs8'});
	return {public: publicKeyOf(idBytes, rawOf(createPublicKey(key))), key, seed};
};

/** A new key pair with a random id. */
export const generateSigningKey = (): SigningKey => {
	const {privateKey} = generateKeyPairSync('ed25519');
	const seed = privateKey.export({format: 'der', type: 'pkcs8'}).subarray(derHead.length);
	return signingKeyOf(randomBytes(8), seed);
};

/**
 * BLAKE2b with 32 bytes of output (RFC 7693). `node:crypto` has it with 64 bytes only, and the length of the output is part of what
 * is hashed.
 */
const checkSumOf = (idBytes: Buffer, secret: Buffer): Uint8Array =>
	blake2b(Buffer.concat([algorithm, idBytes, secret]), {dkLen: 32});

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
	const written = (kind: string, bytes: readonly Buffer[]): string =>
		`untrusted comment: minisign ${kind} ${id}\n${Buffer.concat(bytes).toString('base64')}\n`;
	if (passphrase === undefined) {
		const open = [algorithm, noKdf, blake2, Buffer.alloc(48), idBytes, secret, Buffer.alloc(32)];
		return written('secret key', open);
	}
	const salt = randomBytes(32);
	const stream = await deriveKey(passphrase, {salt, cost, length: lockedBytes});
	const plain = Buffer.concat([idBytes, secret, checkSumOf(idBytes, secret)]);
	return written('encrypted secret key', [algorithm, scrypt, blake2, salt, writeCost(cost), xor(plain, stream)]);
};

/** A secret key as it lies in its file; `sealed` is locked unless `open`. */
type SecretFile = {readonly open: boolean; readonly salt: Buffer; readonly cost: Buffer; readonly sealed: Buffer};

const damaged = (file: string, name: 'no line' | 'another algorithm' | 'another lock' | 'halves') =>
	minisignProblems.error('signing-secret-key', {case: name, file}, {location: {file}});

const readSecret = (text: string, file: string): SecretFile => {
	const bytes = strictBase64(keyLineIn(text), keyBytes.secret);
	if (!bytes) throw damaged(file, 'no line');
	if (!bytes.subarray(0, 2).equals(algorithm)) throw damaged(file, 'another algorithm');
	const [kdf, check] = [bytes.subarray(2, 4), bytes.subarray(4, 6)];
	const open = kdf.equals(noKdf);
	if (!(open || kdf.equals(scrypt)) || !check.equals(blake2)) throw damaged(file, 'another lock');
	return {open, salt: bytes.subarray(6, 38), cost: bytes.subarray(38, 54), sealed: bytes.subarray(54)};
};

/** Does the secret key in this text need a passphrase? @throws ProblemError `signing-secret-key` */
export const needsPassphrase = (text: string, file: string): boolean => !readSecret(text, file).open;

const unlocked = async ({salt, cost, sealed}: SecretFile, file: string, passphrase: string): Promise<Buffer> => {
	const stream = await deriveKey(passphrase, {salt, cost: readCost(cost, file), length: lockedBytes});
	const plain = xor(sealed, stream);
	if (plain.subarray(72).equals(checkSumOf(plain.subarray(0, 8), plain.subarray(8, 72)))) return plain;
	throw minisignProblems.error('signing-passphrase', {file}, {location: {file}});
};

/**
 * Opens a secret key.
 * @param passphrase what the key is protected with; not looked at where it is not protected
 * @throws ProblemError `signing-secret-key`, `signing-passphrase`, `signing-memory`
 */
export const openSecretKey = async (text: string, file: string, passphrase: string): Promise<SigningKey> => {
	const found = readSecret(text, file);
	const plain = found.open ? found.sealed : await unlocked(found, file, passphrase);
	const [idBytes, seed, raw] = [plain.subarray(0, 8), plain.subarray(8, 40), plain.subarray(40, 72)];
	const key = signingKeyOf(idBytes, seed);
	if (!key.public.raw.equals(raw)) throw damaged(file, 'halves');
	return key;
};
