import {shellWord} from '../../base/shell.ts';
import {passwordVariable, quoteName} from '../../database/postgres/sql.ts';
import {caFile, clientFiles, type NeededAccount, type NeededServer, passwordFile, sqlFile} from './given.ts';

/** Reads the password from its file; psql sets an empty text where there is none, which must not become a password. */
const readPassword = ({username}: NeededAccount): readonly string[] => {
	const variable = passwordVariable(username);
	const file = passwordFile('postgresql', username);
	return [
		`\\set ${variable} \`cat ${file}\``,
		`SELECT :'${variable}' = '' AS no_password \\gset`,
		'\\if :no_password',
		'  DO $$ BEGIN RAISE EXCEPTION',
		`    'Nothing was done: the file ${file} is missing or empty.';`,
		'  END $$;',
		'\\endif',
	];
};

/** How the file is run, in the folder that holds it and the passwords. */
export const runPsql = (server: NeededServer): readonly string[] => [
	`psql -X -h ${shellWord(server.host)} -p ${server.port} -U ADMIN -d postgres \\`,
	`  -f ${sqlFile(server)}`,
];

/** The SQL for one server: all passwords are read before anything is changed. */
export const psqlFile = (server: NeededServer): readonly string[] => [
	'-- Run by the database admin in the folder that holds this file and the',
	'-- password files; again, it changes nothing but the passwords:',
	...runPsql(server).map((line) => `--   ${line}`),
	'\\set ON_ERROR_STOP on',
	...server.accounts.flatMap(readPassword),
	...server.accounts.flatMap(({script}) => ['', ...script]),
];

/** The same look at the certificate as the servers take. */
const sslmodeOf = (server: NeededServer): string => {
	const pair = server.showsCertificate ? ` sslcert=${clientFiles.certificate} sslkey=${clientFiles.key}` : '';
	return `${server.tls === 'verify-full' ? `verify-full sslrootcert=${caFile(server)}` : server.tls}${pair}`;
};

/** A value in a connection string (libpq, keyword/value): quoted where it needs it. */
const valueWord = (value: string): string =>
	/^[\w.:@-]+$/u.test(value) ? value : `'${value.replaceAll(/['\\]/gu, String.raw`\$&`)}'`;

/** One word of a shell: in the usual double quotes where nothing in it has a meaning there. */
const quoted = (text: string): string => (/["$`\\!]/u.test(text) ? shellWord(text) : `"${text}"`);

/** Logs in as the server of a component will. */
export const checkPsql = (server: NeededServer): readonly string[] =>
	server.accounts.map(({username, database}) => {
		const [host, user, name] = [server.host, username, database].map(valueWord);
		const way = `host=${host} port=${server.port} sslmode=${sslmodeOf(server)} user=${user} dbname=${name}`;
		return `psql ${quoted(way)} -c "SELECT 1"`;
	});

/** Takes everything away again. */
export const undoPsql = ({accounts}: NeededServer): readonly string[] =>
	accounts.flatMap(({username, database}) => [
		`DROP DATABASE IF EXISTS ${quoteName(database)};`,
		`DROP ROLE IF EXISTS ${quoteName(username)};`,
	]);
