import {Socket} from 'node:net';
import {setTimeout as pause} from 'node:timers/promises';
import type {ConnectionOptions} from 'mysql2';
import {abortError} from '../../base/abort.ts';
import {errnoOf} from '../../base/errno.ts';
import {ProblemError} from '../../base/problem.ts';
import type {Access} from '../access.ts';
import {createStopwatch, type Stopwatch} from '../failure.ts';
import {looksLikePostgres} from '../silent-server.ts';
import type {DatabaseLogin} from '../types.ts';
import {connectionProblem} from './connection-problems.ts';
import {type GuardedConnection, guardedConnection} from './guarded-connection.ts';

/** A row: each column as text, whatever its type. */
export type Row = Readonly<Record<string, string | null>>;

/** Runs one statement on the connection. Values go where `?` stands, written as SQL by the driver. */
export type Query = (sql: string, values?: readonly string[]) => Promise<readonly Row[]>;

/** How the server greeted: its version as it says it, and the number of the session. */
export type Greeting = {readonly version: string; readonly connectionId: number};

/** `showsPassword: false` refuses a server that wants the password itself, even encrypted. */
export type MysqlAccess = Access & {readonly showsPassword?: boolean};

// A server that does not take the farewell must not hold up a run whose work is done.
const farewellMs = 1000;

const optionsFor = ({login}: Access): ConnectionOptions => ({
	host: login.host,
	port: login.port,
	user: login.username,
	password: login.password,
	database: login.database,
	// Only a sign that TLS is wanted: guarded-connection.ts makes it.
	...(login.tls !== 'disable' && {ssl: {rejectUnauthorized: true}}),
	connectAttributes: {program_name: 'zenml-airgap'},
	charset: 'utf8mb4_unicode_ci',
	// Ours counts the whole login.
	connectTimeout: 0,
	disableEval: true,
	flags: ['-LOCAL_FILES', '-IGNORE_SPACE', '-ODBC'],
	typeCast: (field) => field.string('utf8'),
});

const rowsOf = (result: unknown): readonly Row[] => (Array.isArray(result) ? (result as Row[]) : []);

/** The client's own limit does not hold once its connection has failed in the middle of an answer. */
const statementTimeOut = (): Error => Object.assign(new Error('no answer in time'), {code: 'STATEMENT_TIME_OUT'});

const queryOf =
	({connection}: GuardedConnection, {limits}: Access, statements: Stopwatch): Query =>
	(sql, values = []) =>
		statements.run(
			() =>
				new Promise((resolve, reject) => {
					const timer = setTimeout(() => reject(statementTimeOut()), limits.statementTimeoutMs);
					connection.query({sql, values: [...values]}, (error, result) => {
						clearTimeout(timer);
						if (error) reject(error);
						else resolve(rowsOf(result));
					});
				}),
		);

const farewell = async ({connection, failed}: GuardedConnection): Promise<void> => {
	const ended = new Promise<void>((resolve) => {
		connection.end(() => resolve());
	});
	await Promise.race([ended, failed.catch(() => undefined), pause(farewellMs, undefined, {ref: false})]);
};

/** Names are written in backticks and backslashes count, whatever the server's own mode: sql.ts writes so. */
const sessionSql = "SET SESSION sql_mode = 'STRICT_ALL_TABLES'";

const loginTimeOut = (): Error => Object.assign(new Error('no login in time'), {code: 'LOGIN_TIME_OUT'});

/** A server of MySQL speaks first; after so long a silence it is asked whether it is another one, ms. */
const oddSilenceMs = 1500;

const postgresSpeaks = (): Error => Object.assign(new Error('PostgreSQL answers'), {code: 'POSTGRES_SPEAKS'});

/** Rejects where a silent server turns out to be PostgreSQL, so that nobody waits for it until the end; else it never settles. */
const otherSpeaker = async ({login, signal}: MysqlAccess, guarded: GuardedConnection, socket: Socket): Promise<never> =>
	new Promise<never>((_resolve, reject) => {
		const ask = async (): Promise<void> => {
			if (socket.connecting || guarded.first() !== undefined) return;
			if ((await looksLikePostgres(login, signal)) && guarded.first() === undefined) reject(postgresSpeaks());
		};
		const timer = setTimeout(() => void ask(), oddSilenceMs);
		socket.once('close', () => clearTimeout(timer));
	});

const started = async (
	access: MysqlAccess,
	guarded: GuardedConnection,
	{socket, statements}: {readonly socket: Socket; readonly statements: Stopwatch},
): Promise<Query> => {
	const {login, limits} = access;
	socket.setNoDelay(true).connect(login.port, login.host);
	const late = new Promise<never>((_resolve, reject) => {
		const timer = setTimeout(() => reject(loginTimeOut()), limits.connectTimeoutMs);
		socket.once('close', () => clearTimeout(timer));
		guarded.loggedIn.then(() => clearTimeout(timer));
	});
	await Promise.race([guarded.loggedIn, guarded.failed, late, otherSpeaker(access, guarded, socket)]);
	const query = queryOf(guarded, access, statements);
	await Promise.race([query(sessionSql), guarded.failed]);
	return query;
};

/** PostgreSQL waits for the client to speak first, as MySQL's client waits for the server. */
const whyNot = async (
	error: unknown,
	access: MysqlAccess,
	{first, waitedMs}: {readonly first: Buffer | undefined; readonly waitedMs: number},
): Promise<ProblemError> => {
	const code = errnoOf(error);
	const isSilent = first === undefined && code === 'LOGIN_TIME_OUT';
	const isPostgres = code === 'POSTGRES_SPEAKS' || (isSilent && (await looksLikePostgres(access.login, access.signal)));
	return connectionProblem(error, {...access, first, waitedMs, isPostgres});
};

/**
 * Logs in, runs `work`, logs out. Abort destroys the connection at once.
 * @throws ProblemError of connection-problems.ts; an AbortError when the signal fires.
 */
export const withConnection = async <Result>(
	access: MysqlAccess,
	work: (query: Query, greeting: Greeting) => Promise<Result>,
): Promise<Result> => {
	const {signal, showsPassword} = access;
	const {default: driver} = await import('mysql2');
	if (signal.aborted) throw abortError(signal);
	const socket = new Socket();
	const login: DatabaseLogin & {readonly showsPassword?: boolean} = {
		...access.login,
		...(showsPassword !== undefined && {showsPassword}),
	};
	const statements = createStopwatch();
	const guarded = guardedConnection(driver, optionsFor(access), socket, login);
	const stop = (): void => {
		socket.destroy(abortError(signal));
	};
	signal.addEventListener('abort', stop, {once: true});
	try {
		const query = await started(access, guarded, {socket, statements});
		const result = await Promise.race([work(query, guarded.greeting()), guarded.failed]);
		await farewell(guarded);
		return result;
	} catch (error) {
		if (signal.aborted) throw abortError(signal);
		socket.destroy();
		if (error instanceof ProblemError) throw error;
		throw await whyNot(error, access, {first: guarded.first(), waitedMs: statements.failedMs()});
	} finally {
		signal.removeEventListener('abort', stop);
		guarded.connection.destroy();
		socket.destroy();
	}
};
