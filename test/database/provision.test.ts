import {execFileSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import pg from 'pg';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {ProblemCode} from '../../source/base/problem.ts';
import {createPostgres} from '../../source/database/postgres/index.ts';
import type {DatabaseLogin, NeededDatabase} from '../../source/database/types.ts';
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

const provision = async (needed: NeededDatabase, admin = server.admin): Promise<readonly string[]> => {
	const shown: string[] = [];
	await postgres.provision(admin, needed, {signal, onStatement: (text) => shown.push(text)});
	return shown;
};

test('an empty server gets role and database; the role logs in with its password and owns what it needs', async () => {
	const needed = server.needed('fresh');
	expect(await provision(needed)).toEqual([
		`CREATE ROLE "fresh_user" LOGIN PASSWORD '********'`,
		`CREATE DATABASE "fresh" OWNER "fresh_user" ENCODING 'UTF8' TEMPLATE template0`,
		'REVOKE CONNECT ON DATABASE "fresh" FROM PUBLIC',
	]);
	expect(await postgres.probe(server.login(needed), signal)).toMatchObject({
		encoding: 'UTF8',
		canCreate: true,
		tables: 0,
		owner: 'fresh_user',
		maxConnections: 40,
		tls: 'TLSv1.3',
		version: expect.stringMatching(/^\d+\.\d+$/),
	});
	await query('CREATE TABLE t (i int)', server.login(needed));
	expect((await postgres.probe(server.login(needed), signal)).tables).toBe(1);
});

test('tables and the revision of the migrations are told, and none where nothing has migrated', async () => {
	const needed = server.needed('migrated');
	await provision(needed);
	const login = server.login(needed);
	expect(await postgres.schema(login, signal)).toEqual({tables: 0, revision: undefined});
	await query('CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)', login);
	expect(await postgres.schema(login, signal)).toEqual({tables: 1, revision: undefined});
	await query("INSERT INTO alembic_version VALUES ('b2'), ('a1')", login);
	expect(await postgres.schema(login, signal)).toEqual({tables: 1, revision: 'a1, b2'});
	await query('REVOKE SELECT ON alembic_version FROM migrated_user', login);
	expect(await postgres.schema(login, signal)).toEqual({tables: 1, revision: undefined});
	await query('ALTER TABLE alembic_version RENAME COLUMN version_num TO version', login);
	expect(await caught(postgres.schema(login, signal))).toMatchObject({problem: {code: 'database-error'}});
});

test('a second time nothing is missing and no statement runs', async () => {
	const needed = server.needed('twice');
	await provision(needed);
	expect(await postgres.missing(server.admin, needed, signal)).toEqual([]);
	expect(await provision(needed)).toEqual([]);
	// A password that is made anew is another one; no login is tried for that.
	const {password: _password, ...planned} = needed;
	expect((await postgres.missing(server.admin, planned, signal)).map(({target}) => target)).toEqual([
		`password of role ${needed.username}`,
	]);
});

test('the statements for people and for the DBA hold a placeholder instead of the password', async () => {
	const [create] = await postgres.missing(server.admin, server.needed('shown'), signal);
	expect(create).toEqual({
		action: 'create',
		target: 'role shown_user',
		sql: `CREATE ROLE "shown_user" LOGIN PASSWORD :'password'`,
		shown: `CREATE ROLE "shown_user" LOGIN PASSWORD '********'`,
	});
});

test('another role may not enter the database', async () => {
	const [mine, other] = [server.needed('mine'), server.needed('other')];
	await provision(mine);
	await provision(other);
	expect(await caught(postgres.probe({...server.login(other), database: 'mine'}, signal))).toMatchObject({
		problem: {code: 'database-privileges', area: 'database', who: 'database admin'},
	});
});

test('a role whose password differs gets the needed one, and only that', async () => {
	const needed = server.needed('changed');
	await provision(needed);
	const next = {...needed, password: 'canary-role-next'};
	expect(await provision(next)).toEqual([`ALTER ROLE "changed_user" PASSWORD '********'`]);
	expect((await postgres.probe(server.login(next), signal)).owner).toBe('changed_user');
});

test('the stored verifier is the one of a right password: it is kept when the same password is needed', async () => {
	const needed = server.needed('kept');
	await provision(needed);
	const sql = "SELECT rolpassword FROM pg_authid WHERE rolname = 'kept_user'";
	const before = await query(sql);
	await provision(needed);
	expect(await query(sql)).toEqual(before);
	expect(String(before[0]?.[0])).toMatch(/^SCRAM-SHA-256\$4096:/);
});

test('a role without login and one whose password expired are mended', async () => {
	const needed = server.needed('asleep');
	await query(`CREATE ROLE asleep_user NOLOGIN VALID UNTIL '2001-01-01'`);
	const shown = await provision(needed);
	expect(shown).toContain(`ALTER ROLE "asleep_user" LOGIN VALID UNTIL 'infinity'`);
	expect(shown).toContain(`ALTER ROLE "asleep_user" PASSWORD '********'`);
	expect((await postgres.probe(server.login(needed), signal)).canCreate).toBe(true);
});

test('an empty database of someone else changes its owner; one with tables of others is refused untouched', async () => {
	await query('CREATE DATABASE empty_one');
	await provision(server.needed('empty_one'));
	expect((await postgres.probe(server.login(server.needed('empty_one')), signal)).owner).toBe('empty_one_user');
	await query('CREATE DATABASE payroll');
	await query('CREATE TABLE salaries (i int)', {...server.admin, database: 'payroll'});
	expect(await caught(provision(server.needed('payroll')))).toMatchObject({
		problem: {
			code: 'database-in-use' satisfies ProblemCode,
			who: 'database admin',
			message: `Database payroll on ${server.admin.host}:${server.admin.port} belongs to postgres and holds 1 tables of others.`,
			cause: 'Another application seems to use it; taking it over would break that one.',
			fix: 'Name another database, or ask the database admin to clear this one.',
			answers: ['controlPlane.database.name'],
		},
	});
	expect(await query("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'payroll'")).toEqual([
		['postgres'],
	]);
});

test('a database in another encoding is refused', async () => {
	await query(`CREATE DATABASE latin ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`);
	expect(await caught(postgres.missing(server.admin, server.needed('latin'), signal))).toMatchObject({
		problem: {
			code: 'database-encoding' satisfies ProblemCode,
			message: `Database latin on ${server.admin.host}:${server.admin.port} is encoded in LATIN1; UTF8 is needed.`,
		},
	});
});

test('an owner whose schema was closed gets it back', async () => {
	const needed = server.needed('closed');
	await provision(needed);
	await query('ALTER SCHEMA public OWNER TO postgres; REVOKE ALL ON SCHEMA public FROM PUBLIC, pg_database_owner', {
		...server.admin,
		database: 'closed',
	});
	expect((await postgres.probe(server.login(needed), signal)).canCreate).toBe(false);
	expect(await provision(needed)).toEqual(['GRANT USAGE, CREATE ON SCHEMA public TO "closed_user"']);
	expect((await postgres.probe(server.login(needed), signal)).canCreate).toBe(true);
});

test('an administrator who is no superuser does the same work by joining the role', async () => {
	await query("CREATE ROLE managed_admin LOGIN CREATEROLE CREATEDB PASSWORD 'canary-managed'");
	const admin = {...server.admin, username: 'managed_admin', password: 'canary-managed'};
	const needed = server.needed('managed');
	expect(await provision(needed, admin)).toContain('GRANT "managed_user" TO "managed_admin"');
	expect(await provision(needed, admin)).toEqual([]);
	expect((await postgres.probe(server.login(needed), signal)).owner).toBe('managed_user');
});

test('a database that stays as it is in spite of its statements is told as such, with what is due again', async () => {
	const needed = server.needed('stubborn');
	await provision(needed);
	// Without a schema in its search path a role has nowhere to create tables, whatever it is granted.
	await server.execute(`ALTER DATABASE stubborn SET search_path = ''`);
	expect(await caught(provision(needed))).toMatchObject({
		problem: {
			code: 'database-not-converging' satisfies ProblemCode,
			area: 'database',
			who: 'database admin',
			message: `Database stubborn on ${server.admin.host}:${server.admin.port} does not come to be as it should.`,
			cause: 'The server took the statements without an error, yet the same ones are due again.',
			fix: 'Ask the database admin what changes logins or passwords on this server, e.g. LDAP, a policy or a trigger.',
			evidence: ['GRANT USAGE, CREATE ON SCHEMA public TO "stubborn_user"'],
		},
	});
});

test('an administrator without the rights is told so before anything changes', async () => {
	await query("CREATE ROLE reader LOGIN PASSWORD 'canary-reader'");
	const admin = {...server.admin, username: 'reader', password: 'canary-reader'};
	expect(await caught(provision(server.needed('weak'), admin))).toMatchObject({
		problem: {
			code: 'database-privileges' satisfies ProblemCode,
			who: 'database admin',
			message: `Role reader on ${server.admin.host}:${server.admin.port} may not create what is missing.`,
			cause: 'Missing: role weak_user, database weak, access to database weak. The role lacks CREATEROLE or CREATEDB.',
			fix: 'Ask the database admin to run: ALTER ROLE "reader" CREATEROLE CREATEDB;',
			answers: ['database.admin.username'],
		},
	});
	expect(await query("SELECT 1 FROM pg_roles WHERE rolname = 'weak_user'")).toEqual([]);
});

test('names with quotes stay names', async () => {
	const needed = {database: `odd"; DROP ROLE x; --`, username: `o'dd"user`, password: rolePassword};
	await provision(needed);
	expect((await postgres.probe(server.login(needed), signal)).owner).toBe(`o'dd"user`);
});

test('several databases are made at the same time', async () => {
	const all = Array.from({length: 6}, (_, index) => server.needed(`many_${index}`));
	const shown = await Promise.all(all.map(async (needed) => provision(needed)));
	expect(shown.map(({length}) => length)).toEqual(all.map(() => 3));
	for (const needed of all) expect(await postgres.missing(server.admin, needed, signal)).toEqual([]);
});

test('two runs at the same time end in the same state', async () => {
	const needed = server.needed('raced');
	await Promise.all([provision(needed), provision(needed)]);
	expect(await postgres.missing(server.admin, needed, signal)).toEqual([]);
});

test.skipIf(!existsSync('/usr/bin/psql'))(
	'the script for the DBA works in psql, twice, and makes the database',
	async () => {
		const needed = server.needed('scripted');
		const folder = await mkdtemp(join(tmpdir(), 'zenml-airgap-script-'));
		try {
			const {host, port, username, ca = ''} = server.admin;
			await writeFile(join(folder, 'ca.pem'), ca);
			await writeFile(join(folder, 'password'), rolePassword, {mode: 0o600});
			const script = postgres.script(needed);
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
			expect(await postgres.missing(server.admin, needed, signal)).toEqual([]);
		} finally {
			await rm(folder, {recursive: true, force: true});
		}
	},
);

test('no password is in the log of a server that logs every statement', async () => {
	await provision(server.needed('logged'));
	await provision({...server.needed('logged'), password: 'canary-role-next'});
	const log = await server.readLog();
	expect(log).toContain('statement: CREATE ROLE "logged_user" LOGIN PASSWORD \'SCRAM-SHA-256$4096:');
	expect(log).toContain('statement: ALTER ROLE "logged_user" PASSWORD \'SCRAM-SHA-256$4096:');
	expect(log).not.toContain(adminPassword);
	expect(log).not.toContain(rolePassword);
	expect(log).not.toContain('canary-role');
	expect(log).not.toContain('canary-admin');
});
