import type {CaseOf} from '../../base/problem-table.ts';
import {answerPaths, serverPaths, serverPlace} from '../answer-paths.ts';
import {type Failure, naming, namingServer, type Raise, secondsWaited} from '../failure.ts';
import {poolerIn, poolerNamed} from '../pooler-name.ts';
import {databaseProblems} from '../problems.ts';

/** Fields of an error message that count here. `routine`: the server's function, never translated; poolers send none. */
type Fields = {readonly routine?: string | undefined};

const routineOf = ({error}: Failure): string | undefined => (error as Fields).routine;

/** Checks that a server hands logins to (auth.c, `auth_failed`), by the words that no language translates. */
const methods: readonly (readonly [RegExp, string, 'password elsewhere' | 'no password'])[] = [
	[/\bLDAP\b/u, 'LDAP', 'password elsewhere'],
	[/\bPAM\b/u, 'PAM', 'password elsewhere'],
	[/\bRADIUS\b/u, 'RADIUS', 'password elsewhere'],
	[/\bBSD\b/u, 'BSD authentication', 'password elsewhere'],
	[/\bGSSAPI\b/u, 'Kerberos (GSSAPI)', 'no password'],
	[/\bSSPI\b/u, 'SSPI', 'no password'],
	[/\bIdent\b/iu, 'ident', 'no password'],
	[/\bPeer\b/iu, 'peer', 'no password'],
	[/\bOAuth\b/iu, 'OAuth', 'no password'],
	[/\btrust\b/u, 'trust', 'no password'],
];

/** Pairs of quotes that languages of the server put a name in. */
const quotes = ['""', '»«', '«»', '„“', '“”', "''", '‘’'];

/** A role may be called like a method, so what the server says is read without its name. */
const withoutRole = ({words, login: {username}}: Failure): string =>
	quotes.reduce((text, pair) => text.replaceAll(`${pair.at(0)}${username}${pair.at(1)}`, '""'), words);

const loginRefused: Raise = (failure) => {
	const {server, login} = failure;
	const words = withoutRole(failure);
	if (/\bcertificate authentication\b/u.test(words)) return clientCertificate(failure);
	const given = {server, role: login.username};
	const found = methods.find(([sign]) => sign.test(words));
	const more = naming(failure, 'password', 'username');
	if (!found) return databaseProblems.error('database-login-refused', {case: 'unnamed', ...given}, more);
	const [, method, which] = found;
	return databaseProblems.error('database-login-refused', {case: which, ...given, method}, more);
};

const notAdmitted: Raise = (failure) => {
	const {server, login} = failure;
	const which = login.tls === 'disable' ? 'without TLS' : 'with TLS';
	const facts = {case: which, server, role: login.username, database: login.database} as const;
	return databaseProblems.error('database-not-admitted', facts, namingServer(failure, 'tls', 'host'));
};

/** Also for the alert of a TLS layer that wants one. */
export const clientCertificate: Raise = (failure) => {
	const {server, login} = failure;
	const which = login.clientCertificate === undefined ? 'PostgreSQL' : 'PostgreSQL refused';
	const facts = {case: which, server, role: login.username, at: serverPlace(login)} as const;
	const more = namingServer(failure, 'clientCertificate', 'clientKey');
	return databaseProblems.error('database-client-certificate', facts, more);
};

/** The server took the login and then looked for the role (miscinit.c). */
const unfitRole: Raise = (failure) => {
	const facts = {server: failure.server, role: failure.login.username};
	const more = naming(failure, 'username');
	if (/does not exist/u.test(withoutRole(failure))) return databaseProblems.error('database-role-missing', facts, more);
	const which = /not permitted to log in/u.test(failure.words) ? 'no login' : 'unclear';
	return databaseProblems.error('database-role-without-login', {case: which, ...facts}, more);
};

/**
 * A login that is not authorized (28000) was refused by pg_hba.conf, by the check that it names, or for the role itself. The function
 * tells them apart in every language; "pg_hba.conf" is a file name and never translated.
 */
const notAuthorized: Raise = (failure) => {
	const words = withoutRole(failure);
	if (routineOf(failure) === 'InitializeSessionUserId' || /^role\s.*(?:exist|log in)/u.test(words))
		return unfitRole(failure);
	if (/pg_hba\.conf/u.test(words)) return notAdmitted(failure);
	const wantsCertificate = routineOf(failure) === 'ClientAuthentication' || /client certificate/u.test(words);
	return wantsCertificate ? clientCertificate(failure) : loginRefused(failure);
};

const password: Raise = (failure) => {
	const facts = {server: failure.server, role: failure.login.username};
	return databaseProblems.error(
		'database-password',
		{case: 'PostgreSQL', ...facts},
		naming(failure, 'password', 'username'),
	);
};

const noDatabase: Raise = (failure) => {
	const facts = {server: failure.server, database: failure.login.database};
	return databaseProblems.error('database-missing', {case: 'absent', ...facts}, naming(failure, 'database'));
};

const lackingRight: Raise = (failure) => {
	const {server, words, login} = failure;
	const facts = {case: 'refused', server, role: login.username, words} as const;
	return databaseProblems.error('database-privileges', facts, naming(failure, 'username'));
};

const readOnly: Raise = ({server, login, more}) => {
	const facts = {case: 'setting', server, role: login.username, database: login.database} as const;
	return databaseProblems.error('database-read-only', facts, more);
};

const tooMany: Raise = ({server, login, more}) =>
	databaseProblems.error('database-too-many-connections', {case: 'PostgreSQL', server, role: login.username}, more);

const starting: Raise = ({server, more}) => databaseProblems.error('database-starting', {server}, more);

/** The server ended the wait (lock_timeout), or was told not to wait at all. */
const blocked: Raise = (failure) => {
	const {server, login, more} = failure;
	const facts = {case: 'PostgreSQL', server, database: login.database, seconds: secondsWaited(failure)} as const;
	return databaseProblems.error('database-locked', facts, more);
};

/** Codes of errors (PostgreSQL documentation, appendix A). */
const byState: Readonly<Record<string, Raise>> = {
	'25006': readOnly,
	'28000': notAuthorized,
	'28P01': password,
	'3D000': noDatabase,
	'42501': lackingRight,
	'53300': tooMany,
	'55P03': blocked,
	'57P03': starting,
};

type PoolerCase = Exclude<CaseOf<typeof databaseProblems.table, 'database-pooler'>, 'to be made'>;

/** What PgBouncer refuses in words of its own (pgbouncer, client.c and objects.c), and Odyssey, which puts its name before them. */
const poolerWords: readonly (readonly [RegExp, PoolerCase])[] = [
	[/transaction blocks? not allowed/iu, 'statement mode'],
	[/no such database|^database "[^"]*" does not exist|\broute for .{1,200} is not found/iu, 'database'],
	[/no such user|auth failed|no authentication/iu, 'role'],
	[/unsupported startup parameter/iu, 'parameter'],
	[/max_client_conn/iu, 'other'],
];

/** A pooler speaks for a server: it names no function, and its usual code is 08P01, a broken protocol. */
const poolerCase = (failure: Failure, code: string): PoolerCase | undefined => {
	if (routineOf(failure) !== undefined) return undefined;
	const words = withoutRole(failure);
	const isNamed = poolerIn(words) !== undefined;
	const found = poolerWords.find(([sign]) => sign.test(words))?.[1];
	return found ?? (code === '08P01' || isNamed ? 'other' : undefined);
};

const pooler = (which: PoolerCase, failure: Failure): ReturnType<Raise> => {
	const {server, login, words, product} = failure;
	const pooler = poolerNamed(poolerIn(withoutRole(failure)));
	const facts = {case: which, product, server, role: login.username, database: login.database, words, pooler} as const;
	const answers = [...serverPaths(login, ['host', 'port']), ...answerPaths(login.from, ['username', 'database'])];
	return databaseProblems.error('database-pooler', facts, {...failure.more, answers});
};

/** What a server, or a pooler in front of it, refuses with a code of its own; undefined for codes without a row here. */
export const serverRefusal = (code: string, failure: Failure): ReturnType<Raise> | undefined => {
	const which = poolerCase(failure, code);
	if (which !== undefined) return pooler(which, failure);
	return Object.hasOwn(byState, code) ? byState[code]?.(failure) : undefined;
};
