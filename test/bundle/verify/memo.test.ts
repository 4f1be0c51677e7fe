import {execFileSync} from 'node:child_process';
import {chmod, chown, lstat, mkdir, mkdtemp, readFile, rm, symlink, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {openMemo} from '../../../source/bundle/verify/memo.ts';
import {asRoot, stranger} from '../../helpers/as-root.ts';

let folder = '';
let file = '';
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'memo-'));
	file = join(folder, 'verified.json');
});
afterEach(async () => rm(folder, {recursive: true, force: true}));

const text = JSON.stringify({version: 2, verified: {key: 7}});

test('what this user verified before is known', async () => {
	await writeFile(file, text);
	expect((await openMemo(file)).when('key')).toBe(7);
});

/** Words that somebody else may have put there. */
const foreign: readonly (readonly [what: string, lay: () => Promise<unknown>])[] = [
	[
		'a link',
		async () => {
			await writeFile(join(folder, 'theirs'), text);
			await symlink(join(folder, 'theirs'), file);
		},
	],
	['a pipe', async () => execFileSync('mkfifo', [file])],
	[
		'a file in a folder that others may write to',
		async () => {
			await writeFile(file, text);
			await chmod(folder, 0o777);
		},
	],
];

test.each(foreign)('%s vouches for no file of a bundle', async (_what, lay) => {
	await lay();
	expect((await openMemo(file)).when('key')).toBeUndefined();
});

asRoot('a file of another user vouches for no file of a bundle', async () => {
	await writeFile(file, text);
	await chown(file, stranger, stranger);
	expect((await openMemo(file)).when('key')).toBeUndefined();
});

test('what is verified now is saved in the place of a link, not through it', async () => {
	await writeFile(join(folder, 'theirs'), 'untouched');
	await symlink(join(folder, 'theirs'), file);
	const memo = await openMemo(file);
	memo.add('mine', 8);
	await memo.save();
	expect(await readFile(join(folder, 'theirs'), 'utf8')).toBe('untouched');
	expect((await lstat(file)).isFile()).toBe(true);
	expect((await openMemo(file)).when('mine')).toBe(8);
});

test('nothing is saved below a link in the place of the folder', async () => {
	await mkdir(join(folder, 'theirs'));
	await symlink(join(folder, 'theirs'), join(folder, 'cache'));
	const memo = await openMemo(join(folder, 'cache', 'verified.json'));
	memo.add('mine', 8);
	await expect(memo.save()).rejects.toMatchObject({problem: {code: 'folder-not-ours'}});
});
