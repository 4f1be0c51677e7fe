import {Socket} from 'node:net';
import {setTimeout as pause} from 'node:timers/promises';
import {checkServerIdentity} from 'node:tls';
import type pg from 'pg';
import {abortError} from '../../base/abort.ts';
import {ProblemError} from '../../base/problem.ts';
import type {DatabaseLogin} from '../types.ts';
import type {Access} from './access.ts';
import {connectionProblem} from './connection-problems.ts';
import {guardedClient} from './guarded-client.ts';

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

const configFor = ({login, limits}: Access): pg.ClientConfig => ({
	host: login.host,
	port: login.port,
	user: login.username,
	password: login.password,
	database: login.database,
	ssl: tlsOptions(login),
	application_name: 'zenml-airgap',
	connectionTimeoutMillis: limits.connectTimeoutMs,
	query_timeout: limits.statementTimeoutMs,
});

/**
 * Logs in, runs `work` with the number of the process that the server told at login, logs out. Abort destroys the connection at once.
 * @throws ProblemError of connection-problems.ts; an AbortError when the signal fires.
 */
export const withConnection = async <Result>(
	access: Access,
	work: (query: Query, told: number | undefined) => Promise<Result>,
): Promise<Result> => {
	const {signal} = access;
	if (signal.aborted) throw abortError(signal);
	const socket = new Socket();
	const {client, failed, first, told} = guardedClient(configFor(access), socket);
	const stop = (): void => {
		socket.destroy(abortError(signal));
	};
	signal.addEventListener('abort', stop, {once: true});
	try {
		await Promise.race([client.connect(), failed]);
		const query: Query = async (sql, values = []) => (await client.query(sql, [...values])).rows ?? [];
		const result = await Promise.race([work(query, told()), failed]);
		await Promise.race([client.end(), pause(farewellMs, undefined, {ref: false})]);
		return result;
	} catch (error) {
		if (signal.aborted) throw abortError(signal);
		throw error instanceof ProblemError ? error : connectionProblem(error, {...access, first: first()});
	} finally {
		signal.removeEventListener('abort', stop);
		socket.destroy();
	}
};
