import {errnoOf} from '../../base/errno.ts';
import {tlsReasonOf} from '../../base/openssl.ts';
import type {ProblemError} from '../../base/problem.ts';
import type {CaseOf, Circumstances} from '../../base/problem-table.ts';
import {createRedactor, mask} from '../../base/redact.ts';
import {databaseProblems} from '../problems.ts';
import type {DatabaseLogin} from '../types.ts';
import type {Access} from './access.ts';
import {answerPaths} from './answer-paths.ts';

/** A connection that failed, and the words for it. */
type Given = Access & {
	readonly error: unknown;
	/** Host and port. */
	readonly server: string;
	/** The words of the error, without the password. */
	readonly words: string;
	readonly more: Circumstances;
};

type Raise = (given: Given) => ProblemError;
type Cases<Code extends keyof typeof databaseProblems.table> = CaseOf<typeof databaseProblems.table, Code>;

/** What is known of a failure, and which answers of its login may mend it. */
const naming = ({more, login}: Given, ...parts: Parameters<typeof answerPaths>[1]): Circumstances => ({
	...more,
	answers: answerPaths(login.from, parts),
});

const unreachable =
	(which: Exclude<Cases<'database-unreachable'>, 'no login in time'>): Raise =>
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

const notPostgres: Raise = ({server, more}) => databaseProblems.error('database-not-postgresql', {server}, more);

/**
 * Whether a login that is not authorized (28000) was refused by pg_hba.conf or because the role may not log in. The server says so in
 * words of its language; the name of its function is never translated (miscinit.c).
 */
const notAuthorized: Raise = (given) => {
	const {error, server, login, more} = given;
	const role = login.username;
	if ((error as {readonly routine?: string}).routine === 'InitializeSessionUserId')
		return databaseProblems.error('database-role-without-login', {server, role}, naming(given, 'username'));
	const which = login.tls === 'disable' ? 'without TLS' : 'with TLS';
	return databaseProblems.error('database-not-admitted', {case: which, server, role, database: login.database}, more);
};

const byCode: Readonly<Record<string, Raise>> = {
	// PostgreSQL documentation, appendix A: codes of errors.
	'28P01': (given) => {
		const facts = {server: given.server, role: given.login.username};
		return databaseProblems.error('database-password', facts, naming(given, 'password', 'username'));
	},
	'28000': notAuthorized,
	'3D000': (given) => {
		const facts = {server: given.server, database: given.login.database};
		return databaseProblems.error('database-missing', facts, naming(given, 'database'));
	},
	'42501': (given) => {
		const {server, words} = given;
		const facts = {case: 'refused', server, role: given.login.username, words} as const;
		return databaseProblems.error('database-privileges', facts, naming(given, 'username'));
	},
	'53300': ({server, login, more}) =>
		databaseProblems.error('database-too-many-connections', {server, role: login.username}, more),
	'57P03': ({server, more}) => databaseProblems.error('database-starting', {server}, more),
	// Codes of Node's net, dns and tls; the certificate ones are OpenSSL's verify errors.
	ECONNREFUSED: unreachable('refused'),
	EHOSTUNREACH: unreachable('no route to host'),
	ENETUNREACH: unreachable('no route to network'),
	ETIMEDOUT: unreachable('silent'),
	ECONNRESET: unreachable('reset'),
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
};

/** What the pg client says without a code (pg 8, lib/connection.js and lib/client.js). */
const byClientWords: Readonly<Record<string, Raise>> = {
	'The server does not support SSL connections': ({server, login, more}) =>
		databaseProblems.error('database-tls-not-offered', {server, tls: login.tls}, more),
	'There was an error establishing an SSL connection': notPostgres,
	'timeout expired': ({server, limits, more}) => {
		const seconds = limits.connectTimeoutMs / 1000;
		return databaseProblems.error('database-unreachable', {case: 'no login in time', server, seconds}, more);
	},
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

/** Any error of a connection as a problem; the code says what kind. Never holds the password. */
export const connectionProblem = (error: unknown, access: Access): ProblemError => {
	const {login} = access;
	const code = errnoOf(error);
	const said = error instanceof Error ? error.message : String(error);
	const words = withoutPassword(said, login);
	const evidence = [code === undefined || words.includes(code) ? words : `${code}: ${words}`];
	const given: Given = {...access, error, words, server: `${login.host}:${login.port}`, more: {evidence, error}};
	if (tlsReasonOf(error)) return notPostgres(given);
	const raise = entryOf(byCode, code ?? '') ?? entryOf(byClientWords, said) ?? unknown(code);
	return raise(given);
};
