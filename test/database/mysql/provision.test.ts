import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {ProblemCode} from '../../../source/base/problem.ts';
import {createMysql} from '../../../source/database/mysql/index.ts';
import type {DatabaseLogin, NeededDatabase} from '../../../source/database/types.ts';
import {accountPassword, adminPassword, execute, programOf, startServer} from '../../helpers/mysql-server.ts';
import {caught} from '../server.ts';

const mysql = createMysql({connectTimeoutMs: 5000, statementTimeoutMs: 20_000});
const {signal} = new AbortController();
const code = (name: ProblemCode): ProblemCode => name;
const privileges = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'CREATE', 'ALTER', 'DROP', 'INDEX', 'REFERENCES'];
const programs = {MySQL: await programOf('MySQL'), MariaDB: await programOf('MariaDB')};

describe.skipIf(!programs.MySQL || !programs.MariaDB).each(['MySQL', 'MariaDB'] as const)('a real %s', (product) => {
	const isMariadb = product === 'MariaDB';
	let server: Awaited<ReturnType<typeof startServer>>;

	beforeAll(async () => {
		const program = programs[product];
		if (program) server = await startServer(program);
	}, 120_000);

	afterAll(async () => {
		await server?.stop();
	});

	const provision = async (needed: NeededDatabase, admin = server.admin): Promise<readonly string[]> => {
		const shown: string[] = [];
		await mysql.provision(admin, needed, {signal, onStatement: (text) => shown.push(text)});
		return shown;
	};
	const accountOf = (needed: NeededDatabase): string => `'${needed.username}'@'%'`;
	const judged = async (login: DatabaseLogin) => mysql.judge(await mysql.probe(login, signal), login);
	const shownMissing = async (needed: NeededDatabase) =>
		(await mysql.missing(server.admin, needed, signal)).map(({shown}) => shown);

	test('gets what is needed, once, and no password stands in what is shown or logged', async () => {
		const needed = server.needed('zenml_pro');
		await expect(mysql.refuseAdmin(server.admin, [needed], signal)).resolves.toBeUndefined();
		const password = isMariadb ? 'BY PASSWORD' : 'WITH caching_sha2_password BY';
		const shown = [
			`CREATE DATABASE \`zenml_pro\` CHARACTER SET utf8mb4${isMariadb ? ' COLLATE utf8mb4_unicode_ci' : ''}`,
			`CREATE USER ${accountOf(needed)} IDENTIFIED ${password} '********' REQUIRE SSL`,
			`GRANT ${privileges.join(', ')} ON \`zenml\\_pro\`.* TO ${accountOf(needed)}`,
		];
		const {password: _password, ...planned} = needed;
		expect((await mysql.missing(server.admin, planned, signal)).map((one) => one.shown)).toEqual(shown);
		expect(await provision(needed)).toEqual(shown);
		expect(await provision(needed)).toEqual([]);
		// A password that is made anew is another one; no login is tried for that.
		expect((await mysql.missing(server.admin, planned, signal)).map(({target}) => target)).toEqual([
			'password of account zenml_pro_user',
		]);
		const log = await server.readLog();
		expect(log).toContain('CREATE DATABASE `zenml_pro`');
		expect(log).not.toContain('canary');
		expect(await mysql.probe(server.login(needed), signal)).toMatchObject({
			product,
			version: expect.stringMatching(isMariadb ? /^10\.11\./u : /^9\./u),
			encoding: 'utf8mb4',
			canCreate: true,
			lacking: [],
			tables: 0,
			tls: 'TLSv1.3',
			isPooled: false,
			takesPlainLogin: false,
			warnings: isMariadb ? [expect.stringContaining('MariaDB')] : [],
		});
		expect(await judged(server.login(needed))).toBeUndefined();
	});

	test('makes tables with exactly what was granted, and no other database is open', async () => {
		const [needed, other] = [server.needed('exact'), server.needed('exactly')];
		await provision(needed);
		await provision(other);
		const login = server.login(needed);
		await execute(
			login,
			'CREATE TABLE parent (id INT PRIMARY KEY)',
			'CREATE TABLE child (id INT PRIMARY KEY, parent INT, FOREIGN KEY (parent) REFERENCES parent (id))',
			'CREATE INDEX quick ON child (parent, id)',
			'ALTER TABLE child ADD COLUMN words TEXT',
			'INSERT INTO parent VALUES (1)',
			'DROP TABLE child',
		);
		expect(await caught(execute({...login, database: 'exactly'}))).toMatchObject({
			problem: {code: code('database-missing'), cause: expect.stringContaining('no privileges on it')},
		});
	});

	test('tables and the revision of the migrations are told, and none where nothing has migrated', async () => {
		const needed = server.needed('migrated');
		await provision(needed);
		const login = server.login(needed);
		expect(await mysql.schema(login, signal)).toEqual({tables: 0, revision: undefined});
		await execute(
			login,
			'CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)',
			"INSERT INTO alembic_version VALUES ('0.98.0')",
		);
		expect(await mysql.schema(login, signal)).toEqual({tables: 1, revision: '0.98.0'});
		await server.execute(`REVOKE SELECT ON \`migrated\`.* FROM ${accountOf(needed)}`);
		expect(await mysql.schema(login, signal)).toEqual({tables: 1, revision: undefined});
	});

	test('takes names and passwords with every sign that SQL knows', async () => {
		const needed: NeededDatabase = {
			database: 'o`d_d%\\"x',
			username: `o'd"d\\?:'pass'`,
			password: `canary '"\\%\`?$:é`,
			from: 'workspaces.0.database',
		};
		expect(await provision(needed)).toHaveLength(3);
		expect(await provision(needed)).toEqual([]);
		expect(await judged(server.login(needed))).toBeUndefined();
	});

	test('a login without TLS is refused, and where it is not, the statement for it is told', async () => {
		const needed = server.needed('open_door');
		await provision(needed);
		await server.execute(`ALTER USER ${accountOf(needed)} REQUIRE NONE`);
		const sql = `ALTER USER ${accountOf(needed)} REQUIRE SSL`;
		expect(await judged(server.login(needed))).toMatchObject({
			code: code('database-tls-not-required'),
			message: `The database server 127.0.0.1:${server.admin.port} takes the login of account open_door_user without TLS.`,
			fix: `Ask the database admin to run: ${sql};`,
			who: 'database admin',
			answers: ['controlPlane.database.username'],
		});
		expect(await shownMissing(needed)).toEqual([sql]);
		expect(await shownMissing({...needed, requires: 'nothing'})).toEqual([]);
		await server.execute(sql);
		expect(await judged(server.login(needed))).toBeUndefined();
	});

	test('each privilege is looked for by itself', async () => {
		const needed = server.needed('one_less');
		await provision(needed);
		for (const privilege of privileges) {
			await server.execute(`REVOKE ${privilege} ON \`one\\_less\`.* FROM ${accountOf(needed)}`);
			const problem = await judged(server.login(needed));
			if (privilege === 'REFERENCES' && isMariadb) expect(problem).toBeUndefined();
			else
				expect(problem).toMatchObject({
					code: code('database-privileges'),
					message: `Account one_less_user on 127.0.0.1:${server.admin.port} lacks ${privilege} on database one_less.`,
					fix: expect.stringContaining('GRANT SELECT'),
				});
			await server.execute(`GRANT ${privilege} ON \`one\\_less\`.* TO ${accountOf(needed)}`);
		}
		await server.execute(`REVOKE DROP ON \`one\\_less\`.* FROM ${accountOf(needed)}`);
		expect(await provision(needed)).toEqual([
			`GRANT ${privileges.join(', ')} ON \`one\\_less\`.* TO ${accountOf(needed)}`,
		]);
		expect(await judged(server.login(needed))).toBeUndefined();
	});

	test.each([
		['all privileges', 'GRANT ALL ON `granted`.* TO ACCOUNT'],
		['a pattern', 'GRANT ALL ON `gran%`.* TO ACCOUNT'],
		['every database', 'GRANT ALL ON *.* TO ACCOUNT'],
	])('privileges count that come by %s', async (_title, grant) => {
		const needed = server.needed('granted');
		await provision(needed);
		await server.execute(
			`REVOKE ALL PRIVILEGES, GRANT OPTION FROM ${accountOf(needed)}`,
			grant.replace('ACCOUNT', accountOf(needed)),
		);
		expect(await judged(server.login(needed))).toBeUndefined();
	});

	test('privileges count that come by a role', async () => {
		const needed = server.needed('by_role');
		await provision(needed);
		const account = accountOf(needed);
		await server.execute(
			`REVOKE ALL PRIVILEGES, GRANT OPTION FROM ${account}`,
			"CREATE ROLE 'tables'",
			"GRANT ALL ON `by_role`.* TO 'tables'",
			`GRANT 'tables' TO ${account}`,
			isMariadb ? `SET DEFAULT ROLE 'tables' FOR ${account}` : `SET DEFAULT ROLE 'tables' TO ${account}`,
		);
		expect(await judged(server.login(needed))).toBeUndefined();
	});

	test('a password of an account that serves nobody else is set', async () => {
		const needed = server.needed('forgotten');
		await provision(needed);
		const changed = {...needed, password: 'canary-other'};
		expect(await caught(mysql.probe(server.login(changed), signal))).toMatchObject({
			problem: {code: code('database-password')},
		});
		const password = isMariadb ? 'BY PASSWORD' : 'WITH caching_sha2_password BY';
		expect(await provision(changed)).toEqual([`ALTER USER ${accountOf(needed)} IDENTIFIED ${password} '********'`]);
		expect(await judged(server.login(changed))).toBeUndefined();
	});

	test('a password of an account that serves other databases too is left alone', async () => {
		const needed = server.needed('shared');
		await provision(needed);
		await server.execute(`GRANT SELECT ON \`elsewhere\`.* TO ${accountOf(needed)}`);
		expect(await caught(provision({...needed, password: 'canary-other'}))).toMatchObject({
			problem: {
				code: code('database-in-use'),
				message: expect.stringContaining('serves other databases too: elsewhere.'),
				answers: ['controlPlane.database.username', 'controlPlane.database.password'],
			},
		});
		expect(await judged(server.login(needed))).toBeUndefined();
	});

	test('a database with tables of others is left alone', async () => {
		await server.execute('CREATE DATABASE foreigners', 'CREATE TABLE foreigners.books (id INT PRIMARY KEY)');
		const refusal = {
			problem: {
				code: code('database-in-use'),
				message: expect.stringContaining('holds 1 tables, and account foreigners_user has no privileges on it.'),
				answers: ['controlPlane.database.name'],
			},
		};
		const needed = server.needed('foreigners');
		expect(await caught(mysql.refuseAdmin(server.admin, [needed], signal))).toMatchObject(refusal);
		expect(await caught(provision(needed))).toMatchObject(refusal);
	});

	test('an empty database of another character set is given ours, one with tables is refused', async () => {
		const needed = server.needed('latin');
		await server.execute('CREATE DATABASE latin CHARACTER SET latin1');
		expect((await provision(needed))[0]).toMatch(/^ALTER DATABASE `latin` CHARACTER SET utf8mb4/u);
		expect(await provision(needed)).toEqual([]);
		await server.execute('ALTER DATABASE latin CHARACTER SET latin1');
		expect(await judged(server.login(needed))).toMatchObject({
			code: code('database-encoding'),
			fix: expect.stringContaining('ALTER DATABASE `latin` CHARACTER SET utf8mb4'),
		});
		await server.execute('CREATE TABLE latin.books (id INT PRIMARY KEY)');
		expect(await caught(provision(needed))).toMatchObject({
			problem: {
				code: code('database-encoding'),
				message: `Database latin on 127.0.0.1:${server.admin.port} is encoded in latin1; utf8mb4 is needed.`,
			},
		});
	});

	test('an account that is locked is opened', async () => {
		const needed = server.needed('locked');
		await provision(needed);
		await server.execute(`ALTER USER ${accountOf(needed)} ACCOUNT LOCK`);
		expect(await caught(mysql.probe(server.login(needed), signal))).toMatchObject({
			problem: {
				code: code('database-role-without-login'),
				message: `Account locked_user on 127.0.0.1:${server.admin.port} is locked.`,
			},
		});
		expect(await provision(needed)).toEqual([`ALTER USER ${accountOf(needed)} ACCOUNT UNLOCK`]);
	});

	test('an administrator who may not do it is told what is lacking', async () => {
		const needed = server.needed('beyond');
		await server.execute(
			"CREATE USER IF NOT EXISTS 'half'@'%' IDENTIFIED BY 'canary-half'",
			"GRANT SELECT ON *.* TO 'half'@'%'",
			"CREATE USER IF NOT EXISTS 'blind'@'%' IDENTIFIED BY 'canary-blind'",
		);
		const half = {...server.admin, username: 'half', password: 'canary-half'};
		const refused = {
			problem: {
				code: code('database-privileges'),
				message: `Account half on 127.0.0.1:${server.admin.port} may not make what is missing.`,
				cause: expect.stringContaining('CREATE USER'),
				answers: ['database.admin.username'],
			},
		};
		expect(await caught(mysql.refuseAdmin(half, [needed], signal))).toMatchObject(refused);
		expect(await caught(mysql.missing(half, needed, signal))).toMatchObject(refused);
		const blind = {...server.admin, username: 'blind', password: 'canary-blind', database: 'information_schema'};
		expect(await caught(mysql.refuseAdmin(blind, [needed], signal))).toMatchObject({
			problem: {
				code: code('database-privileges'),
				message: `Account blind on 127.0.0.1:${server.admin.port} may not read which accounts there are.`,
			},
		});
	});

	test('the script for the database admin makes the same, and holds no password', async () => {
		const needed = server.needed('scripted');
		const lines = mysql.script(needed);
		expect(lines.join('\n')).not.toContain('canary');
		const statements = lines.filter((line) => !line.startsWith('--'));
		const variable = `SET @scripted_user_password = '${accountPassword.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
		await server.execute(variable, ...statements);
		expect(await shownMissing(needed)).toEqual([]);
		expect(await judged(server.login(needed))).toBeUndefined();
		// Again, over what is there, with another password.
		await server.execute("SET @scripted_user_password = 'canary-new'", ...statements);
		expect(await judged(server.login({...needed, password: 'canary-new'}))).toBeUndefined();
		const other = server.needed('unscripted');
		const without = mysql.script(other).filter((line) => !line.startsWith('--'));
		expect(await caught(server.execute(...without))).toMatchObject({problem: {code: code('database-error')}});
		expect(await server.execute("SELECT user FROM mysql.user WHERE user = 'unscripted_user'")).toEqual([]);
	});

	test('several databases are made at the same time', async () => {
		const all = Array.from({length: 6}, (_, index) => server.needed(`many_${index}`));
		const shown = await Promise.all(all.map(async (needed) => provision(needed)));
		expect(shown.map(({length}) => length)).toEqual(all.map(() => 3));
		for (const needed of all) expect(await mysql.missing(server.admin, needed, signal)).toEqual([]);
	});

	test('two administrators at once make it together', async () => {
		const needed = server.needed('at_once');
		await Promise.all([provision(needed), provision(needed)]);
		expect(await shownMissing(needed)).toEqual([]);
	});

	test('no password stands in the log of the server', async () => {
		const log = await server.readLog();
		for (const secret of [adminPassword, accountPassword]) expect(log).not.toContain(secret);
	});
});
