import {mkdtemp, rm, stat, symlink, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {makeFolders} from '../../source/base/folders.ts';

let folder = '';
beforeAll(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'folders-'));
});
afterAll(() => rm(folder, {recursive: true, force: true}));

test('folders that are missing are made with the mode; one that is there, or a link to one, is left as it is', async () => {
	const deep = path.join(folder, 'a', 'b', 'c');
	await makeFolders(deep, 0o700);
	for (const one of [deep, path.dirname(deep)]) expect((await stat(one)).mode & 0o777).toBe(0o700);
	await makeFolders(deep, 0o755);
	expect((await stat(deep)).mode & 0o777).toBe(0o700);
	await symlink(deep, path.join(folder, 'link'));
	await makeFolders(path.join(folder, 'link'));
});

test('a file in the way is told as such', async () => {
	const file = path.join(folder, 'file');
	await writeFile(file, '');
	await expect(makeFolders(file)).rejects.toMatchObject({code: 'EEXIST'});
	await expect(makeFolders(path.join(file, 'below'))).rejects.toMatchObject({code: 'ENOTDIR'});
});

test.runIf(process.platform === 'linux')('below /proc, which takes no new name, it gives up at once', async () => {
	await expect(makeFolders('/proc/zenml-airgap/folder', 0o700)).rejects.toMatchObject({code: 'ENOENT'});
});
