import {answerPaths, serverPaths, serverPlace} from '../answer-paths.ts';
import {type Failure, naming, namingServer, type Raise, secondsWaited} from '../failure.ts';
import {poolerIn, poolerNamed} from '../pooler-name.ts';
import {databaseProblems} from '../problems.ts';
import {methodOf} from './login-methods.ts';
import {anyHost, quoteAccount} from './sql.ts';

const accountSql = ({login}: Failure): string => quoteAccount({username: login.username, host: anyHost});

/** What the account may ask for that the login did not bring. */
const requirable = ({login}: Failure): string => {
	if (login.tls === 'disable') return 'SSL';
	return login.clientCertificate === undefined ? 'X509' : 'SUBJECT, ISSUER or CIPHER';
};

const password: Raise = (failure) => {
	const {server, login} = failure;
	const facts = {case: 'MySQL', server, account: login.username, required: requirable(failure)} as const;
	const sql = `SHOW CREATE USER ${accountSql(failure)};`;
	return databaseProblems.error('database-password', facts, {
		...naming(failure, 'password', 'username'),
		nextSteps: [sql],
	});
};

const expired: Raise = (failure) => {
	const facts = {case: 'expired', server: failure.server, account: failure.login.username} as const;
	return databaseProblems.error('database-password', facts, naming(failure, 'password', 'username'));
};

const noDatabase: Raise = (failure) => {
	const facts = {case: 'absent', server: failure.server, database: failure.login.database} as const;
	return databaseProblems.error('database-missing', facts, naming(failure, 'database'));
};

const noAccess: Raise = (failure) => {
	const {server, login} = failure;
	const facts = {case: 'no access', server, database: login.database, account: login.username} as const;
	return databaseProblems.error('database-missing', facts, naming(failure, 'database', 'username'));
};

const lackingRight: Raise = (failure) => {
	const {server, words, login} = failure;
	const facts = {case: 'refused to account', server, account: login.username, words} as const;
	return databaseProblems.error('database-privileges', facts, naming(failure, 'username'));
};

const locked: Raise = (failure) => {
	const {server, login} = failure;
	const sql = `ALTER USER ${accountSql(failure)} ACCOUNT UNLOCK;`;
	const facts = {case: 'locked', server, role: login.username, account: login.username, sql} as const;
	return databaseProblems.error('database-role-without-login', facts, naming(failure, 'username'));
};

const notAdmitted =
	(which: 'MySQL host' | 'MySQL blocked' | 'MySQL without TLS'): Raise =>
	(failure) => {
		const {server, words, login} = failure;
		const shared = {server, role: login.username, database: login.database, at: serverPlace(login)};
		const facts = {case: which, ...shared, words, account: accountSql(failure)} as const;
		return databaseProblems.error('database-not-admitted', facts, namingServer(failure, 'tls', 'host'));
	};

const tooMany =
	(which: 'MySQL' | 'MySQL account'): Raise =>
	({server, login, more}) =>
		databaseProblems.error('database-too-many-connections', {case: which, server, role: login.username}, more);

const starting: Raise = ({server, more}) => databaseProblems.error('database-starting', {server}, more);

/** Also for an option that has nothing to do with it: then the words stand for themselves. */
const prevented: Raise = (failure) => {
	const {server, login, words, more} = failure;
	if (!/read.only/iu.test(words))
		return databaseProblems.error('database-error', {case: 'coded', server, words, code: '1290'}, more);
	const facts = {case: 'read-only MySQL', server, at: serverPlace(login), setting: words} as const;
	return databaseProblems.error('database-read-only', facts, namingServer(failure, 'host', 'port'));
};

const tooLong: Raise = ({server, limits, more}) => {
	const seconds = limits.statementTimeoutMs / 1000;
	return databaseProblems.error('database-time-out', {case: 'MySQL', server, seconds}, more);
};

/** The server ended the wait, by a limit of its own or of this session (lock_wait_timeout, innodb_lock_wait_timeout). */
const blocked: Raise = (failure) => {
	const {server, login, more} = failure;
	const facts = {case: 'MySQL', server, database: login.database, seconds: secondsWaited(failure)} as const;
	return databaseProblems.error('database-locked', facts, more);
};

/** A login by other means than a password. @param plugin as the server names it */
export const otherMethod = (plugin: string, failure: Failure): ReturnType<Raise> => {
	const facts = {case: 'MySQL', server: failure.server, account: failure.login.username, plugin} as const;
	const more = naming(failure, 'username');
	return databaseProblems.error('database-login-method', {...facts, method: methodOf(plugin)}, more);
};

/** Numbers of errors (MySQL documentation, "Server Error Message Reference"; MariaDB's own begin at 1900 and at 4000). */
const byNumber: Readonly<Record<number, Raise>> = {
	1040: tooMany('MySQL'),
	1044: noAccess,
	1045: password,
	1049: noDatabase,
	1053: starting,
	1077: starting,
	1079: starting,
	1129: notAdmitted('MySQL blocked'),
	1130: notAdmitted('MySQL host'),
	1142: lackingRight,
	1143: lackingRight,
	1203: tooMany('MySQL account'),
	1205: blocked,
	1226: tooMany('MySQL account'),
	1227: lackingRight,
	1290: prevented,
	1370: lackingRight,
	1410: lackingRight,
	1698: (failure) => otherMethod('auth_socket or unix_socket', failure),
	1792: prevented,
	1820: expired,
	1836: prevented,
	1862: expired,
	1927: starting,
	3024: tooLong,
	3032: starting,
	3118: locked,
	3159: notAdmitted('MySQL without TLS'),
	3955: locked,
	4151: locked,
};

/** What a proxy refuses in words of its own; MaxScale mostly says what its servers say. */
const proxy = (failure: Failure): ReturnType<Raise> => {
	const {server, login, words, product} = failure;
	const which = /access denied/iu.test(words) ? 'role' : 'other';
	const pooler = poolerNamed(poolerIn(words.replaceAll(login.username, '')));
	const facts = {case: which, product, server, role: login.username, words, pooler} as const;
	const answers = [...serverPaths(login, ['host', 'port']), ...answerPaths(login.from, ['username', 'database'])];
	return databaseProblems.error('database-pooler', facts, {...failure.more, answers});
};

/** What a server, or a proxy in front of it, refuses with a number of its own; undefined for numbers without a row here. */
export const serverRefusal = (number: number, failure: Failure): ReturnType<Raise> | undefined => {
	if (poolerIn(failure.words.replaceAll(failure.login.username, '')) !== undefined) return proxy(failure);
	return Object.hasOwn(byNumber, number) ? byNumber[number]?.(failure) : undefined;
};
