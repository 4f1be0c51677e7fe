import {mkdtemp, readdir, rm} from 'node:fs/promises';
import {connect as connectSocket, createServer, type Socket} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {PassThrough, Readable} from 'node:stream';
import {setTimeout as pause} from 'node:timers/promises';
import {afterAll, beforeAll, describe, expect, onTestFinished, test} from 'vitest';
import {createDumps} from '../../../source/database/dump/index.ts';
import {endLeft} from '../../../source/database/dump/sessions/end-left.ts';
import {endLeftOfPostgres} from '../../../source/database/dump/sessions/postgres.ts';
import type {DumpPort, DumpTools} from '../../../source/database/dump/types.ts';
import {withConnection} from '../../../source/database/postgres/connect.ts';
import {createPostgres} from '../../../source/database/postgres/index.ts';
import type {DatabaseLogin} from '../../../source/database/types.ts';
import {clientsOf} from '../../helpers/database-clients.ts';
import {listening} from '../../helpers/loopback.ts';
import {refusalOf} from '../../steps/world.ts';
import {caught, startServer} from '../server.ts';
import {dumped, dumpsWith, factsOf, fullAfter, never, processesOf, restored} from './dumping.ts';

const postgres = createPostgres({connectTimeoutMs: 5000});
const folder = await mkdtemp(join(tmpdir(), 'zenml-airgap-dump-test-'));
const clients = await clientsOf('PostgreSQL', join(folder, 'looked'));
afterAll(async () => rm(folder, {recursive: true, force: true}));

describe.skipIf(clients === undefined)('a real PostgreSQL', () => {
	let server: Awaited<ReturnType<typeof startServer>>;
	let dumps: DumpPort;
	let tools: DumpTools;

	beforeAll(async () => {
		server = await startServer();
		const made = await dumpsWith('PostgreSQL', folder);
		if (!made) throw new Error('The clients were there a moment ago');
		dumps = made;
	});
	afterAll(async () => server?.stop());

	const execute = async (login: DatabaseLogin, ...statements: readonly string[]) =>
		withConnection(
			{login, limits: {connectTimeoutMs: 5000, statementTimeoutMs: 60_000}, signal: never},
			async (query) => {
				let rows: readonly Record<string, unknown>[] = [];
				for (const statement of statements) rows = await query(statement);
				return rows;
			},
		);

	/** A database of a component's role, with something of every kind in it. */
	const filled = async (name: string, rows = 500): Promise<DatabaseLogin> => {
		const needed = server.needed(name);
		await postgres.provision(server.admin, needed, {signal: never, onStatement: () => undefined});
		const login = server.login(needed);
		await execute(
			login,
			"CREATE TYPE mood AS ENUM ('fine', 'so so')",
			'CREATE TABLE owner (id serial PRIMARY KEY, name text NOT NULL UNIQUE)',
			'CREATE TABLE run (id serial PRIMARY KEY, owner int REFERENCES owner (id), state mood, body bytea)',
			"INSERT INTO owner (name) VALUES ('Zoë'), (E'back\\\\slash\\t''')",
			`INSERT INTO run (owner, state, body) SELECT 1 + i % 2, 'fine', decode(repeat(md5(i::text), 40), 'hex') FROM generate_series(1, ${rows}) i`,
			'CREATE VIEW runs AS SELECT run.id, name FROM run JOIN owner ON owner.id = run.owner',
			'CREATE FUNCTION one() RETURNS int LANGUAGE sql AS $$SELECT 1$$',
			'CREATE SCHEMA extra',
			'CREATE TABLE extra.note (a int)',
			'CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)',
			"INSERT INTO alembic_version VALUES ('1234567890ab')",
			'CREATE TABLE secret (id int PRIMARY KEY, "values" text, created timestamp DEFAULT now())',
			"INSERT INTO secret VALUES (1, 'stored'), (2, NULL), (3, '')",
		);
		tools = await dumps.tools(login, factsOf(await postgres.probe(login, never)), never);
		return login;
	};
	const contents = (login: DatabaseLogin) => postgres.contents(login, never);
	const left = async () => readdir(join(folder, 'private')).catch(() => []);

	/** What pg_restore makes of a dump: all of it as SQL. */
	const sqlOf = async (dump: Buffer): Promise<string> => {
		const {execFileSync} = await import('node:child_process');
		const text = execFileSync(join(folder, 'bin/pg_restore'), ['--file=-'], {input: dump, maxBuffer: 2 ** 28});
		return text.toString('utf8').replaceAll(/^\\(?:un)?restrict .*$/gmu, '');
	};

	test('tells contents, revision and stored secrets', async () => {
		const login = await filled('told');
		expect(await contents(login)).toMatchObject({
			tables: [
				{name: 'alembic_version', rows: 1},
				{name: 'extra.note', rows: 0},
				{name: 'owner', rows: 2},
				{name: 'run', rows: 500},
				{name: 'secret', rows: 3},
			],
			revision: '1234567890ab',
			isHalfRestored: false,
		});
		expect((await contents(login)).bytes).toBeGreaterThan(1_000_000);
		expect(await postgres.storedSecrets(login, never)).toEqual(['stored']);
		await execute(login, 'DROP TABLE secret', 'DROP TABLE alembic_version');
		expect(await postgres.storedSecrets(login, never)).toEqual([]);
		expect(await contents(login)).not.toHaveProperty('revision');
	});

	test('a restored database is what was dumped, whatever it held meanwhile', async () => {
		const login = await filled('whole');
		let told = 0;
		const dump = await dumped(dumps, login, tools, {
			onBytes: (bytes) => {
				told = bytes;
			},
		});
		expect(told).toBe(dump.length);
		expect(dump.subarray(0, 5).toString()).toBe('PGDMP');
		const before = await contents(login);
		await execute(
			login,
			'DROP VIEW runs',
			'DELETE FROM run',
			'DROP FUNCTION one',
			'CREATE TABLE newer (a mood)',
			"CREATE TYPE newest AS ENUM ('x')",
			'CREATE FUNCTION two() RETURNS int LANGUAGE sql AS $$SELECT 2$$',
			'CREATE SCHEMA further CREATE TABLE further.t (a int)',
			'CREATE SEQUENCE counting',
			'CREATE MATERIALIZED VIEW kept AS SELECT 1 AS a',
		);
		await restored(dumps, login, tools, dump);
		expect({...(await contents(login)), bytes: 0}).toEqual({...before, bytes: 0});
		expect(await sqlOf(await dumped(dumps, login, tools))).toBe(await sqlOf(dump));
		// And once more, over what is the same.
		await restored(dumps, login, tools, dump);
		expect(await sqlOf(await dumped(dumps, login, tools))).toBe(await sqlOf(dump));
		expect(await left()).toEqual([]);
	});

	test('a restore takes a dump into the database of another role', async () => {
		const [login, other] = [await filled('first'), await filled('second', 3)];
		await restored(dumps, other, tools, await dumped(dumps, login, tools));
		expect((await contents(other)).tables).toEqual((await contents(login)).tables);
		const [row] = await execute(other, "SELECT tableowner FROM pg_tables WHERE tablename = 'run'");
		expect(row).toEqual({tableowner: 'second_user'});
	});

	test.each([
		['that is cut', (dump: Buffer) => dump.subarray(0, Math.floor(dump.length * 0.7))],
		['that is something else', () => Buffer.from('-- MySQL dump 10.13\nDROP DATABASE x;\n')],
		['that is empty', () => Buffer.alloc(0)],
	])('a dump %s leaves the database as it was', async (_what, change) => {
		const login = await filled(`cut_${_what.replaceAll(' ', '_')}`);
		const dump = await dumped(dumps, login, tools);
		await execute(login, 'DELETE FROM run WHERE id > 10', 'CREATE TABLE newer (a int)');
		const before = {...(await contents(login)), bytes: 0};
		expect(await refusalOf(restored(dumps, login, tools, change(dump)))).toMatchObject({
			code: 'dump-incomplete',
			nextSteps: ['The database is as it was before.'],
		});
		expect({...(await contents(login)), bytes: 0}).toEqual(before);
		expect(await left()).toEqual([]);
	});

	test('a source that fails at its very end leaves the database as it was, and its own error is told', async () => {
		const login = await filled('checked');
		const dump = await dumped(dumps, login, tools);
		await execute(login, 'CREATE TABLE newer (a int)');
		async function* broken(): AsyncGenerator<Buffer> {
			yield dump;
			await pause(200);
			throw new Error('the checksum differs');
		}
		expect(await caught(restored(dumps, login, tools, Readable.from(broken())))).toMatchObject({
			message: 'the checksum differs',
		});
		expect((await contents(login)).tables.map(({name}) => name)).toContain('newer');
	});

	test('a stopped restore leaves the database as it was, and no process', async () => {
		const login = await filled('stopped');
		const dump = await dumped(dumps, login, tools);
		await execute(login, 'CREATE TABLE newer (a int)');
		const stop = new AbortController();
		async function* slow(): AsyncGenerator<Buffer> {
			yield dump.subarray(0, dump.length - 100);
			stop.abort(new Error('stopped by a test'));
			await pause(60_000, undefined, {ref: false});
		}
		const work = restored(dumps, login, tools, Readable.from(slow()), {signal: stop.signal});
		expect(await caught(work)).toMatchObject({message: 'stopped by a test'});
		expect((await contents(login)).tables.map(({name}) => name)).toContain('newer');
		expect(await processesOf(folder)).toBe('');
		expect(await left()).toEqual([]);
	});

	test('a target that is full ends the dump with its own error', async () => {
		const login = await filled('full', 20_000);
		const error = await caught(dumped(dumps, login, tools, {into: fullAfter(100_000)}));
		expect(error).toMatchObject({code: 'ENOSPC'});
		expect(await processesOf(folder)).toBe('');
		expect(await left()).toEqual([]);
	});

	test('no secret stands in words, environment or files of others while it runs', async () => {
		const login = await filled('secret_one', 40_000);
		const into = new PassThrough({highWaterMark: 1});
		const stop = new AbortController();
		const work = dumps.dump(login, {tools, into, onBytes: () => undefined, signal: stop.signal});
		work.catch(() => undefined);
		await new Promise((resolve) => into.once('readable', resolve));
		const seen = await processesOf(folder);
		expect(seen).toContain('PGPASSFILE');
		expect(seen).not.toContain('canary');
		const [own = ''] = await left();
		const {stat} = await import('node:fs/promises');
		expect((await stat(join(folder, 'private', own))).mode & 0o777).toBe(0o700);
		expect((await stat(join(folder, 'private', own, 'passwords'))).mode & 0o777).toBe(0o600);
		stop.abort(new Error('seen'));
		expect(await caught(work)).toMatchObject({message: 'seen'});
		expect(await left()).toEqual([]);
		expect(await server.readLog()).not.toContain('canary');
	});

	test('what a killed process left is gone before the next login is written', async () => {
		const login = await filled('swept', 1);
		const {mkdir, writeFile} = await import('node:fs/promises');
		const old = join(folder, 'private', 'login-999999-123-00ff');
		await mkdir(old, {recursive: true});
		await writeFile(join(old, 'passwords'), 'canary');
		await dumped(dumps, login, tools);
		expect(await left()).toEqual([]);
	});

	test.each(['verify-full', 'require', 'disable'] as const)('logs in with TLS %s', async (tls) => {
		const login = {...(await filled(`tls_${tls.replace('-', '_')}`, 1)), tls};
		expect((await dumped(dumps, login, tools)).length).toBeGreaterThan(1000);
	});

	test('a wrong password, CA, host and port are told as such', async () => {
		const login = await filled('wrong', 1);
		const other = await startServer();
		onTestFinished(other.stop);
		const breaking = async (change: Partial<DatabaseLogin>) =>
			refusalOf(dumped(dumps, {...login, from: 'controlPlane.database', ...change}, tools));
		expect(await breaking({password: 'canary-wrong'})).toMatchObject({
			code: 'dump-failed',
			cause: 'The server refuses the login of wrong_user to the program.',
			fix: 'Correct the password, then try again.',
			answers: ['controlPlane.database.username', 'controlPlane.database.password'],
		});
		expect(await breaking({ca: other.authority.caPem})).toMatchObject({
			cause: 'The program and the server do not agree on TLS.',
			fix: 'Check CA and host name of the server in the answers, then try again.',
		});
		expect(await breaking({port: 1})).toMatchObject({cause: 'The program cannot reach the server.'});
		const odd = await breaking({password: 'line\nbreak'});
		expect(odd).toMatchObject({
			code: 'dump-password',
			cause: 'It holds a line break, which a password file of PostgreSQL cannot hold.',
			fix: 'Give the role a password without line breaks.',
		});
		expect(JSON.stringify(odd)).not.toContain('canary');
	});

	test('an object of somebody else is a refusal, of a restore and of a dump', async () => {
		const login = await filled('foreign');
		const dump = await dumped(dumps, login, tools);
		await execute({...server.admin, database: 'foreign'}, 'CREATE SCHEMA theirs CREATE TABLE theirs.t (a int)');
		expect(await refusalOf(restored(dumps, login, tools, dump))).toMatchObject({
			code: 'dump-failed',
			cause: expect.stringContaining('The database holds objects that do not belong to role foreign_user'),
			fix: 'Ask the database admin to hand them over to foreign_user or to drop them, then try again.',
		});
		expect(await refusalOf(dumped(dumps, login, tools))).toMatchObject({
			cause: 'Role foreign_user lacks a privilege on what is in the database; the evidence names it.',
			fix: 'Ask the database admin to make foreign_user the owner of all that is in the database, then try again.',
		});
	});

	/** A session of a login that holds a lock on a table until it is let go; what becomes of it. */
	const lockedBy = async (login: DatabaseLogin) => {
		const [isIn, letGo] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
		const access = {login, limits: {connectTimeoutMs: 5000, statementTimeoutMs: 60_000}, signal: never};
		const ending = withConnection(access, async (query) => {
			await query('BEGIN');
			await query('SELECT count(*) FROM run');
			isIn.resolve();
			await letGo.promise;
			await query('SELECT 1');
		}).then(
			() => 'left in peace',
			() => 'ended',
		);
		await Promise.race([isIn.promise, ending]);
		return {ending, letGo: letGo.resolve};
	};

	test('a session that something killed has left of the same role is ended and told', async () => {
		const login = await filled('left_over');
		const dump = await dumped(dumps, login, tools);
		const left = await lockedBy(login);
		const elsewhere = await lockedBy(await filled('left_alone', 1));
		const lines: string[] = [];
		await restored(dumps, login, tools, dump, {onLine: (text) => void lines.push(text)});
		expect(lines).toEqual([
			expect.stringMatching(
				/^database left_over: ended what a killed program left there, session \d+ of left_over_user from 127\.0\.0\.1, there for [\d.]+ s$/u,
			),
		]);
		expect(await left.ending).toBe('ended');
		elsewhere.letGo();
		expect(await elsewhere.ending).toBe('left in peace');
	});

	test('a lock of another role is a refusal that names its session, before anything is taken away; one without a lock is none', async () => {
		const login = await filled('of_another');
		const idle = {...server.admin, database: 'of_another'};
		const access = {login: idle, limits: {connectTimeoutMs: 5000, statementTimeoutMs: 60_000}, signal: never};
		await withConnection(access, () => endLeftOfPostgres(login, {signal: never, waitMs: 1}));
		const holder = await lockedBy(idle);
		const refusal = await refusalOf(endLeftOfPostgres(login, {signal: never, waitMs: 1}));
		expect(refusal).toMatchObject({
			code: 'restore-blocked',
			message: `Database of_another on ${login.host}:${login.port} is still in use: nothing of it was taken away.`,
			cause: expect.stringMatching(
				/^Session \d+ of \S+ from a host that is not shown has been there for an unknown time and holds locks on its tables\.$/u,
			),
			fix: 'Stop what works on the database, or ask the database admin to end that session. Then run the same command again: it goes on.',
			evidence: [
				expect.stringMatching(/^session \d+ of \S+ from a host that is not shown, there for an unknown time$/u),
			],
			nextSteps: [expect.stringMatching(/^SELECT pg_terminate_backend\(\d+\);$/u)],
		});
		holder.letGo();
		expect(await holder.ending).toBe('left in peace');
	});

	test('a session that does not go although it was told to is a refusal', async () => {
		const login = await filled('does_not_go', 1);
		const session = {id: '7', user: 'zen', host: '10.1.2.3', seconds: 185, isOwn: true, holdsLocks: false};
		const told: string[] = [];
		const sessions = {
			list: async () => [session],
			end: async (id: string) => void told.push(id),
			endSql: (id: string) => `KILL ${id};`,
		};
		expect(await refusalOf(endLeft(login, sessions, {signal: never, waitMs: 1}))).toMatchObject({
			code: 'restore-blocked',
			cause: 'Session 7 of zen from 10.1.2.3 has been there for 3 min 05 s and does not go although it was told to.',
			nextSteps: ['KILL 7;'],
		});
		expect(told).toEqual(['7']);
	});

	test('a statement whose wait for a lock the server ended is told with how long that was', async () => {
		const login = await filled('waited', 1);
		const holder = await lockedBy(login);
		expect(await refusalOf(execute(login, "SET lock_timeout = '1s'", 'DROP TABLE run CASCADE'))).toMatchObject({
			code: 'database-locked',
			message: `A statement on the database server ${login.host}:${login.port} waited in vain for a lock.`,
			cause: 'Another session holds it; the server ended the wait after 1 s.',
			fix: 'Stop what works on database waited, or ask the database admin to end that session. Then run the same command again: it goes on.',
			nextSteps: [
				'SELECT pid, usename, client_addr, state, pg_blocking_pids(pid), query FROM pg_stat_activity;',
				'SELECT pg_terminate_backend(PID);',
			],
		});
		holder.letGo();
		await holder.ending;
	});

	/** A way to the server that is cut once so many bytes have come back. */
	const cutAfter = async (bytes: number): Promise<number> =>
		listening(
			createServer((near: Socket) => {
				const far = connectSocket({host: server.admin.host, port: server.admin.port});
				let passed = 0;
				far.on('data', (chunk: Buffer) => {
					passed += chunk.length;
					if (passed > bytes) near.resetAndDestroy();
				});
				for (const socket of [near, far]) socket.on('error', () => undefined);
				near.on('close', () => far.destroy());
				near.pipe(far).pipe(near);
			}),
		);

	test('a server that is gone in the middle is told, and nothing passes for a dump', async () => {
		const login = await filled('gone', 20_000);
		const port = await cutAfter(300_000);
		expect(await refusalOf(dumped(dumps, {...login, port}, tools))).toMatchObject({
			code: 'dump-failed',
			cause: 'The connection to the server was lost in the middle.',
			fix: 'Check that the server is up and that nothing on the way ends long connections. Then try again: what was written before does not count.',
		});
		expect(await left()).toEqual([]);
	});

	test('an older pg_dump is not taken for this server', async () => {
		const older = createDumps({folder: join(folder, 'private'), environment: {PATH: '/usr/bin'}, where: 'host'});
		const refusal = await refusalOf(older.tools(server.admin, {product: 'PostgreSQL', version: '99.1'}, never));
		expect(['dump-tools-missing']).toContain(refusal.code);
		expect(refusal).toMatchObject({message: 'No program here can dump and restore databases of PostgreSQL 99.1.'});
	});
});
