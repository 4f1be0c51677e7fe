import {existsSync} from 'node:fs';
import {chmod, mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, describe, expect, test} from 'vitest';
import {brokenOff, notStarted} from '../../../source/database/dump/failure.ts';
import {createDumps} from '../../../source/database/dump/index.ts';
import {withoutUnknownSetting} from '../../../source/database/dump/settings.ts';
import {fits, versionIn} from '../../../source/database/dump/versions.ts';
import type {DatabaseFacts, DatabaseLogin} from '../../../source/database/types.ts';
import {refusalOf} from '../../steps/world.ts';
import {never} from './dumping.ts';

const root = await mkdtemp(join(tmpdir(), 'zenml-airgap-dump-test-'));
afterAll(async () => rm(root, {recursive: true, force: true}));

const login: DatabaseLogin = {
	host: 'db.corp',
	port: 5432,
	tls: 'disable',
	username: 'zenml',
	password: 'canary-4f',
	database: 'pro',
};

test.each([
	['pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)', 'PostgreSQL', '15.18'],
	['pg_dump (PostgreSQL) 18.6', 'PostgreSQL', '18.6'],
	['mysqldump  Ver 8.0.36 for Linux on x86_64 (MySQL Community Server - GPL)', 'MySQL', '8.0.36'],
	['mysqldump  Ver 10.13 Distrib 5.7.44, for Linux (x86_64)', 'MySQL', '5.7.44'],
	['mysqldump  Ver 10.19 Distrib 10.11.14-MariaDB, for debian-linux-gnu (x86_64)', 'MariaDB', '10.11.14'],
	['mariadb-dump from 11.8.3-MariaDB, client 10.19 for debian-linux-gnu (x86_64)', 'MariaDB', '11.8.3'],
])('reads the version of %s', (words, product, version) => {
	expect(versionIn(words)).toEqual({product, version});
});

test.each([
	['15.18', 'PostgreSQL', '18.4', false],
	['18.6', 'PostgreSQL', '15.3', true],
	['15.1', 'PostgreSQL', '15.9', true],
	['8.0.36', 'MySQL', '9.7.4', true],
	['5.7.44', 'MySQL', '8.0.36', false],
	['10.11.14', 'MariaDB', '11.8.3', true],
] as const)('a client %s for %s %s fits: %s', (client, product, version, isFit) => {
	expect(fits(client, {product, version})).toBe(isFit);
});

describe('programs on the search path', () => {
	/** Folders with programs that only tell a version, or what else they are made to say. */
	const portWith = async (...folders: readonly Readonly<Record<string, string>>[]) => {
		const made: string[] = [];
		for (const programs of folders) {
			const folder = await mkdtemp(join(root, 'bin-'));
			await mkdir(folder, {recursive: true});
			for (const [name, script] of Object.entries(programs)) {
				await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`);
				await chmod(join(folder, name), 0o755);
			}
			made.push(folder);
		}
		const dumps = createDumps({folder: join(root, 'private'), environment: {PATH: made.join(':')}, where: 'host'});
		return {
			made,
			find: (product: DatabaseFacts['product'], version: string) => dumps.tools(login, {product, version}, never),
		};
	};
	const pg = (version: string) => ({pg_dump: `echo 'pg_dump (PostgreSQL) ${version}'`, pg_restore: '', psql: ''});
	// Newer than any client that this host may have beside the search path.
	const server = ['PostgreSQL', '90.1'] as const;

	test('the oldest PostgreSQL that is new enough is taken, and a look leaves no trace', async () => {
		const {made, find} = await portWith(pg('89.9'), pg('92.1'), pg('91.3'));
		expect(await find(...server)).toEqual({
			engine: 'postgresql',
			where: 'host',
			program: join(made[2] ?? '', 'pg_dump'),
			product: 'PostgreSQL',
			version: '91.3',
			serverVersion: '90.1',
		});
		expect(existsSync(join(root, 'private'))).toBe(false);
	});

	test('the newest MySQL is taken, and a program of MariaDB under its name is not', async () => {
		const mysql = (version: string) => ({mysqldump: `echo 'mysqldump  Ver ${version} for Linux'`, mysql: ''});
		const mariadb = {mysqldump: "echo 'mysqldump  Ver 10.19 Distrib 10.11.14-MariaDB'", mysql: ''};
		const {made, find} = await portWith(mariadb, mysql('8.0.36'), mysql('9.1.0'));
		expect((await find('MySQL', '8.0.30')).program).toBe(join(made[2] ?? '', 'mysqldump'));
		expect((await find('MariaDB', '10.11.1')).program).toBe(join(made[0] ?? '', 'mysqldump'));
	});

	test('what does not fit is told with what to add', async () => {
		const fix =
			'Install postgresql-client on this host, or carry the client tools in the bundle: bundle create --client-tools.';
		const old = await portWith(pg('15.2'));
		expect(await refusalOf(old.find(...server))).toMatchObject({
			code: 'dump-tools-missing',
			cause: expect.stringContaining(
				`A program must be at least as new as the server; found: ${old.made[0]}/pg_dump (PostgreSQL 15.2)`,
			),
			fix,
		});
		const {find, made} = await portWith({pg_dump: "echo 'pg_dump (PostgreSQL) 91.1'", psql: ''});
		expect(await refusalOf(find(...server))).toMatchObject({
			cause: `Beside ${made[0]}/pg_dump there is no pg_restore; both come in one package.`,
			fix,
		});
		const mariadb = await portWith({mysqldump: "echo 'mysqldump from 11.4.2-MariaDB'", mysql: ''});
		expect(await refusalOf(mariadb.find('MySQL', '8.4.1'))).toMatchObject({
			cause: `Only programs of another product were found: ${mariadb.made[0]}/mysqldump (MariaDB 11.4.2).`,
			fix: 'Install mysql-client on this host, or carry the client tools in the bundle: bundle create --client-tools.',
		});
		const broken = await portWith({mysqldump: "echo 'libssl.so.3: cannot open' >&2; exit 127", mysql: ''});
		expect(await refusalOf(broken.find('MySQL', '8.4.1'))).toMatchObject({
			cause: `${broken.made[0]}/mysqldump does not tell its version; it said: libssl.so.3: cannot open`,
		});
	});
});

describe('words of programs that broke off', () => {
	const saying = (stderr: string, more: {readonly wasSilent?: boolean; readonly exitCode?: number | undefined} = {}) =>
		brokenOff({
			login,
			work: 'dump',
			product: 'PostgreSQL',
			silenceMs: 900_000,
			ended: {exitCode: 1, stderr: [stderr], wasSilent: false, ...more},
		}).problem;
	const again = 'Then try again: what was written before does not count.';

	test.each([
		[
			'pg_dump: error: aborting because of server version mismatch',
			'The program is of another version than the server or the dump; its words stand in the evidence.',
			'Install clients of the version of the server or newer, then try again.',
		],
		[
			'pg_restore: error: unsupported version (1.16) in file header',
			'The program is of another version than the server or the dump; its words stand in the evidence.',
			'Install clients of the version of the server or newer, then try again.',
		],
		[
			'pg_dump: error: query failed: ERROR:  permission denied for table run',
			'Role zenml lacks a privilege on what is in the database; the evidence names it.',
			'Ask the database admin to make zenml the owner of all that is in the database, then try again.',
		],
		[
			"mysqldump: Couldn't execute 'SHOW EVENTS': Access denied for user 'a'@'%' to database 'b' (1044)",
			'Role zenml lacks a privilege on what is in the database; the evidence names it.',
			'Ask the database admin to make zenml the owner of all that is in the database, then try again.',
		],
		[
			'psql:<stdin>:3: ERROR:  ZAG01: DROP TABLE x: must be owner',
			'The database holds objects that do not belong to role zenml, so it cannot be emptied: psql:<stdin>:3: ERROR:  ZAG01: DROP TABLE x: must be owner',
			'Ask the database admin to hand them over to zenml or to drop them, then try again.',
		],
		[
			'psql:<stdin>:9: ERROR:  53100: could not extend file "base/1": No space left on device',
			'The disk of the database server is full.',
			`Ask the database admin for room. ${again}`,
		],
		[
			"ERROR 1114 (HY000) at line 9: The table 'run' is full",
			'The disk of the database server is full.',
			`Ask the database admin for room. ${again}`,
		],
		[
			'pg_dump: error: query failed: ERROR:  canceling statement due to lock timeout',
			'Another session holds a lock on a table; it was waited for a minute.',
			'Stop what works on the database, or ask the database admin to end that session. Then run the same command again: it goes on.',
		],
		[
			"mysqldump: unknown variable 'column-statistics=0'",
			'The program or the server does not know an option that this tool gives.',
			'Install clients of the version of the server, then try again.',
		],
		[
			'mysqldump: Error 1412: Table definition has changed, please retry transaction when dumping',
			'A table was changed while it was dumped: a migration or another program works on the database.',
			`Wait until nothing migrates. ${again}`,
		],
		[
			"ERROR 1153 (08S01) at line 3: Got a packet bigger than 'max_allowed_packet' bytes",
			'A row is larger than the server takes (max_allowed_packet).',
			`Ask the database admin to raise max_allowed_packet. ${again}`,
		],
		[
			'mysqldump: Error 2013: Lost connection to MySQL server during query when dumping table `run` at row: 5',
			'The connection to the server was lost in the middle.',
			`Check that the server is up and that nothing on the way ends long connections. ${again}`,
		],
		[
			"mysqldump: Got error: 2003: Can't connect to MySQL server on 'db'",
			'The program cannot reach the server.',
			`Check that the server is up and that it can be reached from where the program runs. ${again}`,
		],
		[
			'etwas anderes',
			'The program ended with exit code 1; its words stand in the evidence.',
			`Look into the evidence and the server's log. ${again}`,
		],
	])('%s', (words, cause, fix) => {
		expect(saying(words)).toMatchObject({
			code: 'dump-failed',
			message: 'The dump of database pro on db.corp:5432 broke off.',
			cause,
			fix,
		});
	});

	test('silence, a signal, and words with the password', () => {
		expect(saying('', {wasSilent: true})).toMatchObject({
			cause: 'No byte passed for 15 minutes.',
			fix: `Ask the database admin what the session waits for. ${again}`,
		});
		expect(saying('', {exitCode: undefined}).cause).toBe(
			'The program ended with a signal; its words stand in the evidence.',
		);
		expect(saying('the password canary-4f \u001b[2J').evidence).toEqual(['the password ******** \\u{1b}[2J']);
	});

	test('a program that is not started', () => {
		const error = Object.assign(new Error('spawn'), {code: 'EACCES'});
		expect(notStarted('/usr/bin/pg_dump', error).problem).toMatchObject({
			code: 'dump-program',
			message: 'The program /usr/bin/pg_dump cannot be run.',
			cause: 'The operating system did not start it. This user may not run it.',
			fix: 'Install the clients of the database anew, or name other ones on the search path.',
		});
	});
});

test('the setting that an older server does not know is left out, wherever the pieces end', async () => {
	const script = 'SET lock_timeout = 0;\nSET transaction_timeout = 0;\nSET x = 1;\nCREATE TABLE a ();\n';
	const passed = async (server: string, size: number, text = script): Promise<string> => {
		async function* pieces(): AsyncGenerator<Buffer> {
			for (let at = 0; at < text.length; at += size) yield Buffer.from(text.slice(at, at + size));
		}
		let all = '';
		for await (const piece of withoutUnknownSetting(pieces(), server)) all += piece.toString();
		return all;
	};
	for (const size of [1, 7, 1000]) {
		expect(await passed('18.4', size)).toBe(script);
		expect(await passed('15.3', size)).toBe(script.replace('SET transaction_timeout = 0;\n', ''));
	}
	expect(await passed('15.3', 3, 'SELECT 1;\n')).toBe('SELECT 1;\n');
});
