import {refusals} from '../errors.ts';
import {grantLines, mayEverywhere, sees} from '../rights.ts';
import {nameOf} from '../shape.ts';
import type {Result} from '../wire.ts';
import {accountOf, type Said, type Session, type Statement} from './types.ts';

/** What the played server says it is; whoever asks for its comment learns that it is played. */
export const playedVersion = '8.4.6';
const comment = 'MySQL, played by a rehearsal of zenml-airgap';

const variables = (session: Session): Readonly<Record<string, string>> => ({
	version: playedVersion,
	version_comment: comment,
	max_connections: '151',
	max_user_connections: '0',
	read_only: 'OFF',
	super_read_only: 'OFF',
	innodb_read_only: 'OFF',
	require_secure_transport: 'OFF',
	sql_require_primary_key: 'OFF',
	threads_connected: String(session.clients().length),
	ssl_version: session.tls,
	ssl_cipher: session.tls === '' ? '' : 'TLS_AES_256_GCM_SHA384',
});

/** SHOW VARIABLES and SHOW STATUS of some names. */
const shown = (session: Session, {values}: Said): Result => {
	const known = variables(session);
	const rows = values.flatMap((name) => {
		const value = known[name.toLowerCase()];
		return value === undefined ? [] : [[name, value]];
	});
	return {columns: ['Variable_name', 'Value'], rows};
};

const functions: Readonly<Record<string, (session: Session) => string | null>> = {
	connection_id: ({id}) => String(id),
	current_user: ({user}) => `${user}@%`,
	user: ({user}) => `${user}@localhost`,
	current_role: () => 'NONE',
	database: ({database}) => database ?? null,
	version: () => playedVersion,
};

const one = /^(?:(?<call>\w+) \( \)|@@(?<variable>\w+)|(?<number>\d+))(?: AS (?<alias>\w+))?$/iu;

/** `SELECT CONNECTION_ID() AS session, @@version_comment LIMIT 1`. */
const selected = (session: Session, {part}: Said): Result => {
	const columns: string[] = [];
	const values: (string | null)[] = [];
	for (const text of part('list').split(' , ')) {
		const {call, variable, number, alias} = one.exec(text)?.groups ?? {};
		const known = variables(session)[variable?.toLowerCase() ?? ''];
		const value = call ? functions[call.toLowerCase()]?.(session) : (known ?? number);
		if (value === undefined) throw refusals.syntax(text);
		columns.push(alias ?? (call ? `${call}()` : text));
		values.push(value);
	}
	return {columns, rows: [values]};
};

const grantsOf = (session: Session, user: string): Result => {
	const account = session.catalogue.accounts[user];
	if (!account) throw refusals.noGrant(user);
	if (user !== session.user && !mayEverywhere(accountOf(session), 'SELECT'))
		throw refusals.noAccess(session.user, 'mysql');
	return {columns: [`Grants for ${user}@%`], rows: grantLines(user, account).map((line) => [line])};
};

const processColumns = ['Id', 'User', 'Host', 'db', 'Command', 'Time', 'State', 'Info'];

/** One's own clients, or all of them for who may see them. */
const processes = (session: Session): Result => {
	const seesAll = mayEverywhere(accountOf(session), 'PROCESS');
	const clients = session.clients().filter(({user}) => seesAll || user === session.user);
	return {
		columns: processColumns,
		rows: clients.map(({id, user}) => [String(id), user, 'localhost', null, 'Sleep', '0', '', null]),
	};
};

const replicas = (session: Session): Result => {
	if (!mayEverywhere(accountOf(session), 'REPLICATION CLIENT')) throw refusals.needs('SUPER, REPLICATION CLIENT');
	return {columns: ['Replica_IO_State', 'Source_Host'], rows: []};
};

const databases = (session: Session): Result => ({
	columns: ['Database'],
	rows: Object.keys(session.catalogue.databases)
		.filter((name) => sees(accountOf(session), name))
		.map((name) => [name]),
});

/** Statements about the session and the server. */
export const sessionStatements: readonly Statement[] = [
	{pattern: /^SET (?:SESSION )?(?:sql_mode|autocommit|NAMES)\b.*$/iu, run: () => 0},
	{pattern: /^(?:START TRANSACTION|BEGIN|COMMIT|ROLLBACK|FLUSH PRIVILEGES)$/iu, run: () => 0},
	{
		pattern: /^SHOW (?:GLOBAL |SESSION )?(?:VARIABLES|STATUS) (?:WHERE Variable_name (?:=|IN \()|LIKE) \$\d.*$/iu,
		run: shown,
	},
	{pattern: /^SHOW REPLICA STATUS$/iu, run: replicas},
	{pattern: /^SHOW PROCESSLIST$/iu, run: processes},
	{pattern: /^SHOW DATABASES$/iu, run: databases},
	{
		pattern: /^SHOW GRANTS(?: FOR CURRENT_USER(?: \( \))?)?$/iu,
		run: (session) => grantsOf(session, session.user),
	},
	{
		pattern: /^SHOW GRANTS FOR \$0 @ \$1$/iu,
		run: (session, {values}) => grantsOf(session, nameOf(values[0])),
	},
	{pattern: /^SELECT (?<list>(?!.* FROM ).+?)(?: LIMIT 1)?$/iu, run: selected},
];
