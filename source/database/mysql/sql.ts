import type {DatabaseStatement, NeededDatabase} from '../types.ts';

/** What stands for the password in a statement's `sql`: its quotes are single, which no name as SQL holds. */
export const passwordPlaceholder = ":'pass`word'";

const shownPassword = "'********'";

const refuseNul = (text: string): void => {
	if (text.includes('\0')) throw new TypeError('SQL cannot hold a NUL character');
};

/** A name as SQL; a backtick inside is doubled (MySQL documentation, 11.2). */
export const quoteName = (name: string): string => {
	refuseNul(name);
	return `\`${name.replaceAll('`', '``')}\``;
};

/** A text as SQL, where backslashes count: every session here turns NO_BACKSLASH_ESCAPES off. */
export const quoteText = (text: string): string => {
	refuseNul(text);
	return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
};

/** An account: a name and the hosts that it is for. */
export type Account = {readonly username: string; readonly host: string};

/** Every host; pods have addresses that nobody knows before. */
export const anyHost = '%';

export const quoteAccount = ({username, host}: Account): string => `${quoteText(username)}@${quoteText(host)}`;

/** A database in GRANT, where `_` and `%` stand for others unless a backslash is before them (MySQL documentation, GRANT). */
export const quotePattern = (database: string): string => quoteName(database.replaceAll(/[\\_%]/gu, '\\$&'));

/** What the product needs on its database; MariaDB needs no REFERENCES, and MySQL does. */
export const neededPrivileges = [
	'SELECT',
	'INSERT',
	'UPDATE',
	'DELETE',
	'CREATE',
	'ALTER',
	'DROP',
	'INDEX',
	'REFERENCES',
] as const;

export const grantSql = (database: string, account: Account): string =>
	`GRANT ${neededPrivileges.join(', ')} ON ${quotePattern(database)}.* TO ${quoteAccount(account)}`;

const requirements = {nothing: 'NONE', TLS: 'SSL', certificate: 'X509'} as const;

/** `REQUIRE SSL` and so on, of an account that a needed database has. */
export const requireSql = ({requires = 'TLS'}: Pick<NeededDatabase, 'requires'>): string =>
	`REQUIRE ${requirements[requires]}`;

/** What CREATE USER says of the password. MariaDB has no caching_sha2_password before 12, and a MySQL may have another default. */
const passwordSql = (isMariadb: boolean): string =>
	isMariadb
		? `IDENTIFIED BY PASSWORD ${passwordPlaceholder}`
		: `IDENTIFIED WITH caching_sha2_password BY ${passwordPlaceholder}`;

/** MySQL's own collation for it is newer than Unicode's plain one; MariaDB's depends on the version. */
const characterSetSql = (isMariadb: boolean): string =>
	`CHARACTER SET utf8mb4${isMariadb ? ' COLLATE utf8mb4_unicode_ci' : ''}`;

export const characterSetOf = (database: string, isMariadb: boolean): string =>
	`ALTER DATABASE ${quoteName(database)} ${characterSetSql(isMariadb)}`;

const statement = (target: string, sql: string): DatabaseStatement => ({
	action: 'update',
	target,
	sql,
	shown: sql.replaceAll(passwordPlaceholder, shownPassword),
});

/** A statement that makes what it is about. */
const creation = (target: string, sql: string): DatabaseStatement => ({...statement(target, sql), action: 'create'});

/** The statements that a needed database may lack; which of them are due is decided in missing.ts. */
export const statements = {
	createAccount: (needed: Omit<NeededDatabase, 'password'>, isMariadb: boolean) => {
		const account = quoteAccount({username: needed.username, host: anyHost});
		const sql = `CREATE USER ${account} ${passwordSql(isMariadb)} ${requireSql(needed)}`;
		return creation(`account ${needed.username}`, sql);
	},
	setPassword: (account: Account, isMariadb: boolean) =>
		statement(
			`password of account ${account.username}`,
			`ALTER USER ${quoteAccount(account)} ${passwordSql(isMariadb)}`,
		),
	unlock: (account: Account) =>
		statement(`account ${account.username}`, `ALTER USER ${quoteAccount(account)} ACCOUNT UNLOCK`),
	require: (account: Account, needed: Pick<NeededDatabase, 'requires'>) =>
		statement(`TLS of account ${account.username}`, `ALTER USER ${quoteAccount(account)} ${requireSql(needed)}`),
	createDatabase: (database: string, isMariadb: boolean) =>
		creation(`database ${database}`, `CREATE DATABASE ${quoteName(database)} ${characterSetSql(isMariadb)}`),
	setCharacterSet: (database: string, isMariadb: boolean) =>
		statement(`character set of database ${database}`, characterSetOf(database, isMariadb)),
	grant: (database: string, account: Account) =>
		statement(`privileges of account ${account.username}`, grantSql(database, account)),
};
