import {createServer, type Socket} from 'node:net';
import {describe, expect, test} from 'vitest';
import {type ProblemCode, ProblemError} from '../../source/base/problem.ts';
import {createPostgres} from '../../source/database/postgres/index.ts';
import type {DatabaseLogin} from '../../source/database/types.ts';
import {listening} from '../helpers/loopback.ts';
import {columns, message, oneRow, ready, refusal, text, welcome} from './played-postgres.ts';
import {caught} from './server.ts';

const {signal} = new AbortController();
const code = (name: ProblemCode): ProblemCode => name;
const postgres = createPostgres({connectTimeoutMs: 5000, statementTimeoutMs: 5000});

const done = (tag: string): Buffer => Buffer.concat([message('C', text(tag)), ready]);
const notAnError = Buffer.concat([refusal('42704', 'unrecognized configuration parameter', 'find_option'), ready]);

/** What a pooler does that its kind alone does. */
type Pooler = {
	/** The processes that serve the sessions, in the order in which they are asked for. */
	readonly processes: (session: number) => number;
	/** What it says to a client that asks for its console. */
	readonly atConsole: Buffer;
	/** What it answers itself; all else is answered as a server does. */
	readonly own?: Readonly<Record<string, Buffer>>;
	/** The number of a process that it tells at login is that of the server. */
	readonly isHonest?: boolean;
};

const looksAt = (process: number): Buffer =>
	oneRow(columns.map(([name, kind, value]) => [name, kind, name === 'process' ? String(process) : value]));

const answerTo = (sql: string, session: number, {processes, own = {}}: Pooler): Buffer => {
	const said = own[sql];
	if (said) return said;
	if (sql.startsWith('SHOW')) return notAnError;
	if (sql === 'BEGIN' || sql === 'ROLLBACK') return done(sql);
	const process = processes(session);
	return sql.includes('AS process,') ? looksAt(process) : oneRow([['process', 23, String(process)]]);
};

/** The port of a pooler over a server that is fit. */
const playing = async (pooler: Pooler): Promise<number> => {
	let sessions = 0;
	return listening(
		createServer((socket: Socket) => {
			let session = 0;
			socket.on('error', () => undefined);
			socket.on('data', (heard) => {
				if (session > 0) {
					if (heard[0] === 0x51) socket.write(answerTo(heard.subarray(5, -1).toString('utf8'), session, pooler));
					return;
				}
				sessions += 1;
				session = sessions;
				if (heard.includes('database\0pgbouncer\0')) socket.end(pooler.atConsole);
				else socket.write(pooler.isHonest ? welcome : welcomeAs(1_000_000 + session));
			});
		}),
	);
};

/** The welcome with another number of a process. */
const welcomeAs = (process: number): Buffer => {
	const changed = Buffer.from(welcome);
	changed.writeInt32BE(process, changed.indexOf(Buffer.from([0x4b, 0, 0, 0, 12])) + 5);
	return changed;
};

const noDatabase = refusal('3D000', 'database "pgbouncer" does not exist', 'InitPostgres');
const keeps = (session: number): number => 100 + session;
const shares = (): number => 100;

const loginAt = async (pooler: Pooler): Promise<DatabaseLogin> => ({
	...{host: '127.0.0.1', port: await playing(pooler), tls: 'disable', database: 'zenml'},
	...{username: 'zenml_user', password: 'canary-pooled', from: 'controlPlane.database'},
});

describe('a pooler is told by name, with the mode that fits', () => {
	test.each<readonly [string, Pooler, string | undefined, string]>([
		[
			'PgBouncer in session mode',
			{processes: keeps, atConsole: refusal('08P01', 'not allowed')},
			'PgBouncer',
			'PgBouncer stands in between; what fits is pool_mode = session',
		],
		[
			'PgBouncer in transaction mode',
			{processes: shares, atConsole: refusal('08P01', 'not allowed')},
			'PgBouncer',
			'PgBouncer stands in between, in transaction mode: settings, prepared statements and locks of a session get lost or reach others; what fits is pool_mode = session',
		],
		[
			'Odyssey',
			{
				processes: keeps,
				atConsole: refusal('3D000', "odyssey: c2f4: route for 'pgbouncer.zenml_user' is not found"),
			},
			'Odyssey',
			'Odyssey stands in between; what fits is pool "session" in its rules',
		],
		[
			'Pgpool-II, which tells the process of the server',
			{
				processes: () => 7,
				isHonest: true,
				atConsole: noDatabase,
				own: {'SHOW POOL_VERSION': oneRow([['pool_version', 25, '4.3.5 (tamahomeboshi)']])},
			},
			'Pgpool-II',
			'Pgpool-II stands in between',
		],
		[
			'one that does not name itself',
			{processes: keeps, atConsole: noDatabase},
			undefined,
			'a connection pooler that does not name itself stands in between; what fits is one session of the server for one of the client',
		],
	])('%s', async (_what, pooler, name, words) => {
		const facts = await postgres.probe(await loginAt(pooler), signal);
		expect([facts.isPooled, facts.pooler]).toEqual([true, name]);
		expect(facts.warnings).toEqual([expect.stringContaining(words)]);
	});

	test('sessions that change their process without meeting are shared too', async () => {
		let last = 0;
		const processes = (): number => {
			last += 1;
			return last;
		};
		const pooler = {processes, atConsole: refusal('08P01', 'not allowed')};
		const {warnings} = await postgres.probe(await loginAt(pooler), signal);
		expect(warnings).toEqual([expect.stringContaining('in transaction mode')]);
	});
});

test('a way that changes addresses is no pooler', async () => {
	const way = {processes: () => 7, isHonest: true, atConsole: noDatabase};
	expect(await postgres.probe(await loginAt(way), signal)).toMatchObject({isPooled: false, warnings: []});
});

test('a pooler that takes no transactions is refused', async () => {
	const words = 'transaction blocks not allowed in statement pooling mode';
	const pooler = {processes: shares, atConsole: refusal('08P01', 'not allowed'), own: {BEGIN: refusal('08P01', words)}};
	const login = await loginAt(pooler);
	const error = await caught(postgres.probe(login, signal));
	expect(error).toBeInstanceOf(ProblemError);
	expect(error).toMatchObject({
		problem: {
			code: code('database-pooler'),
			who: 'database admin',
			message: `What answers at 127.0.0.1:${login.port} is PgBouncer, a connection pooler, not PostgreSQL itself.`,
			cause: `It lends the sessions of the server out for one statement each, and takes no transactions: ${words}`,
			fix: expect.stringContaining('pool_mode = session'),
		},
	});
});
