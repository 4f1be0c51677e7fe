import type {NeededDatabase} from '../types.ts';
import {anyHost, grantSql, quoteAccount, quoteName, quoteText, requireSql} from './sql.ts';

/** The variable for an account's password in the script: one for each account, so that scripts can be put together. */
export const passwordVariable = (username: string): string =>
	`@${username.replaceAll(/[^A-Za-z0-9_]/gu, '_')}_password`;

/** A statement that holds the password is put together by the server, from the variable; without it there is nothing to run. */
const withPassword = (before: string, variable: string, after: string): readonly string[] => [
	`SET @statement = CONCAT(${quoteText(`${before} IDENTIFIED BY `)}, QUOTE(${variable}), ${quoteText(after)});`,
	'PREPARE statement FROM @statement;',
	'EXECUTE statement;',
];

/**
 * SQL for the mysql client (of MySQL 8 or MariaDB 10.6 and newer) that makes the needed database hold, on a server where nothing, some or
 * all of it exists. The password is the variable `@<username>_password`; no line holds it.
 */
export const script = (needed: Omit<NeededDatabase, 'password'>): readonly string[] => {
	const {database, username} = needed;
	const variable = passwordVariable(username);
	const account = {username, host: anyHost};
	const required = ` ${requireSql(needed)}`;
	return [
		`-- Account ${username} and database ${database}.`.replaceAll(/[\r\n]/gu, ' '),
		'-- For the mysql client, as an account that may make accounts and databases.',
		`-- The password is the variable ${variable}; without it no`,
		'-- account is made.',
		"SET SESSION sql_mode = 'STRICT_ALL_TABLES';",
		`CREATE DATABASE IF NOT EXISTS ${quoteName(database)} CHARACTER SET utf8mb4;`,
		...withPassword(`CREATE USER IF NOT EXISTS ${quoteAccount(account)}`, variable, required),
		'-- For an account that was there before.',
		...withPassword(`ALTER USER ${quoteAccount(account)}`, variable, required),
		'DEALLOCATE PREPARE statement;',
		`SET @statement = NULL, ${variable} = NULL;`,
		`${grantSql(database, account)};`,
	];
};
