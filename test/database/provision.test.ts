import {execFileSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import pg from 'pg';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {createPostgres, type DatabaseLogin, type DatabaseWish} from '../../source/database/postgres.ts';
import {adminPassword, caught, rolePassword, startServer} from './server.ts';

const postgres = createPostgres({connectTimeoutMs: 5000});
const {signal} = new AbortController();
let server: Awaited<ReturnType<typeof startServer>>;

beforeAll(async () => {
	server = await startServer();
});

afterAll(async () => {
	await server.stop();
});

const query = async (sql: string, login: DatabaseLogin = server.admin): Promise<unknown[][]> => {
	const {host, port, username: user, password, database, ca} = login;
	const client = new pg.Client({host, port, user, password, database, ssl: {ca}});
	await client.connect();
	try {
		return (await client.query({text: sql, rowMode: 'array'})).rows;
	} finally {
		await client.end();
	}
};

const provision = async (wish: DatabaseWish, admin = server.admin): Promise<readonly string[]> => {
	const shown: string[] = [];
	await postgres.provision(admin, wish, {signal, onStatement: (text) => shown.push(text)});
	return shown;
};

test('an empty server gets role and database; the role logs in with its password and owns what it needs', async () => {
	const wish = server.wish('fresh');
	expect(await provision(wish)).toEqual([
		`CREATE ROLE "fresh_user" LOGIN PASSWORD '********'`,
		`CREATE DATABASE "fresh" OWNER "fresh_user" ENCODING 'UTF8' TEMPLATE template0`,
		'REVOKE CONNECT ON DATABASE "fresh" FROM PUBLIC',
	]);
	expect(await postgres.probe(server.login(wish), signal)).toMatchObject({
		encoding: 'UTF8',
		canCreate: true,
		tables: 0,
		owner: 'fresh_user',
		maxConnections: 40,
		tls: 'TLSv1.3',
		version: expect.stringMatching(/^\d+\.\d+$/),
	});
	await query('CREATE TABLE t (i int)', server.login(wish));
	expect((await postgres.probe(server.login(wish), signal)).tables).toBe(1);
});

test('a second time nothing is missing and no statement runs', async () => {
	const wish = server.wish('twice');
	await provision(wish);
	expect(await postgres.missing(server.admin, wish, signal)).toEqual([]);
	expect(await provision(wish)).toEqual([]);
});

test('the statements for people and for the DBA hold a placeholder instead of the password', async () => {
	const [create] = await postgres.missing(server.admin, server.wish('shown'), signal);
	expect(create).toEqual({
		target: 'role shown_user',
		sql: `CREATE ROLE "shown_user" LOGIN PASSWORD :'password'`,
		shown: `CREATE ROLE "shown_user" LOGIN PASSWORD '********'`,
	});
});

test('another role may not enter the database', async () => {
	const [mine, other] = [server.wish('mine'), server.wish('other')];
	await provision(mine);
	await provision(other);
	expect(await caught(postgres.probe({...server.login(other), database: 'mine'}, signal))).toMatchObject({
		problem: {code: 'database-privileges', area: 'database', who: 'database admin'},
	});
});

test('a role whose password differs gets the wished one, and only that', async () => {
	const wish = server.wish('changed');
	await provision(wish);
	const next = {...wish, password: 'canary-role-next'};
	expect(await provision(next)).toEqual([`ALTER ROLE "changed_user" PASSWORD '********'`]);
	expect((await postgres.probe(server.login(next), signal)).owner).toBe('changed_user');
});

test('the stored verifier is the one of a right password: it is kept when the same password is wished', async () => {
	const wish = server.wish('kept');
	await provision(wish);
	const sql = "SELECT rolpassword FROM pg_authid WHERE rolname = 'kept_user'";
	const before = await query(sql);
	await provision(wish);
	expect(await query(sql)).toEqual(before);
	expect(String(before[0]?.[0])).toMatch(/^SCRAM-SHA-256\$4096:/);
});

test('a role without login and one whose password expired are mended', async () => {
	const wish = server.wish('asleep');
	await query(`CREATE ROLE asleep_user NOLOGIN VALID UNTIL '2001-01-01'`);
	const shown = await provision(wish);
	expect(shown).toContain(`ALTER ROLE "asleep_user" LOGIN VALID UNTIL 'infinity'`);
	expect(shown).toContain(`ALTER ROLE "asleep_user" PASSWORD '********'`);
	expect((await postgres.probe(server.login(wish), signal)).canCreate).toBe(true);
});

test('an empty database of someone else changes its owner; one with tables of others is refused untouched', async () => {
	await query('CREATE DATABASE empty_one');
	await provision(server.wish('empty_one'));
	expect((await postgres.probe(server.login(server.wish('empty_one')), signal)).owner).toBe('empty_one_user');
	await query('CREATE DATABASE payroll');
	await query('CREATE TABLE salaries (i int)', {...server.admin, database: 'payroll'});
	expect(await caught(provision(server.wish('payroll')))).toMatchObject({
		problem: {code: 'database-in-use', who: 'database admin', answers: ['controlPlane.database.name']},
	});
	expect(await query("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'payroll'")).toEqual([
		['postgres'],
	]);
});

test('a database in another encoding is refused', async () => {
	await query(`CREATE DATABASE latin ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`);
	expect(await caught(postgres.missing(server.admin, server.wish('latin'), signal))).toMatchObject({
		problem: {code: 'database-encoding', message: expect.stringContaining('LATIN1')},
	});
});

test('an owner whose schema was closed gets it back', async () => {
	const wish = server.wish('closed');
	await provision(wish);
	await query('ALTER SCHEMA public OWNER TO postgres; REVOKE ALL ON SCHEMA public FROM PUBLIC, pg_database_owner', {
		...server.admin,
		database: 'closed',
	});
	expect((await postgres.probe(server.login(wish), signal)).canCreate).toBe(false);
	expect(await provision(wish)).toEqual(['GRANT USAGE, CREATE ON SCHEMA public TO "closed_user"']);
	expect((await postgres.probe(server.login(wish), signal)).canCreate).toBe(true);
});

test('an administrator who is no superuser does the same work by joining the role', async () => {
	await query("CREATE ROLE managed_admin LOGIN CREATEROLE CREATEDB PASSWORD 'canary-managed'");
	const admin = {...server.admin, username: 'managed_admin', password: 'canary-managed'};
	const wish = server.wish('managed');
	expect(await provision(wish, admin)).toContain('GRANT "managed_user" TO "managed_admin"');
	expect(await provision(wish, admin)).toEqual([]);
	expect((await postgres.probe(server.login(wish), signal)).owner).toBe('managed_user');
});

test('an administrator without the rights is told so before anything changes', async () => {
	await query("CREATE ROLE reader LOGIN PASSWORD 'canary-reader'");
	const admin = {...server.admin, username: 'reader', password: 'canary-reader'};
	expect(await caught(provision(server.wish('weak'), admin))).toMatchObject({
		problem: {code: 'database-privileges', answers: ['database.admin.username']},
	});
	expect(await query("SELECT 1 FROM pg_roles WHERE rolname = 'weak_user'")).toEqual([]);
});

test('names with quotes stay names', async () => {
	const wish = {database: `odd"; DROP ROLE x; --`, username: `o'dd"user`, password: rolePassword};
	await provision(wish);
	expect((await postgres.probe(server.login(wish), signal)).owner).toBe(`o'dd"user`);
});

test('two runs at the same time end in the same state', async () => {
	const wish = server.wish('raced');
	await Promise.all([provision(wish), provision(wish)]);
	expect(await postgres.missing(server.admin, wish, signal)).toEqual([]);
});

test.skipIf(!existsSync('/usr/bin/psql'))(
	'the script for the DBA works in psql, twice, and fulfils the wish',
	async () => {
		const wish = server.wish('scripted');
		const folder = await mkdtemp(join(tmpdir(), 'zenml-airgap-script-'));
		try {
			const {host, port, username, ca = ''} = server.admin;
			await writeFile(join(folder, 'ca.pem'), ca);
			await writeFile(join(folder, 'password'), rolePassword, {mode: 0o600});
			const script = postgres.script(wish);
			expect(script.join('\n')).not.toContain(rolePassword);
			const input = [`\\set scripted_user_password \`cat ${folder}/password\``, ...script].join('\n');
			const psql = (text: string): string =>
				execFileSync('psql', ['-X', '-q', `host=${host} port=${port} user=${username} dbname=postgres`], {
					input: text,
					encoding: 'utf8',
					env: {
						...process.env,
						PGPASSWORD: adminPassword,
						PGSSLMODE: 'verify-full',
						PGSSLROOTCERT: join(folder, 'ca.pem'),
					},
					stdio: ['pipe', 'pipe', 'pipe'],
				});
			expect(psql(script.join('\n'))).toContain(
				'Nothing was done: set the psql variable scripted_user_password first.',
			);
			expect(await query("SELECT 1 FROM pg_roles WHERE rolname = 'scripted_user'")).toEqual([]);
			psql(input);
			psql(input);
			expect(await postgres.missing(server.admin, wish, signal)).toEqual([]);
		} finally {
			await rm(folder, {recursive: true, force: true});
		}
	},
);

test('no password is in the log of a server that logs every statement', async () => {
	const log = await server.readLog();
	expect(log).toContain('statement: CREATE ROLE "fresh_user" LOGIN PASSWORD \'SCRAM-SHA-256$4096:');
	expect(log).not.toContain(adminPassword);
	expect(log).not.toContain(rolePassword);
	expect(log).not.toContain('canary-role');
	expect(log).not.toContain('canary-admin');
});
