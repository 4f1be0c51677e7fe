import {once} from 'node:events';
import {createServer, type Socket} from 'node:net';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {createAuthority} from '../../rehearsal/authority/index.ts';
import {isAbort, type Problem, type ProblemCode, ProblemError} from '../../source/base/problem.ts';
import type {Access} from '../../source/database/access.ts';
import {type Query, withConnection} from '../../source/database/postgres/connect.ts';
import {connectionProblem} from '../../source/database/postgres/connection-problems.ts';
import {createPostgres} from '../../source/database/postgres/index.ts';
import {readFacts} from '../../source/database/postgres/probe.ts';
import type {DatabaseFacts, DatabaseLogin} from '../../source/database/types.ts';
import {adminPassword, caught, startServer} from './server.ts';

const postgres = createPostgres({connectTimeoutMs: 1000});
const {signal} = new AbortController();
let server: Awaited<ReturnType<typeof startServer>>;
let place = '';

beforeAll(async () => {
	server = await startServer();
	place = `${server.admin.host}:${server.admin.port}`;
});

afterAll(async () => {
	await server.stop();
});

type Told = {
	readonly code: ProblemCode;
	readonly message: string;
	readonly cause: string;
	readonly fix: string;
	readonly who?: Problem['who'];
	readonly answers?: readonly string[];
};

/** The problem that work ends in; no password may be in it. */
const problemOf = async (work: Promise<unknown>): Promise<Problem> => {
	const error = await caught(work);
	if (!(error instanceof ProblemError)) throw error;
	const text = JSON.stringify([error.problem, error.facts, error.message, error.stack, String(error.cause)]);
	expect(text).not.toContain('canary');
	expect(text).not.toContain(adminPassword);
	return error.problem;
};

const probing = (change: Partial<DatabaseLogin>): Promise<Problem> =>
	problemOf(postgres.probe({...server.admin, ...change}, signal));

/** What one statement of the superuser ends in. */
const asking = (sql: string, change: Partial<Access> = {}): Promise<Problem> => {
	const access = {login: server.admin, limits: {connectTimeoutMs: 5000, statementTimeoutMs: 5000}, signal, ...change};
	return problemOf(withConnection(access, (query) => query(sql)));
};

/** A server that is not PostgreSQL: `onData` answers the first packet. */
const withPeer = async <Result>(onData: (socket: Socket) => void, work: (port: number) => Promise<Result>) => {
	const sockets = new Set<Socket>();
	const peer = createServer((socket) => {
		sockets.add(socket);
		socket.on('error', () => undefined);
		socket.once('data', () => onData(socket));
	}).listen(0, '127.0.0.1');
	await once(peer, 'listening');
	try {
		return await work((peer.address() as {port: number}).port);
	} finally {
		for (const socket of sockets) socket.destroy();
		peer.close();
	}
};

describe('a real server', () => {
	test.each<readonly [string, () => Promise<Problem>, () => Told]>([
		[
			'a wrong password',
			() => probing({password: 'canary-wrong', from: 'controlPlane.database', username: 'ada'}),
			() => ({
				code: 'database-password',
				who: 'operator',
				message: `The database server ${place} refuses the password of role ada.`,
				cause:
					'The password is wrong, the role does not exist, or its password has expired; the server does not say which.',
				fix: 'Correct the password, or ask the database admin to set that one for the role.',
				answers: ['controlPlane.database.password', 'controlPlane.database.username'],
			}),
		],
		[
			'a database that is not there',
			() => probing({database: 'nowhere', from: 'workspaces.0.database'}),
			() => ({
				code: 'database-missing',
				who: 'database admin',
				message: `There is no database nowhere on ${place}.`,
				cause: 'The login was right; the database was not created yet or is called differently.',
				fix: 'Create it with the SQL that this tool shows, or correct the name.',
				answers: ['workspaces.0.database.name'],
			}),
		],
		[
			'a login that is only admitted with TLS',
			async () => {
				await server.execute("CREATE ROLE tls_only LOGIN PASSWORD 'x'");
				return probing({username: 'tls_only', tls: 'disable'});
			},
			() => ({
				code: 'database-not-admitted',
				who: 'database admin',
				message: `The database server ${place} does not admit role tls_only to database postgres from here.`,
				cause: 'Its pg_hba.conf has no entry for a login without TLS; it may have one with TLS.',
				fix: 'Ask the database admin for an entry for this host and for the cluster nodes, then a reload.',
				answers: ['database.tls', 'database.host'],
			}),
		],
		[
			'a login that is not admitted at all',
			async () => {
				await server.execute('CREATE ROLE plain_only LOGIN');
				return probing({username: 'plain_only'});
			},
			() => ({
				code: 'database-not-admitted',
				message: `The database server ${place} does not admit role plain_only to database postgres from here.`,
				cause: 'Its pg_hba.conf has no entry that fits this role, database and client address.',
				fix: 'Ask the database admin for an entry for this host and for the cluster nodes, then a reload.',
			}),
		],
		[
			'a role that may not log in',
			async () => {
				await server.execute("CREATE ROLE asleep NOLOGIN PASSWORD 'canary-asleep'");
				return probing({username: 'asleep', password: 'canary-asleep'});
			},
			() => ({
				code: 'database-role-without-login',
				who: 'database admin',
				message: `Role asleep may not log in to ${place}.`,
				cause: 'The role has no LOGIN attribute.',
				fix: 'Ask the database admin to run: ALTER ROLE "asleep" LOGIN;',
				answers: ['database.admin.username'],
			}),
		],
		[
			'a role whose connections are used up',
			async () => {
				await server.execute("CREATE ROLE full_house LOGIN CONNECTION LIMIT 0 PASSWORD 'canary-full'");
				return probing({username: 'full_house', password: 'canary-full'});
			},
			() => ({
				code: 'database-too-many-connections',
				who: 'database admin',
				message: `The database server ${place} has no connection left for role full_house.`,
				cause: 'max_connections of the server, or the limit of the role or database, is reached.',
				fix: 'Ask the database admin to end idle connections or to raise max_connections.',
			}),
		],
		[
			'a role without a right',
			async () => {
				await server.execute("CREATE ROLE nobody LOGIN PASSWORD 'canary-nobody'");
				const login = {...server.admin, username: 'nobody', password: 'canary-nobody'};
				return asking('CREATE ROLE another', {login});
			},
			() => ({
				code: 'database-privileges',
				who: 'database admin',
				message: expect.stringMatching(
					`^Role nobody may not do what is needed on ${place}: permission denied to create role`,
				) as string,
				cause: 'The role lacks a privilege.',
				fix: 'Ask the database admin to grant it, or name an administrator role that has it.',
				answers: ['database.admin.username'],
			}),
		],
		[
			'a certificate of another CA',
			async () => probing({ca: (await createAuthority({name: 'Another CA'})).caPem}),
			() => ({
				code: 'database-certificate-untrusted',
				who: 'operator',
				message: `The certificate of the database server ${place} is not trusted.`,
				cause: 'It was signed by another CA than the one that was given.',
				fix: 'Name the certificate of the CA that signed it in database.ca.',
				answers: ['tls.ca', 'database.ca', 'database.tls'],
			}),
		],
		[
			'a name that is not in the certificate',
			() => probing({host: 'localhost'}),
			() => ({
				code: 'database-certificate-other-host',
				who: 'database admin',
				message: `The certificate of the database server localhost:${server.admin.port} is not for localhost.`,
				cause:
					"The check of its names says: Host: localhost. is not in the cert's altnames: DNS:db.example.internal, IP Address:127.0.0.1",
				fix: 'Use a name that is in the certificate as database.host, or have one issued for this name.',
				answers: ['database.host', 'database.tls'],
			}),
		],
		[
			'a statement that waits for another session',
			() => asking('SELECT pg_sleep(20)', {limits: {connectTimeoutMs: 5000, statementTimeoutMs: 200}}),
			() => ({
				code: 'database-time-out',
				who: 'database admin',
				message: `The database server ${place} did not answer a statement.`,
				cause: 'It took longer than 0.2 s; another session may hold a lock.',
				fix: 'Ask the database admin to look for blocking sessions, then try again.',
			}),
		],
		[
			'an error that nobody thought of',
			() => asking('SELECT 1/0'),
			() => ({
				code: 'database-error',
				who: 'database admin',
				message: `The database server ${place} answered with an error: division by zero`,
				cause: 'Its code is 22012.',
				fix: "Look into the server's log, then try again.",
			}),
		],
	])('%s is refused with its cause and the next move', async (_title, refused, told) => {
		expect(await refused()).toMatchObject({...told(), area: 'database'});
	});

	test('is encrypted without a check, or not at all, where that was chosen by name', async () => {
		const {caPem: ca} = await createAuthority({name: 'Another CA'});
		expect((await postgres.probe({...server.admin, ca, tls: 'require'}, signal)).tls).toBe('TLSv1.3');
		expect((await postgres.probe({...server.admin, tls: 'disable'}, signal)).tls).toBe('none');
	});

	test('ends a login that hangs and a statement that runs when it is told to stop', async () => {
		const early = new AbortController();
		const hanging = withPeer(
			() => early.abort(),
			(port) => caught(createPostgres().probe({...server.admin, port}, early.signal)),
		);
		expect(isAbort(await hanging)).toBe(true);
		const late = new AbortController();
		const limits = {connectTimeoutMs: 5000, statementTimeoutMs: 30_000};
		const running = withConnection({login: server.admin, limits, signal: late.signal}, async (query) => {
			await query("SET application_name = 'to-be-stopped'");
			setImmediate(() => late.abort());
			await query('SELECT pg_sleep(30)');
		});
		expect(isAbort(await caught(running))).toBe(true);
		expect(isAbort(await caught(postgres.probe(server.admin, AbortSignal.abort())))).toBe(true);
	});
});

describe('something else in the place of the server', () => {
	const limits = {connectTimeoutMs: 1000, statementTimeoutMs: 1000};
	const login: DatabaseLogin = {
		host: '127.0.0.1',
		port: 0,
		tls: 'verify-full',
		username: 'ada',
		password: 'canary-secret',
		database: 'db',
	};
	const ofPeer = (onData: (socket: Socket) => void, change: Partial<DatabaseLogin> = {}): Promise<Problem> =>
		withPeer(onData, async (port) => {
			const problem = await problemOf(
				withConnection({login: {...login, ...change, port}, limits, signal}, async () => undefined),
			);
			return JSON.parse(JSON.stringify(problem).replaceAll(`127.0.0.1:${port}`, 'SERVER')) as Problem;
		});
	/** An ErrorResponse of PostgreSQL (documentation, 55.7). */
	const errorResponse = (code: string, words: string): Buffer => {
		const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${words}\0\0`);
		const length = Buffer.alloc(4);
		length.writeInt32BE(fields.length + 4);
		return Buffer.concat([Buffer.from('E'), length, fields]);
	};

	const unreachable = (cause: string): Told => ({
		code: 'database-unreachable',
		who: 'network team',
		message: 'The database server SERVER cannot be reached.',
		cause,
		fix: 'Check host and port, and that a firewall lets this host and the cluster nodes through.',
		answers: ['database.host', 'database.port'],
	});
	const notPostgres: Told = {
		code: 'database-not-postgresql',
		who: 'operator',
		message: 'What answers at SERVER is not a PostgreSQL server.',
		cause: 'Something answers there, but it does not speak the PostgreSQL protocol.',
		fix: 'Check host and port: PostgreSQL usually listens on 5432.',
		answers: ['database.host', 'database.port'],
	};

	test.each<readonly [string, () => Promise<Problem>, Told]>([
		[
			'that stays silent',
			() => ofPeer(() => undefined),
			unreachable('No login within 1 s; a firewall may drop the packets.'),
		],
		[
			'that resets the connection',
			() => ofPeer((socket) => socket.resetAndDestroy(), {tls: 'disable'}),
			unreachable('The connection was cut; a firewall or a full server may do that.'),
		],
		[
			'that ends the connection',
			() => ofPeer((socket) => socket.end(), {tls: 'disable'}),
			unreachable('The connection was cut; the server may be restarting or speak no PostgreSQL.'),
		],
		[
			'that offers no TLS',
			() => ofPeer((socket) => socket.write('N')),
			{
				code: 'database-tls-not-offered',
				who: 'database admin',
				message: 'The database server SERVER offers no TLS.',
				cause: 'The answers ask for TLS (verify-full), and the server has it turned off.',
				fix: 'Ask the database admin to turn it on (ssl = on), or set database.tls to disable if the network is trusted.',
				answers: ['database.tls', 'database.host', 'database.port'],
			},
		],
		[
			'that speaks HTTP',
			() => ofPeer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
			{
				...notPostgres,
				cause: 'What answers there looks like a web server, and does not speak the PostgreSQL protocol.',
			},
		],
		[
			'that takes TLS and then speaks something else',
			() =>
				ofPeer((socket) => {
					socket.write('S');
					socket.once('data', () => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'));
				}),
			notPostgres,
		],
		[
			'that starts up',
			() =>
				ofPeer((socket) => socket.end(errorResponse('57P03', 'the database system is starting up')), {
					tls: 'disable',
				}),
			{
				code: 'database-starting',
				who: 'database admin',
				message: 'The database server SERVER is there but takes no logins now.',
				cause: 'It starts up, shuts down or recovers.',
				fix: 'Wait until it is up, then try again.',
			},
		],
	])('%s is refused with its cause and the next move', async (_title, refused, told) => {
		expect(await refused()).toMatchObject({...told, area: 'database'});
	});

	const access: Access = {login: {...login, host: 'db.example', port: 5432}, limits, signal};
	const coded = (code: string): Error => Object.assign(new Error(`${code} canary-secret`), {code});
	const told = (error: unknown): Problem => connectionProblem(error, access).problem;

	test.each<readonly [string, ProblemCode, string]>([
		['ECONNREFUSED', 'database-unreachable', 'The host answers, but nothing listens on that port.'],
		['EHOSTUNREACH', 'database-unreachable', 'There is no route to that host.'],
		['ENETUNREACH', 'database-unreachable', 'There is no route to that network.'],
		['ETIMEDOUT', 'database-unreachable', 'It did not answer; a firewall may drop the packets.'],
		['ENOTFOUND', 'database-host-unknown', 'The name db.example does not exist.'],
		['EAI_AGAIN', 'database-host-unknown', 'No name server answered for db.example.'],
		['CERT_HAS_EXPIRED', 'database-certificate-untrusted', 'It has expired.'],
		[
			'CERT_NOT_YET_VALID',
			'database-certificate-untrusted',
			'It is not valid yet; the clock of this host may be wrong.',
		],
		[
			'DEPTH_ZERO_SELF_SIGNED_CERT',
			'database-certificate-untrusted',
			'It is self-signed and not the CA that was given.',
		],
		[
			'SELF_SIGNED_CERT_IN_CHAIN',
			'database-certificate-untrusted',
			'Its chain leads to another CA than the one that was given.',
		],
		['UNABLE_TO_GET_ISSUER_CERT', 'database-certificate-untrusted', 'The root of its chain is not in the CA file.'],
		[
			'CERT_SIGNATURE_FAILURE',
			'database-certificate-untrusted',
			'It was signed by a CA of the same name but with another key.',
		],
	])('an error %s is the problem %s', (code, problem, cause) => {
		expect(told(coded(code))).toMatchObject({code: problem, cause, evidence: [`${code} ********`]});
	});

	test('a name that leads nowhere has its own next move, by who answered', () => {
		expect(told(coded('ENOTFOUND')).fix).toBe('Correct the name, or have it added to the internal DNS.');
		expect(told(coded('EAI_AGAIN')).fix).toBe(
			'Check the name servers of this host, or give the address instead of the name.',
		);
	});

	test('an error without a code is told in its words', () => {
		expect(told(new Error('out of luck'))).toMatchObject({
			code: 'database-error' satisfies ProblemCode,
			message: 'The database server db.example:5432 answered with an error: out of luck',
			cause: 'It gave no code.',
			evidence: ['out of luck'],
		});
		expect(told('a text').message).toContain('a text');
		expect(told(Object.assign(new Error('odd'), {code: 'toString'})).cause).toBe('Its code is toString.');
	});

	test('names that were checked by somebody else are told in the words of the error', () => {
		expect(told(Object.assign(new Error('not ours'), {code: 'ERR_TLS_CERT_ALTNAME_INVALID'})).cause).toBe(
			'The check of its names says: not ours',
		);
	});
});

describe('facts about a server', () => {
	const facts: DatabaseFacts = {
		version: '15.18',
		encoding: 'UTF8',
		maxConnections: 100,
		usedConnections: 5,
		canCreate: true,
		tables: 0,
		owner: 'somebody',
		tls: 'TLSv1.3',
		isPooled: false,
		product: 'PostgreSQL',
		warnings: [],
	};
	const login: DatabaseLogin = {
		host: 'db.example',
		port: 5432,
		tls: 'disable',
		username: 'ada',
		password: 'x',
		database: 'zenml',
		from: 'controlPlane.database',
	};

	test.each([{}, {version: '12.0'}, {version: '17.2'}])('%o are good enough', (change) => {
		expect(postgres.judge({...facts, ...change}, login)).toBeUndefined();
	});

	test.each<readonly [Partial<DatabaseFacts>, Told]>([
		[
			{version: '11.22'},
			{
				code: 'database-too-old',
				message: 'The database server db.example:5432 is PostgreSQL 11.22; 12 or newer is needed.',
				cause: 'Older versions lack functions that the product uses.',
				fix: 'Name a server with PostgreSQL 12 or newer.',
				answers: ['database.host', 'database.port'],
			},
		],
		[
			{encoding: 'SQL_ASCII'},
			{
				code: 'database-encoding',
				message: 'Database zenml on db.example:5432 is encoded in SQL_ASCII; UTF8 is needed.',
				cause: 'It was created with another encoding, and a database keeps the one it was created with.',
				fix: 'Drop it if it is empty and let it be created again, or name another database.',
				answers: ['controlPlane.database.name'],
			},
		],
		[
			{canCreate: false},
			{
				code: 'database-privileges',
				message: 'Role ada may not create tables in database zenml on db.example:5432.',
				cause: 'The database belongs to somebody; the role lacks CREATE on its schema.',
				fix: 'Ask the database admin to run: ALTER DATABASE "zenml" OWNER TO "ada";',
				answers: ['controlPlane.database.username'],
			},
		],
	])('%o are refused', (change, told) => {
		expect(postgres.judge({...facts, ...change}, login)).toMatchObject({...told, who: 'database admin'});
	});

	test('a login whose place in the answers is not known names none of them', () => {
		const {from: _from, ...nowhere} = login;
		expect(postgres.judge({...facts, canCreate: false}, nowhere)).not.toHaveProperty('answers');
	});

	const answering =
		(...rows: readonly object[]): Query =>
		async () =>
			rows as never;

	test('a server that is too old is refused as soon as it is looked at', async () => {
		const row = {
			...{version: '9.6.24 (Debian 9.6)', encoding: 'UTF8', maximum: '1', used: '1', tables: '0', tls: 'none'},
			...{can_create: true, owner: 'ada', is_standby: false, is_read_only: false, process: 7, client_port: null},
		};
		await expect(readFacts(answering(row), login)).rejects.toMatchObject({
			problem: {code: 'database-too-old' satisfies ProblemCode, message: expect.stringContaining('9.6.24;')},
		});
		await expect(readFacts(answering(), login)).rejects.toThrow('rows of another shape');
	});
});
