import {once} from 'node:events';
import {mkdtemp, readdir, rm} from 'node:fs/promises';
import {connect as connectSocket, createServer, type Socket} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {PassThrough, Readable} from 'node:stream';
import {setTimeout as pause} from 'node:timers/promises';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {markAndEmpty} from '../../../source/database/dump/empty-mysql.ts';
import type {DumpPort, DumpTools} from '../../../source/database/dump/types.ts';
import {withConnection} from '../../../source/database/mysql/connect.ts';
import {createMysql} from '../../../source/database/mysql/index.ts';
import type {DatabaseLogin} from '../../../source/database/types.ts';
import {clientsOf} from '../../helpers/database-clients.ts';
import {listening} from '../../helpers/loopback.ts';
import {execute, programOf, startServer} from '../../helpers/mysql-server.ts';
import {refusalOf} from '../../steps/world.ts';
import {caught} from '../server.ts';
import {dumped, dumpsWith, factsOf, fullAfter, never, processesOf, restored} from './dumping.ts';

const mysql = createMysql({connectTimeoutMs: 5000, statementTimeoutMs: 20_000});
const root = await mkdtemp(join(tmpdir(), 'zenml-airgap-dump-test-'));
const programs = {MySQL: await programOf('MySQL'), MariaDB: await programOf('MariaDB')};
const clients = {
	MySQL: await clientsOf('MySQL', join(root, 'looked')),
	MariaDB: await clientsOf('MariaDB', join(root, 'looked')),
};
const areThere = programs.MySQL && programs.MariaDB && clients.MySQL && clients.MariaDB;
afterAll(async () => rm(root, {recursive: true, force: true}));

describe.skipIf(!areThere).each(['MySQL', 'MariaDB'] as const)('a real %s', (product) => {
	const folder = join(root, product);
	let server: Awaited<ReturnType<typeof startServer>>;
	let dumps: DumpPort;
	let tools: DumpTools;

	beforeAll(async () => {
		const program = programs[product];
		const made = await dumpsWith(product, folder);
		if (!program || !made) throw new Error('The programs were there a moment ago');
		server = await startServer(program);
		dumps = made;
	}, 120_000);
	afterAll(async () => server?.stop());

	/** A database of a component's account, with what the product makes in it. */
	const filled = async (name: string, rows = 500): Promise<DatabaseLogin> => {
		const needed = server.needed(name);
		await mysql.provision(server.admin, needed, {signal: never, onStatement: () => undefined});
		const login = server.login(needed);
		const ten =
			'(SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9 UNION SELECT 10)';
		await execute(
			login,
			'CREATE TABLE owner (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(50) NOT NULL UNIQUE)',
			'CREATE TABLE run (id INT AUTO_INCREMENT PRIMARY KEY, owner INT, body LONGBLOB, at DATETIME(6), FOREIGN KEY (owner) REFERENCES owner (id))',
			"INSERT INTO owner (name) VALUES ('Zoë 🙂'), ('back\\\\slash''\\n')",
			`INSERT INTO run (owner, body, at) SELECT 1, unhex(repeat(sha2(rand(), 256), 20)), '2026-02-03 04:05:06.789' FROM ${ten} a, ${ten} b, ${ten} c, ${ten} d LIMIT ${rows}`,
			'CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)',
			"INSERT INTO alembic_version VALUES ('1234567890ab')",
			'CREATE TABLE secret (id INT PRIMARY KEY, `values` TEXT, created DATETIME DEFAULT now())',
			"INSERT INTO secret VALUES (1, 'stored', now()), (2, NULL, now()), (3, '', now())",
		);
		tools = await dumps.tools(login, factsOf(await mysql.probe(login, never)), never);
		return login;
	};
	const contents = (login: DatabaseLogin) => mysql.contents(login, never);
	const left = async () => readdir(join(folder, 'private')).catch(() => []);

	test('tells contents, revision and stored secrets', async () => {
		const login = await filled('told');
		expect(tools).toMatchObject({product, engine: 'mysql', where: 'host'});
		expect(await contents(login)).toMatchObject({
			tables: [
				{name: 'alembic_version', rows: 1},
				{name: 'owner', rows: 2},
				{name: 'run', rows: 500},
				{name: 'secret', rows: 3},
			],
			revision: '1234567890ab',
			isHalfRestored: false,
		});
		expect(await mysql.storedSecrets(login, never)).toEqual(['stored']);
		await execute(login, 'DROP TABLE secret', 'DROP TABLE alembic_version');
		expect(await mysql.storedSecrets(login, never)).toEqual([]);
		expect(await contents(login)).not.toHaveProperty('revision');
	});

	test('a restored database is what was dumped, whatever it held meanwhile, with what the product is granted', async () => {
		const login = await filled('whole');
		const dump = await dumped(dumps, login, tools);
		await execute(
			login,
			'DELETE FROM run',
			'ALTER TABLE owner ADD further INT',
			'CREATE TABLE newer (a INT PRIMARY KEY, owner INT, FOREIGN KEY (owner) REFERENCES owner (id))',
		);
		await restored(dumps, login, tools, dump);
		expect((await contents(login)).isHalfRestored).toBe(false);
		expect((await dumped(dumps, login, tools)).equals(dump)).toBe(true);
		expect(await left()).toEqual([]);
	});

	test('what an administrator has put there comes and goes too', async () => {
		await filled('things');
		const login = {...server.admin, database: 'things'};
		await execute(
			login,
			'CREATE VIEW runs AS SELECT run.id, name FROM run JOIN owner ON owner.id = run.owner',
			'CREATE FUNCTION one() RETURNS INT DETERMINISTIC RETURN 1',
			"CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 00:00:00' DO DELETE FROM run",
			'CREATE TRIGGER named BEFORE INSERT ON owner FOR EACH ROW SET NEW.name = trim(NEW.name)',
		);
		const dump = await dumped(dumps, login, tools);
		for (const word of ['VIEW `runs`', 'FUNCTION `one`', 'EVENT `nightly`', 'BEFORE INSERT ON'])
			expect(dump.toString('utf8')).toContain(word);
		await execute(login, 'DROP VIEW runs', 'CREATE PROCEDURE two() SELECT 2', 'CREATE VIEW newer AS SELECT 1 AS a');
		await restored(dumps, login, tools, dump);
		expect((await dumped(dumps, login, tools)).equals(dump)).toBe(true);
	});

	test('a dump that is cut leaves a mark, until a restore comes to its end; a marked database is not dumped', async () => {
		const login = await filled('cut');
		const dump = await dumped(dumps, login, tools);
		const cut = dump.subarray(0, dump.indexOf('-- Table structure for table `secret`'));
		expect(await refusalOf(restored(dumps, login, tools, cut))).toMatchObject({
			code: 'dump-incomplete',
			cause: 'It ends before its end, or begins with something else; its words stand in the evidence.',
			fix: 'Restore from another backup.',
			nextSteps: ['The database holds a part of it and is marked as such; no server may be started on it.'],
		});
		expect(await contents(login)).toMatchObject({
			isHalfRestored: true,
			tables: expect.not.arrayContaining([{name: 'secret', rows: 3}]),
		});
		expect(await refusalOf(dumped(dumps, login, tools))).toMatchObject({
			code: 'dump-of-a-half',
			cause: 'A restore into it began and did not come to its end.',
			fix: 'Restore it again, from any backup; until then no server may be started on it and it cannot be backed up.',
		});
		await restored(dumps, login, tools, dump);
		expect((await contents(login)).isHalfRestored).toBe(false);
		expect((await dumped(dumps, login, tools)).equals(dump)).toBe(true);
	});

	test('a dump that is something else is told, and no command of the client in it is run', async () => {
		const login = await filled('else_where');
		const file = join(root, `${product}-made-by-a-dump`);
		const text = `\\! touch ${file}\nsystem touch ${file}\n`;
		expect((await refusalOf(restored(dumps, login, tools, Buffer.from(text)))).code).toBe('dump-failed');
		expect((await readdir(root)).some((name) => name.endsWith('made-by-a-dump'))).toBe(false);
		expect((await contents(login)).isHalfRestored).toBe(true);
	});

	test('a stopped restore leaves the mark, no process and no login', async () => {
		const login = await filled('stopped');
		const dump = await dumped(dumps, login, tools);
		const stop = new AbortController();
		async function* slow(): AsyncGenerator<Buffer> {
			yield dump.subarray(0, dump.length - 2000);
			stop.abort(new Error('stopped by a test'));
			await pause(60_000, undefined, {ref: false});
		}
		const work = restored(dumps, login, tools, Readable.from(slow()), {signal: stop.signal});
		expect(await caught(work)).toMatchObject({message: 'stopped by a test'});
		expect((await contents(login)).isHalfRestored).toBe(true);
		expect(await processesOf(folder)).toBe('');
		expect(await left()).toEqual([]);
	});

	test('a source that fails is told with its own error, and the mark stays', async () => {
		const login = await filled('checked');
		const dump = await dumped(dumps, login, tools);
		async function* broken(): AsyncGenerator<Buffer> {
			yield dump;
			await pause(200);
			throw new Error('the checksum differs');
		}
		expect(await caught(restored(dumps, login, tools, Readable.from(broken())))).toMatchObject({
			message: 'the checksum differs',
		});
		expect((await contents(login)).isHalfRestored).toBe(true);
	});

	test('a target that is full ends the dump with its own error', async () => {
		const login = await filled('full', 10_000);
		expect(await caught(dumped(dumps, login, tools, {into: fullAfter(500_000)}))).toMatchObject({code: 'ENOSPC'});
		expect(await left()).toEqual([]);
	});

	test('no secret stands in words or environment while it runs, nor in what the server logs', async () => {
		const login = await filled('secret_one', 10_000);
		const seen: string[] = [];
		let asked: Promise<void> | undefined;
		await dumped(dumps, login, tools, {
			onBytes: () => {
				asked ??= processesOf(folder).then((text) => void seen.push(text));
			},
		});
		await asked;
		expect(seen.join('')).not.toContain('canary');
		expect(await server.readLog()).not.toContain('canary');
	});

	test.each(['verify-full', 'require'] as const)('logs in with TLS %s', async (tls) => {
		const login = {...(await filled(`tls_${tls.replace('-', '_')}`, 1)), tls};
		expect((await dumped(dumps, login, tools)).length).toBeGreaterThan(1000);
	});

	test('logs in without TLS where the account may', async () => {
		await filled('tls_less', 1);
		await execute(server.admin, "ALTER USER 'tls_less_user'@'%' REQUIRE NONE");
		const login = {...server.login(server.needed('tls_less')), tls: 'disable'} as const;
		expect((await dumped(dumps, login, tools)).length).toBeGreaterThan(1000);
	});

	/** A session of a login that holds a lock on a table until it is let go; what becomes of it. */
	const lockedBy = async (login: DatabaseLogin) => {
		const [isIn, letGo] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
		const access = {login, limits: {connectTimeoutMs: 5000, statementTimeoutMs: 20_000}, signal: never};
		const ending = withConnection(access, async (query) => {
			await query('START TRANSACTION');
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

	test('a session that something killed has left of the same account is ended and told', async () => {
		const login = await filled('left_over');
		const dump = await dumped(dumps, login, tools);
		const left = await lockedBy(login);
		const elsewhere = await lockedBy(await filled('left_alone', 1));
		const lines: string[] = [];
		await restored(dumps, login, tools, dump, {onLine: (text) => void lines.push(text)});
		expect(lines).toEqual([
			expect.stringMatching(
				/^database left_over: ended what a killed program left there, session \d+ of left_over_user from \S+, there for [\d.]+ s$/u,
			),
		]);
		expect(await left.ending).toBe('ended');
		elsewhere.letGo();
		expect(await elsewhere.ending).toBe('left in peace');
		expect((await dumped(dumps, login, tools)).equals(dump)).toBe(true);
	});

	test('a dump that nobody reads any more is ended, and its locks go with it', async () => {
		const login = await filled('unread', 10_000);
		const dump = await dumped(dumps, login, tools);
		const into = new PassThrough({highWaterMark: 1});
		const work = caught(dumps.dump(login, {tools, into, onBytes: () => undefined, signal: never}));
		await once(into, 'readable');
		const lines: string[] = [];
		await restored(dumps, login, tools, dump, {onLine: (text) => void lines.push(text)});
		expect(lines).toHaveLength(1);
		into.resume();
		expect(await work).toMatchObject({problem: {code: 'dump-failed'}});
		expect((await contents(login)).isHalfRestored).toBe(false);
	});

	test('a lock of somebody whom the account is not shown is a refusal before the first table is gone', async () => {
		const login = await filled('not_shown');
		const before = await contents(login);
		const holder = await lockedBy({...server.admin, database: 'not_shown'});
		const refusal = await refusalOf(markAndEmpty(login, {signal: never, lockSeconds: 1}));
		expect(refusal).toMatchObject({
			code: 'restore-blocked',
			message: `Database not_shown on ${login.host}:${login.port} is still in use: nothing of it was taken away.`,
			cause:
				'Another session holds a lock on one of its tables, which was waited for 1 s; those that not_shown_user may see stand in the evidence.',
			fix: 'Stop what works on the database, or ask the database admin to end that session. Then run the same command again: it goes on.',
			nextSteps: ['SHOW FULL PROCESSLIST;'],
		});
		expect({...(await contents(login)), bytes: 0}).toEqual({...before, bytes: 0});
		// Who may see all sessions is told which ones there are.
		await execute(server.admin, "GRANT PROCESS ON *.* TO 'not_shown_user'@'%'");
		expect(await refusalOf(markAndEmpty(login, {signal: never, lockSeconds: 1}))).toMatchObject({
			evidence: [expect.stringMatching(/^session \d+ of root from \S+, there for [\d.]+ s$/u)],
		});
		holder.letGo();
		await holder.ending;
	});

	test('a statement whose wait for a lock the server ended is told with how long that was', async () => {
		const login = await filled('waited');
		const holder = await lockedBy(login);
		const refusal = await refusalOf(execute(login, 'SET SESSION lock_wait_timeout = 1', 'DROP TABLE run'));
		expect(refusal).toMatchObject({
			code: 'database-locked',
			message: `A statement on the database server ${login.host}:${login.port} waited in vain for a lock.`,
			cause: 'Another session holds it; the server ended the wait after 1 s.',
			fix: 'Stop what works on database waited, or ask the database admin to end that session. Then run the same command again: it goes on.',
			nextSteps: ['SHOW FULL PROCESSLIST;', 'KILL ID;'],
		});
		holder.letGo();
		await holder.ending;
	});

	test.runIf(product === 'MySQL')('the size is that of now, and not what the server keeps for a day', async () => {
		const login = await filled('grown', 1);
		// This keeps it; what the engine then knows of the table is written as a growth would write it.
		await execute(login, "SELECT data_length FROM information_schema.tables WHERE table_schema = 'grown'");
		const before = (await contents(login)).bytes;
		await server.execute(
			"UPDATE mysql.innodb_table_stats SET clustered_index_size = 1000 WHERE database_name = 'grown' AND table_name = 'run'",
			'FLUSH TABLE grown.run',
		);
		expect((await contents(login)).bytes).toBeGreaterThan(before + 10_000_000);
	});

	/** A way to the server that is cut once so many bytes have come back on one connection. */
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
		const login = await filled('gone', 10_000);
		const port = await cutAfter(300_000);
		const refusal = await refusalOf(dumped(dumps, {...login, port}, tools));
		expect(refusal, JSON.stringify(refusal.evidence)).toMatchObject({
			code: 'dump-failed',
			cause: 'The connection to the server was lost in the middle.',
		});
		expect(await left()).toEqual([]);
	});

	test('a wrong password is told by the login that comes first', async () => {
		const login = await filled('wrong', 1);
		const refusal = await refusalOf(dumped(dumps, {...login, password: 'canary-wrong'}, tools));
		expect(refusal.code).toBe('database-password');
		expect(JSON.stringify(refusal)).not.toContain('canary');
	});

	test('programs of the other product are not taken', async () => {
		const other = product === 'MySQL' ? 'MariaDB' : 'MySQL';
		const refusal = await refusalOf(dumps.tools(server.admin, {product: other, version: '8.0.1'}, never));
		expect(refusal).toMatchObject({code: 'dump-tools-missing'});
	});
});
