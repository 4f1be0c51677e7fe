import {once} from 'node:events';
import {createServer, type Socket} from 'node:net';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {createAuthority} from '../../rehearsal/authority/index.ts';
import {isAbort, ProblemError} from '../../source/base/problem.ts';
import {withConnection} from '../../source/database/connect.ts';
import {createPostgres, type DatabaseFacts, type DatabaseLogin, factProblem} from '../../source/database/postgres.ts';
import {adminPassword, caught, startServer} from './server.ts';

const postgres = createPostgres({connectTimeoutMs: 1000});
const {signal} = new AbortController();
const problems: ProblemError[] = [];
let server: Awaited<ReturnType<typeof startServer>>;

beforeAll(async () => {
	server = await startServer();
});

afterAll(async () => {
	await server.stop();
});

const problemOf = async (change: Partial<DatabaseLogin>) => {
	const error = await caught(postgres.probe({...server.admin, ...change}, signal));
	if (!(error instanceof ProblemError)) throw error;
	problems.push(error);
	expect(error.problem.area).toBe('database');
	for (const text of [error.problem.message, error.problem.cause, error.problem.fix]) expect(text).not.toBe('');
	return error.problem;
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

const execute = async (...statements: readonly string[]) => {
	const limits = {connectTimeoutMs: 5000, statementTimeoutMs: 5000};
	await withConnection(server.admin, limits, signal, async (query) => {
		for (const statement of statements) await query(statement);
	});
};

test('a wrong password is named as such, with the answer it stands in', async () => {
	expect(await problemOf({password: 'canary-wrong-1'})).toMatchObject({
		code: 'database-password',
		answers: ['database.admin.password', 'database.admin.username'],
	});
	expect(await problemOf({password: 'canary-wrong-2', from: 'controlPlane.database'})).toMatchObject({
		answers: ['controlPlane.database.password', 'controlPlane.database.username'],
	});
});

test('a database that does not exist is named', async () => {
	expect(await problemOf({database: 'nowhere', from: 'workspaces.0.database'})).toMatchObject({
		code: 'database-missing',
		who: 'database admin',
		answers: ['workspaces.0.database.name'],
	});
});

test('a login that pg_hba.conf keeps out says what kind of entry is missing', async () => {
	await execute("CREATE ROLE tls_only LOGIN PASSWORD 'x'", 'CREATE ROLE plain_only LOGIN');
	expect(await problemOf({username: 'tls_only', tls: 'disable'})).toMatchObject({
		code: 'database-not-admitted',
		cause: expect.stringContaining('without TLS'),
	});
	expect(await problemOf({username: 'plain_only'})).toMatchObject({code: 'database-not-admitted'});
});

test('a role without LOGIN is told apart from a wrong password', async () => {
	await execute("CREATE ROLE asleep NOLOGIN PASSWORD 'canary-asleep'");
	expect(await problemOf({username: 'asleep', password: 'canary-asleep'})).toMatchObject({
		code: 'database-role-without-login',
		who: 'database admin',
	});
});

test('a full server is told as full', async () => {
	await execute("CREATE ROLE full_house LOGIN CONNECTION LIMIT 0 PASSWORD 'canary-full'");
	expect(await problemOf({username: 'full_house', password: 'canary-full'})).toMatchObject({
		code: 'database-too-many-connections',
		who: 'database admin',
	});
});

test('a certificate of another CA is untrusted, and encryption without a check goes through', async () => {
	const {caPem} = await createAuthority({name: 'Another CA'});
	expect(await problemOf({ca: caPem})).toMatchObject({
		code: 'database-certificate-untrusted',
		answers: ['database.ca', 'tls.ca', 'database.tls'],
	});
	expect((await postgres.probe({...server.admin, ca: caPem, tls: 'require'}, signal)).tls).toBe('TLSv1.3');
	expect((await postgres.probe({...server.admin, tls: 'disable'}, signal)).tls).toBe('none');
});

test('a host name that is not in the certificate is refused and the right names are told', async () => {
	expect(await problemOf({host: 'localhost'})).toMatchObject({
		code: 'database-certificate-other-host',
		cause: expect.stringContaining('db.example.internal'),
		answers: ['database.host', 'database.tls'],
	});
});

test('nothing that listens, a name that does not exist and a server that stays silent have their own problems', async () => {
	const port = await withPeer(
		() => undefined,
		async (free) => free,
	);
	expect(await problemOf({port})).toMatchObject({code: 'database-unreachable', who: 'network team'});
	expect(await problemOf({host: 'nowhere.invalid'})).toMatchObject({code: 'database-host-unknown'});
	expect(
		await withPeer(
			() => undefined,
			(silent) => problemOf({port: silent}),
		),
	).toMatchObject({code: 'database-unreachable', cause: expect.stringContaining('No login within 1 s')});
});

test('a server without TLS and one that is no database are told apart', async () => {
	expect(
		await withPeer(
			(socket) => socket.write('N'),
			(port) => problemOf({port}),
		),
	).toMatchObject({
		code: 'database-tls-not-offered',
		answers: ['database.tls', 'database.host', 'database.port'],
	});
	const http = (socket: Socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
	expect(await withPeer(http, (port) => problemOf({port}))).toMatchObject({code: 'database-not-postgresql'});
	expect(
		await withPeer(
			(socket) => socket.destroy(),
			(port) => problemOf({port}),
		),
	).toMatchObject({
		code: 'database-unreachable',
	});
});

test('a statement that waits for a lock of another session ends with its own problem', async () => {
	const limits = {connectTimeoutMs: 5000, statementTimeoutMs: 200};
	const error = await caught(withConnection(server.admin, limits, signal, (query) => query('SELECT pg_sleep(20)')));
	expect(error).toMatchObject({problem: {code: 'database-time-out', cause: expect.stringContaining('0.2 s')}});
});

test('an abort ends a login that hangs and a statement that runs', async () => {
	const early = new AbortController();
	const hanging = withPeer(
		() => early.abort(),
		(port) => caught(createPostgres().probe({...server.admin, port}, early.signal)),
	);
	expect(isAbort(await hanging)).toBe(true);
	const late = new AbortController();
	const limits = {connectTimeoutMs: 5000, statementTimeoutMs: 30_000};
	const running = withConnection(server.admin, limits, late.signal, async (query) => {
		await query("SET application_name = 'to-be-stopped'");
		setImmediate(() => late.abort());
		await query('SELECT pg_sleep(30)');
	});
	expect(isAbort(await caught(running))).toBe(true);
	expect(isAbort(await caught(postgres.probe(server.admin, AbortSignal.abort())))).toBe(true);
});

const facts: DatabaseFacts = {
	version: '15.18',
	encoding: 'UTF8',
	maxConnections: 100,
	usedConnections: 5,
	canCreate: true,
	tables: 0,
	owner: 'zenml_pro_user',
	tls: 'TLSv1.3',
};

test.each([
	[{}, undefined],
	[{version: '12.0'}, undefined],
	[{version: '11.22'}, 'database-too-old'],
	[{version: '9.6.24'}, 'database-too-old'],
	[{encoding: 'SQL_ASCII'}, 'database-encoding'],
	[{canCreate: false}, 'database-privileges'],
])('facts %o give the problem %s', (change, code) => {
	expect(factProblem({...facts, ...change}, server.admin)?.code).toBe(code);
});

test('no problem and no error text holds a password', () => {
	expect(problems.length).toBeGreaterThan(12);
	for (const error of problems) {
		const text = JSON.stringify([error.problem, error.message, error.stack, String(error.cause)]);
		expect(text).not.toContain('canary');
		expect(text).not.toContain(adminPassword);
	}
});
