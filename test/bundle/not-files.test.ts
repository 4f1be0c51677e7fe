import {execFileSync} from 'node:child_process';
import {mkdir, readFile, rm, symlink, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {readRegular} from '../../source/archive/regular-file.ts';
import {createStage, type Stage} from '../app/stage.ts';
import {bundleFiles, problemOf, temporary, writeFiles} from './helpers.ts';

let stage: Stage;
beforeEach(async () => {
	stage = await createStage();
	execFileSync('mkfifo', [join(stage.folder, 'pipe.json')]);
	await symlink('/dev/full', join(stage.folder, 'device.json'));
	await writeFiles(join(stage.folder, 'bundle'), await bundleFiles());
});
afterEach(async () => stage.remove());

test.for([
	'bundle verify FILE',
	'bundle verify bundle --public-key FILE',
	'bundle sign bundle --key FILE',
	'bundle diff bundle --base FILE',
	'bundle create --spec FILE',
])('%s with a pipe or a device for a file ends at once', {timeout: 20_000}, async (words) => {
	for (const name of ['pipe.json', 'device.json']) {
		const file = join(stage.folder, name);
		const {code, err} = await stage.run(...words.split(' ').map((word) => (word === 'FILE' ? file : word)));
		expect([2, 5]).toContain(code);
		expect(err).toMatch(/It is a (?:pipe|device), but a file was expected\./u);
		expect(err).toContain(name);
	}
});

test.for(['bundle.tar.sha256', 'bundle.tar.parts.json', 'bundle.tar.001'])(
	'a pipe in the place of %s ends a verification, and is named',
	{timeout: 20_000},
	async (name) => {
		const {code} = await stage.run('bundle', 'split', 'bundle', '--size', '1M', '--out', 'parts');
		expect(code).toBe(0);
		const file = join(stage.folder, 'parts', name);
		expect((await readFile(file)).length).toBeGreaterThan(0);
		await rm(file);
		execFileSync('mkfifo', [file]);
		const found = await stage.run('bundle', 'verify', 'parts');
		expect(found.code).toBe(5);
		expect(found.err).toContain(name);
	},
);

test('a small file is read to its end and never beyond the limit', async () => {
	const folder = await temporary();
	const file = join(folder, 'a');
	await writeFile(file, 'x'.repeat(10_000));
	expect((await readRegular(file, 20_000)).length).toBe(10_000);
	expect((await readRegular(file, 100)).toString()).toBe('x'.repeat(100));
	const error = new Error('too large');
	await expect(readRegular(file, 100, {tooLarge: () => error})).rejects.toBe(error);
	await mkdir(join(folder, 'b'));
	expect(await problemOf(readRegular(join(folder, 'b'), 1))).toMatchObject({code: 'bundle-unreadable'});
	expect(await problemOf(readRegular(join(folder, 'c'), 1))).toMatchObject({code: 'bundle-not-found'});
});
