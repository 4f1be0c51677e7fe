import {mkdir, readdir, readFile, rm, stat, symlink, writeFile} from 'node:fs/promises';
import {hostname} from 'node:os';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {acquireFileLock} from '../../../source/base/lock/lock.ts';
import {baseOfBundle} from '../../../source/bundle/diff/base.ts';
import {compareBundle} from '../../../source/bundle/diff/compare.ts';
import {makeDifferential} from '../../../source/bundle/diff/make.ts';
import {formatInventory} from '../../../source/bundle/layout/inventory-file.ts';
import {temporary} from '../helpers.ts';
import {indexOf, inspect, openAt} from '../made.ts';
import {both, run, size} from './helpers.ts';

test('a folder that nobody of ours made stays as it is, and is named', async () => {
	const {old, fresh} = await both();
	const out = join(await temporary(), 'differential');
	await mkdir(`${out}.partial`);
	await writeFile(join(`${out}.partial`, 'mine.txt'), 'mine');
	const {code, err} = await run('diff', fresh, old, '--out', out);
	expect([code, err.includes('bundle-diff-out'), err.includes(`${out}.partial`)]).toEqual([5, true, true]);
	expect(await readFile(join(`${out}.partial`, 'mine.txt'), 'utf8')).toBe('mine');
	await rm(`${out}.partial`, {recursive: true});
	const theirs = await temporary();
	await writeFile(join(theirs, 'mine.txt'), 'mine');
	await symlink(theirs, `${out}.partial`);
	expect((await run('diff', fresh, old, '--out', out)).code).toBe(5);
	expect(await readdir(theirs)).toEqual(['mine.txt']);
});

test('what a run that was stopped left is replaced, and nothing of it stays', async () => {
	const {old, fresh} = await both();
	const out = join(await temporary(), 'differential');
	const {layout, bundle} = await openAt(fresh);
	const base = baseOfBundle((await openAt(old)).bundle);
	const stop = new AbortController();
	const stopped = makeDifferential(layout, bundle, {
		base,
		difference: compareBundle(bundle, base),
		out,
		lock: async () => async () => undefined,
		signal: stop.signal,
		onCheck: () => undefined,
		onProgress: () => stop.abort(new Error('enough')),
	});
	await expect(stopped).rejects.toThrow('enough');
	expect(await readdir(`${out}.partial`)).toContain('.zenml-airgap-bundle-diff');
	await writeFile(join(`${out}.partial`, 'of-an-older-run'), '');
	expect((await run('diff', fresh, old, '--out', out)).code).toBe(0);
	expect(await readdir(join(out, '..'))).toEqual(['differential']);
	expect((await inspect(out)).refusals).toEqual([]);
	expect(await readdir(out)).not.toContain('of-an-older-run');
});

test('of two runs at once the second is refused; a file of the name of its lock stays', async () => {
	const {old, fresh} = await both();
	const out = join(await temporary(), 'differential');
	const me = {pid: process.pid, host: hostname(), user: 'ada', runId: 'other', startedAt: 0};
	const unlock = await acquireFileLock(`${out}.lock`, me);
	expect((await run('diff', fresh, old, '--out', out)).err).toContain('install-locked');
	await unlock();
	await writeFile(`${out}.lock`, 'mine');
	expect((await run('diff', fresh, old, '--out', out)).err).toContain('lock-not-ours');
	expect(await readFile(`${out}.lock`, 'utf8')).toBe('mine');
	expect(await readdir(join(out, '..'))).toEqual(['differential.lock']);
});

test('every damaged file of the whole bundle is named, and none is linked', async () => {
	const {fresh} = await both();
	const empty = join(await temporary(), 'inventory.json');
	const registry = {registry: 'registry.example.com', prefix: '', repositories: []};
	await writeFile(empty, formatInventory({formatVersion: 1, taken: '2026-01-01T00:00:00.000Z', ...registry}));
	const out = join(await temporary(), 'differential');
	// What is smaller is compared when the bundle is opened.
	const bad = (await indexOf(fresh)).files
		.filter(({path, size: bytes}) => bytes >= size && path.includes('/sha256/'))
		.map(({path}) => path)
		.slice(0, 2);
	for (const file of bad) {
		const bytes = await readFile(join(fresh, file));
		bytes[9] = (bytes[9] ?? 0) ^ 1;
		await writeFile(join(fresh, file), bytes);
	}
	expect(bad).toHaveLength(2);
	const {code, err} = await run('diff', fresh, empty, '--out', out);
	expect(code).toBe(5);
	for (const file of bad) expect(err).toContain(file);
	await expect(stat(out)).rejects.toThrow('ENOENT');
});

test('a file or a link in the place of the folder is told as such', async () => {
	const {old, fresh} = await both();
	const out = join(await temporary(), 'differential');
	await writeFile(out, 'mine');
	const {code, err} = await run('diff', fresh, old, '--out', out);
	expect([code, err.includes('It is a file, but the bundle is a folder.')]).toEqual([5, true]);
	expect(await readFile(out, 'utf8')).toBe('mine');
});
