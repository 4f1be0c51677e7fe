import {createHash} from 'node:crypto';
import {rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {beforeAll, describe, expect, test} from 'vitest';
import {bundleFiles, temporary, writeFiles} from '../helpers.ts';
import {inspect} from '../made.ts';

type Files = Readonly<Record<string, Buffer>>;

const chart = 'charts/zenml-0.95.1.tgz';
let files: Files;
beforeAll(async () => {
	files = await bundleFiles();
});

const sum = (bytes: Buffer, algorithm = 'sha256'): string => createHash(algorithm).update(bytes).digest('hex');
const listed = (line: (name: string, bytes: Buffer) => string): string =>
	Object.entries(files)
		.filter(([name]) => name !== 'manifest.txt')
		.map(([name, bytes]) => line(name, bytes))
		.join('\n');
const windows = (name: string): string => `C:\\bundle\\${name.replaceAll('/', '\\')}`;
const utf16 = (text: string): Buffer => Buffer.from(`\uFEFF${text.replaceAll('\n', '\r\n')}`, 'utf16le');
const upper = (bytes: Buffer): string => sum(bytes).toUpperCase();

/** Lists as other tools write them: the name of the file, and its content. */
const lists: readonly (readonly [string, string, () => string | Buffer])[] = [
	['sha256sum', 'SHA256SUMS', () => listed((name, bytes) => `${sum(bytes)}  ${name}`)],
	[
		'sha256sum, through a text-mode transfer',
		'SHA256SUMS',
		() => listed((name, bytes) => `${sum(bytes)} *${name}`).replaceAll('\n', '\r\n'),
	],
	['sha256sum --tag and BSD', 'SHA256SUMS', () => listed((name, bytes) => `SHA256 (${name}) = ${sum(bytes)}`)],
	['openssl dgst', 'checksums.txt', () => listed((name, bytes) => `SHA2-256(${name})= ${sum(bytes)}`)],
	['openssl dgst 1.1', 'checksums', () => listed((name, bytes) => `SHA256(./${name})= ${sum(bytes)}`)],
	['sha512sum', 'SHA512SUMS', () => listed((name, bytes) => `${sum(bytes, 'sha512')}  ${name}`)],
	['sha512sum --tag', 'SHA512SUMS', () => listed((name, bytes) => `SHA512 (${name}) = ${sum(bytes, 'sha512')}`)],
	['sha384sum', 'sha384sums.txt', () => listed((name, bytes) => `${sum(bytes, 'sha384')}  ${name}`)],
	['sha1sum', 'SHA1SUMS', () => listed((name, bytes) => `${sum(bytes, 'sha1')}  ${name}`)],
	['md5sum', 'MD5SUMS', () => listed((name, bytes) => `${sum(bytes, 'md5')}  ${name}`)],
	[
		'Get-FileHash',
		'SHA256SUMS.txt',
		() =>
			utf16(
				`\n${'Algorithm       Hash                                  Path\n---------       ----                                  ----\n'}${listed((name, bytes) => `SHA256          ${upper(bytes)}       ${windows(name)}`)}\n\n`,
			),
	],
	[
		'Get-FileHash | Format-List',
		'filehashes.txt',
		() =>
			utf16(
				listed((name, bytes) => `\nAlgorithm : SHA256\nHash      : ${upper(bytes)}\nPath      : ${windows(name)}\n`),
			),
	],
	[
		'Get-FileHash | Export-Csv',
		'hashes.csv',
		() => `"Algorithm","Hash","Path"\n${listed((name, bytes) => `"SHA256","${upper(bytes)}","${windows(name)}"`)}`,
	],
	[
		'certutil -hashfile',
		'sha256.txt',
		() =>
			listed(
				(name, bytes) =>
					`SHA256 hash of ${windows(name)}:\n${sum(bytes)}\nCertUtil: -hashfile command completed successfully.`,
			),
	],
	['UTF-16 of the other order', 'SHA256SUMS', () => utf16(listed((name, bytes) => `${sum(bytes)}  ${name}`)).swap16()],
	['UTF-16 without a mark', 'SHA256SUMS', () => utf16(listed((name, bytes) => `${sum(bytes)}  ${name}`)).subarray(2)],
	[
		'a list that is signed within',
		'SHA256SUMS.asc',
		() =>
			`-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n${listed((name, bytes) => `${sum(bytes)}  ${name}`)}\n-----BEGIN PGP SIGNATURE-----\n\niQx\n=ab\n-----END PGP SIGNATURE-----\n`,
	],
	[
		'names without folders',
		'SHA256SUMS',
		() => listed((name, bytes) => `${sum(bytes)}  ${name.replace(/^.*\//u, '')}`),
	],
	['names in front', 'checksums.txt', () => listed((name, bytes) => `${name}: ${sum(bytes)}`)],
	[
		'lines of manifest.txt',
		'manifest.txt',
		() => `${files['manifest.txt']}\n${listed((name, bytes) => `SHA256 (${name}) = ${sum(bytes)}`)}`,
	],
	['a list beside the chart', `${chart}.sha256`, () => `${sum(files[chart] ?? Buffer.of())}\n`],
	[
		'a list of OpenSSL beside the chart',
		`${chart}.sha512`,
		() => `SHA2-512(zenml-0.95.1.tgz)= ${sum(files[chart] ?? Buffer.of(), 'sha512')}\n`,
	],
];

describe.each(lists)('checksums by %s (%s)', (_what, name, list) => {
	test('find an altered chart, and nothing in a bundle that is whole', async () => {
		const folder = await temporary();
		await writeFiles(folder, {...files, [name]: list()});
		const whole = await inspect(folder);
		expect([whole.refusals, whole.damages]).toEqual([[], []]);
		expect(whole.bundle?.warnings.join('\n')).not.toContain('There are no checksums');
		expect(whole.bundle?.warnings.join('\n')).not.toContain(`${chart} has no checksum`);
		const altered = Buffer.from(files[chart] ?? Buffer.of());
		altered[9] = (altered[9] ?? 0) ^ 1;
		await writeFile(join(folder, chart), altered);
		expect((await inspect(folder)).damages.map(({file, reason}) => [file, reason])).toEqual([[chart, 'digest']]);
	});
});

test('what another sum than SHA-256 finds is told by that', async () => {
	const folder = await temporary();
	const digest = sum(Buffer.from('other'), 'md5');
	await writeFiles(folder, {...files, MD5SUMS: `${digest}  ${chart}\n`});
	const [damage] = (await inspect(folder)).damages;
	expect(damage?.problem).toMatchObject({
		code: 'bundle-checksum-mismatch',
		message: `${chart} is not what it should be.`,
		cause: `It has md5:${sum(files[chart] ?? Buffer.of(), 'md5')}, but md5:${digest} was expected: bytes were changed or lost on the way.`,
		fix: `Carry ${chart} in again from the connected side and try again.`,
	});
});

test('a file that is listed and not there is to be carried, whatever the form of the list', async () => {
	const folder = await temporary();
	await writeFiles(folder, {
		...files,
		SHA512SUMS: listed((name, bytes) => `SHA512 (${name}) = ${sum(bytes, 'sha512')}`),
	});
	await rm(join(folder, chart));
	const {damages, refusals} = await inspect(folder);
	expect(damages.map(({file, reason}) => [file, reason])).toEqual([[chart, 'missing']]);
	expect(refusals).not.toEqual([]);
});

describe('a list of checksums that is not understood', () => {
	const makeAnew = 'Make it anew on the connected side, in the bundle: sha256sum images/* charts/* > SHA256SUMS';
	test.each([
		[
			'SHA256SUMS',
			`${'ab'.repeat(32)}  ${chart}\nfor ${chart} see the wiki\n`,
			`Line 2 is of no form that is known: for ${chart} see the wiki`,
			makeAnew,
		],
		[
			'SHA256SUMS',
			`${'ab'.repeat(31)}  ${chart}`,
			`Line 1 is of no form that is known: ${'ab'.repeat(31)}  ${chart}`,
			makeAnew,
		],
		['checksums.txt', '\n', 'It holds no checksum.', makeAnew],
		[
			'SHA256SUMS',
			`SHA256          ${'AB'.repeat(32)}       C:\\Users\\me\\Desk...`,
			`Line 1 does not name its file to the end, as PowerShell cuts long paths in a table: SHA256          ${'AB'.repeat(32)}       C:\\Users\\me\\Desk...`,
			'Make it anew on the connected side, in the bundle: Get-FileHash images/*, charts/* | Format-List | Out-File SHA256SUMS',
		],
	])('%s is refused, never passed over (%#)', async (name, text, cause, fix) => {
		const folder = await temporary();
		await writeFiles(folder, {...files, [name]: text});
		const [refusal] = (await inspect(folder)).refusals;
		expect(refusal?.problem).toMatchObject({
			code: 'bundle-checksums-unreadable',
			message: `${name} is not understood as a list of checksums.`,
			cause,
			fix,
		});
	});
});
