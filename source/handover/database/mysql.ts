import {shellWord} from '../../base/shell.ts';
import {passwordVariable} from '../../database/mysql/script.ts';
import {anyHost, quoteAccount, quoteName} from '../../database/mysql/sql.ts';
import {caFile, clientFiles, type NeededServer, passwordFile, sqlFile} from './given.ts';

/** How the file is run: the passwords go through the same pipe, and stand in no argument. */
export const runMysql = (server: NeededServer): readonly string[] => [
	`cat ${server.accounts.map(({username}) => passwordFile('mysql', username)).join(' ')} \\`,
	`  ${sqlFile(server)} | mysql -h ${shellWord(server.host)} -P ${server.port} -u ADMIN -p`,
];

/** The statement that gives the variable its password; in hexadecimal, so that no character of it has a meaning. */
export const setPassword = (username: string, password: string): string =>
	`SET ${passwordVariable(username)} = CONVERT(X'${Buffer.from(password, 'utf8').toString('hex')}' USING utf8mb4);`;

/** The SQL for one server: without the passwords nothing is changed. */
export const mysqlFile = (server: NeededServer): readonly string[] => [
	'-- Run by the database admin in the folder that holds this file and the',
	'-- password files; again, it changes nothing but the passwords:',
	...runMysql(server).map((line) => `--   ${line}`),
	'-- It stops here, with an error of syntax, where a password is missing:',
	...server.accounts.flatMap(({username}) => [
		`SET @statement = IF(${passwordVariable(username)} IS NULL,`,
		"  'the password is missing: run this with its password file', 'DO 0');",
		'PREPARE statement FROM @statement;',
		'EXECUTE statement;',
	]),
	...server.accounts.flatMap(({script}) => ['', ...script]),
];

/** The same look at the certificate as the servers take, in the words of either client: each refuses the words of the other. */
const tlsWords = {
	mysql: {'verify-full': '--ssl-mode=VERIFY_IDENTITY', require: '--ssl-mode=REQUIRED', disable: '--ssl-mode=DISABLED'},
	mariadb: {
		'verify-full': '--ssl --ssl-verify-server-cert',
		require: '--ssl --skip-ssl-verify-server-cert',
		disable: '--skip-ssl',
	},
} as const;

const logIn = (client: 'mysql' | 'mariadb', server: NeededServer): readonly string[] => {
	const {host, port, tls, showsCertificate, accounts} = server;
	const pair = showsCertificate ? ` --ssl-cert=${clientFiles.certificate} --ssl-key=${clientFiles.key}` : '';
	const ca = tls === 'verify-full' ? ` --ssl-ca=${caFile(server)}` : '';
	return accounts.map(
		({username, database}) =>
			`${client} -h ${shellWord(host)} -P ${port} -u ${shellWord(username)} -p ${tlsWords[client][tls]}${ca}${pair} -e "SELECT 1" ${shellWord(database)}`,
	);
};

/** Logs in as the server of a component will, with the client of MySQL or with that of MariaDB. */
export const checkMysql = (server: NeededServer): readonly string[] => [
	'# with the client of MySQL',
	...logIn('mysql', server),
	'# with the client of MariaDB',
	...logIn('mariadb', server),
];

/** Takes everything away again. */
export const undoMysql = ({accounts}: NeededServer): readonly string[] =>
	accounts.flatMap(({username, database}) => [
		`DROP DATABASE IF EXISTS ${quoteName(database)};`,
		`DROP USER IF EXISTS ${quoteAccount({username, host: anyHost})};`,
	]);
