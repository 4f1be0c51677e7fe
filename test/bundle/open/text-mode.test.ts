import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {createBundlePort} from '../../../source/bundle/open/bundle.ts';
import {publicKeyLine} from '../../../source/minisign/public-key.ts';
import {generateSigningKey} from '../../../source/minisign/secret-key.ts';
import {writeMinisig} from '../../../source/minisign/write-minisig.ts';
import {never, problemOf} from '../helpers.ts';
import {indexedBundle} from './indexed.ts';

const binary =
	'Transfer the bundle again in binary mode (ftp: binary; unzip without -a), best as one tar file, and do not open its files in an editor.';
const open = (path: string, publicKey?: string) =>
	problemOf(createBundlePort({path, signature: {mode: publicKey ? 'require' : 'off', publicKey}}).open(never));
const change = async (file: string, work: (text: string) => string | Buffer): Promise<void> =>
	writeFile(file, work(await readFile(file, 'utf8')));
const crlf = (text: string): string => text.replaceAll('\n', '\r\n');

test.each(['SHA256SUMS', 'bundle.json'])(
	'%s with line ends of Windows is told as a transfer in text mode',
	async (name) => {
		const {folder, index, write} = await indexedBundle();
		await write(index);
		// One line would have no end to be changed.
		if (name === 'bundle.json') {
			const text = `${JSON.stringify(index, undefined, '\t')}\n`;
			await writeFile(join(folder, name), text);
			const {hex} = await import('../helpers.ts');
			await change(join(folder, 'SHA256SUMS'), (sums) =>
				sums.replace(/^[0-9a-f]{64}(?= {2}bundle\.json$)/mu, hex(text)),
			);
		}
		await change(join(folder, name), crlf);
		expect(await open(folder)).toMatchObject({
			code: 'bundle-index-damaged',
			message: `${name} has other line ends than it was made with.`,
			cause:
				'They are those of Windows: it was transferred in text mode, or saved by an editor. A transfer in text mode changes archives and charts as well.',
			fix: binary,
		});
	},
);

test('SHA256SUMS in UTF-16 is told as such', async () => {
	const {folder} = await indexedBundle();
	await change(join(folder, 'SHA256SUMS'), (text) => Buffer.from(`\uFEFF${text}`, 'utf16le'));
	expect(await open(folder)).toMatchObject({
		code: 'bundle-index-damaged',
		message: 'SHA256SUMS is in another encoding than it was made in.',
		cause: 'It is UTF-16: it was written anew by PowerShell or an editor on its way.',
		fix: 'Carry bundle.json and SHA256SUMS in again from the connected side.',
	});
});

test('a signed list with line ends of Windows is not called a forgery', async () => {
	const {folder} = await indexedBundle();
	const sums = join(folder, 'SHA256SUMS');
	const key = generateSigningKey();
	await writeFile(join(folder, 'SHA256SUMS.minisig'), writeMinisig(await readFile(sums), key, 'by us'));
	await change(sums, crlf);
	expect(await open(folder, publicKeyLine(key.public))).toMatchObject({
		code: 'bundle-checksums-damaged',
		cause:
			'Its line ends are those of Windows, the signature fits those it was made with: it was transferred in text mode, which changes archives and charts as well.',
		fix: 'Transfer the bundle again in binary mode (ftp: binary; unzip without -a), best as one tar file.',
	});
	await change(sums, (text) => `${text}x`);
	expect((await open(folder, publicKeyLine(key.public))).code).toBe('bundle-signature-broken');
});
