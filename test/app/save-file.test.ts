import {mkdtemp, readFile, rm, stat, symlink, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {saveBeside} from '../../source/base/files.ts';

let folder = '';
beforeEach(async () => {
	folder = await mkdtemp(path.join(os.tmpdir(), 'zenml-airgap-save-'));
});
afterEach(async () => rm(folder, {recursive: true, force: true}));

test('answers are saved beside what is there, never over it, and for the operator alone', async () => {
	const file = path.join(folder, 'zenml-airgap-answers.yaml');
	await writeFile(file, 'an older file', {mode: 0o644});
	const second = await saveBeside(file, 'two');
	const third = await saveBeside(file, 'three');
	expect([second, third].map((one) => path.basename(one))).toEqual([
		'zenml-airgap-answers-2.yaml',
		'zenml-airgap-answers-3.yaml',
	]);
	expect(await readFile(file, 'utf8')).toBe('an older file');
	expect(await readFile(third, 'utf8')).toBe('three');
	expect((await stat(second)).mode & 0o777).toBe(0o600);
});

test('a symbolic link in the way is not followed', async () => {
	const file = path.join(folder, 'zenml-airgap-answers.yaml');
	const elsewhere = path.join(folder, 'elsewhere');
	await symlink(elsewhere, file);
	expect(path.basename(await saveBeside(file, 'text'))).toBe('zenml-airgap-answers-2.yaml');
	await expect(stat(elsewhere)).rejects.toThrow('ENOENT');
});
