import {connect, createServer, type Socket} from 'node:net';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {createAuthority} from '../../../rehearsal/authority/index.ts';
import {type Problem, type ProblemCode, ProblemError} from '../../../source/base/problem.ts';
import {createMysql} from '../../../source/database/mysql/index.ts';
import {createPostgres} from '../../../source/database/postgres/index.ts';
import type {DatabaseLogin, NeededDatabase} from '../../../source/database/types.ts';
import {listening} from '../../helpers/loopback.ts';
import {execute, programOf, startServer} from '../../helpers/mysql-server.ts';
import {caught} from '../server.ts';

const mysql = createMysql({connectTimeoutMs: 5000, statementTimeoutMs: 20_000});
const {signal} = new AbortController();
const code = (name: ProblemCode): ProblemCode => name;
const programs = {MySQL: await programOf('MySQL'), MariaDB: await programOf('MariaDB')};

describe.skipIf(!programs.MySQL || !programs.MariaDB).each(['MySQL', 'MariaDB'] as const)(
	'a login to a real %s',
	(product) => {
		const isMariadb = product === 'MariaDB';
		let server: Awaited<ReturnType<typeof startServer>>;
		let needed: NeededDatabase;
		let login: DatabaseLogin;
		let at = '';

		beforeAll(async () => {
			const program = programs[product];
			if (!program) return;
			server = await startServer(program);
			needed = server.needed('base');
			login = server.login(needed);
			at = `127.0.0.1:${server.admin.port}`;
			await mysql.provision(server.admin, needed, {signal, onStatement: () => undefined});
		}, 120_000);

		afterAll(async () => {
			await server?.stop();
		});

		const problemOf = async (more: Partial<DatabaseLogin>): Promise<Problem> => {
			const error = await caught(mysql.probe({...login, ...more}, signal));
			if (!(error instanceof ProblemError)) throw error;
			expect(JSON.stringify([error.problem, error.facts])).not.toContain('canary');
			return error.problem;
		};

		test('with a wrong password, or as nobody, is told as what the server says', async () => {
			for (const more of [{password: 'canary-wrong'}, {username: 'nobody', password: 'canary-wrong'}])
				expect(await problemOf(more)).toMatchObject({
					code: code('database-password'),
					message: `The database server ${at} refuses the login of account ${more.username ?? 'base_user'}.`,
					cause: expect.stringContaining('REQUIRE X509'),
					answers: ['controlPlane.database.password', 'controlPlane.database.username'],
				});
		});

		test('without TLS where the account asks for it looks like a wrong password, and that is said', async () => {
			expect(await problemOf({tls: 'disable'})).toMatchObject({
				code: code('database-password'),
				cause:
					'The password is wrong, there is no such account for this host, or it asks for more than the answers give (REQUIRE SSL); the server does not say which.',
				nextSteps: ["SHOW CREATE USER 'base_user'@'%';"],
			});
		});

		test('to a database that is not there, or not open to the account', async () => {
			expect(await problemOf({database: 'nowhere'})).toMatchObject({
				code: code('database-missing'),
				answers: ['controlPlane.database.name', 'controlPlane.database.username'],
			});
			expect(await problemOf({...server.admin, from: 'x', database: 'nowhere'})).toMatchObject({
				code: code('database-missing'),
				message: `There is no database nowhere on ${at}.`,
			});
		});

		test('of an account with too many connections', async () => {
			await server.execute(
				"CREATE USER 'full'@'%' IDENTIFIED BY 'canary-full' WITH MAX_USER_CONNECTIONS 1",
				"GRANT ALL ON `base`.* TO 'full'@'%'",
			);
			const full = {...login, username: 'full', password: 'canary-full'};
			expect(await mysql.probe({...full, from: 'x.admin'}, signal)).toMatchObject({
				maxConnections: 1,
				usedConnections: 1,
			});
			// The server counts a connection for a moment longer than its client: the one that is to be held may be refused too.
			const hold = async (): Promise<void> => {
				for (let isHeld = false; !isHeld; )
					isHeld = await execute(full, 'SELECT SLEEP(1.5)').then(
						() => true,
						(error: unknown) => {
							expect(error).toMatchObject({problem: {code: code('database-too-many-connections')}});
							return false;
						},
					);
			};
			const held = hold();
			let problem: Problem | undefined;
			while (problem === undefined) {
				const error = await mysql.probe({...full, from: 'x.admin'}, signal).then(
					() => undefined,
					(thrown: unknown) => thrown,
				);
				if (error instanceof ProblemError) problem = error.problem;
			}
			await held;
			expect(problem).toMatchObject({
				code: code('database-too-many-connections'),
				message: `The database server ${at} has no connection left for account full.`,
				cause: expect.stringContaining('max_user_connections'),
			});
		});

		test('with an expired password', async () => {
			await server.execute(
				"CREATE USER 'aged'@'%' IDENTIFIED BY 'canary-aged' PASSWORD EXPIRE",
				"GRANT ALL ON `base`.* TO 'aged'@'%'",
			);
			expect(await problemOf({username: 'aged', password: 'canary-aged'})).toMatchObject({
				code: code('database-password'),
				message: `The password of account aged on ${at} has expired.`,
			});
		});

		test('of an account that another plugin checks', async () => {
			const plugin = isMariadb ? 'unix_socket' : 'auth_socket';
			if (isMariadb) await server.execute(`CREATE USER 'peer'@'%' IDENTIFIED VIA ${plugin}`);
			else
				await server.execute(
					`INSTALL PLUGIN ${plugin} SONAME 'auth_socket.so'`,
					`CREATE USER 'peer'@'%' IDENTIFIED WITH ${plugin}`,
				);
			const problem = await problemOf({username: 'peer', password: 'canary-peer'});
			expect([code('database-login-method'), code('database-password')]).toContain(problem.code);
			const peer = {...needed, username: 'peer', password: 'canary-peer'};
			expect(await caught(mysql.missing(server.admin, peer, signal))).toMatchObject({
				problem: {
					code: code('database-login-method'),
					message: `The database server ${at} asks account peer for a login by the user of the operating system (peer).`,
					cause: expect.stringContaining(plugin),
					answers: ['controlPlane.database.username'],
				},
			});
		});

		test('with a client certificate where the account asks for one', async () => {
			const {cert, key} = await server.authority.issue({
				hosts: ['base_user'],
				purpose: 'client',
				alternativeNames: false,
			});
			const clientCertificate = {certificate: cert, key};
			const carded = {...server.needed('carded')};
			const admin = {...server.admin, clientCertificate};
			const shown: string[] = [];
			await mysql.provision(admin, carded, {signal, onStatement: (text) => shown.push(text)});
			expect(shown[1]).toMatch(/REQUIRE X509$/u);
			expect(await mysql.probe({...admin, ...carded}, signal)).toMatchObject({takesPlainLogin: false});
			expect(await problemOf(carded)).toMatchObject({
				code: code('database-password'),
				cause: expect.stringContaining('REQUIRE X509'),
			});
			expect(await caught(mysql.missing(server.admin, carded, signal))).toMatchObject({
				problem: {
					code: code('database-client-certificate'),
					message: `The database server ${at} wants a client certificate from account carded_user.`,
					answers: ['database.clientCertificate', 'database.clientKey'],
				},
			});
			const stranger = await createAuthority({name: 'Other CA'});
			const other = await stranger.issue({hosts: ['base_user'], purpose: 'client', alternativeNames: false});
			expect(await problemOf({...carded, clientCertificate: {certificate: other.cert, key: other.key}})).toMatchObject({
				code: code('database-client-certificate'),
				message: `The database server ${at} does not trust the client certificate of the answers.`,
			});
		});

		test('to a server that takes no changes', async () => {
			await server.execute('SET GLOBAL read_only = ON');
			try {
				const readOnly = {
					code: code('database-read-only'),
					message: `The database server ${at} takes no changes.`,
					cause: 'It is set to read-only (read_only): it may be a replica, or under maintenance.',
					fix: 'Name the primary in database.host, or ask the database admin to turn that setting off.',
					answers: ['database.host', 'database.port'],
				};
				expect(await problemOf({})).toMatchObject(readOnly);
				expect(await caught(mysql.missing(server.admin, needed, signal))).toMatchObject({problem: readOnly});
				expect(await caught(mysql.refuseAdmin(server.admin, [needed], signal))).toMatchObject({problem: readOnly});
			} finally {
				await server.execute('SET GLOBAL read_only = OFF');
			}
		});

		test('to a server that takes TLS only', async () => {
			await server.execute('SET GLOBAL require_secure_transport = ON');
			try {
				const problem = await problemOf({tls: 'disable', username: 'full', password: 'canary-full'});
				// MariaDB says no more than that it denies access.
				if (isMariadb) expect(problem).toMatchObject({code: code('database-password')});
				else
					expect(problem).toMatchObject({
						code: code('database-not-admitted'),
						message: `The database server ${at} takes no login without TLS.`,
						fix: 'Set database.tls to verify-full.',
						answers: ['database.tls', 'database.host'],
					});
				const facts = await mysql.probe(login, signal);
				expect(facts.takesPlainLogin ?? false).toBe(false);
			} finally {
				await server.execute('SET GLOBAL require_secure_transport = OFF');
			}
		});

		test('checks the certificate of the server, whether its host is a name or an address', async () => {
			const other = await createAuthority({name: 'Other CA'});
			expect(await problemOf({ca: other.caPem})).toMatchObject({
				code: code('database-certificate-untrusted'),
				nextSteps: [`openssl s_client -starttls mysql -connect ${at} -showcerts </dev/null`],
				answers: ['tls.ca', 'database.ca', 'database.tls'],
			});
			expect(await problemOf({host: 'localhost', server: 'workspaces.0.database.server'})).toMatchObject({
				code: code('database-certificate-other-host'),
				fix: 'Use a name that is in the certificate as workspaces.0.database.server.host, or have one issued for this name.',
				answers: ['workspaces.0.database.server.host', 'workspaces.0.database.server.tls'],
			});
			expect(await problemOf({host: '127.0.0.2'})).toMatchObject({code: code('database-unreachable')});
			await expect(mysql.probe({...login, tls: 'require', ca: undefined}, signal)).resolves.toMatchObject({
				tls: 'TLSv1.3',
			});
		});

		test('by PostgreSQL is told as what it is', async () => {
			const postgres = createPostgres({connectTimeoutMs: 3000, statementTimeoutMs: 3000});
			expect(await caught(postgres.probe(login, signal))).toMatchObject({
				problem: {code: code('database-not-postgresql'), cause: 'What answers there looks like a MySQL server.'},
			});
		});

		test('through a pooler that gives the session another number', async () => {
			const port = await listening(
				createServer((client: Socket) => {
					const behind = connect(server.admin.port, '127.0.0.1');
					let isFirst = true;
					client.on('error', () => behind.destroy());
					behind.on('error', () => client.destroy());
					client.pipe(behind);
					behind.on('data', (piece: Buffer) => {
						const end = piece.indexOf(0, 5);
						if (isFirst) piece.writeUInt32LE(4_000_000, end + 1);
						isFirst = false;
						client.write(piece);
					});
					behind.on('end', () => client.end());
				}),
			);
			const pooled = {...server.admin, port};
			expect(await mysql.probe(pooled, signal)).toMatchObject({
				isPooled: true,
				warnings: expect.arrayContaining([expect.stringContaining('a connection pooler that does not name itself')]),
			});
			expect(await caught(mysql.refuseAdmin(pooled, [server.needed('unmade')], signal))).toMatchObject({
				problem: {
					code: code('database-pooler'),
					message: `What answers at 127.0.0.1:${port} is a connection pooler, not MySQL itself.`,
				},
			});
			await expect(mysql.refuseAdmin(pooled, [needed], signal)).resolves.toBeUndefined();
		});

		test('ends with the signal', async () => {
			const stop = new AbortController();
			const slow = mysql.probe(login, stop.signal);
			stop.abort();
			expect(await caught(slow)).toMatchObject({name: 'AbortError'});
		});
	},
);

test.skipIf(!programs.MySQL)(
	'a server without TLS is told as one where the answers ask for it',
	async () => {
		if (!programs.MySQL) return;
		const server = await startServer(programs.MySQL, {'tls-version': ''});
		try {
			expect(await caught(mysql.probe(server.admin, signal))).toMatchObject({
				problem: {
					code: code('database-tls-not-offered'),
					cause: 'The answers ask for TLS (verify-full), and the server has it turned off.',
					answers: ['database.tls', 'database.host', 'database.port'],
				},
			});
			expect(await mysql.probe({...server.admin, tls: 'disable'}, signal)).toMatchObject({tls: 'none'});
		} finally {
			await server.stop();
		}
	},
	120_000,
);
