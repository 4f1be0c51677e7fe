import {readFile, rm, symlink, truncate, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import type {Problem} from '../../../source/base/problem.ts';
import {createBundlePort} from '../../../source/bundle/open/bundle.ts';
import {modeOf, type SignatureRequest} from '../../../source/bundle/signature/check.ts';
import {writeSums} from '../../../source/bundle/signature/checksums.ts';
import {publicKeyLine, publicKeyText} from '../../../source/minisign/public-key.ts';
import {generateSigningKey, type SigningKey} from '../../../source/minisign/secret-key.ts';
import {writeMinisig} from '../../../source/minisign/write-minisig.ts';
import {bundleFiles, chartOf, hex, never, problemOf, tarOf, temporary, writeFiles} from '../helpers.ts';

const sumsOf = (files: Readonly<Record<string, Buffer>>): string =>
	writeSums(new Map(Object.entries(files).map(([path, bytes]) => [path, `sha256:${hex(bytes)}`])));

const signed = (files: Readonly<Record<string, Buffer>>, key: SigningKey, sums = sumsOf(files)) => ({
	...files,
	SHA256SUMS: Buffer.from(sums),
	'SHA256SUMS.minisig': Buffer.from(writeMinisig(Buffer.from(sums), key, 'timestamp:1\tby Ada')),
});

/** A signed bundle in a folder, and the key that is pinned. */
const setting = async () => {
	const key = generateSigningKey();
	const files = await bundleFiles();
	const directory = await temporary();
	await writeFiles(directory, signed(files, key));
	return {key, files, directory, pinned: publicKeyLine(key.public)};
};

const openWith = (path: string, signature: SignatureRequest) => createBundlePort({path, signature}).open(never);

/** Opened and read to its end. */
const whole = async (path: string, signature: SignatureRequest): Promise<void> => {
	const port = createBundlePort({path, signature});
	await port.open(never);
	await port.verify({signal: never, onProgress: () => {}});
};

/** The refusal, which must be the same in every mode. */
const refusedAlways = async (path: string, publicKey: string | undefined): Promise<Problem> => {
	const modes = publicKey === undefined ? (['warn', 'off'] as const) : (['require', 'warn', 'off'] as const);
	const problems: Problem[] = [];
	for (const mode of modes) problems.push(await problemOf(whole(path, {mode, publicKey})));
	const [first] = problems;
	if (!first) throw new Error('nothing was tried');
	for (const other of problems) expect(other).toEqual(first);
	return first;
};

test('a bundle that the pinned key signed opens in every mode, and says who signed it', async () => {
	const {directory, key, pinned} = await setting();
	const file = join(await temporary(), 'bundle.pub');
	await writeFile(file, publicKeyText(key.public));
	for (const publicKey of [pinned, file]) {
		for (const mode of ['require', 'warn', 'off', undefined] as const) {
			const bundle = await openWith(directory, {mode, publicKey});
			expect(bundle.signer).toEqual({keyId: key.public.id, comment: 'timestamp:1  by Ada'});
			expect(bundle.warnings.filter((text) => text.includes('sign'))).toEqual([]);
			await whole(directory, {mode, publicKey});
		}
	}
});

test('the same within a tar', async () => {
	const {key, files, pinned} = await setting();
	const tar = join(await temporary(), 'bundle.tar');
	await writeFile(tar, await tarOf(signed(files, key)));
	expect((await openWith(tar, {mode: 'require', publicKey: pinned})).signer?.keyId).toBe(key.public.id);
	const [name = '', bytes = Buffer.alloc(0)] = Object.entries(files)[0] ?? [];
	const worse = Buffer.from(bytes);
	worse[700] = (worse[700] ?? 0) ^ 1;
	await writeFile(tar, await tarOf({...signed(files, key), [name]: worse}));
	await refusedAlways(tar, pinned);
});

test('a pinned key makes a signature required unless something else is said', () => {
	expect(modeOf({publicKey: 'RW'})).toBe('require');
	expect(modeOf({})).toBe('warn');
	expect(modeOf({publicKey: 'RW', mode: 'warn'})).toBe('warn');
});

test('a bundle without signature is refused, told of or taken silently, as the mode says', async () => {
	const {directory, pinned, key} = await setting();
	await rm(join(directory, 'SHA256SUMS.minisig'));
	const problem = await problemOf(openWith(directory, {publicKey: pinned}));
	expect(problem.code).toBe('bundle-signature-missing');
	expect(problem.cause).toContain(key.public.id);
	const warned = await openWith(directory, {mode: 'warn', publicKey: pinned});
	expect(warned.warnings[0]).toContain(`not signed by the pinned key ${key.public.id}`);
	expect((await openWith(directory, {})).warnings[0]).toContain('The bundle is not signed');
	const silent = await openWith(directory, {mode: 'off', publicKey: pinned});
	expect(silent.warnings.filter((text) => text.includes('sign'))).toEqual([]);
	expect(warned.signer).toBeUndefined();
});

test('without a pinned key a signature is told of as not checked', async () => {
	const {directory, key} = await setting();
	const bundle = await openWith(directory, {});
	expect(bundle.warnings[0]).toContain(`signed by key ${key.public.id}, but that was not checked`);
	expect(bundle.signer).toBeUndefined();
	expect((await problemOf(openWith(directory, {mode: 'require'}))).code).toBe('bundle-signature-no-key');
});

test('a byte changed in any file of a signed bundle is refused in every mode', async () => {
	const {directory, files, pinned} = await setting();
	for (const [name, bytes] of Object.entries(files)) {
		const worse = Buffer.from(bytes);
		const at = Math.floor(worse.length / 2);
		worse[at] = (worse[at] ?? 0) ^ 1;
		await writeFile(join(directory, name), worse);
		await refusedAlways(directory, pinned);
		await writeFile(join(directory, name), bytes);
	}
	await whole(directory, {publicKey: pinned});
});

test('SHA256SUMS made to fit changed files is refused', async () => {
	const {directory, files, pinned} = await setting();
	const changed = {
		...files,
		'charts/zenml-0.95.1.tgz': await chartOf('zenml', '0.95.1', 'appVersion: 0.95.1\nevil: "1"\n'),
	};
	await writeFiles(directory, {...changed, SHA256SUMS: sumsOf(changed)});
	expect((await refusedAlways(directory, pinned)).code).toBe('bundle-signature-broken');
});

test.for([
	['a line taken out', (text: string) => text.split('\n').slice(1).join('\n')],
	['a line added', (text: string) => `${text}${'0'.repeat(64)}  images/more.tar\n`],
	['the order of lines changed', (text: string) => `${text.trimEnd().split('\n').reverse().join('\n')}\n`],
	['its end cut', (text: string) => text.slice(0, -10)],
	['nothing in it', () => ''],
] as const)('SHA256SUMS with %s is refused', async ([, change]) => {
	const {directory, files, pinned} = await setting();
	await writeFile(join(directory, 'SHA256SUMS'), change(sumsOf(files)));
	expect((await refusedAlways(directory, pinned)).code).toBe('bundle-signature-broken');
});

test('a file that was added to a signed bundle is refused, whatever it is called', async () => {
	for (const name of [
		'images/more.tar',
		'charts/SHA256SUMS',
		'images/checksums.txt',
		'charts/zenml-pro-9.9.9.tgz',
		'notes.txt',
	]) {
		const {directory, pinned} = await setting();
		await writeFile(join(directory, name), 'x');
		const problem = await refusedAlways(directory, pinned);
		expect(problem).toMatchObject({code: 'bundle-signature-broken', evidence: [name]});
	}
});

test('a file that was taken out of a signed bundle is refused, and named', async () => {
	const {directory, pinned} = await setting();
	await rm(join(directory, 'manifest.txt'));
	expect(await refusedAlways(directory, pinned)).toMatchObject({
		code: 'bundle-signature-broken',
		evidence: ['manifest.txt'],
	});
});

test('SHA256SUMS that is gone is refused in every mode, with a key or without', async () => {
	const {directory, pinned} = await setting();
	await rm(join(directory, 'SHA256SUMS'));
	expect((await refusedAlways(directory, pinned)).code).toBe('bundle-signature-broken');
	expect((await refusedAlways(directory, undefined)).code).toBe('bundle-signature-broken');
});

test('the signature of another bundle by the same key is refused', async () => {
	const {directory, key, files, pinned} = await setting();
	const other = {...files, 'charts/zenml-0.95.1.tgz': await chartOf('zenml', '0.95.1', 'appVersion: 0.95.1\nx: y\n')};
	await writeFiles(directory, {'SHA256SUMS.minisig': signed(other, key)['SHA256SUMS.minisig']});
	expect((await refusedAlways(directory, pinned)).message).toBe('The signature does not fit SHA256SUMS.');
});

test('a whole bundle signed by another key is refused, and both keys are named', async () => {
	const {directory, files, pinned, key} = await setting();
	const stranger = generateSigningKey();
	await writeFiles(directory, signed(files, stranger));
	const problem = await refusedAlways(directory, pinned);
	expect(problem.cause).toContain(stranger.public.id);
	expect(problem.cause).toContain(key.public.id);
});

test('another key that takes the id of the pinned one is refused', async () => {
	const {directory, files, pinned, key} = await setting();
	const stranger = generateSigningKey();
	const {idBytes, id} = key.public;
	await writeFiles(directory, signed(files, {...stranger, public: {...stranger.public, idBytes, id}}));
	expect((await refusedAlways(directory, pinned)).code).toBe('bundle-signature-broken');
});

test('a trusted comment that was changed, or taken from another signature, is refused', async () => {
	const {directory, files, key, pinned} = await setting();
	const file = join(directory, 'SHA256SUMS.minisig');
	const text = await readFile(file, 'utf8');
	await writeFile(file, text.replace('by Ada', 'by Eve'));
	expect((await refusedAlways(directory, pinned)).message).toContain('comment');
	const other = writeMinisig(Buffer.from('other data'), key, 'by Eve').split('\n');
	const lines = text.split('\n');
	await writeFile(file, [lines[0], lines[1], other[2], other[3], ''].join('\n'));
	expect((await refusedAlways(directory, pinned)).message).toContain('comment');
	expect(files).toBeDefined();
});

test('a signature that is cut, empty or huge is refused in every mode, with a key or without', async () => {
	const {directory, pinned} = await setting();
	const file = join(directory, 'SHA256SUMS.minisig');
	for (const length of [120, 0, 1024 ** 2]) {
		await truncate(file, length);
		expect((await refusedAlways(directory, pinned)).code).toBe('bundle-signature-damaged');
		expect((await refusedAlways(directory, undefined)).code).toBe('bundle-signature-damaged');
	}
});

test('a hashed signature passed off as a legacy one over its own hash is no list of checksums', async () => {
	const {directory, pinned} = await setting();
	const {createHash} = await import('node:crypto');
	const file = join(directory, 'SHA256SUMS.minisig');
	const lines = (await readFile(file, 'utf8')).split('\n');
	const body = Buffer.from(lines[1] ?? '', 'base64');
	body.write('Ed', 0, 'latin1');
	await writeFile(file, lines.with(1, body.toString('base64')).join('\n'));
	const sums = join(directory, 'SHA256SUMS');
	await writeFile(
		sums,
		createHash('blake2b512')
			.update(await readFile(sums))
			.digest(),
	);
	expect((await refusedAlways(directory, pinned)).code).toBe('bundle-checksums-damaged');
});

test.for([
	['a file twice', (text: string) => `${text}${text.split('\n')[0]}\n`],
	['a way out of the bundle', (text: string) => `${text}${'0'.repeat(64)}  images/../../etc/passwd\n`],
	['an absolute path', (text: string) => `${text}${'0'.repeat(64)}  /etc/passwd\n`],
	['a line that is no checksum', (text: string) => `${text}# more\n`],
] as const)('a signed SHA256SUMS with %s is refused', async ([, change]) => {
	const {directory, files, key, pinned} = await setting();
	await writeFiles(directory, signed(files, key, change(sumsOf(files))));
	expect((await refusedAlways(directory, pinned)).code).toBe('bundle-checksums-damaged');
});

test('checksums elsewhere in a bundle do not count beside signed ones', async () => {
	const {directory, files, key, pinned} = await setting();
	const [name = ''] = Object.keys(files).filter((path) => path.startsWith('images/'));
	const worse = Buffer.from(files[name] ?? Buffer.alloc(0));
	const at = worse.indexOf('zenml-pro');
	worse[at] = (worse[at] ?? 0) ^ 1;
	// The signer lists a checksum file; somebody changes an archive and that list to fit each other.
	const withList = {...files, 'images/sha256sums.txt': Buffer.from(`${hex(files[name] ?? '')}  ${name.slice(7)}\n`)};
	await writeFiles(directory, signed(withList, key));
	await writeFiles(directory, {[name]: worse, 'images/sha256sums.txt': `${hex(worse)}  ${name.slice(7)}\n`});
	expect((await refusedAlways(directory, pinned)).code).toBe('bundle-signature-broken');
});

test('a public key that cannot be read is refused before the bundle is trusted', async () => {
	const {directory} = await setting();
	expect((await problemOf(openWith(directory, {publicKey: join(directory, 'none.pub')}))).code).toBe(
		'signature-key-unreadable',
	);
	expect((await problemOf(openWith(directory, {publicKey: join(directory, 'manifest.txt')}))).code).toBe(
		'signing-public-key',
	);
	expect((await problemOf(openWith(directory, {publicKey: directory}))).code).toBe('signature-key-unreadable');
});

test('a signature that is a link to a file elsewhere is read like any other', async () => {
	const {directory, pinned} = await setting();
	const elsewhere = join(await temporary(), 'signature');
	await writeFile(elsewhere, await readFile(join(directory, 'SHA256SUMS.minisig')));
	await rm(join(directory, 'SHA256SUMS.minisig'));
	await symlink(elsewhere, join(directory, 'SHA256SUMS.minisig'));
	await whole(directory, {publicKey: pinned});
});
