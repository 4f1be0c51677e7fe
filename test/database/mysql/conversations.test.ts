import {createServer, type Socket} from 'node:net';
import {describe, expect, test} from 'vitest';
import {createAuthority} from '../../../rehearsal/authority/index.ts';
import {type Problem, type ProblemCode, ProblemError} from '../../../source/base/problem.ts';
import {createMysql} from '../../../source/database/mysql/index.ts';
import type {DatabaseLogin} from '../../../source/database/types.ts';
import {listening} from '../../helpers/loopback.ts';
import {meetAll, outcomeOf, patienceMs} from '../../helpers/mutants.ts';
import {mutantOf} from '../../helpers/mutations.ts';
import type {Random} from '../../helpers/random.ts';
import {caught} from '../server.ts';
import {fit, greeting, ok, type Played, packet, playing, refusal, rows, switchTo} from './played-server.ts';

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

const probing = async (played: Played, more: Partial<DatabaseLogin> = {}, ms = 400) => {
	const mysql = createMysql({connectTimeoutMs: ms, statementTimeoutMs: ms});
	return mysql.probe({...login, port: await playing(played), ...more}, signal);
};

const plain = (error: unknown): Problem => {
	if (!(error instanceof ProblemError)) throw error;
	expect(JSON.stringify([error.problem, error.facts])).not.toContain('canary');
	return JSON.parse(JSON.stringify(error.problem).replaceAll(/127\.0\.0\.1:\d+/gu, 'SERVER')) as Problem;
};

/** The problem of a look at a server that speaks so; its port left out. */
const problemOf = async (...given: Parameters<typeof probing>): Promise<Problem> =>
	plain(await caught(probing(...given)));

test('the played server is one that can be looked at, in pieces of any size', async () => {
	for (const chunk of [Number.POSITIVE_INFINITY, 7, 1])
		expect(await probing({chunk}, {}, 5000)).toEqual({
			product: 'MySQL',
			version: '8.4.2',
			encoding: 'utf8mb4',
			maxConnections: 151,
			usedConnections: 3,
			canCreate: true,
			lacking: [],
			tables: 0,
			owner: 'ada@%',
			tls: 'none',
			isPooled: false,
			warnings: [],
		});
});

describe('what a server is', () => {
	const version = (value: string): Played => ({
		greets: greeting({version: value}),
		answers: {
			...fit,
			'SHOW GLOBAL VARIABLES': rows(['Variable_name', 'Value'], [['version', value.replace(/^5\.5\.5-/u, '')]]),
		},
	});

	test.each([
		['5.7.44-log', 'MySQL 5.7.44; 8.0 or newer'],
		['5.5.5-10.5.23-MariaDB', 'MariaDB 10.5.23; 10.6 or newer'],
		['10.3.1-MariaDB-log', 'MariaDB 10.3.1; 10.6 or newer'],
	])('%s is too old', async (said, words) => {
		expect(await problemOf(version(said))).toMatchObject({
			code: code('database-too-old'),
			message: `The database server SERVER is ${words} is needed.`,
			answers: ['database.host', 'database.port'],
		});
	});

	test.each([
		['8.0.11', 'MySQL', '8.0.11'],
		['8.0.35-27', 'MySQL', '8.0.35'],
		['10.6.1-MariaDB', 'MariaDB', '10.6.1'],
		['5.5.5-11.4.2-MariaDB-ubu2404', 'MariaDB', '11.4.2'],
	])('%s is told apart', async (said, product, number) => {
		expect(await probing(version(said), {}, 5000)).toMatchObject({product, version: number});
	});

	test.each([
		['8.0.30-ProxySQL', 'ProxySQL stands in between: it fits where'],
		['8.4.0-router', 'MySQL Router stands in between: its port'],
		['10.11.4 24.02-maxscale', 'MaxScale stands in between: its router'],
	])('%s is a pooler by name, and which of its modes fits is told', async (said, words) => {
		const {isPooled, warnings} = await probing(version(said), {}, 5000);
		expect([isPooled, warnings.some((one) => one.startsWith(words))]).toEqual([true, true]);
	});

	test('ProxySQL is known by its comment alone', async () => {
		const answers = {...fit, 'SELECT @@version_comment': rows(['@@version_comment'], [['(ProxySQL)']])};
		expect(await probing({answers}, {}, 5000)).toMatchObject({
			isPooled: true,
			warnings: [expect.stringContaining('ProxySQL')],
		});
	});

	test('that it wants primary keys is told, and is neither odd nor unfit', async () => {
		const strict = rows(
			['Variable_name', 'Value'],
			[
				['version', '8.4.2'],
				['sql_require_primary_key', 'ON'],
			],
		);
		const facts = await probing({answers: {...fit, 'SHOW GLOBAL VARIABLES': strict}}, {}, 5000);
		expect(facts).toMatchObject({wantsPrimaryKeys: true, warnings: []});
		expect(createMysql().judge(facts, login)).toBeUndefined();
	});

	test('one that imitates MySQL is named', async () => {
		const {warnings} = await probing(version('8.0.11-TiDB-v7.5.0'), {}, 5000);
		expect(warnings).toEqual(['the server is TiDB, which imitates MySQL; the product is made for MySQL itself']);
	});

	test.each(['super_read_only', 'innodb_read_only', 'read_only'])(
		'a replica is seen by %s and its source',
		async (name) => {
			const answers = {
				...fit,
				'SHOW GLOBAL VARIABLES': rows(
					['Variable_name', 'Value'],
					[
						['version', '8.0.36'],
						[name, 'ON'],
					],
				),
				'SHOW REPLICA STATUS': rows(['Source_Host'], [['first.internal']]),
			};
			expect(await problemOf({answers})).toMatchObject({
				code: code('database-read-only'),
				cause: `It is a replica of another server, and read-only (${name}).`,
			});
		},
	);

	test('grants that cannot be read are said to be so, and not held against the login', async () => {
		const answers = {...fit, 'SHOW GRANTS': rows(['Grants'], [['BESTOW everything UPON ada']])};
		expect(await probing({answers}, {}, 5000)).toMatchObject({
			canCreate: true,
			warnings: [expect.stringContaining('could not be read from SHOW GRANTS')],
		});
	});
});

describe('refusals of a server', () => {
	const refused = async (error: number, words: string): Promise<Problem> =>
		problemOf({greets: refusal(0, error, words)});

	test.each([
		[1040, 'Too many connections', 'database-too-many-connections'],
		[1129, "Host '10.0.0.9' is blocked because of many connection errors", 'database-not-admitted'],
		[1130, "Host '10.0.0.9' is not allowed to connect to this MySQL server", 'database-not-admitted'],
		[1053, 'Server shutdown in progress', 'database-starting'],
		[3032, 'The server is currently in offline mode', 'database-starting'],
		[1251, 'Client does not support authentication protocol', 'database-error'],
	] as const)('%i instead of a greeting: %s', async (error, words, expected) => {
		expect((await refused(error, words)).code).toBe(code(expected));
	});

	test.each([
		[1203, 'User ada already has more than max_user_connections', 'database-too-many-connections'],
		[1226, "User 'ada' has exceeded the 'max_connections_per_hour' resource", 'database-too-many-connections'],
		[1862, 'Your password has expired', 'database-password'],
		[3118, "Access denied for user 'ada'@'%'. Account is locked.", 'database-role-without-login'],
		[3159, 'Connections using insecure transport are prohibited', 'database-not-admitted'],
		[1698, "Access denied for user 'ada'@'localhost'", 'database-login-method'],
		[1045, "ProxySQL Error: Access denied for user 'ada'@'10.0.0.1'", 'database-pooler'],
		[9001, 'Max connect timeout reached while reaching hostgroup 1: ProxySQL', 'database-pooler'],
	] as const)('%i to the login: %s', async (error, words, expected) => {
		expect((await problemOf({lets: [refusal(2, error, words)]})).code).toBe(code(expected));
	});

	test.each([
		[9001, 'Max connect timeout reached while reaching hostgroup 1 after 10000ms', 'ProxySQL'],
		[1045, 'Authentication with backend failed. Session will be closed.', 'MaxScale'],
		[2003, "Can't connect to remote MySQL server for client connected to '0.0.0.0:6446'", 'MySQL Router'],
	])('%i %s is told by the name of the proxy', async (error, words, name) => {
		expect(await problemOf({lets: [refusal(2, error, words)]})).toMatchObject({
			code: code('database-pooler'),
			message: `What answers at SERVER is ${name}, a connection pooler, not MySQL itself.`,
			cause: `It refuses the login: ${words}`,
		});
	});

	test('a password in the words of a server is not told on', async () => {
		const problem = await problemOf({lets: [refusal(2, 4242, 'you said canary-secret \u001b[2J')]});
		expect(problem.message).toBe('The database server SERVER answered with an error: you said ******** [2J');
	});

	test.each([
		['mysql_clear_password', 'LDAP or PAM'],
		['authentication_ldap_sasl_client', 'LDAP (SASL)'],
		['authentication_kerberos_client', 'Kerberos'],
		['auth_gssapi_client', 'Kerberos (GSSAPI)'],
		['authentication_webauthn_client', 'a security key (WebAuthn)'],
		['client_ed25519', 'ed25519'],
		['dialog', 'PAM'],
		['something_else', 'something_else'],
		['__proto__', '__proto__'],
	])('an account that logs in by %s is told apart from a wrong password', async (plugin, method) => {
		expect(await problemOf({lets: [switchTo(plugin)]})).toMatchObject({
			code: code('database-login-method'),
			who: 'database admin',
			message: `The database server SERVER asks account ada for a login by ${method}.`,
			cause: `The account was made with the plugin ${plugin}; this tool logs in with a password that the server itself checks.`,
			answers: ['controlPlane.database.username'],
		});
	});

	test('a second factor, and the password of MySQL 4.0, are told too', async () => {
		const factor = packet(2, Buffer.concat([Buffer.from([2]), Buffer.from('webauthn\0x')]));
		for (const piece of [factor, packet(2, Buffer.from([254]))])
			expect((await problemOf({lets: [piece]})).code).toBe(code('database-login-method'));
	});
});

describe('something that is not MySQL, or does what MySQL does not', () => {
	test.each([
		[
			'SSH',
			Buffer.from('SSH-2.0-OpenSSH_9.6\r\n'),
			'What answers there looks like an SSH server, and does not speak the MySQL protocol.',
		],
		[
			'mail',
			Buffer.from('220 mail.corp ESMTP\r\n'),
			'What answers there looks like a mail or file server, and does not speak the MySQL protocol.',
		],
		[
			'the X Protocol',
			Buffer.from([5, 0, 0, 0, 11, 8, 5, 26, 0]),
			'What answers there looks like the X Protocol of a MySQL server, which usually listens on 33060, and does not speak the MySQL protocol.',
		],
		['noise', Buffer.from('what?\r\n'), 'Something answers there, but it does not speak the MySQL protocol.'],
		[
			'an old protocol',
			packet(0, Buffer.from(`\t${'5.0.0'}\0${'x'.repeat(60)}`)),
			'Something answers there, but it does not speak the MySQL protocol.',
		],
	])('%s is called what it is', async (_title, greets, cause) => {
		expect(await problemOf({greets})).toMatchObject({code: code('database-not-mysql'), cause});
	});

	test('PostgreSQL, which waits for the client, is asked what it is', async () => {
		const port = await listening(
			createServer((socket: Socket) => {
				socket.on('error', () => undefined);
				socket.on('data', (heard) => {
					if (heard.readUInt32BE(4) === 80877103) socket.write('S');
				});
			}),
		);
		const mysql = createMysql({connectTimeoutMs: 300, statementTimeoutMs: 300});
		expect(plain(await caught(mysql.probe({...login, port}, signal)))).toMatchObject({
			code: code('database-not-mysql'),
			cause: 'What answers there looks like PostgreSQL.',
			fix: 'Correct database.engine, or host and port: MySQL usually listens on 3306.',
		});
	});

	test('PostgreSQL is recognized long before the time for a login is over', async () => {
		const port = await listening(
			createServer((socket: Socket) => {
				socket.on('error', () => undefined);
				socket.on('data', (heard) => {
					if (heard.readUInt32BE(4) === 80877103) socket.write('N');
				});
			}),
		);
		// A test that waited for the end of this would end by its own time-out.
		const mysql = createMysql({connectTimeoutMs: 3_600_000, statementTimeoutMs: 300});
		expect(plain(await caught(mysql.probe({...login, port}, signal)))).toMatchObject({
			code: code('database-not-mysql'),
			message: expect.stringContaining('is not a MySQL server.'),
			cause: 'What answers there looks like PostgreSQL.',
		});
	});

	test('silence is told as such, and a port without a server', async () => {
		const silent = await listening(createServer((socket) => socket.on('error', () => undefined)));
		const mysql = createMysql({connectTimeoutMs: 300, statementTimeoutMs: 300});
		expect(plain(await caught(mysql.probe({...login, port: silent}, signal)))).toMatchObject({
			code: code('database-unreachable'),
			cause: 'No login within 0.3 s; a firewall may drop the packets.',
		});
		expect(plain(await caught(mysql.probe({...login, port: 1}, signal)))).toMatchObject({
			code: code('database-unreachable'),
			cause: 'The host answers, but nothing listens on that port.',
		});
	});

	test.each([
		['a request for a file of this host', packet(1, Buffer.from('\u00fb/etc/passwd', 'latin1'))],
		['packets whose numbers do not follow', ok(9)],
		['a packet of an impossible length', Buffer.from([255, 255, 255, 1, 0])],
		['more columns than were asked for', packet(1, Buffer.from([252, 255, 255]))],
		['a length that is none', Buffer.concat([packet(1, Buffer.from([1])), packet(2, Buffer.from([255, 1]).reverse())])],
		[
			'more than this tool ever asks for',
			rows(
				['a'],
				Array.from({length: 60}, () => ['x'.repeat(100_000)]),
			),
		],
	])('%s ends the conversation', async (what, piece) => {
		expect(await problemOf({answers: {...fit, 'SHOW GLOBAL VARIABLES': piece}}, {}, 3000)).toMatchObject({
			code: code('database-protocol'),
			message: 'The database server SERVER breaks the MySQL protocol.',
			cause: `It sent ${what}.`,
		});
	});

	test('what comes in clear text before TLS is not taken for what comes within it', async () => {
		const greets = Buffer.concat([greeting({offersTls: true}), ok(2)]);
		const {caPem: ca} = await createAuthority({name: 'Database CA'});
		expect(await problemOf({greets, lets: []}, {tls: 'verify-full', ca})).toMatchObject({
			code: code('database-protocol'),
			cause: 'It sent more than its greeting before TLS.',
		});
	});

	test('a server that offers TLS and gives none is told as such', async () => {
		const greets = greeting({offersTls: true});
		expect(await problemOf({greets, lets: [ok(2)]}, {tls: 'require'})).toMatchObject({
			code: code('database-protocol'),
			cause: 'It sent no TLS after it had offered it.',
		});
	});

	test('a server that stops in the middle of an answer is told as such', async () => {
		const half = fit['SHOW GRANTS']?.subarray(0, 20) ?? ok(1);
		expect((await problemOf({answers: {...fit, 'SHOW GRANTS': half}})).code).toBe(code('database-time-out'));
		expect(await problemOf({breaks: {after: 3, ending: 'end'}})).toMatchObject({
			code: code('database-unreachable'),
			cause: 'The connection was cut; the server may be restarting or speak no MySQL.',
		});
		expect((await problemOf({breaks: {after: 3, ending: 'reset'}})).code).toBe(code('database-unreachable'));
	});
});

describe('conversations that were damaged on the way', () => {
	const logins: readonly (readonly Buffer[])[] = [
		[ok(2)],
		[switchTo('mysql_native_password'), ok(4)],
		[switchTo('caching_sha2_password'), packet(4, Buffer.from([1, 3])), ok(5)],
		[switchTo('caching_sha2_password'), packet(4, Buffer.from([1, 4])), packet(6, Buffer.from([1, 45, 45])), ok(8)],
		[refusal(2, 1045, "Access denied for user 'ada'@'%' (using password: YES)", '28000')],
	];

	/** A length that lies, where the length of the first packet stands. */
	const mislengthed = (piece: Buffer, {below}: Random): Buffer => {
		const copy = Buffer.from(piece);
		copy.writeUIntLE(below(2) === 0 ? below(300) : below(2 ** 24), 0, 3);
		return copy;
	};

	/** One conversation, with one of its pieces damaged. */
	const damaged = (random: Random): (() => Promise<unknown>) => {
		const {below, pick} = random;
		const damage = (piece: Buffer): Buffer => pick([mislengthed, mutantOf, mutantOf, mutantOf])(piece, random);
		const lets = [...pick(logins)];
		const answers = {...fit};
		let greets = greeting();
		const where = below(4);
		if (where === 0) greets = damage(greets);
		if (where === 1) {
			const at = below(lets.length);
			lets[at] = damage(lets[at] ?? ok(2));
		}
		if (where > 1) {
			const beginning = pick(Object.keys(answers));
			answers[beginning] = damage(answers[beginning] ?? ok(1));
		}
		const chunk = below(3) === 0 ? 1 + below(9) : Number.POSITIVE_INFINITY;
		const breaks = {after: below(14), ending: pick(['stay', 'stay', 'end', 'reset'] as const)};
		return () => probing({greets, lets, answers, breaks, chunk});
	};

	test(
		'they end in a problem of the database, or in facts where the damage was harmless',
		async () => {
			const reaches = ['result', 'database-protocol', 'database-not-mysql', 'database-error', 'database-login-method'];
			const outcomes = await meetAll({usual: 300, atOnce: 50, reaches}, (random) => outcomeOf(damaged(random)));
			const foreign = [...outcomes.keys()].filter((one) => one !== 'result' && !one.startsWith('database-'));
			expect(foreign).toEqual([]);
		},
		patienceMs,
	);
});
