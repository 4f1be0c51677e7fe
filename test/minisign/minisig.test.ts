import {createHash} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import {freemem} from 'node:os';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {blake2b} from '@noble/hashes/blake2.js';
import {describe, expect, test} from 'vitest';
import type {ProblemCode} from '../../source/base/problem.ts';
import {checkMinisig, parseMinisig} from '../../source/bundle/signature/minisig.ts';
import {deriveKey, scryptParameters, sensitiveCost} from '../../source/minisign/passphrase.ts';
import {parsePublicKey, publicKeyLine, publicKeyText} from '../../source/minisign/public-key.ts';
import {generateSigningKey, needsPassphrase, openSecretKey, secretKeyText} from '../../source/minisign/secret-key.ts';
import {writeMinisig} from '../../source/minisign/write-minisig.ts';
import {problemOf} from '../bundle/helpers.ts';

const fixtures = fileURLToPath(new URL('fixtures', import.meta.url));
const fixture = (name: string): Promise<Buffer> => readFile(path.join(fixtures, name));
const signatureName = 'SHA256SUMS.minisig';
/** A cost that a test can pay: libsodium's smallest memory. */
const cheap = {operations: 32_768, memory: 16_777_216};

const made = async () => ({
	sums: await fixture('sums'),
	key: parsePublicKey((await fixture('open.pub')).toString(), 'open.pub'),
});
const check = async (text: Buffer | string): Promise<void> => {
	const {sums, key} = await made();
	checkMinisig(parseMinisig(Buffer.from(text), signatureName), sums, key);
};

describe('BLAKE2b, which the check sum of a secret key is made with', () => {
	const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

	test.each([
		['', '0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8'],
		['abc', 'bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319'],
		['x'.repeat(300), '5aa7fbbf37986bb2a5d547c0d3c4d4326a24d786e7d57bf93fc784176e38b33d'],
	])('gives the digest of b2sum -l 256 for %j', (text, digest) => {
		expect(hex(blake2b(Buffer.from(text), {dkLen: 32}))).toBe(digest);
	});

	test('taken piece by piece is the same as at once, and as node:crypto has it', () => {
		// No multiple of a block, and over 2^24 bytes: the counter goes past what small inputs reach.
		const piece = Buffer.alloc(1_000_003, 'a piece ');
		const ours = blake2b.create({dkLen: 64});
		const theirs = createHash('blake2b512');
		for (let count = 0; count < 20; count++) {
			ours.update(piece);
			theirs.update(piece);
		}
		expect(hex(ours.digest())).toBe(theirs.digest('hex'));
		expect(hex(blake2b.create({dkLen: 32}).update(piece).update(piece).digest())).toBe(
			hex(blake2b(Buffer.concat([piece, piece]), {dkLen: 32})),
		);
	});
});

test('a signature that minisign made is accepted, and its comment read', async () => {
	await check(await fixture('sums.minisig'));
	const parsed = parseMinisig(await fixture('sums.minisig'), signatureName);
	expect(parsed).toMatchObject({
		algorithm: 'ED',
		keyId: 'F8BBF5F88207F429',
		trustedComment: 'made by minisign, Grüße',
	});
});

test('a signature of the legacy form is accepted', async () => {
	await check(await fixture('sums-legacy.minisig'));
	expect(parseMinisig(await fixture('sums-legacy.minisig'), signatureName).algorithm).toBe('Ed');
});

test('the untrusted comment may be changed, for it proves nothing', async () => {
	await check((await fixture('sums.minisig')).toString().replace('hand-made', 'something else'));
});

test('a secret key that minisign made without passphrase opens, and belongs to its public key', async () => {
	const text = (await fixture('open.key')).toString();
	expect(needsPassphrase(text, 'open.key')).toBe(false);
	const key = await openSecretKey(text, 'open.key', '');
	expect(publicKeyText(key.public)).toBe((await fixture('open.pub')).toString());
	// What the same key without passphrase looks like, apart from the words of its comment.
	expect((await secretKeyText(key, undefined, cheap)).split('\n')[1]).toBe(text.split('\n')[1]);
	// Ed25519 is deterministic: the same key over the same bytes gives the same signature as minisign.
	const {sums} = await made();
	const lines = (text2: string) => text2.split('\n').slice(1);
	expect(lines(writeMinisig(sums, key, 'made by minisign, Grüße'))).toEqual(
		lines((await fixture('sums.minisig')).toString()),
	);
});

test.skipIf(freemem() < 1.3 * 1024 ** 3)(
	'a secret key that minisign made with a passphrase opens with it (needs 1.2 GiB of free memory)',
	async () => {
		const text = (await fixture('sealed.key')).toString();
		expect(needsPassphrase(text, 'sealed.key')).toBe(true);
		const key = await openSecretKey(text, 'sealed.key', 'open sesame');
		expect(publicKeyText(key.public)).toBe((await fixture('sealed.pub')).toString());
	},
	120_000,
);

test('parameters of scrypt are those that libsodium picks', () => {
	expect(scryptParameters(sensitiveCost)).toEqual({N: 2 ** 20, r: 8, p: 1});
	// crypto_pwhash_scryptsalsa208sha256_*_INTERACTIVE: 2^19 operations, 16 MiB.
	expect(scryptParameters({operations: 524_288, memory: 16_777_216})).toEqual({N: 2 ** 14, r: 8, p: 1});
	// Few operations for much memory: the operations decide.
	expect(scryptParameters({operations: 32_768, memory: 16_777_216})).toEqual({N: 2 ** 10, r: 8, p: 1});
	// Many operations for little memory: several lanes.
	expect(scryptParameters({operations: 33_554_432, memory: 16_777_216})).toEqual({N: 2 ** 14, r: 8, p: 64});
});

test('a key of our own comes back from its file with the passphrase, and not with another', async () => {
	const key = generateSigningKey();
	const text = await secretKeyText(key, 'correct horse', cheap);
	const back = await openSecretKey(text, 'a.key', 'correct horse');
	expect(publicKeyLine(back.public)).toBe(publicKeyLine(key.public));
	expect(text).not.toContain(key.seed.toString('base64').slice(0, 20));
	expect((await problemOf(openSecretKey(text, 'a.key', 'correct hors'))).code).toBe('signing-passphrase');
});

test('too little memory for the passphrase is told, with how much is needed', async () => {
	const problem = await problemOf(
		deriveKey('x', {salt: Buffer.alloc(32), cost: sensitiveCost, length: 104}, 500 * 1024 ** 2),
	);
	expect(problem).toMatchObject({
		code: 'signing-memory' satisfies ProblemCode,
		message: 'There is too little memory to work with a passphrase: 1.1 GiB are needed.',
		cause: expect.stringContaining('Free of memory are 500.0 MiB.'),
	});
});

test('a key file that asks for absurd memory is refused before any is taken', async () => {
	const text = await secretKeyText(generateSigningKey(), 'x', cheap);
	const bytes = Buffer.from(text.split('\n')[1] ?? '', 'base64');
	bytes.writeBigUInt64LE(2n ** 40n, 46);
	expect((await problemOf(openSecretKey(bytes.toString('base64'), 'a.key', 'x'))).code).toBe('signing-secret-key');
});

test('a secret key whose halves do not belong together is refused', async () => {
	const bytes = Buffer.from((await fixture('open.key')).toString().split('\n')[1] ?? '', 'base64');
	bytes[54 + 8 + 40] = (bytes[54 + 8 + 40] ?? 0) ^ 1;
	expect((await problemOf(openSecretKey(bytes.toString('base64'), 'a.key', ''))).code).toBe('signing-secret-key');
});

test.for([
	['an empty file', ''],
	['some text', 'hello\n'],
	['a line that is too short', 'untrusted comment: x\nRWQp9AeC+PW7\n'],
	[
		'another algorithm',
		`untrusted comment: x\n${Buffer.concat([Buffer.from('EC'), Buffer.alloc(40)]).toString('base64')}\n`,
	],
	['a line with a character that Base64 has not', 'RWQp9AeC+PW7+F/0UEyvVy3iLaLJGH6sWCBh7hlH/uRThOrsxFAO9u/!'],
] as const)('%s is no public key', async ([, text]) => {
	expect((await problemOf(Promise.resolve().then(() => parsePublicKey(text, 'a.pub')))).code).toBe(
		'signing-public-key',
	);
});

test('a secret key given as the public one is refused with that word', async () => {
	const text = (await fixture('open.key')).toString();
	const problem = await problemOf(Promise.resolve().then(() => parsePublicKey(text, 'open.key')));
	expect(problem.cause).toContain('secret key');
	expect(JSON.stringify(problem)).not.toContain('7hlH');
});

test('a signature cut at any byte is refused', async () => {
	const whole = await fixture('sums.minisig');
	const {sums, key} = await made();
	// The last byte is the line break, which may be missing.
	for (let length = 0; length < whole.length - 1; length++) {
		const cut = whole.subarray(0, length);
		expect(() => checkMinisig(parseMinisig(cut, 's'), sums, key), `${length} bytes`).toThrow();
	}
	checkMinisig(parseMinisig(whole.subarray(0, -1), 's'), sums, key);
});

test('a signature with any byte changed is refused, but for its untrusted comment', async () => {
	const whole = await fixture('sums.minisig');
	const {sums, key} = await made();
	const start = whole.indexOf('\n') + 1;
	for (let at = start; at < whole.length - 1; at++) {
		const changed = Buffer.from(whole);
		changed[at] = (changed[at] ?? 0) ^ 1;
		expect(() => checkMinisig(parseMinisig(changed, 's'), sums, key), `byte ${at}`).toThrow();
	}
});

test('a signature of the hashed form cannot be passed off as one of the legacy form', async () => {
	const lines = (await fixture('sums.minisig')).toString().split('\n');
	const body = Buffer.from(lines[1] ?? '', 'base64');
	body.write('Ed', 0, 'latin1');
	const forged = lines.with(1, body.toString('base64')).join('\n');
	const problem = await problemOf(check(forged));
	expect(problem.code).toBe('bundle-signature-broken');
	// Over the hash itself, as 64 bytes of data, the forged signature holds: such data is no list of checksums.
	const {sums, key} = await made();
	const hash = createHash('blake2b512').update(sums).digest();
	checkMinisig(parseMinisig(Buffer.from(forged), 's'), hash, key);
});

test('what a comment could do to a terminal is shown as text', () => {
	const key = generateSigningKey();
	const text = writeMinisig(Buffer.from('x'), key, 'a\u001b[2Jb\u202ec\td');
	expect(parseMinisig(Buffer.from(text), 's').trustedComment).toBe('a\\u{1b}[2Jb\\u{202e}c  d');
});
