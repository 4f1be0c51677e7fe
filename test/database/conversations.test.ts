import {createServer, type Socket} from 'node:net';
import pg from 'pg';
import {describe, expect, test} from 'vitest';
import {type Problem, type ProblemCode, ProblemError} from '../../source/base/problem.ts';
import type {Access} from '../../source/database/access.ts';
import {kindOfServer, mysqlServer} from '../../source/database/first-words.ts';
import {connectionProblem} from '../../source/database/postgres/connection-problems.ts';
import {createPostgres} from '../../source/database/postgres/index.ts';
import {createGuard} from '../../source/database/postgres/protocol.ts';
import type {DatabaseLogin} from '../../source/database/types.ts';
import {listening} from '../helpers/loopback.ts';
import {meetAll, outcomeOf, patienceMs} from '../helpers/mutants.ts';
import {mutantOf} from '../helpers/mutations.ts';
import type {Random} from '../helpers/random.ts';
import {answer, int16, message, ready, refusal, request, text, welcome} from './played-postgres.ts';
import {caught} from './server.ts';

const code = (name: ProblemCode): ProblemCode => name;
const {signal} = new AbortController();
const login: DatabaseLogin = {
	host: '127.0.0.1',
	port: 0,
	tls: 'disable',
	username: 'ada',
	password: 'canary-secret',
	database: 'db',
	from: 'controlPlane.database',
};

/** How a played server goes on after it has said a piece. */
type Ending = 'stay' | 'end' | 'reset';

/** Says one piece for each that it hears, the last one again and again. */
const speaking =
	(pieces: readonly Buffer[], ending: Ending = 'stay', chunk = Number.POSITIVE_INFINITY) =>
	(socket: Socket): void => {
		let said = 0;
		socket.on('error', () => undefined);
		socket.on('data', () => {
			const piece = pieces[Math.min(said, pieces.length - 1)] ?? Buffer.alloc(0);
			said += 1;
			for (let at = 0; at < piece.length; at += chunk) socket.write(piece.subarray(at, at + chunk));
			if (said < pieces.length || ending === 'stay') return;
			if (ending === 'end') socket.end();
			else socket.resetAndDestroy();
		});
	};

const probing = async (onConnection: (socket: Socket) => void, more: Partial<DatabaseLogin> = {}, ms = 400) => {
	const port = await listening(createServer(onConnection));
	const postgres = createPostgres({connectTimeoutMs: ms, statementTimeoutMs: ms});
	return postgres.probe({...login, port, ...more}, signal);
};

/** The problem of a look at a server that speaks so; its port left out. */
const problemOf = async (...given: Parameters<typeof probing>): Promise<Problem> => {
	const error = await caught(probing(...given));
	if (!(error instanceof ProblemError)) throw error;
	expect(JSON.stringify([error.problem, error.facts])).not.toContain('canary');
	return JSON.parse(JSON.stringify(error.problem).replaceAll(/127\.0\.0\.1:\d+/gu, 'SERVER')) as Problem;
};

test('the played server is one that can be looked at, in pieces of any size', async () => {
	for (const chunk of [Number.POSITIVE_INFINITY, 7, 1])
		expect(await probing(speaking([welcome, answer], 'stay', chunk), {}, 5000)).toMatchObject({
			version: '15.18',
			owner: 'ada',
			isPooled: false,
		});
});

describe('a login by something else than a password', () => {
	test.each([
		[request(2), 'Kerberos 5'],
		[request(7), 'Kerberos (GSSAPI)'],
		[request(8, Buffer.from('token')), 'Kerberos (GSSAPI)'],
		[request(9), 'SSPI'],
		[request(6), 'SCM credentials'],
		[request(13), 'number 13'],
		[request(10, Buffer.from('OAUTHBEARER\0\0')), 'OAUTHBEARER'],
		[request(10, Buffer.from('\0')), 'SASL'],
	])('is named: %o', async (asked, method) => {
		expect(await problemOf(speaking([asked]))).toMatchObject({
			code: code('database-login-method'),
			area: 'database',
			who: 'database admin',
			message: `The database server SERVER asks role ada for a login by ${method}.`,
			cause:
				'Its pg_hba.conf has this role log in by another method than a password; this tool and the servers of the product log in with a password.',
			fix: 'Ask the database admin for a line with scram-sha-256 for this role and database in pg_hba.conf, before that one, then a reload.',
			answers: ['controlPlane.database.username'],
		});
	});
});

describe('a conversation that breaks the protocol', () => {
	test.each<readonly [string, readonly Buffer[], string]>([
		['an error message without an end', [message('E', Buffer.from('SFATAL\0Mno'))], 'an error message without an end'],
		[
			'an error message that ends early',
			[message('E', Buffer.from('SFATAL\0\0Mno\0\0'))],
			'an error message with an empty field',
		],
		['a request of a wrong length', [request(5)], 'a request to log in of a wrong length'],
		['a request without its kind', [message('R', Buffer.alloc(2))], 'a request to log in without its kind'],
		['methods without an end', [request(10, Buffer.from('SCRAM'))], 'a list of login methods without an end'],
		[
			'an unknown message',
			[Buffer.concat([request(0), message('!', Buffer.alloc(1))])],
			'a message of an unknown kind',
		],
		['a huge message', [welcome, Buffer.from([0x44, 0x7f, 0, 0, 0])], 'a message of an impossible length'],
		[
			'rows without columns',
			[welcome, Buffer.concat([message('T', int16(0)), message('C', text('SELECT 0')), ready])],
			'rows of another shape than was asked for',
		],
		[
			'a row with less than no columns',
			[welcome, message('D', int16(-2))],
			'a message that cannot be read: Invalid array length',
		],
	])('%s is named', async (_title, pieces, what) => {
		expect(await problemOf(speaking(pieces))).toMatchObject({
			code: code('database-protocol'),
			area: 'database',
			who: 'database admin',
			message: 'The database server SERVER breaks the PostgreSQL protocol.',
			cause: `It sent ${what}.`,
			fix: 'Check what stands between this host and the server, e.g. a proxy or pooler, and that host and port are right.',
			answers: ['database.host', 'database.port'],
		});
	});

	test('a flood of messages ends where it is more than is ever asked for', () => {
		let passed = 0;
		const take = createGuard(() => {
			passed += 1;
		});
		take(welcome);
		const notice = message('N', Buffer.concat([Buffer.from('M'), Buffer.alloc(60_000, 0x61), Buffer.from('\0\0')]));
		const flood = (): void => {
			for (let index = 0; index < 1000; index += 1) take(notice);
		};
		expect(flood).toThrow('more than this tool ever asks for');
		expect(passed).toBeLessThan(80);
	});

	test('a login that begins and is not finished does not blame a firewall', async () => {
		expect(await problemOf(speaking([request(3)]))).toMatchObject({
			code: code('database-unreachable'),
			cause: 'It answered, but did not finish the login within 0.4 s; it may be overloaded or speak no PostgreSQL.',
		});
	});

	test('a connection that is cut after the login is told as that', async () => {
		expect(await problemOf(speaking([welcome, Buffer.alloc(0)], 'end'))).toMatchObject({
			code: code('database-unreachable'),
		});
	});

	test('a refusal before any TLS is told in the words of the server', async () => {
		const full = refusal('53300', 'sorry, too many clients already', 'InitProcess');
		expect(await problemOf(speaking([full], 'end'), {tls: 'verify-full'})).toMatchObject({
			code: code('database-too-many-connections'),
		});
		expect(await problemOf(speaking([Buffer.from('Ecould not fork\0')], 'end'), {tls: 'verify-full'})).toMatchObject({
			code: code('database-error'),
			message: 'The database server SERVER answered with an error: could not fork',
		});
	});
});

describe('something that is not PostgreSQL', () => {
	const greeting = Buffer.concat([Buffer.from([0x4a, 0, 0, 0, 0x0a]), text('8.0.36'), Buffer.alloc(60, 1)]);
	const told = {
		code: code('database-not-postgresql'),
		message: 'What answers at SERVER is not a PostgreSQL server.',
		fix: 'Check host and port: PostgreSQL usually listens on 5432.',
		answers: ['database.host', 'database.port'],
	};
	const others: readonly (readonly [string, Buffer, string])[] = [
		['MySQL', greeting, 'a MySQL server'],
		[
			'MySQL with a length like a notice',
			Buffer.concat([Buffer.from([0x4e, 0, 0, 0, 0x0a]), greeting.subarray(5)]),
			'a MySQL server',
		],
		['SSH', Buffer.from('SSH-2.0-OpenSSH_9.6\r\n'), 'an SSH server'],
		['HTTP', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), 'a web server'],
		['HTTP of old', Buffer.from('<html><body>no</body></html>'), 'a web server'],
		[
			'the X Protocol of MySQL',
			Buffer.from([5, 0, 0, 0, 11, 8, 5, 26, 0]),
			'the X Protocol of a MySQL server, which usually listens on 33060',
		],
		['SMTP', Buffer.from('220 mail.corp ESMTP\r\n'), 'a mail or file server'],
		['Redis', Buffer.from('-ERR unknown command\r\n'), 'a Redis server'],
	];

	test.each(others)('is called what it is: %s, asked for TLS or not', async (_title, words, seen) => {
		const isMysql = seen === mysqlServer;
		const looks = `What answers there looks like ${seen}`;
		const known = {
			cause: isMysql ? `${looks}.` : `${looks}, and does not speak the PostgreSQL protocol.`,
			...(isMysql && {
				fix: 'Correct database.engine, or host and port: PostgreSQL usually listens on 5432.',
				answers: ['database.engine', 'database.host', 'database.port'],
			}),
		};
		const greets = (socket: Socket): void => {
			socket.on('error', () => undefined);
			socket.write(words);
		};
		for (const tls of ['disable', 'verify-full'] as const) {
			expect(await problemOf(speaking([words]), {tls})).toMatchObject({...told, ...known});
			expect(await problemOf(greets, {tls})).toMatchObject({...told, ...known});
		}
	});

	test('is not guessed at where nothing tells', async () => {
		const cause = 'Something answers there, but it does not speak the PostgreSQL protocol.';
		expect(await problemOf(speaking([Buffer.from('what?\r\n')]))).toMatchObject({...told, cause});
		expect(kindOfServer(welcome)).toBeUndefined();
	});
});

describe('words of servers and poolers', () => {
	const access: Access = {
		login: {...login, host: 'db', port: 5432},
		limits: {connectTimeoutMs: 1, statementTimeoutMs: 1},
		signal,
	};
	const said = (state: string, words: string, routine?: string, more: Partial<DatabaseLogin> = {}): Problem => {
		const error = Object.assign(new pg.DatabaseError(words, 0, 'error'), {code: state, routine});
		return connectionProblem(error, {...access, login: {...access.login, ...more}}).problem;
	};

	test.each([
		['LDAP authentication failed for user "ada"', 'LDAP'],
		['LDAP-Authentifizierung für Benutzer »ada« fehlgeschlagen', 'LDAP'],
		['PAM authentication failed for user "ada"', 'PAM'],
		['RADIUS authentication failed for user "ada"', 'RADIUS'],
	])('a password that another server checks: %s', (words, method) => {
		expect(said('28000', words, 'auth_failed')).toMatchObject({
			code: code('database-login-refused'),
			message: `The database server db:5432 refuses role ada: its login by ${method} failed.`,
			cause: `Its pg_hba.conf has the password of this role checked by ${method}, which did not accept it.`,
			fix: `Correct the password to the one that ${method} knows, or ask the database admin for a line with scram-sha-256 for this role.`,
			answers: ['controlPlane.database.password', 'controlPlane.database.username'],
			evidence: [`28000: ${words}`],
		});
	});

	test.each([
		['GSSAPI authentication failed for user "ada"', 'Kerberos (GSSAPI)'],
		['SSPI authentication failed for user "ada"', 'SSPI'],
		['Peer authentication failed for user "ada"', 'peer'],
		['OAuth bearer authentication failed for user "ada"', 'OAuth'],
	])('a check without a password: %s', (words, method) => {
		expect(said('28000', words, 'auth_failed')).toMatchObject({
			message: `The database server db:5432 refuses role ada: its login by ${method} failed.`,
			cause: `Its pg_hba.conf has this role checked by ${method}, which does not ask for the password of the answers.`,
		});
	});

	test('a check that is not recognized leaves its words in the evidence', () => {
		expect(said('28000', 'nix da', 'auth_failed')).toMatchObject({
			code: code('database-login-refused'),
			message: 'The database server db:5432 refuses role ada.',
			cause: 'It says in its own language by which check; its words stand in the evidence.',
			fix: 'Ask the database admin for a line with scram-sha-256 for this role and database in pg_hba.conf, before that one, then a reload.',
			evidence: ['28000: nix da'],
		});
	});

	test('the name of a role is not taken for a method', () => {
		const words = 'certificate authentication failed for user "LDAP"';
		expect(said('28000', words, 'auth_failed', {username: 'LDAP'}).code).toBe(code('database-client-certificate'));
	});

	test('a language that is not English is told apart by the function of the server', () => {
		expect(said('28000', 'Verbindung erfordert ein gültiges Client-Zertifikat', 'ClientAuthentication').code).toBe(
			code('database-client-certificate'),
		);
		expect(said('28000', 'kein pg_hba.conf-Eintrag für Host »::1«', 'ClientAuthentication').code).toBe(
			code('database-not-admitted'),
		);
		expect(said('28000', 'Rolle »ada« existiert nicht', 'InitializeSessionUserId')).toMatchObject({
			code: code('database-role-without-login'),
			cause:
				'The role has no LOGIN attribute, or does not exist: the server says which in its own language, in the evidence.',
			fix: 'Ask the database admin to create the role, or to run: ALTER ROLE "ada" LOGIN;',
		});
	});

	test.each([
		[
			'08P01',
			'no such database: db',
			'It knows no database db: no such database: db',
			'Have the database admin make it and add it to the pooler (in PgBouncer: [databases]), or name the PostgreSQL server itself.',
		],
		[
			'3D000',
			'no such database: db',
			'It knows no database db: no such database: db',
			'Have the database admin make it and add it to the pooler (in PgBouncer: [databases]), or name the PostgreSQL server itself.',
		],
		[
			'08P01',
			'database "db" does not exist',
			'It knows no database db: database "db" does not exist',
			'Have the database admin make it and add it to the pooler (in PgBouncer: [databases]), or name the PostgreSQL server itself.',
		],
		[
			'3D000',
			"odyssey: c5a1: route for 'db.ada' is not found",
			"It knows no database db: odyssey: c5a1: route for 'db.ada' is not found",
			'Have the database admin make it and add it to the pooler (in PgBouncer: [databases]), or name the PostgreSQL server itself.',
			'Odyssey, ',
		],
		[
			'08P01',
			'no such user: ada',
			'It knows no role ada, or another password for it: no such user: ada',
			'Have the database admin make it and add it to the pooler (in PgBouncer: auth_file or auth_query), or name the PostgreSQL server itself.',
		],
		[
			'08P01',
			'unsupported startup parameter: application_name',
			'It does not take what the client says of itself: unsupported startup parameter: application_name',
			'Have the database admin let it pass (in PgBouncer: ignore_startup_parameters), or name the PostgreSQL server itself.',
		],
		[
			'08P01',
			'pgbouncer cannot connect to server',
			'It refuses the login: pgbouncer cannot connect to server',
			"Have the database admin look into the pooler's log, or name the PostgreSQL server itself.",
			'PgBouncer, ',
		],
		[
			'08P01',
			'bouncer config error',
			'It refuses the login: bouncer config error',
			"Have the database admin look into the pooler's log, or name the PostgreSQL server itself.",
		],
	])('a pooler is told as one: %s %s', (state, words, cause, fix, name = '') => {
		expect(said(state, words)).toMatchObject({
			code: code('database-pooler'),
			who: 'database admin',
			message: `What answers at db:5432 is ${name}a connection pooler, not PostgreSQL itself.`,
			cause,
			fix,
			evidence: [`${state}: ${words}`],
		});
	});

	test('a server that breaks off with the same code is no pooler', () => {
		expect(said('08P01', 'invalid message format', 'pq_getmsgend').code).toBe(code('database-error'));
	});

	test('a server may not pass for an error of this host, and its words stay on one line', () => {
		expect(said('ENOTFOUND', 'a\u001b[2J\nb', 'x')).toMatchObject({
			code: code('database-error'),
			message: 'The database server db:5432 answered with an error: a [2J b',
		});
		expect(said('22000', 'x'.repeat(5000), 'x').message.length).toBeLessThan(500);
	});

	test('the alert of a TLS layer that wants a certificate is told as that', () => {
		const error = Object.assign(new Error('alert'), {code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'});
		expect(connectionProblem(error, access).problem.code).toBe(code('database-client-certificate'));
	});

	test('a key of another certificate is told to the operator, and not to the database admin', () => {
		const error = Object.assign(new Error('key values mismatch'), {code: 'ERR_OSSL_X509_KEY_VALUES_MISMATCH'});
		expect(connectionProblem(error, access).problem).toMatchObject({
			code: code('database-client-certificate'),
			area: 'usage',
			who: 'operator',
			cause: 'Certificate and key of the answers do not belong together.',
			fix: 'Name the key that database.clientCertificate was requested with in database.clientKey.',
			answers: ['database.clientCertificate', 'database.clientKey'],
		});
	});

	test('a statement in a session that may change nothing is told as that', () => {
		expect(
			said('25006', 'cannot execute CREATE ROLE in a read-only transaction', 'PreventCommandIfReadOnly').code,
		).toBe(code('database-read-only'));
	});
});

describe('conversations that were damaged on the way', () => {
	const scram = request(10, Buffer.from('SCRAM-SHA-256\0\0'));
	const whole: readonly (readonly Buffer[])[] = [
		[welcome, answer],
		[scram, request(11, Buffer.from('r=x,s=YQ==,i=4096')), request(12, Buffer.from('v=YQ=='))],
		[request(5, Buffer.from('salt')), welcome, answer],
		[request(3), welcome, answer],
		[refusal('28P01', 'password authentication failed for user "ada"', 'auth_failed')],
	];

	/** A length that lies, where the length of the first message stands. */
	const mislengthed = (piece: Buffer, {below}: Random): Buffer => {
		const copy = Buffer.from(piece);
		copy.writeInt32BE(below(2) === 0 ? below(300) : -below(300), 1);
		return copy;
	};

	/** One conversation, with one of its pieces damaged. */
	const damaged = (random: Random): (() => Promise<unknown>) => {
		const {below, pick} = random;
		const pieces = [...pick(whole)];
		const at = below(pieces.length);
		const damage = pick([mislengthed, mutantOf, mutantOf, mutantOf]);
		pieces[at] = damage(pieces[at] ?? welcome, random);
		const ending = pick(['stay', 'end', 'reset'] as const);
		const chunk = below(3) === 0 ? 1 + below(9) : Number.POSITIVE_INFINITY;
		return () => probing(speaking(pieces, ending, chunk));
	};

	test(
		'they end in a problem of the database, or in facts where the damage was harmless',
		async () => {
			const reaches = ['result', 'database-protocol', 'database-not-postgresql', 'database-error'];
			const outcomes = await meetAll({usual: 300, atOnce: 50, reaches}, (random) => outcomeOf(damaged(random)));
			const foreign = [...outcomes.keys()].filter((one) => one !== 'result' && !one.startsWith('database-'));
			expect(foreign).toEqual([]);
		},
		patienceMs,
	);
});
