import pg from 'pg';
import {tlsReasonOf} from '../../base/openssl.ts';
import type {ProblemError} from '../../base/problem.ts';
import {oneLine} from '../../base/text.ts';
import {serverPlace} from '../answer-paths.ts';
import {type Failure, failureOf, type Known, naming, namingServer, type Raise} from '../failure.ts';
import {kindOfServer, mysqlServer} from '../first-words.ts';
import {networkProblem, tooLate, unreachable} from '../network-problems.ts';
import {databaseProblems} from '../problems.ts';
import {whatOf} from '../protocol-error.ts';
import {refusalIn} from './refusal-in.ts';
import {clientCertificate, serverRefusal} from './server-refusals.ts';

const notPostgres: Raise = (failure) => {
	const {server, first, login} = failure;
	const seen = first && kindOfServer(first);
	const more = namingServer(failure, ...(seen === mysqlServer ? (['engine'] as const) : []), 'host', 'port');
	if (seen === undefined) return databaseProblems.error('database-not-postgresql', {case: 'unknown', server}, more);
	return seen === mysqlServer
		? databaseProblems.error('database-not-postgresql', {case: 'MySQL', server, at: serverPlace(login)}, more)
		: databaseProblems.error('database-not-postgresql', {case: 'known', server, seen}, more);
};

/** What was sent, in the words of the guard (protocol.ts). */
const sentIn = ({error, words}: Failure): string => oneLine(whatOf(error) ?? words);

const broken: Raise = (failure) => {
	const {server, first, product} = failure;
	if (first && kindOfServer(first) !== undefined) return notPostgres(failure);
	const facts = {server, product, what: sentIn(failure)};
	return databaseProblems.error('database-protocol', facts, namingServer(failure, 'host', 'port'));
};

const otherMethod: Raise = (failure) => {
	const facts = {server: failure.server, role: failure.login.username, method: sentIn(failure)};
	return databaseProblems.error('database-login-method', {case: 'PostgreSQL', ...facts}, naming(failure, 'username'));
};

const noLoginInTime: Raise = (failure) => {
	const {first} = failure;
	if (first && kindOfServer(first) !== undefined) return notPostgres(failure);
	return tooLate(first === undefined ? 'no login in time' : 'login not finished', failure);
};

/** The way to TLS is refused with one letter, or with an error message that the client does not read. */
const noTls: Raise = (failure) => {
	const refusal = failure.first && refusalIn(failure.first);
	if (!refusal) return notPostgres(failure);
	const {code, words} = refusal;
	return connectionProblem(Object.assign(new pg.DatabaseError(words, 0, 'error'), {code}), failure);
};

const byCode: Readonly<Record<string, Raise>> = {
	PROTOCOL_BROKEN: broken,
	PROTOCOL_FOREIGN: notPostgres,
	PROTOCOL_LOGIN_METHOD: otherMethod,
	ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: clientCertificate,
};

/** What the pg client says without a code (pg 8, lib/connection.js and lib/client.js). */
const byClientWords: Readonly<Record<string, Raise>> = {
	'The server does not support SSL connections': (failure) => {
		const facts = {case: 'PostgreSQL', server: failure.server, tls: failure.login.tls} as const;
		const more = namingServer(failure, 'tls', 'host', 'port');
		return databaseProblems.error('database-tls-not-offered', {...facts, at: serverPlace(failure.login)}, more);
	},
	'There was an error establishing an SSL connection': noTls,
	'timeout expired': noLoginInTime,
	'Query read timeout': ({server, limits, more}) => {
		const seconds = limits.statementTimeoutMs / 1000;
		return databaseProblems.error('database-time-out', {case: 'PostgreSQL', server, seconds}, more);
	},
	'Connection terminated': unreachable('ended'),
	'Connection terminated unexpectedly': unreachable('ended'),
};

const unknown =
	(code: string | undefined): Raise =>
	({server, words, more}) =>
		code === undefined
			? databaseProblems.error('database-error', {case: 'plain', server, words}, more)
			: databaseProblems.error('database-error', {case: 'coded', server, words, code}, more);

const entryOf = <Value>(table: Readonly<Record<string, Value>>, key: string): Value | undefined =>
	Object.hasOwn(table, key) ? table[key] : undefined;

/**
 * Any error of a connection as a problem; the code says what kind. Never holds the password.
 * @param access may hold `first`, what the server sent before any TLS
 */
export const connectionProblem = (error: unknown, access: Known): ProblemError => {
	const {code, ...failure} = failureOf(error, 'PostgreSQL', access);
	// The codes of a server are its own: it may not pass for an error of this host.
	if (error instanceof pg.DatabaseError) return serverRefusal(code ?? '', failure) ?? unknown(code)(failure);
	if (tlsReasonOf(error)) return notPostgres(failure);
	const said = error instanceof Error ? error.message : String(error);
	const raise = entryOf(byCode, code ?? '') ?? entryOf(byClientWords, said);
	return raise?.(failure) ?? networkProblem(failure) ?? unknown(code)(failure);
};
