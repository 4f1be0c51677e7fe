import {Socket} from 'node:net';
import {setTimeout as pause} from 'node:timers/promises';
import type pg from 'pg';
import {abortError} from '../../base/abort.ts';
import {ProblemError} from '../../base/problem.ts';
import type {Access} from '../access.ts';
import {createStopwatch} from '../failure.ts';
import {tlsOptions} from '../tls-options.ts';
import {connectionProblem} from './connection-problems.ts';
import {guardedClient} from './guarded-client.ts';

/** Runs one statement on the connection; rows as objects. Values go as parameters, never into the text. */
export type Query = <Row extends pg.QueryResultRow>(
	sql: string,
	values?: readonly unknown[],
) => Promise<readonly Row[]>;

/** What this end knows of a connection: the process that serves it, as it was told at login, and its own port. */
export type Told = {readonly process: number | undefined; readonly port: number | undefined};

// A server that does not take the farewell must not hold up a run whose work is done.
const farewellMs = 1000;

const configFor = ({login, limits}: Access): pg.ClientConfig => ({
	host: login.host,
	port: login.port,
	user: login.username,
	password: login.password,
	database: login.database,
	ssl: tlsOptions(login) ?? false,
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
	work: (query: Query, told: Told) => Promise<Result>,
): Promise<Result> => {
	const {signal} = access;
	if (signal.aborted) throw abortError(signal);
	const socket = new Socket();
	const {client, failed, first, told} = guardedClient(configFor(access), socket);
	const statements = createStopwatch();
	const stop = (): void => {
		socket.destroy(abortError(signal));
	};
	signal.addEventListener('abort', stop, {once: true});
	try {
		await Promise.race([client.connect(), failed]);
		const query: Query = async (sql, values = []) =>
			(await statements.run(async () => client.query(sql, [...values]))).rows ?? [];
		const result = await Promise.race([work(query, {process: told(), port: socket.localPort}), failed]);
		await Promise.race([client.end(), pause(farewellMs, undefined, {ref: false})]);
		return result;
	} catch (error) {
		if (signal.aborted) throw abortError(signal);
		if (error instanceof ProblemError) throw error;
		throw connectionProblem(error, {...access, first: first(), waitedMs: statements.failedMs()});
	} finally {
		signal.removeEventListener('abort', stop);
		socket.destroy();
	}
};
