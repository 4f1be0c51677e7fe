import pg from 'pg';
import {errnoOf} from '../../base/errno.ts';
import {tlsReasonOf} from '../../base/openssl.ts';
import type {ProblemError} from '../../base/problem.ts';
import type {CaseOf} from '../../base/problem-table.ts';
import {createRedactor, mask} from '../../base/redact.ts';
import {cutTo, oneLine} from '../../base/text.ts';
import {databaseProblems} from '../problems.ts';
import type {DatabaseLogin} from '../types.ts';
import type {Access} from './access.ts';
import {type Failure, naming, type Raise} from './failure.ts';
import {kindOfServer, refusalIn} from './first-words.ts';
import {clientCertificate, serverRefusal} from './server-refusals.ts';

type Cases<Code extends keyof typeof databaseProblems.table> = CaseOf<typeof databaseProblems.table, Code>;

const unreachable =
	(which: Exclude<Cases<'database-unreachable'>, 'no login in time' | 'login not finished'>): Raise =>
	({server, more}) =>
		databaseProblems.error('database-unreachable', {case: which, server}, more);

const hostUnknown =
	(which: Cases<'database-host-unknown'>): Raise =>
	({server, login: {host}, more}) =>
		databaseProblems.error('database-host-unknown', {case: which, server, host}, more);

const untrusted =
	(which: Cases<'database-certificate-untrusted'>): Raise =>
	({server, more}) =>
		databaseProblems.error('database-certificate-untrusted', {case: which, server}, more);

/** Node tells in `reason` which names the certificate has (tls module, `checkServerIdentity`). */
const otherHost: Raise = ({error, server, login: {host}, words, more}) => {
	const reason = error instanceof Error && 'reason' in error ? String(error.reason) : words;
	return databaseProblems.error('database-certificate-other-host', {server, host, words: reason}, more);
};

const notPostgres: Raise = ({server, first, more}) => {
	const seen = first && kindOfServer(first);
	return seen === undefined
		? databaseProblems.error('database-not-postgresql', {case: 'unknown', server}, more)
		: databaseProblems.error('database-not-postgresql', {case: 'known', server, seen}, more);
};

/** What was sent, in the words of the guard (protocol.ts). */
const whatOf = ({error, words}: Failure): string =>
	error instanceof Error && 'what' in error ? oneLine(String(error.what)) : words;

const broken: Raise = (failure) => {
	const {server, first, more} = failure;
	if (first && kindOfServer(first) !== undefined) return notPostgres(failure);
	return databaseProblems.error('database-protocol', {server, what: whatOf(failure)}, more);
};

const otherMethod: Raise = (failure) => {
	const facts = {server: failure.server, role: failure.login.username, method: whatOf(failure)};
	return databaseProblems.error('database-login-method', facts, naming(failure, 'username'));
};

const noLoginInTime: Raise = (failure) => {
	const {server, limits, first, more} = failure;
	if (first && kindOfServer(first) !== undefined) return notPostgres(failure);
	const seconds = limits.connectTimeoutMs / 1000;
	const which = first === undefined ? 'no login in time' : 'login not finished';
	return databaseProblems.error('database-unreachable', {case: which, server, seconds}, more);
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
	// Codes of Node's net, dns and tls; the certificate ones are OpenSSL's verify errors.
	ECONNREFUSED: unreachable('refused'),
	EHOSTUNREACH: unreachable('no route to host'),
	ENETUNREACH: unreachable('no route to network'),
	ETIMEDOUT: unreachable('silent'),
	ECONNRESET: unreachable('reset'),
	EPIPE: unreachable('reset'),
	ENOTFOUND: hostUnknown('no such name'),
	EAI_AGAIN: hostUnknown('no name server'),
	ERR_TLS_CERT_ALTNAME_INVALID: otherHost,
	CERT_HAS_EXPIRED: untrusted('expired'),
	CERT_NOT_YET_VALID: untrusted('not yet valid'),
	DEPTH_ZERO_SELF_SIGNED_CERT: untrusted('self-signed'),
	SELF_SIGNED_CERT_IN_CHAIN: untrusted('other root'),
	UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted('other CA'),
	UNABLE_TO_GET_ISSUER_CERT: untrusted('no root'),
	UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted('other CA'),
	CERT_SIGNATURE_FAILURE: untrusted('other key'),
	ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: clientCertificate,
};

/** What the pg client says without a code (pg 8, lib/connection.js and lib/client.js). */
const byClientWords: Readonly<Record<string, Raise>> = {
	'The server does not support SSL connections': ({server, login, more}) =>
		databaseProblems.error('database-tls-not-offered', {server, tls: login.tls}, more),
	'There was an error establishing an SSL connection': noTls,
	'timeout expired': noLoginInTime,
	'Query read timeout': ({server, limits, more}) =>
		databaseProblems.error('database-time-out', {server, seconds: limits.statementTimeoutMs / 1000}, more),
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

const withoutPassword = (words: string, {password}: DatabaseLogin): string => {
	const {register, redact} = createRedactor();
	register(password);
	return redact(words).replaceAll(mask, '********');
};

/** The longest words of a server that are shown, letters. */
const longest = 400;

const wordsOf = (said: string, login: DatabaseLogin): string => {
	const line = oneLine(withoutPassword(said, login));
	return cutTo(line, longest);
};

const raiseOf = (error: unknown, code: string | undefined, failure: Failure): ProblemError => {
	// The codes of a server are its own: it may not pass for an error of this host.
	if (error instanceof pg.DatabaseError) return serverRefusal(code ?? '', failure) ?? unknown(code)(failure);
	if (tlsReasonOf(error)) return notPostgres(failure);
	const said = error instanceof Error ? error.message : String(error);
	const raise = entryOf(byCode, code ?? '') ?? entryOf(byClientWords, said) ?? unknown(code);
	return raise(failure);
};

/**
 * Any error of a connection as a problem; the code says what kind. Never holds the password.
 * @param access may hold `first`, what the server sent before any TLS
 */
export const connectionProblem = (
	error: unknown,
	access: Access & {readonly first?: Buffer | undefined},
): ProblemError => {
	const {login, limits, signal, first} = access;
	const code = errnoOf(error);
	const words = wordsOf(error instanceof Error ? error.message : String(error), login);
	const shownCode = code === undefined ? undefined : cutTo(oneLine(code), 60);
	const evidence = [shownCode === undefined || words.includes(shownCode) ? words : `${shownCode}: ${words}`];
	const server = `${login.host}:${login.port}`;
	const failure: Failure = {login, limits, signal, error, first, words, server, more: {evidence, error}};
	return raiseOf(error, shownCode, failure);
};
