import {mkdir, readFile, stat} from 'node:fs/promises';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {parse, stringify} from 'yaml';
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
			const kind = name === 'answers' || name === 'secrets' ? name : 'certificates';
			const ending = {answers: 'yaml', secrets: 'json', certificates: 'pem'}[kind];
			await made.add({kind, name, ending}, putting(text));
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

	const gone = '/etc/pki/of-another-host';
	const secret = (namespace: string, name: string, data: Readonly<Record<string, string>>) => ({
		...{apiVersion: 'v1', kind: 'Secret', metadata: {name, namespace}},
		data: Object.fromEntries(
			Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'utf8').toString('base64')]),
		),
	});

	test('gets what its components show their database servers, and logins, and is told what nobody has', async () => {
		const answers = answersOf((input) => ({
			...input,
			registry: {
				...{host: 'registry.corp.internal', username: 'puller', password: 'env:NOT_SET_HERE'},
				ca: `${gone}/registry.crt`,
			},
			database: {
				...{host: 'db.corp.internal', ca: `${gone}/db.crt`, admin: {password: `file:${gone}/dba`}},
				...{clientCertificate: `${gone}/client.crt`, clientKey: `${gone}/client.key`},
			},
			workspaces: [
				{
					...{name: 'default', host: 'zenml.corp.internal'},
					database: {
						password: `file:${gone}/workspace`,
						server: {host: 'own.corp.internal', ca: `${gone}/own.crt`},
					},
				},
			],
		}));
		const shared = {'ca.pem': 'SHARED CA', 'client-cert.pem': 'CLIENT', 'client-key.pem': 'CLIENT KEY'};
		const config = {auths: {'registry.corp.internal': {username: 'puller', password: 'pull-it'}}};
		const items = [
			secret('zenml-pro', 'zenml-database', {password: 'generated', ...shared}),
			secret('zenml-workspace', 'zenml-database', {password: 'of the workspace', 'ca.pem': 'OWN CA'}),
			secret('zenml-pro', 'internal-registry-secret', {'.dockerconfigjson': JSON.stringify(config)}),
		];
		const secrets = JSON.stringify({apiVersion: 'v1', kind: 'List', items});
		const {err} = await restore(
			await backedUp({answers: stringify(answers), secrets, certificate: 'C', key: 'K', ca: 'A'}),
		);
		const [folder = ''] = /\S+from-backup\S+(?=\/answers\.yaml)/u.exec(err) ?? [];
		const led = parse(await readFile(path.join(folder, 'answers.yaml'), 'utf8'));
		const laid = async (file: string, text: string) => {
			expect(await readFile(file, 'utf8')).toBe(text);
			expect((await stat(file)).mode & 0o077).toBe(0);
			expect(path.dirname(file)).toBe(folder);
		};
		await laid(led.database.ca, 'SHARED CA');
		await laid(led.database.clientCertificate, 'CLIENT');
		await laid(led.database.clientKey, 'CLIENT KEY');
		await laid(led.workspaces[0].database.server.ca, 'OWN CA');
		await laid(led.workspaces[0].database.password.slice('file:'.length), 'of the workspace');
		await laid(led.registry.password.slice('file:'.length), 'pull-it');
		// What is generated comes back with the Secret of what was generated.
		expect(led.controlPlane.database.password).toBe('generate');
		expect(err).toContain(
			'Beside them lies what the backup holds and this host lacks: tls.certificate, tls.key, tls.ca,',
		);
		expect(err).toContain('Neither this host nor the backup has these; bring them, or change the answers:');
		expect(err).toContain(`  registry.ca: ${gone}/registry.crt\n`);
		expect(err).toContain(`  database.admin.password: ${gone}/dba\n`);
		// The command line says where what opens the backup is.
		expect(err).not.toContain('  backup.passphrase:');
	});

	test('keeps to what it has itself, and does without the secrets of a backup that lacks them', async () => {
		const ca = await stage.write('own-ca.pem', 'MINE');
		const own = answersOf((input) => ({...input, database: {host: 'db.corp.internal', ca}}));
		const {err} = await restore(await backedUp({answers: stringify(own), secrets: 'no JSON'}));
		expect(err).toContain('The answers of this backup are now in');
		expect(err).toContain('  tls.key: ');
		expect(err).not.toContain('database.ca');
		expect(err).not.toContain('Beside them lies');
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
