import {spawnSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {savePack} from '../../source/base/handover.ts';
import {createMysql} from '../../source/database/mysql/index.ts';
import {createPostgres} from '../../source/database/postgres/index.ts';
import type {NeededDatabase} from '../../source/database/types.ts';
import type {NeededServer} from '../../source/handover/database/given.ts';
import {databasePack} from '../../source/handover/database/index.ts';
import {adminPassword, startServer} from '../database/server.ts';
import * as realMysql from '../helpers/mysql-server.ts';
import {textOf} from './run-script.ts';

const asking = {operator: 'ada on jump1'};
const {signal} = new AbortController();
let folder: string;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'dba-papers-'));
});
afterAll(async () => rm(folder, {recursive: true, force: true}));

const site = {
	tls: 'verify-full' as const,
	ofControlPlane: false,
	connections: 50,
	namespaces: ['zenml-pro'],
	ca: {file: '/etc/pki/ca.crt', answer: 'tls.ca'},
};

/** The papers for one server; with passwords where they are asked for. */
const packFor = (
	server: Pick<NeededServer, 'engine' | 'host' | 'port'>,
	needed: readonly NeededDatabase[],
	{withPasswords = false, ...more}: Partial<NeededServer> & {readonly withPasswords?: boolean} = {},
) => {
	const port = server.engine === 'mysql' ? createMysql() : createPostgres();
	const accounts = needed.map((one) => ({
		username: one.username,
		database: one.database,
		label: one.database,
		script: port.script(one),
		source: `env:${one.username.toUpperCase()}`,
		isGenerated: false,
		password: withPasswords ? one.password : undefined,
	}));
	return databasePack([{...server, ...site, ...more, accounts}], asking);
};

const example: NeededDatabase = {database: 'zenml_pro', username: 'zenml_pro_user', password: 'canary'};

test('the note says which passwords are needed, how the files are run, how to check and how to undo', () => {
	const {sections, intro} = packFor({engine: 'postgresql', host: 'db.corp', port: 5432}, [example]);
	const note = textOf(sections, 'README.txt');
	for (const part of [
		'database zenml_pro, account zenml_pro_user',
		'  zenml_pro_user.password\n',
		'hold the name db.corp in its subjectAltName, and be signed by the CA in\ndb.corp_5432-ca.crt',
		'50 connections',
		'PostgreSQL 12 or newer',
		'sslmode=verify-full sslrootcert=db.corp_5432-ca.crt',
		'psql -X -h db.corp -p 5432 -U ADMIN -d postgres \\\n    -f db.corp_5432.sql',
		'DROP DATABASE IF EXISTS "zenml_pro";',
		'waits until it was done',
	])
		expect(note).toContain(part);
	expect(intro).toContain('by vault or by hand, the password of its account.');
	// On a row of its own: copied, it is a command.
	expect(intro.split('\n')).toContain('zenml-airgap handover database --with-passwords');
	expect(intro).toContain('Send with them a copy of /etc/pki/ca.crt (tls.ca) as db.corp_5432-ca.crt.');
	expect(note).not.toMatch(/env:|tls\.ca|\/etc\/pki/u);
	expect(JSON.stringify(sections)).not.toContain('canary');
});

test('whoever may log in is named: dump pods of the cluster too, and whether only if the jump host lacks programs', () => {
	const noteOf = (dumps: NeededServer['dumps']) =>
		textOf(
			packFor({engine: 'mysql', host: 'db.corp', port: 3306}, [example], {dumps}).sections,
			'README.txt',
		).replaceAll(/\s+/gu, ' ');
	const pods = 'Reachable from the jump host and from the pods in zenml-pro; from pods in ops that dump and restore';
	expect(noteOf({namespace: 'ops', isIfNeeded: false})).toContain(`${pods}. `);
	expect(noteOf({namespace: 'ops', isIfNeeded: true})).toContain(`${pods}, where the jump host has no programs`);
	expect(noteOf(undefined)).not.toContain('dump');
});

test('the check of MySQL looks at the certificate in the words of either client', () => {
	const note = textOf(packFor({engine: 'mysql', host: 'db.corp', port: 3307}, [example]).sections, 'README.txt');
	for (const part of [
		'mysql -h db.corp -P 3307 -u zenml_pro_user -p --ssl-mode=VERIFY_IDENTITY --ssl-ca=db.corp_3307-ca.crt',
		'mariadb -h db.corp -P 3307 -u zenml_pro_user -p --ssl --ssl-verify-server-cert --ssl-ca=db.corp_3307-ca.crt',
		"'NAME'@'%'",
		'MySQL 8.0 or newer',
	])
		expect(note.replaceAll(/\s+/gu, ' ')).toContain(part);
});

test('where the servers show a client certificate, the papers ask for one and the checks show one', () => {
	const more = {showsCertificate: true};
	for (const [engine, shown] of [
		['mysql', '--ssl-cert=client.crt --ssl-key=client.key -e'],
		['postgresql', 'sslcert=client.crt sslkey=client.key user='],
	] as const) {
		const of = (given: typeof more | undefined): string =>
			textOf(packFor({engine, host: 'db.corp', port: 1}, [example], given).sections, 'README.txt');
		const note = of(more).replaceAll(/\s+/gu, ' ');
		for (const part of [
			shown,
			'Logins show a client certificate',
			'client.crt and client.key are a client certificate',
		])
			expect(note).toContain(part);
		expect(of(undefined)).not.toContain('client.crt');
	}
});

test('where the tool has a login that may do it, the papers are for reading', () => {
	const {sections} = packFor({engine: 'mysql', host: 'db.corp', port: 3306}, [example], {admin: 'dbadmin'});
	const note = textOf(sections, 'README.txt');
	const plain = note.replaceAll(/\s+/gu, ' ');
	for (const part of [
		'On db.corp:3306 the operator has the login dbadmin',
		'must be allowed CREATE USER',
		'WITH GRANT OPTION: SELECT',
		'Nothing has to be run: the installer does it.',
	])
		expect(plain).toContain(part);
	const postgres = packFor({engine: 'postgresql', host: 'db.corp', port: 5432}, [example], {admin: 'pgadmin'});
	expect(textOf(postgres.sections, 'README.txt').replaceAll(/\s+/gu, ' ')).toContain('CREATEROLE and CREATEDB');
	expect(note).toContain(
		'cat zenml_pro_user.password.sql \\\n    db.corp_3306.sql | mysql -h db.corp -P 3306 -u ADMIN -p',
	);
});

test('the CA that the checks name lies beside them where it could be read', () => {
	const {sections, intro} = packFor({engine: 'postgresql', host: 'db.corp', port: 5432}, [example], {
		caPem: ['-----BEGIN CERTIFICATE-----', 'AAAA', '-----END CERTIFICATE-----'],
	});
	expect(textOf(sections, 'db.corp_5432-ca.crt')).toContain('AAAA');
	expect(textOf(sections, 'README.txt').replaceAll('\n', ' ')).toContain('lies in this folder');
	expect(intro).not.toContain('copy of');
});

test('passwords that the installer makes are not looked for before there are some', () => {
	const {sections} = databasePack(
		[
			{
				...{engine: 'mysql', host: 'db.corp', port: 3306},
				...site,
				accounts: [{username: 'u', database: 'd', label: 'l', script: [], source: 'generated', isGenerated: true}],
			},
		],
		asking,
	);
	expect(textOf(sections, 'README.txt').replaceAll(/\s+/gu, ' ')).toContain('makes that of u itself');
});

test('passwords are written where they are asked for, each to a file of its own for the operator alone', async () => {
	const {sections} = packFor({engine: 'postgresql', host: 'db.corp', port: 5432}, [example], {withPasswords: true});
	const {folder: own} = await savePack(join(folder, 'shared'), sections, {isShared: true});
	const {stdout} = spawnSync(
		'stat',
		['-c', '%a', join(own, 'zenml_pro_user.password'), join(own, 'db.corp_5432.sql')],
		{
			encoding: 'utf8',
		},
	);
	expect(stdout).toBe('600\n644\n');
	const note = textOf(sections, 'README.txt').replaceAll(/\s+/gu, ' ');
	expect(note).toContain('1. Passwords lie beside the SQL, one file each');
	expect(note).not.toContain('Get the passwords');
	expect(sections.filter(({lines}) => lines.join().includes('canary')).map(({kind}) => kind)).toEqual(['secret']);
});

test.skipIf(!existsSync('/usr/bin/psql'))(
	'psql makes all databases of a server from the file, twice; without a password it changes nothing and fails',
	async () => {
		const server = await startServer();
		try {
			const {host, port, username, ca = ''} = server.admin;
			const both = [server.needed('first'), server.needed('second')];
			const {sections} = packFor({engine: 'postgresql', host, port}, both, {withPasswords: true});
			const {folder: own} = await savePack(join(folder, 'psql'), sections);
			await writeFile(join(own, 'ca.pem'), ca);
			const psql = () =>
				spawnSync(
					'psql',
					['-X', '-h', host, '-p', String(port), '-U', username, '-d', 'postgres', '-f', `${host}_${port}.sql`],
					{
						cwd: own,
						encoding: 'utf8',
						env: {
							PATH: process.env.PATH,
							PGPASSWORD: adminPassword,
							PGSSLMODE: 'verify-full',
							PGSSLROOTCERT: join(own, 'ca.pem'),
						},
					},
				);
			const secondPassword = join(own, 'second_user.password');
			await rm(secondPassword);
			expect(psql()).toMatchObject({
				status: 3,
				stderr: expect.stringContaining('Nothing was done: the file second_user.password is missing or empty.'),
			});
			const postgres = createPostgres({connectTimeoutMs: 5000});
			expect(await postgres.missing(server.admin, both[0] as NeededDatabase, signal)).not.toEqual([]);
			await savePack(own, sections);
			expect(psql().status).toBe(0);
			expect(psql().status).toBe(0);
			for (const needed of both) {
				expect(await postgres.missing(server.admin, needed, signal)).toEqual([]);
				expect((await postgres.probe(server.login(needed), signal)).owner).toBe(needed.username);
			}
		} finally {
			await server.stop();
		}
	},
	120_000,
);

/** What the mysql client sends: one statement after the other, without comments. */
const statementsOf = (text: string): readonly string[] =>
	text
		.split('\n')
		.filter((line) => !line.startsWith('--'))
		.join('\n')
		.split(/;\s*\n/u)
		.map((statement) => statement.trim())
		.filter((statement) => statement !== '');

const programs = {MySQL: await realMysql.programOf('MySQL'), MariaDB: await realMysql.programOf('MariaDB')};

describe.each(['MySQL', 'MariaDB'] as const)('a real %s', (product) => {
	test.skipIf(!programs[product])(
		'makes the database from password file and SQL, twice, and nothing without the password',
		async () => {
			const program = programs[product];
			if (!program) return;
			const server = await realMysql.startServer(program);
			try {
				const needed = server.needed('papers');
				const {host, port} = server.admin;
				const {sections} = packFor({engine: 'mysql', host, port}, [needed], {withPasswords: true});
				const sql = statementsOf(textOf(sections, `${host}_${port}.sql`));
				await expect(server.execute(...sql)).rejects.toThrow();
				expect(await server.execute("SELECT user FROM mysql.user WHERE user = 'papers_user'")).toEqual([]);
				const all = [...statementsOf(textOf(sections, 'papers_user.password.sql')), ...sql];
				await server.execute(...all);
				await server.execute(...all);
				const mysql = createMysql({connectTimeoutMs: 5000});
				expect(await mysql.missing(server.admin, needed, signal)).toEqual([]);
				const login = server.login(needed);
				expect(mysql.judge(await mysql.probe(login, signal), login)).toBeUndefined();
			} finally {
				await server.stop();
			}
		},
		120_000,
	);
});
