import {Socket} from 'node:net';
import {setTimeout as pause} from 'node:timers/promises';
import {checkServerIdentity} from 'node:tls';
import pg from 'pg';
import {abortError} from '../../base/abort.ts';
import {ProblemError} from '../../base/problem.ts';
import type {DatabaseLogin} from '../types.ts';
import type {Access} from './access.ts';
import {connectionProblem} from './connection-problems.ts';

/** Runs one statement on the connection; rows as objects. Values go as parameters, never into the text. */
export type Query = <Row extends pg.QueryResultRow>(
	sql: string,
	values?: readonly unknown[],
) => Promise<readonly Row[]>;

// A server that does not take the farewell must not hold up a run whose work is done.
const farewellMs = 1000;

const tlsOptions = ({tls, ca, host}: DatabaseLogin): pg.ClientConfig['ssl'] => {
	if (tls === 'disable') return false;
	// `require` is encryption without a check, as in libpq's sslmode; the operator chose it by name.
	if (tls === 'require') return {rejectUnauthorized: false};
	return {
		rejectUnauthorized: true,
		checkServerIdentity: (_name, certificate) => checkServerIdentity(host, certificate),
		...(ca !== undefined && {ca}),
	};
};

const clientFor = ({login, limits}: Access, socket: Socket): pg.Client =>
	new pg.Client({
		host: login.host,
		port: login.port,
		user: login.username,
		password: login.password,
		database: login.database,
		ssl: tlsOptions(login),
		stream: () => socket,
		application_name: 'zenml-airgap',
		connectionTimeoutMillis: limits.connectTimeoutMs,
		query_timeout: limits.statementTimeoutMs,
	});

/**
 * Logs in, runs `work`, logs out. Abort destroys the connection at once.
 * @throws ProblemError of connection-problems.ts; an AbortError when the signal fires.
 */
export const withConnection = async <Result>(
	access: Access,
	work: (query: Query) => Promise<Result>,
): Promise<Result> => {
	const {signal} = access;
	if (signal.aborted) throw abortError(signal);
	const socket = new Socket();
	const client = clientFor(access, socket);
	// A connection that breaks between two statements is told by the next one; without a listener it would end the program.
	client.on('error', () => undefined);
	const stop = (): void => {
		socket.destroy(abortError(signal));
	};
	signal.addEventListener('abort', stop, {once: true});
	try {
		await client.connect();
		const result = await work(async (sql, values = []) => (await client.query(sql, [...values])).rows);
		await Promise.race([client.end(), pause(farewellMs, undefined, {ref: false})]);
		return result;
	} catch (error) {
		if (signal.aborted) throw abortError(signal);
		throw error instanceof ProblemError ? error : connectionProblem(error, access);
	} finally {
		signal.removeEventListener('abort', stop);
		socket.destroy();
	}
};
