import {execFileSync} from 'node:child_process';
import {lstatSync} from 'node:fs';
import {
	chmod,
	chown,
	lstat,
	mkdir,
	mkdtemp,
	readdir,
	realpath,
	rm,
	symlink,
	truncate,
	writeFile,
} from 'node:fs/promises';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {saveFile, setMode, syncFile} from '../../source/base/files.ts';
import {readOwnFile} from '../../source/base/own/file.ts';
import {faultOf, folderFault, isOwnFile, safeFolder, thisUser} from '../../source/base/own/folder.ts';
import {makeOwnFolder, refuseForeignFolder} from '../../source/base/own/make.ts';
import {asRoot, stranger} from '../helpers/as-root.ts';

let folder = '';
beforeEach(async () => {
	folder = await realpath(await mkdtemp(path.join(tmpdir(), 'own-')));
});
afterEach(async () => rm(folder, {recursive: true, force: true}));

const at = (...names: readonly string[]): string => path.join(folder, ...names);
const me = thisUser() ?? 0;

test('a folder that is ours, or not there, has no fault, and looking leaves no trace', async () => {
	await mkdir(at('mine'), {mode: 0o755});
	expect(folderFault(at('mine'))).toBeUndefined();
	expect(folderFault(at('gone', 'deeper'))).toBeUndefined();
	expect(await readdir(at('mine'))).toEqual([]);
});

test('a link, a file, and a folder that others may write to are told apart', async () => {
	await mkdir(at('mine'));
	await symlink(at('mine'), at('link'));
	await writeFile(at('file'), '');
	await mkdir(at('open'));
	await chmod(at('open'), 0o770);
	expect([at('link'), at('file'), at('open')].map((one) => folderFault(one))).toEqual([
		{kind: 'link'},
		{kind: 'no folder'},
		{kind: 'open'},
	]);
	expect(await readdir(at('open'))).toEqual([]);
});

test('a file system that shows one owner for all that is made on it is no fault of the folder', () => {
	// Seen by another number, whatever is made here has the owner of the folder: as on CIFS, or NFS that squashes root.
	expect(folderFault(folder, me + 1)).toBeUndefined();
	expect(isOwnFile(lstatSync(folder), path.dirname(folder), me)).toBe(true);
});

test('a file system that keeps no modes is no fault of the folder either', async () => {
	await chmod(folder, 0o777);
	const status = await lstat(folder);
	expect(faultOf(status, me, () => ({uid: me, mode: 0o40777}))).toBeUndefined();
	expect(faultOf(status, me, () => ({uid: me, mode: 0o40700}))).toEqual({kind: 'open'});
	expect(faultOf(status, me, () => undefined)).toEqual({kind: 'open'});
	expect(faultOf(status, me + 1, () => undefined)).toEqual({kind: 'owner', owner: me});
});

const asked: readonly (readonly [kind: string, make: () => Promise<unknown>, cause: string, fix: string])[] = [
	[
		'a link',
		() => symlink(folder, at('it')),
		'It is a link, and may lead elsewhere the next time.',
		'Name the folder that it leads to with --state-dir, or remove the link.',
	],
	[
		'a file',
		() => writeFile(at('it'), ''),
		'It is no folder.',
		'Move it elsewhere, or name another folder with --state-dir.',
	],
	[
		'an open folder',
		async () => {
			await mkdir(at('it'));
			await chmod(at('it'), 0o777);
		},
		'Other users may write there, and could put files and programs of their own in it.',
		'Take that right away with "chmod go-w {it}", or name another folder with --state-dir.',
	],
];

test.each(asked)(
	'%s in the place of a folder of ours is refused with its cause and the next move',
	async (_kind, make, cause, fix) => {
		await make();
		const it = at('it');
		expect(() => refuseForeignFolder(it)).toThrow(
			expect.objectContaining({
				problem: expect.objectContaining({
					code: 'folder-not-ours',
					area: 'usage',
					message: `The folder ${it} is not for this user alone, so nothing is read from it and nothing written to it.`,
					cause,
					fix: fix.replace('{it}', it),
					nextSteps: [`ls -ld ${it}`],
					location: {file: it},
				}),
			}),
		);
	},
);

asRoot('a folder of another user is refused, by number', async () => {
	await mkdir(at('theirs'));
	await chown(at('theirs'), stranger, stranger);
	await expect(makeOwnFolder(at('theirs'))).rejects.toMatchObject({
		problem: {
			code: 'folder-not-ours',
			cause: `It belongs to the user with number ${stranger}; this program runs as number 0.`,
			fix: 'Run as that user, or name a folder of your own with --state-dir.',
		},
	});
	expect(await readdir(at('theirs'))).toEqual([]);
});

test('a file is not saved through a link in the place of its folder', async () => {
	await mkdir(at('elsewhere'));
	await symlink(at('elsewhere'), at('reports'));
	await expect(saveFile(at('reports', 'a.txt'), 'x')).rejects.toMatchObject({problem: {code: 'folder-not-ours'}});
	expect(await readdir(at('elsewhere'))).toEqual([]);
});

test('a safe folder is made for this user alone, with all that is missing above it', async () => {
	expect(safeFolder(at('a', 'b'))).toBe(at('a', 'b'));
	expect((await lstat(at('a'))).mode & 0o777).toBe(0o700);
	expect((await lstat(at('a', 'b'))).mode & 0o777).toBe(0o700);
	expect(safeFolder(at('a', 'b'))).toBe(at('a', 'b'));
});

test('there is no safe folder that is a link, a file, relative, or may be exchanged by others', async () => {
	await mkdir(at('mine'));
	await symlink(at('mine'), at('link'));
	await writeFile(at('file'), '');
	await mkdir(at('open', 'inner'), {recursive: true, mode: 0o700});
	await chmod(at('open'), 0o777);
	const none = [
		at('link'),
		at('file'),
		at('file', 'below'),
		at('open'),
		at('open', 'inner'),
		at('open', 'new'),
		'relative',
	];
	expect(none.map((one) => safeFolder(one))).toEqual(none.map(() => undefined));
	expect(await readdir(at('open'))).toEqual(['inner']);
	// A link above it is followed once, and plays no part after that.
	await symlink(folder, at('mine', 'up'));
	expect(safeFolder(at('mine', 'up', 'mine'))).toBe(at('mine'));
});

asRoot('below a folder of another user nothing is safe, and nothing is made', async () => {
	await mkdir(at('theirs'));
	await chown(at('theirs'), stranger, stranger);
	expect([safeFolder(at('theirs')), safeFolder(at('theirs', 'cache'))]).toEqual([undefined, undefined]);
	expect(await readdir(at('theirs'))).toEqual([]);
});

test('a file of ours is read, an empty one too; one that is not there is none', async () => {
	await writeFile(at('a'), 'text');
	await writeFile(at('empty'), '');
	expect(await readOwnFile(at('a'), 4)).toEqual({text: 'text'});
	expect(await readOwnFile(at('empty'), 4)).toEqual({text: ''});
	expect(await readOwnFile(at('gone'), 4)).toBeUndefined();
});

test('what only has the name of a file is told, and nobody waits for it', async () => {
	execFileSync('mkfifo', [at('pipe')]);
	await symlink('/dev/zero', at('link'));
	await writeFile(at('large'), '');
	await truncate(at('large'), 2 ** 40);
	const server = createServer().listen(at('socket'));
	try {
		await new Promise((resolve) => server.once('listening', resolve));
		const told = await Promise.all(['pipe', 'link', 'socket', 'large'].map((name) => readOwnFile(at(name), 1000)));
		expect(told).toEqual([
			{fault: {kind: 'no file', is: 'a pipe'}},
			{fault: {kind: 'no file', is: 'a link'}},
			{fault: {kind: 'no file', is: 'a socket'}},
			{fault: {kind: 'too large', bytes: 2 ** 40}},
		]);
	} finally {
		server.close();
	}
	expect(await readOwnFile('/dev/null', 1000)).toEqual({fault: {kind: 'no file', is: 'a device'}});
	await expect(readOwnFile(folder, 1e6)).rejects.toMatchObject({code: 'EISDIR'});
});

asRoot('a file of another user is told by the number of its owner', async () => {
	await writeFile(at('a'), 'theirs');
	await chown(at('a'), stranger, stranger);
	expect(await readOwnFile(at('a'), 100)).toEqual({fault: {kind: 'owner', owner: stranger}});
});

const refusing = (code: string) => ({sync: () => Promise.reject(Object.assign(new Error(code), {code}))});

test.each(['EINVAL', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EROFS', 'EPERM'])(
	'a file system that answers fsync or chmod with %s does not stop a file from being written',
	async (code) => {
		expect(await syncFile(refusing(code))).toBeUndefined();
		expect(await setMode('x', 0o755, refusing(code).sync)).toBeUndefined();
	},
);

test.each(['EIO', 'ENOSPC', 'EDQUOT'])('a disk that answers fsync with %s has not taken the file', async (code) =>
	expect(syncFile(refusing(code))).rejects.toMatchObject({code}),
);

test('a mode is set, and a file that is not there has none', async () => {
	await writeFile(at('a'), '', {mode: 0o600});
	await setMode(at('a'), 0o755);
	expect((await lstat(at('a'))).mode & 0o777).toBe(0o755);
	await expect(setMode(at('gone'), 0o755)).rejects.toMatchObject({code: 'ENOENT'});
});
