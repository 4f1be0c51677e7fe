import {errnoOf} from '../../base/errno.ts';
import {tlsReasonOf} from '../../base/openssl.ts';
import type {ProblemError} from '../../base/problem.ts';
import {oneLine} from '../../base/text.ts';
import {serverPlace} from '../answer-paths.ts';
import {type Failure, failureOf, type Known as KnownOfAny, namingServer, type Raise} from '../failure.ts';
import {kindOfServer, mysqlServer} from '../first-words.ts';
import {networkProblem, tooLate, unreachable} from '../network-problems.ts';
import {databaseProblems} from '../problems.ts';
import {whatOf} from '../protocol-error.ts';
import {otherMethod, serverRefusal} from './server-refusals.ts';

/** What is known of a conversation that failed. */
type Known = KnownOfAny & {
	/** True where it waits as PostgreSQL does, and answers as PostgreSQL does. */
	readonly isPostgres?: boolean;
};

/** What other server speaks, by its first words. */
const otherServer = ({first}: Pick<Known, 'first'>): string | undefined => {
	const seen = first && kindOfServer(first);
	return seen === mysqlServer ? undefined : seen;
};

const notMysql: Raise = (failure) => {
	const {server} = failure;
	const seen = otherServer(failure);
	const more = namingServer(failure, 'host', 'port');
	return seen === undefined
		? databaseProblems.error('database-not-mysql', {case: 'unknown', server}, more)
		: databaseProblems.error('database-not-mysql', {case: 'known', server, seen}, more);
};

const postgres = (failure: Failure): ProblemError => {
	const facts = {case: 'PostgreSQL', server: failure.server, at: serverPlace(failure.login)} as const;
	return databaseProblems.error('database-not-mysql', facts, namingServer(failure, 'engine', 'host', 'port'));
};

const broken =
	(what?: string): Raise =>
	(failure) => {
		if (otherServer(failure) !== undefined) return notMysql(failure);
		const {server, product, error, words} = failure;
		const facts = {server, product, what: what ?? oneLine(whatOf(error) ?? words)};
		return databaseProblems.error('database-protocol', facts, namingServer(failure, 'host', 'port'));
	};

const noTls: Raise = (failure) => {
	const {server, login} = failure;
	const facts = {case: 'MySQL', server, tls: login.tls, at: serverPlace(login)} as const;
	return databaseProblems.error('database-tls-not-offered', facts, namingServer(failure, 'tls', 'host', 'port'));
};

const noLoginInTime: Raise = (failure) => {
	if (otherServer(failure) !== undefined) return notMysql(failure);
	return tooLate(failure.first === undefined ? 'no login in time' : 'login not finished', failure);
};

const tooLong: Raise = ({server, limits, more}) => {
	const seconds = limits.statementTimeoutMs / 1000;
	return databaseProblems.error('database-time-out', {case: 'MySQL', server, seconds}, more);
};

/** Codes of guard.ts, of connect.ts, and of mysql2 3 (lib/commands, lib/base/connection.js). */
const byCode: Readonly<Record<string, Raise>> = {
	PROTOCOL_BROKEN: broken(),
	PROTOCOL_FOREIGN: notMysql,
	PROTOCOL_LOGIN_METHOD: (failure) => otherMethod(oneLine(whatOf(failure.error) ?? ''), failure),
	LOGIN_TIME_OUT: noLoginInTime,
	HANDSHAKE_NO_SSL_SUPPORT: noTls,
	HANDSHAKE_UNKNOWN_ERROR: broken('a packet of an unknown kind during the login'),
	AUTH_SWITCH_PLUGIN_ERROR: broken('a step of the login out of turn'),
	STATEMENT_TIME_OUT: tooLong,
	PROTOCOL_CONNECTION_LOST: unreachable('ended'),
	PROTOCOL_ERROR: broken(),
	PROTOCOL_UNEXPECTED_PACKET: broken(),
};

/** The number of an error of the server itself; those of this host have no SQL state. */
const numberOf = (error: unknown): number | undefined => {
	const {errno, sqlState} = (error ?? {}) as {readonly errno?: unknown; readonly sqlState?: unknown};
	return typeof sqlState === 'string' && typeof errno === 'number' ? errno : undefined;
};

const unknown = (code: string | undefined, {server, words, more}: Failure): ProblemError =>
	code === undefined
		? databaseProblems.error('database-error', {case: 'plain', server, words}, more)
		: databaseProblems.error('database-error', {case: 'coded', server, words, code}, more);

/** Any error of a connection as a problem; the code says what kind. Never holds the password. */
export const connectionProblem = (error: unknown, known: Known): ProblemError => {
	const {code, ...failure} = failureOf(error, 'MySQL', known);
	const number = numberOf(error);
	if (number !== undefined) return serverRefusal(number, failure) ?? unknown(String(number), failure);
	if (known.isPostgres) return postgres(failure);
	// It had greeted as MySQL does, and had said that it has TLS.
	if (tlsReasonOf(error)) return broken('no TLS after it had offered it')(failure);
	const own = errnoOf(error) ?? '';
	const raise = Object.hasOwn(byCode, own) ? byCode[own] : undefined;
	return raise?.(failure) ?? networkProblem(failure) ?? unknown(code, failure);
};
