import {mkdtemp, readFile, rm, stat} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {createSaver} from '../../rehearsal/saver.ts';

let directory: string;
beforeAll(async () => {
	directory = await mkdtemp(join(tmpdir(), 'zenml-saver-'));
});
afterAll(() => rm(directory, {recursive: true, force: true}));

describe('a saver', () => {
	it('writes the latest content for its owner alone, and nothing when nothing changed', async () => {
		const path = join(directory, 'state.json');
		let value = 1;
		const saver = createSaver(path, () => ({value}), 60_000);
		await saver.flush();
		await expect(stat(path)).rejects.toThrow();
		saver.touch();
		value = 2;
		await saver.flush();
		expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({value: 2});
		expect((await stat(path)).mode & 0o777).toBe(0o600);
	});

	it('writes by itself after a while', async () => {
		const path = join(directory, 'later.json');
		createSaver(path, () => 'written', 10).touch();
		await expect.poll(() => readFile(path, 'utf8').catch(() => ''), {timeout: 10_000}).toBe('"written"');
	});

	it('tells a write that fails, and writes the content once it can', async () => {
		const {mkdir} = await import('node:fs/promises');
		const folder = join(directory, 'not-there-yet');
		const saver = createSaver(join(folder, 'state.json'), () => 3, 60_000);
		saver.touch();
		await expect(saver.flush()).rejects.toThrow(/ENOENT/u);
		await mkdir(folder);
		await saver.flush();
		expect(await readFile(join(folder, 'state.json'), 'utf8')).toBe('3');
	});
});
