import {mkdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {createBackups} from '../../source/backup/backups.ts';
import {shortest} from '../answers/samples.ts';
import {finished, never, settingsOf} from '../backup/helpers.ts';
import {createStage, type Stage} from './stage.ts';

let stage: Stage;
let folder: string;
beforeEach(async () => {
	stage = await createStage();
	folder = path.join(stage.folder, 'backups');
	await stage.write('site.yaml', `${shortest}\nbackup:\n  folder: ./backups\n  encryption: none\n`);
});
afterEach(async () => stage.remove());

const run = (...words: readonly string[]) => stage.run('backup', ...words, '--answers', 'site.yaml');

const make = async (): Promise<string> => {
	const made = await finished(createBackups(await settingsOf({folder, encryption: 'none'})));
	return path.basename(made.folder);
};

test('without a backup the list is empty, and the status a refusal', async () => {
	expect(await run('list')).toEqual({code: 0, out: `${folder}: no backup\n`, err: ''});
	const status = await run('status');
	expect(status).toMatchObject({code: 9, out: ''});
	expect(status.err).toContain('backup-none');
	expect(status.err).toContain('There is no backup there at all.');
	await createBackups(await settingsOf({folder, encryption: 'none'})).begin('asked', 'run-1', never);
	expect((await run('status')).err).toContain('Of 1 that are there none is whole.');
});

test('a backup is listed, told of and verified', async () => {
	const id = await make();
	expect((await run('list')).out).toContain(`  ${id}  whole, `);
	const status = await run('status');
	expect(status).toMatchObject({code: 0, err: ''});
	expect(status.out).toContain(`Last good one: ${id}, `);
	expect(status.out).toContain('Read by:       NOT encrypted: whoever reads the folder\n');
	expect(status.out).toContain('Ever restored: never\n');
	expect(JSON.parse((await run('status', '--json')).out)).toMatchObject({id, state: 'whole', signed: false});
	const verified = await run('verify', id, '--decrypt');
	expect(verified.code).toBe(0);
	expect(verified.out).toContain(`Backup ${id}: 2 files, each as it was written\nDecrypted: every part, to its end\n`);
});

test('whoever says that nothing is to be asked is heard by all of them', async () => {
	const id = await make();
	for (const words of [['list'], ['status'], ['verify', id]])
		expect(await run(...words, '--non-interactive')).toMatchObject({code: 0, err: ''});
});

test('a file that the manifest does not name is told, with a clean name, and changes no exit code', async () => {
	const id = await make();
	await writeFile(path.join(folder, id, 'evil\u001b[2J.dump'), 'x');
	await writeFile(path.join(folder, id, 'restored.json'), '[]');
	const {code, out, err} = await run('verify', id);
	expect(code).toBe(0);
	expect(out).toContain('2 files, each as it was written');
	expect(err).toMatch(/^Warning: The manifest of the backup does not name 1 file in .+: evil.*\[2J\.dump\. No sum/u);
	expect(err).not.toContain('\u001b');
	expect(JSON.parse((await run('verify', id, '--json')).out)).toMatchObject({unnamed: ['evil\u001b[2J.dump']});
});

test('a file that was changed is named, and the exit code says that something is wrong', async () => {
	const id = await make();
	await writeFile(path.join(folder, id, 'database-team.dump'), 'MORE TABLES');
	const verified = await run('verify', id);
	expect(verified.code).toBe(9);
	expect(verified.err).toContain('database-team.dump is not as it was when the backup was made.');
});

test('what others put into the folder is no backup, and steers no terminal', async () => {
	const id = await make();
	await mkdir(path.join(folder, 'lost+found'));
	const bad = path.join(folder, '20200101T000000Z-0a1b2c');
	await mkdir(bad, {mode: 0o700});
	await writeFile(path.join(bad, 'manifest.json'), '{"format": 1, "id": "\u001b[2J"}');
	const {out, code} = await run('list');
	expect(code).toBe(0);
	expect(
		out
			.split('\n')
			.slice(1)
			.map((line) => line.trim().split('  ')[0]),
	).toEqual([id, '20200101T000000Z-0a1b2c', '']);
	expect(out).toContain('broken: ');
	expect(out).not.toContain('\u001b');
});
