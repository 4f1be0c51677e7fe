import {mkdir, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {readSheet, writeSheet} from '../../../source/bundle/sign/custody.ts';
import {signBundle} from '../../../source/bundle/sign/sign.ts';
import {deriveKey} from '../../../source/minisign/passphrase.ts';
import {generateSigningKey, openSecretKey, secretKeyText} from '../../../source/minisign/secret-key.ts';
import {bundleFiles, never, tarOf, temporary, writeFiles} from '../helpers.ts';
import {type Row, refusalOf} from '../refusals.ts';

const key = generateSigningKey();
/** A cost that a test can pay: libsodium's smallest memory. */
const cheap = {operations: 32_768, memory: 16_777_216};

const sign = (path: string) => signBundle({path, key, now: 0, signal: never, onProgress: () => undefined});
/** A bundle made by hand, signed, and then changed. */
const signAgain = async (change: (folder: string) => Promise<unknown>) => {
	const folder = await temporary();
	await writeFiles(folder, await bundleFiles());
	await sign(folder);
	await change(folder);
	return sign(folder);
};

const sheetAt = async (out: (folder: string) => string) => {
	const folder = await temporary();
	await writeFiles(folder, await bundleFiles());
	const reading = {signal: never, onProgress: () => undefined, workDirectory: temporary};
	return readSheet(folder, {...reading, out: out(folder)});
};

/** A secret key whose bytes were changed. */
const openChanged = async (change: (bytes: Buffer) => void, passphrase?: string) => {
	const [, line = ''] = (await secretKeyText(key, passphrase, cheap)).split('\n');
	const bytes = Buffer.from(line, 'base64');
	change(bytes);
	return openSecretKey(bytes.toString('base64'), 'a.key', passphrase ?? '');
};

const makeAnew =
	'Make the bundle anew, or, when you know why it changed, remove SHA256SUMS and sign again: it is made anew then.';
const nameKey = 'Give the file that `zenml-airgap bundle keygen` or `minisign -G` made.';
const another = 'Name another file with --out, or take that one away.';

const rows: readonly Row[] = [
	[
		'a file that is gone',
		() => signAgain((folder) => rm(join(folder, 'manifest.txt'))),
		{
			code: 'bundle-sign-not-whole',
			message: 'The bundle was not signed: SHA256SUMS does not fit it.',
			cause: 'Files that it lists are not there: manifest.txt.',
			fix: makeAnew,
		},
	],
	[
		'a file too much',
		() => signAgain((folder) => writeFile(join(folder, 'charts', 'more.txt'), 'x')),
		{code: 'bundle-sign-not-whole', cause: 'It does not list these files: charts/more.txt.', fix: makeAnew},
	],
	[
		'a file that was changed',
		() => signAgain((folder) => writeFile(join(folder, 'manifest.txt'), 'Images:\n')),
		{code: 'bundle-sign-not-whole', cause: 'These files have other sums: manifest.txt.', fix: makeAnew},
	],
	[
		'a bundle that is packed',
		async () => {
			const file = join(await temporary(), 'b.tar');
			await writeFile(file, await tarOf(await bundleFiles()));
			await sign(file);
		},
		{
			code: 'bundle-sign-packed',
			cause: 'A packed bundle cannot take one more file without being written anew.',
			fix: 'Sign the folder first, then pack or split it.',
		},
	],
	[
		'a name that cannot be listed',
		() => signAgain((folder) => writeFile(join(folder, 'images', 'a\\b'), 'x')),
		{
			code: 'bundle-sign-name',
			message: 'The bundle was not signed: it holds a file whose name cannot be listed, "images/a\\\\b".',
			cause:
				'A line break, a backslash or another character that is not printed lets a line of checksums mean two things.',
			fix: 'Find out where it comes from; rename it or take it away, and sign again.',
		},
	],
	[
		'a folder in the place of the signature',
		() =>
			signAgain(async (folder) => {
				await rm(join(folder, 'SHA256SUMS.minisig'));
				await mkdir(join(folder, 'SHA256SUMS.minisig'));
			}),
		{
			code: 'bundle-unwritable',
			cause: 'The system says: A folder lies in its place.',
			fix: 'Make room there or make the folder writable (chmod), then try again. Nothing was left half written.',
		},
	],
	[
		'a sheet over a file of the bundle',
		() => sheetAt((folder) => join(folder, 'manifest.txt')),
		{
			code: 'bundle-custody-exists',
			cause: 'A sheet is never written over another file: it may be the one that was signed, or a part of the bundle.',
			fix: another,
		},
	],
	[
		'a sheet over a file that came meanwhile',
		async () => {
			const file = join(await temporary(), 'sheet.txt');
			await writeFile(file, 'theirs');
			await writeSheet(file, 'ours');
		},
		{
			code: 'bundle-custody-exists',
			cause: 'A sheet is never written over another file: it may be the one that was signed, or a part of the bundle.',
			fix: another,
		},
	],
	[
		'a sheet in a folder that is gone',
		() => writeSheet('/nowhere/sheet.txt', 'ours'),
		{
			code: 'bundle-unwritable',
			message: '/nowhere/sheet.txt cannot be written.',
			cause: 'The system says: Its folder does not exist.',
			fix: 'Make room there or make the folder writable (chmod), then try again. Nothing was left half written.',
		},
	],
	[
		'a sheet within the bundle',
		() => sheetAt((folder) => join(folder, 'charts', 'sheet.txt')),
		{
			code: 'bundle-custody-inside',
			cause: 'A file that is added to a bundle is refused there as tampering.',
			fix: 'Name a file beside the bundle with --out; the sheet is carried beside it.',
		},
	],
	[
		'a file that is no key',
		() => openSecretKey('hello\n', 'a.key', ''),
		{
			code: 'signing-secret-key',
			message: 'a.key is not a secret key.',
			cause: 'It has no line of 212 characters in Base64, as a minisign key has.',
			fix: nameKey,
		},
	],
	[
		'a key for another algorithm',
		() => openChanged((bytes) => bytes.write('XX', 0, 'latin1')),
		{code: 'signing-secret-key', cause: 'It is not a key for Ed25519.', fix: nameKey},
	],
	[
		'a key that is locked in another way',
		() => openChanged((bytes) => bytes.write('XX', 2, 'latin1')),
		{
			code: 'signing-secret-key',
			cause: 'It is protected in a way that this tool does not know: only scrypt is.',
			fix: nameKey,
		},
	],
	[
		'a key with another check sum',
		() => openChanged((bytes) => bytes.write('XX', 4, 'latin1')),
		{
			code: 'signing-secret-key',
			cause: 'It is protected in a way that this tool does not know: only scrypt is.',
			fix: nameKey,
		},
	],
	[
		'a key that asks for absurd memory',
		() => openChanged((bytes) => bytes.writeBigUInt64LE(2n ** 40n, 46), 'open sesame'),
		{
			code: 'signing-secret-key',
			cause: 'It asks for 1099511627776 bytes of memory, which no key needs.',
			fix: nameKey,
		},
	],
	[
		'a key whose halves do not belong together',
		() => openChanged((bytes) => bytes.writeUInt8(bytes.readUInt8(110) ^ 1, 110)),
		{
			code: 'signing-secret-key',
			cause: 'The public key in it does not belong to its secret key.',
			fix: nameKey,
		},
	],
	[
		'another passphrase',
		async () => openSecretKey(await secretKeyText(key, 'open sesame', cheap), 'a.key', 'open sesamy'),
		{
			code: 'signing-passphrase',
			message: 'The passphrase does not open a.key.',
			cause: 'It is not the one that the key was made with, or the file was changed.',
			fix: 'Try again with the right passphrase; there is no way to use the key without it.',
		},
	],
	[
		'too little memory for a passphrase',
		() => deriveKey('x', {salt: Buffer.alloc(32), cost: cheap, length: 104}, 1024 ** 2),
		{
			code: 'signing-memory',
			message: 'There is too little memory to work with a passphrase: 97.0 MiB are needed.',
			cause: 'Trying a passphrase is made costly on purpose, so that it cannot be guessed. Free of memory are 1.0 MiB.',
			fix: 'Close other programs, or do this on a machine with more memory.',
		},
	],
];

test.each(rows)('%s is told with cause and fix', async (_what, provoke, told) => {
	expect(await refusalOf(provoke)).toMatchObject({area: 'bundle', ...told});
});

test('of many files that do not fit ten are named', async () => {
	const refused = await refusalOf(() =>
		signAgain(async (folder) => {
			for (let number = 10; number < 22; number++) await writeFile(join(folder, 'charts', `${number}.txt`), 'x');
		}),
	);
	expect(refused.cause).toContain('charts/19.txt, …');
	expect(refused.cause).not.toContain('charts/20.txt');
});
