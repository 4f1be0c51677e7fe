import {mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, symlink, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {
	filesBelow,
	openNew,
	saveBeside,
	saveFile,
	sizeOfFile,
	takeAway,
	unfinished,
	writeWhole,
} from '../../source/base/files.ts';

let folder = '';
beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'zenml-airgap-files-'));
});
afterEach(async () => rm(folder, {recursive: true, force: true}));

const inFolder = (...parts: readonly string[]): string => path.join(folder, ...parts);
const modeOf = async (file: string): Promise<number> => (await stat(file)).mode & 0o777;

test('a file is written whole, for its owner alone, and nothing else is left', async () => {
	await writeWhole(inFolder('a'), 'one');
	await writeWhole(inFolder('a'), Buffer.from('two'));
	expect(await readFile(inFolder('a'), 'utf8')).toBe('two');
	expect(await modeOf(inFolder('a'))).toBe(0o600);
	await writeWhole(inFolder('b'), 'x', {mode: 0o644});
	expect(await modeOf(inFolder('b'))).toBe(0o644);
	expect((await readdir(folder)).sort()).toEqual(['a', 'b']);
});

test('a link is replaced by the file, and what it leads to stays as it is', async () => {
	await writeFile(inFolder('target'), 'untouched');
	await symlink(inFolder('target'), inFolder('link'));
	await writeWhole(inFolder('link'), 'mine');
	expect(await readFile(inFolder('target'), 'utf8')).toBe('untouched');
	await expect(readlink(inFolder('link'))).rejects.toMatchObject({code: 'EINVAL'});
});

test('where nothing may be replaced a file or link in the way is refused, and the unfinished file goes', async () => {
	await writeFile(inFolder('a'), 'older');
	await symlink(inFolder('nowhere'), inFolder('link'));
	for (const name of ['a', 'link'])
		await expect(writeWhole(inFolder(name), 'x', {replace: false})).rejects.toMatchObject({code: 'EEXIST'});
	expect(await readFile(inFolder('a'), 'utf8')).toBe('older');
	expect((await readdir(folder)).sort()).toEqual(['a', 'link']);
	await writeWhole(inFolder('new'), 'x', {replace: false});
	expect(await readFile(inFolder('new'), 'utf8')).toBe('x');
});

test('a write that fails leaves what was there', async () => {
	await mkdir(inFolder('folder', 'inner'), {recursive: true});
	await expect(writeWhole(inFolder('folder'), 'x')).rejects.toThrow();
	await expect(writeWhole(inFolder('gone', 'a'), 'x')).rejects.toMatchObject({code: 'ENOENT'});
	expect((await readdir(folder)).sort()).toEqual(['folder']);
});

test('what comes piece by piece is written whole, also where a piece is overwritten by the next', async () => {
	const piece = Buffer.alloc(1_000_000);
	async function* pieces(last = 3) {
		for (let count = 1; count <= last; count++) yield piece.fill(count);
		if (last > 3) throw new Error('it broke off');
	}
	await writeWhole(inFolder('a'), pieces());
	const written = await readFile(inFolder('a'));
	expect([written.length, written[0], written[1_500_000], written.at(-1)]).toEqual([3_000_000, 1, 2, 3]);
	await expect(writeWhole(inFolder('a'), pieces(4))).rejects.toThrow('it broke off');
	expect(await readFile(inFolder('a'))).toEqual(written);
	expect(await readdir(folder)).toEqual(['a']);
});

test('an unfinished file under a known name is taken away by the next write', async () => {
	const file = inFolder('list');
	await writeFile(unfinished(file), 'half');
	await writeWhole(file, 'whole', {temporary: unfinished(file)});
	expect(await readdir(folder)).toEqual(['list']);
});

test('a file of the operator that looks like an unfinished one is left alone', async () => {
	await writeFile(inFolder('answers.yaml.new'), 'mine');
	await saveBeside(inFolder('answers.yaml'), 'text');
	expect(await readFile(inFolder('answers.yaml.new'), 'utf8')).toBe('mine');
});

test('a new file does not follow a link in its place', async () => {
	await writeFile(inFolder('target'), 'untouched');
	await symlink(inFolder('target'), inFolder('link'));
	const handle = await openNew(inFolder('link'));
	await handle.writeFile('mine');
	await handle.close();
	expect(await readFile(inFolder('target'), 'utf8')).toBe('untouched');
});

test('what is saved lies in a folder of its own user', async () => {
	const file = await saveFile(inFolder('deep', 'er', 'a'), 'x');
	expect(await readFile(file, 'utf8')).toBe('x');
	expect(await modeOf(path.dirname(file))).toBe(0o700);
});

test('only a file has a size; links, folders and what is not there have none', async () => {
	await writeFile(inFolder('a'), 'four');
	await symlink(inFolder('a'), inFolder('link'));
	expect(await sizeOfFile(inFolder('a'))).toBe(4);
	for (const name of ['link', 'gone', '.']) expect(await sizeOfFile(inFolder(name))).toBeUndefined();
});

test('taking away what is not there is no failure; taking away a folder is one', async () => {
	await takeAway(inFolder('gone'));
	await writeFile(inFolder('a'), '');
	await takeAway(inFolder('a'));
	expect(await readdir(folder)).toEqual([]);
	await expect(takeAway(folder)).rejects.toThrow();
});

test('files below a folder are named from it, sorted, and none are below a folder that is not there', async () => {
	await mkdir(inFolder('b', 'c'), {recursive: true});
	await writeFile(inFolder('b', 'c', 'z'), '');
	await writeFile(inFolder('a'), '');
	expect(await filesBelow(folder)).toEqual(['a', 'b/c/z']);
	expect(await filesBelow(inFolder('gone'))).toEqual([]);
	await expect(filesBelow(inFolder('a'))).rejects.toMatchObject({code: 'ENOTDIR'});
});
