import type {DatabaseStatement, NeededDatabase} from '../types.ts';

/** No statement holds the password. */
type Needed = Omit<NeededDatabase, 'password'>;

/** The psql variable that stands for the password in a statement's `sql`. */
export const passwordPlaceholder = ":'password'";

const shownPassword = "'********'";

/** A name as SQL; a quote inside is doubled (PostgreSQL documentation, 4.1.1). NUL cannot be in a name and is refused. */
export const quoteName = (name: string): string => {
	if (name.includes('\0')) throw new TypeError('A name in SQL cannot hold a NUL character');
	return `"${name.replaceAll('"', '""')}"`;
};

/** A text as SQL literal; the E form keeps backslashes exact whatever standard_conforming_strings says. */
export const quoteText = (text: string): string => {
	if (text.includes('\0')) throw new TypeError('A text in SQL cannot hold a NUL character');
	const quoted = `'${text.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`;
	return text.includes('\\') ? `E${quoted}` : quoted;
};

const statement = (target: string, sql: string, database?: string): DatabaseStatement => ({
	action: 'update',
	target,
	sql,
	shown: sql.replaceAll(passwordPlaceholder, shownPassword),
	database,
});

/** A statement that makes what it is about. */
const creation = (target: string, sql: string): DatabaseStatement => ({...statement(target, sql), action: 'create'});

/** The statements that a needed database may lack; which of them are due is decided in missing.ts. */
export const statements = {
	createRole: ({username}: Needed) =>
		creation(`role ${username}`, `CREATE ROLE ${quoteName(username)} LOGIN PASSWORD ${passwordPlaceholder}`),
	setPassword: ({username}: Needed) =>
		statement(`password of role ${username}`, `ALTER ROLE ${quoteName(username)} PASSWORD ${passwordPlaceholder}`),
	allowLogin: ({username}: Needed) =>
		statement(`role ${username}`, `ALTER ROLE ${quoteName(username)} LOGIN VALID UNTIL 'infinity'`),
	joinRole: ({username}: Needed, admin: string) =>
		statement(`role ${username}`, `GRANT ${quoteName(username)} TO ${quoteName(admin)}`),
	/** template0 is the only template whose encoding may differ; C is the only locale that fits every encoding. */
	createDatabase: ({database, username}: Needed, plainLocale: boolean) =>
		creation(
			`database ${database}`,
			`CREATE DATABASE ${quoteName(database)} OWNER ${quoteName(username)} ENCODING 'UTF8'${
				plainLocale ? " LC_COLLATE 'C' LC_CTYPE 'C'" : ''
			} TEMPLATE template0`,
		),
	own: ({database, username}: Needed) =>
		statement(`owner of database ${database}`, `ALTER DATABASE ${quoteName(database)} OWNER TO ${quoteName(username)}`),
	closeToOthers: ({database}: Needed) =>
		statement(`access to database ${database}`, `REVOKE CONNECT ON DATABASE ${quoteName(database)} FROM PUBLIC`),
	openSchema: ({database, username}: Needed) =>
		statement(
			`schema public of database ${database}`,
			`GRANT USAGE, CREATE ON SCHEMA public TO ${quoteName(username)}`,
			database,
		),
};

/** The psql variable for a role's password in the script: one for each role, so that scripts can be put together. */
export const passwordVariable = (username: string): string => `${username.replaceAll(/[^A-Za-z0-9_]/gu, '_')}_password`;

/**
 * SQL for psql (11 or newer) that makes the needed database hold, on a server where nothing, some or all of it exists. The password is the
 * psql variable `<username>_password`; no line holds it.
 */
export const script = (needed: Needed): readonly string[] => {
	const {database, username} = needed;
	const variable = passwordVariable(username);
	const unless = (catalog: string, column: string, name: string, sql: string) => [
		`SELECT ${quoteText(sql)}`,
		`  WHERE NOT EXISTS (SELECT FROM ${catalog} WHERE ${column} = ${quoteText(name)})`,
		'\\gexec',
	];
	return [
		`-- Role ${username} and database ${database}.`,
		'-- For psql (11 or newer), as a role that may create roles and databases.',
		`-- The password is the psql variable ${variable}. It may be`,
		"-- the password's SCRAM-SHA-256 verifier too.",
		'\\set ON_ERROR_STOP on',
		`\\if :{?${variable}}`,
		'\\else',
		`  \\echo Nothing was done: set the psql variable ${variable} first.`,
		'  \\quit',
		'\\endif',
		"-- Keeps the password out of the server's log, where you may decide that.",
		"SELECT format('SET %I = %L', name, value)",
		"  FROM (VALUES ('log_statement', 'none'), ('log_min_duration_statement', '-1'),",
		"    ('log_min_error_statement', 'panic')) AS quiet (name, value)",
		'  WHERE (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)',
		'\\gexec',
		...unless('pg_roles', 'rolname', username, `CREATE ROLE ${quoteName(username)} LOGIN`),
		`ALTER ROLE ${quoteName(username)} LOGIN PASSWORD :'${variable}';`,
		'-- Needed unless you are a superuser: only members may hand a database over.',
		`SELECT format('GRANT %I TO %I', ${quoteText(username)}, current_user)`,
		'  WHERE NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)',
		'\\gexec',
		...unless('pg_database', 'datname', database, statements.createDatabase(needed, false).sql),
		`${statements.own(needed).sql};`,
		`${statements.closeToOthers(needed).sql};`,
	];
};
