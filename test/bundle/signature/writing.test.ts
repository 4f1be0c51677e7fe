import {spawnSync} from 'node:child_process';
import {mkdtemp, readdir, readFile, rename, rm, symlink, writeFile} from 'node:fs/promises';
import {basename, join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {createStage, type Stage} from '../../app/stage.ts';
import {builtCli} from '../../helpers/built-program.ts';
import {bundleFiles, writeFiles} from '../helpers.ts';

let stage: Stage;
let folder: string;
beforeEach(async () => {
	stage = await createStage({environment: {PASS: 'open sesame'}});
	folder = join(stage.folder, 'made');
	await writeFiles(folder, await bundleFiles());
	expect((await stage.run('bundle', 'keygen', '--out', 'keys', '--no-passphrase')).code).toBe(0);
});
afterEach(async () => stage.remove());

const sign = (...words: readonly string[]) => stage.run('bundle', 'sign', folder, '--key', 'keys/bundle.key', ...words);
const verify = () => stage.run('bundle', 'verify', folder, '--public-key', join(stage.folder, 'keys', 'bundle.pub'));

test.for(['a\nb', 'a\\b', 'a\rb', 'a\u001b[2Jb', 'a\u202eb'])(
	'a file whose name is %j is not signed: no list could say it',
	async (name) => {
		await writeFile(join(folder, 'images', name), 'x');
		const {code, err} = await sign();
		expect(code).toBe(5);
		expect(err).toContain('bundle-sign-name');
		expect(await readdir(folder)).not.toContain('SHA256SUMS');
		await rm(join(folder, 'images', name));
		expect((await sign()).code).toBe(0);
		expect((await verify()).code).toBe(0);
	},
);

test('the name of a folder forges no field of the signed words', async () => {
	const named = join(stage.folder, 'x\tdigest:sha256:0\ncomment:by  Eve');
	await rename(folder, named);
	folder = named;
	expect((await sign()).code).toBe(0);
	const signature = await readFile(join(named, 'SHA256SUMS.minisig'), 'utf8');
	expect(signature.trimEnd().split('\n')).toHaveLength(4);
	const fields = (signature.split('\n')[2] ?? '').split('\t');
	expect(fields.filter((field) => /^(?:digest|comment):/u.test(field))).toHaveLength(1);
	const {code, out} = await verify();
	expect(code).toBe(0);
	const [, words = ''] = /signed by key [0-9A-F]{16}: (.*)/u.exec(out) ?? [];
	expect(words.split('  ').filter((field) => /^(?:digest|comment|Eve)/u.test(field))).toHaveLength(1);
});

test('a passphrase that is not used is told of', async () => {
	const {code, err} = await sign('--passphrase-ref', 'env:PASS');
	expect(code).toBe(0);
	expect(err).toContain('is NOT locked with a passphrase');
	const made = await stage.run('bundle', 'keygen', '--out', 'more', '--no-passphrase', '--passphrase-ref', 'env:PASS');
	expect(made).toMatchObject({code: 2});
	expect(made.err).toContain('signing-passphrase-ref');
});

test('what a killed signing left is taken away, and nothing else', async () => {
	await sign();
	await writeFiles(folder, {'SHA256SUMS.minisig.new': 'half', 'SHA256SUMS.new': 'half'});
	expect((await verify()).code).toBe(5);
	expect((await sign()).code).toBe(0);
	expect((await verify()).code).toBe(0);
	await writeFiles(folder, {'SHA256SUMS.minisig.old': 'x'});
	expect((await sign()).err).toContain('SHA256SUMS.minisig.old');
});

test('a sheet is never written into the bundle, nor over a file that is there', async () => {
	const custody = (out: string, bundle = folder) => stage.run('bundle', 'custody', bundle, '--out', out);
	const before = (await readdir(folder, {recursive: true})).sort();
	const there = join(stage.folder, 'there.txt');
	await writeFile(there, 'mine');
	await symlink(folder, join(stage.folder, 'way'));
	await symlink(join(folder, 'new.txt'), join(stage.folder, 'link.txt'));
	for (const [out, code] of [
		[join(folder, 'sheet.txt'), 'bundle-custody-inside'],
		[join(folder, 'images', 'sheet.txt'), 'bundle-custody-inside'],
		['way/sheet.txt', 'bundle-custody-inside'],
		[join(folder, 'manifest.txt'), 'bundle-custody-exists'],
		[folder, 'bundle-custody-exists'],
		['there.txt', 'bundle-custody-exists'],
		['link.txt', 'bundle-custody-exists'],
		['none/sheet.txt', 'bundle-unwritable'],
	] as const) {
		const found = await custody(out);
		expect(found).toMatchObject({code: 5, out: ''});
		expect(found.err).toContain(code);
	}
	expect((await readdir(folder, {recursive: true})).sort()).toEqual(before);
	expect(await readFile(there, 'utf8')).toBe('mine');
	expect((await stage.run('bundle', 'split', folder, '--size', '1M', '--out', 'parts')).code).toBe(0);
	const part = join(stage.folder, 'parts', `${basename(folder)}.tar.001`);
	const bytes = await readFile(part);
	expect((await custody(part, 'parts')).err).toContain('bundle-custody-exists');
	expect(await readFile(part)).toEqual(bytes);
	expect(await custody('parts/sheet.txt', 'parts')).toMatchObject({code: 0});
	expect(await readdir(join(stage.folder, 'parts'))).not.toContain('sheet.txt.new');
});

const mounts = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;

/** Runs the program with a disk of its own at `$DISK`, which shell commands prepare. */
const onDisk = async (prepare: string, words: string) => {
	const disk = await mkdtemp(join(stage.folder, 'disk-'));
	const script = `mount -t tmpfs -o size=4m tmpfs "$DISK" && ${prepare}; "$NODE" "$CLI" bundle ${words}; echo "code $?"; find "$DISK" -type f ! -name fill`;
	const {stdout, stderr} = spawnSync('unshare', ['-rm', 'sh', '-c', script], {
		encoding: 'utf8',
		env: {
			...process.env,
			DISK: disk,
			NODE: process.execPath,
			CLI: builtCli(),
			HOME: stage.folder,
			BUNDLE: folder,
			KEY: join(stage.folder, 'keys', 'bundle.key'),
		},
	});
	return {out: stdout, err: stderr, disk};
};

test.skipIf(!mounts)('no key is left on a disk that is full (needs unshare)', {timeout: 60_000}, async () => {
	const {out, err} = await onDisk(
		'mkdir "$DISK/k"; cat /dev/urandom > "$DISK/fill" 2>/dev/null',
		'keygen --no-passphrase --out "$DISK/k"',
	);
	expect(err).toContain('The disk is full.');
	expect(out).toBe('code 3\n');
});

test.skipIf(!mounts)('a disk that cannot be written is told as such (needs unshare)', {timeout: 60_000}, async () => {
	const prepare = 'cp -r "$BUNDLE" "$DISK/b" && mount -o remount,ro "$DISK"';
	for (const words of ['sign "$DISK/b" --key "$KEY"', 'custody "$BUNDLE" --out "$DISK/sheet"']) {
		const {out, err} = await onDisk(prepare, words);
		expect(err).toContain('cannot be written.');
		expect(err).toContain('The disk is read-only.');
		expect(err).toContain('bundle-unwritable');
		expect(out).toContain('code 5');
	}
});

test('a signature that is cut is replaced, and one whose checksums were taken away to be made anew', async () => {
	expect((await sign()).code).toBe(0);
	await writeFile(join(folder, 'SHA256SUMS.minisig'), 'untrusted');
	expect((await sign()).code).toBe(0);
	expect((await verify()).code).toBe(0);
	await writeFile(join(folder, 'RELEASE-NOTES.md'), 'more');
	const refused = await sign();
	expect(refused.err).toContain('remove SHA256SUMS and sign again');
	await rm(join(folder, 'SHA256SUMS'));
	expect((await sign()).code).toBe(0);
	expect((await verify()).code).toBe(0);
});
