import {truncate, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import type {Slice} from '../../../source/archive/slice.ts';
import type {Layout} from '../../../source/bundle/layout/layout.ts';
import {checkSignature, readPublicKey, type SignatureRequest} from '../../../source/bundle/signature/check.ts';
import {writeSums} from '../../../source/bundle/signature/checksums.ts';
import {parseMinisig} from '../../../source/bundle/signature/minisig.ts';
import {publicKeyLine} from '../../../source/minisign/public-key.ts';
import {readKeyFile} from '../../../source/minisign/read-key.ts';
import {generateSigningKey, type SigningKey, secretKeyText} from '../../../source/minisign/secret-key.ts';
import {writeMinisig} from '../../../source/minisign/write-minisig.ts';
import {hex, never, temporary} from '../helpers.ts';
import {type Row, refusalOf} from '../refusals.ts';

const key = generateSigningKey();
const pinned = publicKeyLine(key.public);
const readme = {README: 'read me'};
const sumsOf = (files: Readonly<Record<string, string>>): string =>
	writeSums(new Map(Object.entries(files).map(([path, text]) => [path, `sha256:${hex(text)}`])));

/** The smallest bundle that a signature can be about: any files in a folder. */
const layoutOf = async (files: Readonly<Record<string, string>>): Promise<Layout> => {
	const path = await temporary();
	const slices: Array<readonly [string, Slice]> = [];
	for (const [name, text] of Object.entries(files)) {
		const file = join(path, name);
		await writeFile(file, text);
		slices.push([name, {file, offset: 0, size: Buffer.byteLength(text), label: name}]);
	}
	return {path, packed: false, files: new Map(slices)};
};

const signed = (sums: string, by: SigningKey = key) => ({
	SHA256SUMS: sums,
	'SHA256SUMS.minisig': writeMinisig(Buffer.from(sums), by, 'timestamp:1'),
});

const check = async (files: Readonly<Record<string, string>>, request: SignatureRequest = {publicKey: pinned}) =>
	checkSignature(await layoutOf(files), request, never);

/** A file of the bundle that is larger than a test can write. */
const checkLarge = async (name: string, size: number) => {
	const layout = await layoutOf({...readme, ...signed(sumsOf(readme))});
	const slice = layout.files.get(name);
	if (!slice) throw new Error(`no ${name}`);
	await truncate(slice.file, size);
	const files = new Map(layout.files).set(name, {...slice, size});
	return checkSignature({...layout, files}, {publicKey: pinned}, never);
};

const carryAgain = (file: string) =>
	`Carry ${file} in again from the connected side. If it is the same there, sign the bundle again.`;
const doNotInstall =
	'Do not install from it. Get the bundle again from the one who signed it, over a way that you trust.';
const carrySums = 'Carry SHA256SUMS in again from the connected side and try again.';
const nameKey = 'Give the file with the public key of the signer, or the line in it that begins with RW.';

const good = writeMinisig(Buffer.from('x'), key, 'timestamp:1').split('\n');
const parse = (...lines: readonly (string | undefined)[]) => parseMinisig(Buffer.from(lines.join('\n')), 'a.minisig');
const withMethod = (method: string): string => {
	const body = Buffer.from(good[1] ?? '', 'base64');
	body.write(method, 0, 'latin1');
	return body.toString('base64');
};
const keyWith = (method: string): string => {
	const bytes = Buffer.from(pinned, 'base64');
	bytes.write(method, 0, 'latin1');
	return bytes.toString('base64');
};
const keyFile = async (text: string): Promise<string> => {
	const file = join(await temporary(), 'a.pub');
	await writeFile(file, text);
	return file;
};

const rows: readonly Row[] = [
	[
		'a bundle without a signature',
		() => check(readme),
		{
			code: 'bundle-signature-missing',
			cause: `A signature by key ${key.public.id} is required, and there is no SHA256SUMS.minisig in the bundle.`,
			fix: 'Carry the signature in from the connected side, or get a bundle that is signed.',
		},
	],
	[
		'a signature that is required without a key',
		() => check(readme, {mode: 'require'}),
		{
			code: 'bundle-signature-no-key',
			cause: 'A signature says something only where the key of the signer is known beforehand.',
			fix: 'Give the public key of the signer: bundle.signature.publicKey, or --public-key.',
		},
	],
	[
		'a signature that is huge',
		() => checkLarge('SHA256SUMS.minisig', 1024 ** 2),
		{
			code: 'bundle-signature-damaged',
			message: 'SHA256SUMS.minisig is not a whole signature.',
			cause: 'It has 1048576 bytes; a signature has some hundred.',
			fix: carryAgain('SHA256SUMS.minisig'),
		},
	],
	[
		'a signature of two lines',
		() => parse(good[0], good[1]),
		{code: 'bundle-signature-damaged', cause: 'It has 2 lines; a signature has four.', fix: carryAgain('a.minisig')},
	],
	[
		'a signature without comments',
		() => parse(good[1], good[1], good[2], good[3]),
		{
			code: 'bundle-signature-damaged',
			cause: 'Its first and third line are not the comments that a minisign signature has.',
			fix: carryAgain('a.minisig'),
		},
	],
	[
		'a signature with a line that is cut',
		() => parse(good[0], good[1]?.slice(4), good[2], good[3]),
		{
			code: 'bundle-signature-damaged',
			cause: 'A line of it is cut or changed: it is not Base64 of the right length.',
			fix: carryAgain('a.minisig'),
		},
	],
	[
		'a signature by another method',
		() => parse(good[0], withMethod('XX'), good[2], good[3]),
		{
			code: 'bundle-signature-damaged',
			cause: 'It was made by a method that minisign does not know.',
			fix: carryAgain('a.minisig'),
		},
	],
	[
		'a list that is missing',
		() => check({...readme, 'SHA256SUMS.minisig': good.join('\n')}),
		{
			code: 'bundle-signature-broken',
			message: 'SHA256SUMS is missing.',
			cause: 'The bundle holds SHA256SUMS.minisig, but not the list of checksums that was signed.',
			fix: doNotInstall,
		},
	],
	[
		'a list that is huge',
		() => checkLarge('SHA256SUMS', 64 * 1024 ** 2),
		{
			code: 'bundle-signature-broken',
			message: 'SHA256SUMS is too large.',
			cause: 'It has 67108864 bytes; a list of checksums was expected.',
			fix: doNotInstall,
		},
	],
	[
		'a list that was changed',
		() => check({...readme, ...signed(sumsOf(readme)), SHA256SUMS: sumsOf({README: 'other'})}),
		{
			code: 'bundle-signature-broken',
			message: 'The signature does not fit SHA256SUMS.',
			cause: `SHA256SUMS was changed after it was signed, or SHA256SUMS.minisig belongs to another bundle, or another key calls itself ${key.public.id}.`,
			fix: doNotInstall,
		},
	],
	[
		'a comment that was changed',
		() => {
			const files = {...readme, ...signed(sumsOf(readme))};
			return check({...files, 'SHA256SUMS.minisig': files['SHA256SUMS.minisig'].replace('timestamp:1', 'timestamp:2')});
		},
		{
			code: 'bundle-signature-broken',
			message: 'The comment in SHA256SUMS.minisig is not the one that was signed.',
			cause: 'The files are those that were signed, but somebody changed what the signer says of them.',
			fix: doNotInstall,
		},
	],
	[
		'a file that was taken out',
		() => check(signed(sumsOf(readme))),
		{
			code: 'bundle-signature-broken',
			message: 'The bundle lacks 1 of the files that were signed.',
			cause: 'They stand in SHA256SUMS and are not there: lost on the way, or taken out.',
			fix: doNotInstall,
		},
	],
	[
		'a file that was added',
		() => check({...readme, more: 'x', ...signed(sumsOf(readme))}),
		{
			code: 'bundle-signature-broken',
			message: 'The bundle holds 1 files that were not signed.',
			cause: 'They do not stand in SHA256SUMS: they were added after it was signed.',
			fix: doNotInstall,
		},
	],
	[
		'a file that was changed',
		() => check({README: 'read you', ...signed(sumsOf(readme))}),
		{
			code: 'bundle-signature-broken',
			message: 'README is not the file that was signed.',
			cause: `Its SHA-256 is ${hex('read you')}, but ${hex('read me')} stands in SHA256SUMS, which is signed.`,
			fix: doNotInstall,
		},
	],
	[
		'a line that is no checksum',
		() => check(signed('# more\n')),
		{code: 'bundle-checksums-damaged', cause: 'Line 1 is not a line of sha256sum.', fix: carrySums},
	],
	[
		'a line that leads out of the bundle',
		() => check(signed(`${hex('')}  ../a\n`)),
		{
			code: 'bundle-checksums-damaged',
			cause: 'Line 1 names ../a, which is not a file within the bundle.',
			fix: carrySums,
		},
	],
	[
		'a file that is listed twice',
		() => check(signed(`${hex('')}  a\n${hex('')}  a\n`)),
		{code: 'bundle-checksums-damaged', cause: 'Line 2 names a a second time.', fix: carrySums},
	],
	[
		'a secret key in the place of a public one',
		async () => readPublicKey(await keyFile(await secretKeyText(key, undefined, {operations: 1, memory: 1}))),
		{
			code: 'signing-public-key',
			cause: 'It holds a secret key. Secret keys stay on the side that signs.',
			fix: nameKey,
		},
	],
	[
		'a file that is no key',
		async () => readPublicKey(await keyFile('hello\n')),
		{
			code: 'signing-public-key',
			cause: 'It has no line of 56 characters in Base64, as a minisign key has.',
			fix: nameKey,
		},
	],
	[
		'a key for another algorithm',
		async () => readPublicKey(await keyFile(keyWith('XX'))),
		{code: 'signing-public-key', cause: 'It is not a key for Ed25519.', fix: nameKey},
	],
	[
		'a public key that is not there',
		() => readPublicKey('/nowhere/a.pub'),
		{
			code: 'signature-key-unreadable',
			message: 'The public key /nowhere/a.pub cannot be read.',
			cause:
				'The file was refused: Nothing has that name: it was moved or renamed, its disk is not mounted, or the path has a slip.',
			fix: 'Name the file with the public key of the signer, or give the line in it that begins with RW.',
		},
	],
	[
		'a secret key that is not there',
		() => readKeyFile('/nowhere/a.key', 'secret'),
		{
			code: 'signature-key-unreadable',
			message: 'The secret key /nowhere/a.key cannot be read.',
			cause:
				'The file was refused: Nothing has that name: it was moved or renamed, its disk is not mounted, or the path has a slip.',
			fix: 'Name the file that `zenml-airgap bundle keygen` or `minisign -G` made, or make it readable (chmod).',
		},
	],
];

test.each(rows)('%s is told with cause and fix', async (_what, provoke, told) => {
	expect(await refusalOf(provoke)).toMatchObject({area: 'bundle', ...told});
});

test('a bundle that another key signed is told with both keys', async () => {
	const stranger = generateSigningKey();
	const files = {...readme, ...signed(sumsOf(readme), stranger)};
	expect(await refusalOf(() => check(files))).toMatchObject({
		code: 'bundle-signature-broken',
		message: 'The bundle is signed by another key than the pinned one.',
		cause: `SHA256SUMS.minisig is of key ${stranger.public.id}, but ${key.public.id} is pinned.`,
		location: {file: 'SHA256SUMS.minisig'},
	});
});

test('only a public key is asked for with an answer', async () => {
	const [open, secret] = [
		await refusalOf(() => readKeyFile('/a', 'public')),
		await refusalOf(() => readKeyFile('/a', 'secret')),
	];
	expect([open.answers, secret.answers]).toEqual([['bundle.signature.publicKey'], undefined]);
});
