import {execFileSync} from 'node:child_process';
import {rm, symlink, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {createBundlePort} from '../../../source/bundle/open/bundle.ts';
import {signBundle} from '../../../source/bundle/sign/sign.ts';
import {writeSums} from '../../../source/bundle/signature/checksums.ts';
import {publicKeyLine} from '../../../source/minisign/public-key.ts';
import {generateSigningKey} from '../../../source/minisign/secret-key.ts';
import {writeMinisig} from '../../../source/minisign/write-minisig.ts';
import {bundleFiles, hex, type Member, never, problemOf, tarOf, temporary, writeFiles} from '../helpers.ts';
import {indexOf, madeBundle} from '../made.ts';

const key = generateSigningKey();
const pinned = publicKeyLine(key.public);
const open = (path: string) => createBundlePort({path, signature: {publicKey: pinned}}).open(never);
const openUnsigned = (path: string) => createBundlePort({path}).open(never);

/** The files of a bundle made by hand, and its signature. */
const signedFiles = async (): Promise<Record<string, Buffer>> => {
	const files = await bundleFiles();
	const sums = writeSums(new Map(Object.entries(files).map(([path, bytes]) => [path, `sha256:${hex(bytes)}`])));
	return {
		...files,
		SHA256SUMS: Buffer.from(sums),
		'SHA256SUMS.minisig': Buffer.from(writeMinisig(Buffer.from(sums), key, 'x')),
	};
};

const signedFolder = async (): Promise<string> => {
	const folder = await temporary();
	await writeFiles(folder, await signedFiles());
	expect((await open(folder)).signer?.keyId).toBe(key.public.id);
	return folder;
};

test('a program that lies in a signed bundle made by hand without being signed is refused, and named', async () => {
	const folder = await signedFolder();
	await writeFiles(folder, {'bin/evil.sh': 'x'});
	expect(await problemOf(open(folder))).toMatchObject({code: 'bundle-signature-broken', evidence: ['bin/evil.sh']});
});

test('what lies too deep in a signed bundle to be walked is refused, and named', async () => {
	const folder = await signedFolder();
	await writeFiles(folder, {'images/1/2/3/4/5/6/7/8/9/evil.sh': 'x'});
	const problem = await problemOf(open(folder));
	expect(problem.code).toBe('bundle-foreign');
	expect(problem.message).toContain('images/1/2/3/4/5/6/7/8/');
});

test('pipes and links to devices in a signed bundle are refused, and named', async () => {
	const folder = await signedFolder();
	execFileSync('mkfifo', [join(folder, 'images', 'pipe')]);
	await symlink('/dev/full', join(folder, 'full'));
	expect(await problemOf(open(folder))).toMatchObject({code: 'bundle-foreign', evidence: ['full', 'images/pipe']});
});

test('a bundle with bundle.json is walked whole without a signature, too', async () => {
	const folder = await madeBundle();
	await openUnsigned(folder);
	await writeFiles(folder, {'images/1/2/3/4/5/6/7/8/9/evil.sh': 'x'});
	execFileSync('mkfifo', [join(folder, 'pipe')]);
	const problem = await problemOf(openUnsigned(folder));
	expect(problem).toMatchObject({code: 'bundle-foreign', evidence: ['images/1/2/3/4/5/6/7/8/', 'pipe']});
	expect((await indexOf(folder)).images.length).toBeGreaterThan(0);
});

test('links in a folder that lead in a circle come to an end', async () => {
	const folder = await signedFolder();
	await symlink('.', join(folder, 'images', 'again'));
	await symlink('..', join(folder, 'images', 'up'));
	expect((await problemOf(open(folder))).area).toBe('bundle');
});

test('a bundle that nothing speaks for may have other folders beside its own', async () => {
	const folder = await temporary();
	await writeFiles(folder, {...(await bundleFiles()), 'bin/tool.sh': 'x', '1/2/3/4/5/6/7/8/9/10': 'x'});
	execFileSync('mkfifo', [join(folder, 'pipe')]);
	expect((await openUnsigned(folder)).images.length).toBeGreaterThan(0);
});

test('what is beside images and charts when a bundle is signed is signed with it', async () => {
	const folder = await temporary();
	await writeFiles(folder, {...(await bundleFiles()), 'bin/tool.sh': 'x'});
	await signBundle({path: folder, key, now: 0, signal: never, onProgress: () => undefined});
	expect((await open(folder)).signer?.keyId).toBe(key.public.id);
	await writeFile(join(folder, 'bin', 'tool.sh'), 'y');
	expect((await problemOf(open(folder))).message).toContain('bin/tool.sh');
});

test.for<readonly [string, Readonly<Record<string, Member>>, string]>([
	['a file beside it', {'outside.sh': 'x'}, 'outside.sh'],
	['a folder beside it', {'other/': {folder: true}}, 'other'],
	['a symbolic link', {'bundle/images/link': {symlink: '/etc/passwd'}}, 'bundle/images/link'],
	['a hard link', {'bundle/bin/link': {link: 'bundle/manifest.txt'}}, 'bundle/bin/link'],
	['a link beside it', {link: {symlink: 'bundle'}}, 'link'],
])('a tar of a signed bundle with %s is refused, and it is named', async ([, more, name]) => {
	const below = Object.fromEntries(
		Object.entries(await signedFiles()).map(([path, bytes]) => [`bundle/${path}`, bytes]),
	);
	const tar = join(await temporary(), 'bundle.tar');
	await writeFile(tar, await tarOf({'bundle/': {folder: true}, ...below}));
	expect((await open(tar)).signer?.keyId).toBe(key.public.id);
	await writeFile(tar, await tarOf({'bundle/': {folder: true}, ...below, ...more}));
	expect(await problemOf(open(tar))).toMatchObject({code: 'bundle-foreign', evidence: [name]});
	await rm(tar);
});

test('a signature that is a link within a tar is no way to have none', async () => {
	const files: Record<string, Member> = {...(await signedFiles()), other: 'x'};
	files['SHA256SUMS.minisig'] = {symlink: 'other'};
	const tar = join(await temporary(), 'bundle.tar');
	await writeFile(tar, await tarOf(files));
	expect(await problemOf(openUnsigned(tar))).toMatchObject({
		code: 'bundle-foreign',
		evidence: ['SHA256SUMS.minisig'],
	});
});

test('a tar of a bundle that nothing speaks for may hold other things', async () => {
	const tar = join(await temporary(), 'bundle.tar');
	await writeFile(tar, await tarOf({...(await bundleFiles()), 'images/link': {symlink: 'x'}, 'notes/a.txt': 'x'}));
	expect((await openUnsigned(tar)).images.length).toBeGreaterThan(0);
});
