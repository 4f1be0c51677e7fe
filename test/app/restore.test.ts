import {mkdir, readFile, stat} from 'node:fs/promises';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {stringify} from 'yaml';
import {backupsOf, never, putting} from '../backup/helpers.ts';
import {answersOf} from '../steps/world.ts';
import {createStage, type Stage} from './stage.ts';

let stage: Stage;
beforeEach(async () => {
	stage = await createStage();
});
afterEach(async () => stage.remove());

const unattended = ['--non-interactive', '--accept-loss'] as const;

describe('where nobody is asked', () => {
	test('a restore needs the word that what was written since is lost', async () => {
		const {code, out, err} = await stage.run('restore', '20261129T010000Z-0a1b2c', '--non-interactive');
		expect([code, out]).toEqual([2, '']);
		expect(err).toContain('Nobody has agreed that what was written since the backup is lost.');
		expect(err).toContain(
			'This run asks nothing, and a restore takes away what was written since its backup was made.',
		);
		expect(err).toContain('Look at it first; then add --accept-loss.');
		expect(err).toContain('zenml-airgap restore 20261129T010000Z-0a1b2c --look');
		expect(err).toContain('restore-not-accepted');
		const part = await stage.run('restore', '--non-interactive', '--database', 'default', '--newer');
		expect(part.err).toContain('zenml-airgap restore --database default --newer --look');
		const looked = await stage.run('restore', '--non-interactive', '--look');
		expect(looked.err).not.toContain('restore-not-accepted');
	});

	test('it is of one workspace or of one database', async () => {
		const {err} = await stage.run('restore', ...unattended, '--workspace', 'one', '--database', 'two');
		expect(err).toContain('restore-two-scopes');
		expect(err).toContain('A restore is of the whole, of one workspace with its keys, or of one database.');
		expect(err).toContain('Leave one of the two out.');
	});
});

describe('an empty host', () => {
	const passphrase = 'correct horse battery staple';

	const backedUp = async (parts: Readonly<Record<string, string>>): Promise<string> => {
		const folder = path.join(stage.folder, 'usb');
		const backups = await backupsOf({folder, passphrase: async () => passphrase});
		const made = await backups.begin('asked', 'run-1', never);
		for (const [name, text] of Object.entries(parts)) {
			const isAnswers = name === 'answers';
			await made.add(
				{kind: isAnswers ? 'answers' : 'certificates', name, ending: isAnswers ? 'yaml' : 'pem'},
				putting(text),
			);
		}
		return (await made.finish('run-1', [])).id;
	};

	const restore = async (id: string, given = passphrase, ...more: readonly string[]) => {
		const file = await stage.write('passphrase', `${given}\n`);
		const named = path.join('usb', id);
		return stage.run('restore', named, ...unattended, '--set', `backup.passphrase=file:${file}`, ...more);
	};

	test('gets answers and certificates out of the backup, for this user alone, and keeps what was edited', async () => {
		const id = await backedUp({answers: stringify(answersOf()), certificate: 'CERT', key: 'KEY', ca: 'CA'});
		const {err} = await restore(id);
		const folder = path.join(stage.stateDirectory, 'from-backup', id);
		expect(err).toContain(`The answers of this backup are now in ${path.join(folder, 'answers.yaml')}`);
		const text = await readFile(path.join(folder, 'answers.yaml'), 'utf8');
		expect(text).toContain(`# The answers of backup ${id}.`);
		expect(text).toContain(`folder: ${path.join(stage.folder, 'usb')}`);
		expect(text).toContain(`key: ${path.join(folder, 'certificates-key.pem')}`);
		expect(await readFile(path.join(folder, 'certificates-key.pem'), 'utf8')).toBe('KEY');
		for (const name of ['answers.yaml', 'certificates-key.pem'])
			expect((await stat(path.join(folder, name))).mode & 0o077).toBe(0);
		const again = await restore(id, passphrase, '--answers-from-backup');
		expect(again.err).toContain('as an earlier run left them');
	});

	test('is told where the passphrase is wrong, or there are no answers', async () => {
		const id = await backedUp({answers: stringify(answersOf())});
		expect((await restore(id, 'of another time')).err).toContain('backup-passphrase-wrong');
		const without = await backedUp({ca: 'CA'});
		const {err} = await restore(without);
		expect(err).toContain('restore-answers-missing');
		expect(err).toContain('Its part with the answers is missing, or is none of this tool.');
		expect(err).toContain('Give the answers of the site: --answers FILE.');
	});
});

describe('the page', () => {
	const page = async (...more: readonly string[]) => {
		const answers = await stage.write('answers.yaml', stringify(answersOf()));
		return stage.run('restore', '--page', '--answers', answers, ...more);
	};

	test('has the names of this site and fits on paper, and says nothing secret', async () => {
		const {code, out} = await page();
		expect(code).toBe(0);
		expect(out).toContain('RECOVERY OF ZENML PRO: zenml-pro.corp.internal');
		expect(out).toContain('database:  zenml_workspace, role');
		expect(out).toContain('zenml-airgap restore ID --workspace default --answers answers.yaml');
		// Paths of a site are as long as they are.
		const ours = out.split('\n').filter((line) => !line.includes(stage.folder));
		expect(Math.max(...ours.map(({length}) => length))).toBeLessThanOrEqual(120);
	});

	test('is written to a file, or it is said why not', async () => {
		expect((await page('--out', 'recovery.txt')).out).toContain('recovery.txt: written; print it');
		expect(await readFile(path.join(stage.folder, 'recovery.txt'), 'utf8')).toContain('WHICH RESTORE');
		await mkdir(path.join(stage.folder, 'taken', 'x'), {recursive: true});
		const {err} = await page('--out', 'taken');
		expect(err).toContain('restore-page-unwritable');
		expect(err).toContain('Name another file with --out.');
	});
});
