import {existsSync} from 'node:fs';
import {mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {filesInTheWay, type HandoverSection, savePack} from '../../source/base/handover.ts';
import {recordFile} from '../../source/base/pack/record.ts';

let folder: string;
beforeEach(async () => {
	folder = join(await mkdtemp(join(tmpdir(), 'pack-')), 'dns');
});
afterEach(async () => rm(join(folder, '..'), {recursive: true, force: true}));

const section = (fileName: string, text = fileName, kind?: 'secret'): HandoverSection => ({
	title: fileName,
	fileName,
	lines: [text],
	...(kind && {kind}),
});
const names = async (): Promise<readonly string[]> =>
	(await readdir(folder)).filter((name) => name !== recordFile).sort();

test('what an earlier pack wrote and this one has not is removed, and nothing else', async () => {
	await savePack(folder, [section('README.txt'), section('mysql-old.sql')]);
	await writeFile(join(folder, 'mine.txt'), 'mine');
	const saved = await savePack(folder, [section('README.txt', 'new'), section('mysql-new.sql')]);
	expect(saved).toEqual({folder, removed: ['mysql-old.sql'], left: [], edited: [], aside: []});
	expect(await names()).toEqual(['README.txt', 'mine.txt', 'mysql-new.sql']);
	expect(await readFile(join(folder, 'README.txt'), 'utf8')).toBe('new\n');
});

test('a file of an earlier pack that somebody changed is left, and told each time', async () => {
	await savePack(folder, [section('a.txt'), section('b.txt')]);
	await writeFile(join(folder, 'b.txt'), 'filled in');
	for (let times = 0; times < 2; times += 1)
		expect(await savePack(folder, [section('a.txt')])).toMatchObject({removed: [], left: ['b.txt']});
	expect(await names()).toEqual(['a.txt', 'b.txt']);
	await rm(join(folder, 'b.txt'));
	expect(await savePack(folder, [section('a.txt')])).toMatchObject({removed: [], left: []});
});

test('a file that somebody changed stays while there is nothing new to write, and is put aside when there is', async () => {
	const file = join(folder, 'README.txt');
	await savePack(folder, [section('README.txt', 'one')]);
	await writeFile(file, 'one, with a ticket');
	for (let times = 0; times < 2; times += 1)
		expect(await savePack(folder, [section('README.txt', 'one')])).toMatchObject({edited: ['README.txt'], aside: []});
	expect(await readFile(file, 'utf8')).toBe('one, with a ticket');
	const anew = await savePack(folder, [section('README.txt', 'two')]);
	expect(anew).toMatchObject({edited: [], aside: ['README.txt.edited']});
	expect(await readFile(file, 'utf8')).toBe('two\n');
	expect(await readFile(`${file}.edited`, 'utf8')).toBe('one, with a ticket');
	await writeFile(file, 'two, with a ticket');
	expect(await savePack(folder, [section('README.txt', 'three')])).toMatchObject({aside: ['README.txt.edited-2']});
	expect(await readFile(`${file}.edited`, 'utf8')).toBe('one, with a ticket');
	expect(await savePack(folder, [])).toMatchObject({removed: ['README.txt'], left: []});
	expect(await names()).toEqual(['README.txt.edited', 'README.txt.edited-2']);
});

test('secrets of an earlier pack stay in a run, go where papers are written anew, and leave no digest', async () => {
	await savePack(folder, [section('a.txt'), section('u.password', 'hunter2', 'secret')]);
	expect(await readFile(join(folder, recordFile), 'utf8')).toMatch(
		/^[0-9a-f]{64} {2}a\.txt\nsecret {2}u\.password\n$/u,
	);
	expect(await savePack(folder, [section('a.txt')])).toMatchObject({removed: [], left: []});
	expect(await names()).toEqual(['a.txt', 'u.password']);
	expect(await savePack(folder, [section('a.txt')], {keepsSecrets: false})).toMatchObject({removed: ['u.password']});
	expect(await names()).toEqual(['a.txt']);
});

test('a file, a link or a folder of somebody else is in the way; what is the same or ours is not', async () => {
	await savePack(folder, [section('ours.txt')]);
	await writeFile(join(folder, 'theirs.txt'), 'theirs');
	await writeFile(join(folder, 'same.txt'), 'same.txt\n');
	await symlink('theirs.txt', join(folder, 'link.txt'));
	await mkdir(join(folder, 'folder.txt'));
	const all = ['ours.txt', 'theirs.txt', 'same.txt', 'link.txt', 'folder.txt', 'new.txt'];
	expect(
		await filesInTheWay(
			folder,
			all.map((name) => section(name, name)),
		),
	).toEqual(['theirs.txt', 'link.txt', 'folder.txt']);
	expect(await filesInTheWay(folder, [section('ours.txt', 'other words')])).toEqual([]);
	await writeFile(join(folder, 'ours.txt'), 'changed by hand');
	expect(await filesInTheWay(folder, [section('ours.txt', 'other words')])).toEqual(['ours.txt']);
});

test('a pack that was killed half-way is known again by the next one', async () => {
	await savePack(folder, [section('a.txt', 'old')]);
	// The record comes first: a folder in the place of the second file stands for the end of the run.
	await mkdir(join(folder, 'b.txt'));
	await expect(savePack(folder, [section('a.txt', 'new'), section('b.txt')])).rejects.toThrow();
	await rm(join(folder, 'b.txt'), {recursive: true});
	for (const text of ['old', 'new']) {
		await writeFile(join(folder, 'a.txt'), `${text}\n`);
		expect(await filesInTheWay(folder, [section('a.txt', 'third')])).toEqual([]);
	}
});

test('a record that was tampered with leads to no other folder', async () => {
	await savePack(folder, [section('a.txt')]);
	const other = join(folder, '..', 'other.txt');
	await writeFile(other, 'other');
	const record = await readFile(join(folder, recordFile), 'utf8');
	await writeFile(join(folder, recordFile), `${record}secret  ../other.txt\nsecret  ..\nsecret  ${other}\n`);
	await savePack(folder, [], {keepsSecrets: false});
	expect(existsSync(other)).toBe(true);
	expect(await readdir(folder)).toEqual([]);
});
