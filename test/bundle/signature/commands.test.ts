import {execFile, execFileSync} from 'node:child_process';
import {mkdir, readFile, rm, stat, writeFile} from 'node:fs/promises';
import {freemem} from 'node:os';
import {join} from 'node:path';
import {PassThrough} from 'node:stream';
import {promisify} from 'node:util';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {readPassphrase} from '../../../source/app/commands/bundle/passphrase.ts';
import {partsFileSuffix} from '../../../source/bundle/layout/parts-file.ts';
import {type Sheet, sheetText} from '../../../source/bundle/sign/custody-sheet.ts';
import {createStage, type Stage} from '../../app/stage.ts';
import {bundleFiles, hex, problemOf, tarOf, writeFiles} from '../helpers.ts';

const run = promisify(execFile);
const hasMinisign = (() => {
	try {
		execFileSync('minisign', ['-v'], {stdio: 'ignore'});
		return true;
	} catch {
		return false;
	}
})();
const hasMemory = freemem() > 1.3 * 1024 ** 3;

let stage: Stage;
let folder: string;
beforeEach(async () => {
	stage = await createStage({environment: {PASS: 'open sesame'}});
	folder = join(stage.folder, 'zenml-air-gapped-bundle');
	await writeFiles(folder, await bundleFiles());
});
afterEach(async () => stage.remove());

const keygen = async (): Promise<string> => {
	const {code, out} = await stage.run('bundle', 'keygen', '--out', 'keys', '--no-passphrase');
	expect(code).toBe(0);
	return /^In one line: (\S+)$/mu.exec(out)?.[1] ?? '';
};
const sign = (...words: readonly string[]) => stage.run('bundle', 'sign', folder, '--key', 'keys/bundle.key', ...words);

test('a key pair is made once, the secret one for this user alone, and never overwritten', async () => {
	await keygen();
	const secret = join(stage.folder, 'keys', 'bundle.key');
	const before = await readFile(secret, 'utf8');
	expect((await stat(secret)).mode & 0o777).toBe(0o600);
	const {code, err} = await stage.run('bundle', 'keygen', '--out', 'keys', '--no-passphrase');
	expect(code).toBe(2);
	expect(err).toContain('signing-key-exists');
	expect(await readFile(secret, 'utf8')).toBe(before);
});

test('a key without passphrase is told as such, and no secret is printed', async () => {
	const {out, err} = await stage.run('bundle', 'keygen', '--out', 'keys', '--no-passphrase');
	expect(out).toContain('WITHOUT passphrase');
	const secret = (await readFile(join(stage.folder, 'keys', 'bundle.key'), 'utf8')).split('\n')[1] ?? '';
	expect(secret).toHaveLength(212);
	expect(out + err).not.toContain(secret);
});

test('a bundle made by hand gets its SHA256SUMS, is signed, and signing again gives the same sums', async () => {
	await keygen();
	const first = await sign('--comment', 'night of the 3rd');
	expect(first.code).toBe(0);
	expect(first.err).toContain('SHA256SUMS was not there and was made');
	expect(first.out).toContain('comment:night of the 3rd');
	const sums = await readFile(join(folder, 'SHA256SUMS'), 'utf8');
	await run('sha256sum', ['-c', '--strict', 'SHA256SUMS'], {cwd: folder});
	const again = await sign();
	expect(again.err).not.toContain('was made');
	expect(await readFile(join(folder, 'SHA256SUMS'), 'utf8')).toBe(sums);
});

test('what does not fit SHA256SUMS is not signed, and the file is named', async () => {
	await keygen();
	await sign();
	const signature = join(folder, 'SHA256SUMS.minisig');
	await rm(signature);
	await writeFile(join(folder, 'manifest.txt'), 'Images:\n');
	const changed = await sign();
	expect(changed.code).toBe(5);
	expect(changed.err).toContain('bundle-sign-not-whole');
	expect(changed.err).toContain('manifest.txt');
	await rm(join(folder, 'manifest.txt'));
	expect((await sign()).err).toContain('manifest.txt');
	await writeFiles(folder, {'manifest.txt': (await bundleFiles())['manifest.txt'] ?? '', 'charts/more.txt': 'x'});
	expect((await sign()).err).toContain('charts/more.txt');
	await expect(stat(signature)).rejects.toThrow('ENOENT');
});

test('a key file that is not there is told as a key, before the bundle is looked at', async () => {
	const gone = join(stage.folder, 'nokey');
	for (const words of [
		['sign', join(stage.folder, 'no-bundle'), '--key', gone],
		['verify', join(stage.folder, 'no-bundle'), '--public-key', gone],
		['verify', folder, '--public-key', gone, '--signature', 'warn'],
	]) {
		const {code, out, err} = await stage.run('bundle', ...words);
		expect(code).toBe(5);
		expect(out).toBe('');
		expect(err).toContain('code:  signature-key-unreadable');
		expect(err).toContain(`key ${gone} cannot be read.`);
		expect(err).not.toContain('answers:');
	}
});

test('a packed bundle is not signed, nor a comment of several lines taken', async () => {
	await keygen();
	const tar = join(stage.folder, 'bundle.tar');
	await writeFile(tar, await tarOf(await bundleFiles()));
	const packed = await stage.run('bundle', 'sign', tar, '--key', 'keys/bundle.key');
	expect(packed.code).toBe(5);
	expect(packed.err).toContain('bundle-sign-packed');
	const comment = await sign('--comment', 'a\nb');
	expect(comment.code).toBe(2);
	expect(comment.err).toContain('signing-comment');
});

test('a stopped command ends with 130 and signs nothing', async () => {
	await keygen();
	const stop = new AbortController();
	stop.abort(new Error('it got SIGINT'));
	await stage.remove();
	stage = await createStage({signal: stop.signal});
	folder = join(stage.folder, 'zenml-air-gapped-bundle');
	await writeFiles(folder, await bundleFiles());
	await keygen();
	const {code, err} = await sign();
	expect(code).toBe(130);
	expect(err).toContain('The command was stopped before its end.');
	expect(err).toContain('Nothing was signed.');
	await expect(stat(join(folder, 'SHA256SUMS.minisig'))).rejects.toThrow('ENOENT');
});

test('the passphrase is typed without echo, twice for a new key, and never shown', async () => {
	const stdin = Object.assign(new PassThrough(), {isTTY: true}) as unknown as NodeJS.ReadStream;
	let shown = '';
	const context = {...stage.context, stdin, err: (text: string) => (shown += text)};
	const asked = readPassphrase(context, {reference: undefined, prompt: 'Passphrase', twice: true});
	(stdin as unknown as PassThrough).write('hunter2\nhunter3\n\nhunter4\nhunter4\n');
	expect(await asked).toBe('hunter4');
	expect(shown).toContain('The two were not the same.');
	expect(shown).toContain('It must not be empty.');
	expect(shown).not.toContain('hunter');
	expect(context.redactor.redact('it is hunter4')).not.toContain('hunter4');
});

test('a passphrase comes from the environment or a file, never from the command line itself', async () => {
	const read = (reference: string | undefined) =>
		readPassphrase(stage.context, {reference, prompt: 'Passphrase', twice: false});
	expect(await read('env:PASS')).toBe('open sesame');
	await stage.write('pass.txt', 'from a file\n');
	expect(await read('file:pass.txt')).toBe('from a file');
	const problem = await problemOf(read('hunter2'));
	expect(problem.code).toBe('signing-passphrase-ref');
	expect(JSON.stringify(problem)).not.toContain('hunter2');
	expect((await problemOf(read('env:NONE'))).code).toBe('answers-secret-env');
	const noTerminal = {...stage.context, stdin: new PassThrough() as unknown as NodeJS.ReadStream};
	expect((await problemOf(readPassphrase(noTerminal, {reference: undefined, prompt: 'x', twice: false}))).code).toBe(
		'signing-passphrase-needed',
	);
});

test.skipIf(!hasMemory)(
	'a key locked with a passphrase signs with it and not with another (needs 1.2 GiB of free memory)',
	async () => {
		const made = await stage.run('bundle', 'keygen', '--out', 'keys', '--passphrase-ref', 'env:PASS');
		expect(made.code).toBe(0);
		expect((await sign('--passphrase-ref', 'env:PASS')).code).toBe(0);
		await stage.write('wrong', 'open sesamy');
		const wrong = await sign('--passphrase-ref', 'file:wrong');
		expect(wrong.code).toBe(5);
		expect(wrong.err).toContain('signing-passphrase');
		if (!hasMinisign) return;
		// The real program opens the locked key, too.
		const keyFile = join(stage.folder, 'keys', 'bundle.key');
		const child = run('minisign', ['-S', '-s', keyFile, '-m', join(folder, 'manifest.txt')]);
		child.child.stdin?.end('open sesame\n');
		await child;
	},
	300_000,
);

test.skipIf(!hasMinisign)('minisign accepts what is signed here, with its words (needs minisign)', async () => {
	const line = await keygen();
	await sign('--comment', 'by Ada, für heute');
	const {stdout} = await run('minisign', ['-V', '-H', '-m', 'SHA256SUMS', '-P', line], {cwd: folder});
	expect(stdout).toContain('by Ada, für heute');
	await run('minisign', ['-V', '-m', 'SHA256SUMS', '-p', join(stage.folder, 'keys', 'bundle.pub')], {cwd: folder});
});

test.skipIf(!hasMinisign)(
	'minisign signs with a key made here, and that signature is accepted (needs minisign)',
	async () => {
		const line = await keygen();
		await sign();
		const key = join(stage.folder, 'keys', 'bundle.key');
		for (const form of [[], ['-l']]) {
			await run('minisign', ['-S', ...form, '-s', key, '-m', 'SHA256SUMS', '-t', 'by minisign'], {cwd: folder});
			const {createBundlePort} = await import('../../../source/bundle/open/bundle.ts');
			const port = createBundlePort({path: folder, signature: {publicKey: line}});
			expect((await port.open(new AbortController().signal)).signer?.comment).toBe('by minisign');
		}
	},
);

test('bundle verify with a pinned key tells who signed, and refuses what was tampered with in every mode', async () => {
	const line = await keygen();
	await sign('--comment', 'by Ada');
	const verify = (...words: readonly string[]) => stage.run('bundle', 'verify', folder, ...words);
	const good = await verify('--public-key', line);
	expect(good.code).toBe(0);
	expect(good.out).toMatch(/signed by key [0-9A-F]{16}: .*comment:by Ada/u);
	expect((await verify('--public-key', join(stage.folder, 'keys', 'bundle.pub'))).code).toBe(0);
	const unpinned = await verify();
	expect(unpinned.code).toBe(0);
	expect(unpinned.out).toContain('that was not checked');
	await stage.run('bundle', 'keygen', '--out', 'other', '--no-passphrase');
	const other = await verify('--public-key', join(stage.folder, 'other', 'bundle.pub'), '--signature', 'off');
	expect(other.code).toBe(5);
	expect(other.err).toContain('bundle-signature-broken');
	const text = await readFile(join(folder, 'manifest.txt'), 'utf8');
	await writeFile(join(folder, 'manifest.txt'), `${text}\n`);
	for (const mode of ['require', 'warn', 'off']) {
		const {code, err} = await verify('--public-key', line, '--signature', mode);
		expect([mode, code]).toEqual([mode, 5]);
		expect(err).toContain('bundle-signature-broken');
	}
	await writeFile(join(folder, 'manifest.txt'), text);
	await rm(join(folder, 'SHA256SUMS.minisig'));
	expect((await verify('--public-key', line)).err).toContain('bundle-signature-missing');
	expect((await verify('--public-key', line, '--signature', 'warn')).code).toBe(0);
});

test('a folder that was signed is still signed when it is packed and cut into parts', async () => {
	const line = await keygen();
	await writeFile(join(folder, 'RELEASE-NOTES.md'), 'x'.repeat(1_500_000));
	await sign();
	const split = await stage.run('bundle', 'split', folder, '--size', '1MiB', '--out', join(stage.folder, 'cut'));
	expect(split.err + split.out).toContain('.parts.json');
	expect(split.code).toBe(0);
	expect(split.out).toMatch(/bundle verify \S+\.parts\.json --public-key /u);
	const verify = (...words: readonly string[]) => stage.run('bundle', 'verify', join(stage.folder, 'cut'), ...words);
	expect(await verify('--public-key', line)).toMatchObject({code: 0});
	const sheet = await stage.run('bundle', 'custody', join(stage.folder, 'cut'));
	expect(sheet.code).toBe(0);
	expect(sheet.out).toMatch(/^Signed {3}by key/mu);
	expect(sheet.out).toMatch(/^002 [0-9a-f]{64} /mu);
});

test('the custody sheet of a signed folder fits one page and holds sums, signer and lines to sign', async () => {
	await keygen();
	await sign('--comment', 'by Ada');
	const {code, out} = await stage.run('bundle', 'custody', folder);
	expect(code).toBe(0);
	const lines = out.trimEnd().split('\n');
	expect(lines.length).toBeLessThanOrEqual(66);
	expect(lines.filter((line) => line.length > 80)).toEqual([]);
	expect(out).toContain(hex(await readFile(join(folder, 'SHA256SUMS'))));
	expect(out).toContain(hex(await readFile(join(folder, 'charts', 'zenml-0.95.1.tgz'))));
	expect(out).toContain('comment:by Ada');
	expect(out).toMatch(/Signature {2}\.+ {3}Signature/u);
	expect(await stage.run('bundle', 'custody', folder, '--out', 'sheet.txt')).toMatchObject({code: 0, out: ''});
	expect(await readFile(join(stage.folder, 'sheet.txt'), 'utf8')).toBe(out);
});

test('the custody sheet of a tar has its sum, and that of parts each part on a line', async () => {
	const tar = await tarOf(await bundleFiles());
	const file = join(stage.folder, 'b.tar');
	await writeFile(file, tar);
	expect((await stage.run('bundle', 'custody', file)).out).toContain(hex(tar));
	const half = Math.ceil(tar.length / 2);
	const pieces = [tar.subarray(0, half), tar.subarray(half)];
	const parts = pieces.map((bytes, index) => ({
		file: `c.tar.00${index + 1}`,
		size: bytes.length,
		digest: `sha256:${hex(bytes)}`,
	}));
	const inParts = join(stage.folder, 'parts');
	await mkdir(inParts);
	for (const [index, bytes] of pieces.entries()) await writeFile(join(inParts, `c.tar.00${index + 1}`), bytes);
	const list = join(inParts, `c.tar${partsFileSuffix}`);
	await writeFile(
		list,
		JSON.stringify({
			formatVersion: 1,
			name: 'c.tar',
			size: tar.length,
			partSize: half,
			parts,
			bundle: `sha256:${'0'.repeat(64)}`,
		}),
	);
	const {out, err} = await stage.run('bundle', 'custody', list);
	expect(err).toBe('');
	for (const [index, bytes] of pieces.entries()) {
		expect(out).toMatch(new RegExp(`^00${index + 1} ${hex(bytes)} +${bytes.length}$`, 'mu'));
	}
	expect(out).toContain('Signed   by nobody');
});

test('a sheet that would be too long leaves files to SHA256SUMS, and shows no control characters', () => {
	const digest = `sha256:${'a'.repeat(64)}`;
	const sheet: Sheet = {
		isSample: false,
		digest,
		created: '2026-01-01T00:00:00Z',
		madeBy: 'zenml-airgap 0.1.0',
		controlPlane: '1',
		workspaces: ['2'],
		platforms: ['linux/amd64'],
		base: undefined,
		signer: {keyId: 'F'.repeat(16), comment: 'x'.repeat(300)},
		carried: {kind: 'folder', name: 'b', size: 12_345_678_901, count: 900},
		images: [{reference: 'a:1', digest, blobs: 3, bytes: 5, omitted: 2}],
		files: [
			'SHA256SUMS',
			'evil\u001b[2J',
			...Array.from({length: 60}, (_one, index) => `sboms/${index}/${'y'.repeat(90)}`),
		].map((path) => ({path, size: 1, digest})),
	};
	const lines = sheetText(sheet).trimEnd().split('\n');
	expect(lines.length).toBeLessThanOrEqual(66);
	expect(lines.length).toBeGreaterThan(60);
	expect(lines.filter((line) => line.length > 80 || line.includes('\u001b'))).toEqual([]);
	expect(lines.join('\n')).toMatch(/and \d+ more, whose sums stand in SHA256SUMS/u);
	expect(lines.join('\n')).toContain('2 not in here');
	expect(lines.join('\n')).toContain('12,345,678,901 bytes');
	const ofSample = sheetText({...sheet, isSample: true})
		.trimEnd()
		.split('\n');
	expect(ofSample.length).toBeLessThanOrEqual(66);
	expect(ofSample.filter((line) => line.length > 80)).toEqual([]);
	const heads = ofSample.filter((line) => line.startsWith('-- ') || line.startsWith('CUSTODY'));
	expect(heads).toHaveLength(5);
	for (const head of heads) expect(head).toContain(' *** REHEARSAL ***');
	expect(lines.join('\n')).not.toContain('REHEARSAL');
});
