import * as z from 'zod';
import {type ProblemCode, ProblemError} from '../../base/problem.ts';
import {addressOf} from '../access.ts';
import {serverPlace} from '../answer-paths.ts';
import {databaseProblems} from '../problems.ts';
import {oneRow} from '../rows.ts';
import type {DatabaseLogin, NeededDatabase} from '../types.ts';
import {type MysqlAccess, type Query, withConnection} from './connect.ts';
import {adminLacks, type Grants} from './grants.ts';
import {accountOf} from './judge.ts';
import {readGrantsOf, readOwnGrants} from './own-grants.ts';
import {refuseUnfit} from './probe.ts';
import {readServer, readSource} from './server.ts';
import {type Account, anyHost} from './sql.ts';

/** An account that is there, as its server keeps it. */
export type KeptAccount = Account & {
	readonly plugin: string;
	/** Empty, `ANY` for TLS, `X509`, or `SPECIFIED`. */
	readonly required: string;
	readonly isLocked: boolean;
	readonly grants: Grants;
};

/** How a server stands to a database that is needed, as its administrator sees it. */
export type Situation = {
	readonly isMariadb: boolean;
	readonly isPooled: boolean;
	readonly pooler: string | undefined;
	/** What the administrator lacks to make all of it. */
	readonly adminLacks: readonly string[];
	/** Accounts of that name, each for other hosts. */
	readonly accounts: readonly KeptAccount[];
	/** The database, where it is there. */
	readonly database: {readonly encoding: string; readonly tables: number} | undefined;
};

/** A database that is needed, as far as an administrator is asked for it. */
export type Named = Omit<NeededDatabase, 'password'>;

const accountSchema = z.object({
	user: z.string(),
	host: z.string(),
	plugin: z.string().nullable(),
	required: z.string().nullable(),
	locked: z.string().nullable(),
});
const databaseSchema = z.object({encoding: z.string(), tables: z.string()});

const accountsSql = `
SELECT user AS user, host AS host, plugin AS plugin, ssl_type AS required, account_locked AS locked
FROM mysql.user WHERE user = ?`;

// MariaDB's view mysql.user has no column for locks; roles stand among its users.
const mariadbAccountsSql = `
SELECT u.user AS user, u.host AS host, u.plugin AS plugin, u.ssl_type AS required,
	IF(JSON_VALUE(g.priv, '$.account_locked') IN ('1', 'true'), 'Y', 'N') AS locked
FROM mysql.user u JOIN mysql.global_priv g ON g.user = u.user AND g.host = u.host
WHERE u.user = ? AND u.is_role <> 'Y'`;

const databaseSql = `
SELECT default_character_set_name AS encoding,
	(SELECT count(*) FROM information_schema.tables WHERE table_schema = schema_name) AS tables
FROM information_schema.schemata WHERE schema_name = ?`;

/** ER_TABLEACCESS_DENIED_ERROR, ER_COLUMNACCESS_DENIED_ERROR, ER_DBACCESS_DENIED_ERROR. */
const denied = new Set([1142, 1143, 1044]);

const blind = (error: unknown, login: DatabaseLogin): unknown => {
	const {errno, message = ''} = error as {readonly errno?: number; readonly message?: string};
	if (!denied.has(errno ?? 0)) return error;
	const at = serverPlace(login);
	const facts = {case: 'blind account', account: login.username, server: addressOf(login), at, words: message} as const;
	return databaseProblems.error('database-privileges', facts, {answers: [`${at}.admin.username`], error});
};

const readAccounts = async (
	query: Query,
	{username}: Named,
	isMariadb: boolean,
	admin: DatabaseLogin,
): Promise<readonly KeptAccount[]> => {
	const rows = await query(isMariadb ? mariadbAccountsSql : accountsSql, [username]).catch((error: unknown) => {
		throw blind(error, admin);
	});
	const accounts: KeptAccount[] = [];
	for (const row of rows) {
		const {user, host, plugin, required, locked} = oneRow(accountSchema, [row]);
		const account = {username: user, host};
		accounts.push({
			...account,
			plugin: plugin ?? '',
			required: required ?? '',
			isLocked: locked === 'Y',
			grants: await readGrantsOf(query, account),
		});
	}
	return accounts;
};

const readDatabase = async (query: Query, {database}: Named): Promise<Situation['database']> => {
	const rows = await query(databaseSql, [database]);
	if (rows.length === 0) return undefined;
	const {encoding, tables} = oneRow(databaseSchema, rows);
	return {encoding, tables: Number(tables)};
};

/** Looks as the administrator. @throws ProblemError `database-too-old`, `database-read-only`, `database-privileges`, those of a connection */
export const look = async (admin: MysqlAccess, needed: Named): Promise<Situation> =>
	withConnection(admin, async (query, greeting) => {
		const server = await readServer(query, greeting);
		refuseUnfit(server, admin.login, await readSource(query));
		const isMariadb = server.product === 'MariaDB';
		return {
			isMariadb,
			isPooled: server.isPooled,
			pooler: server.pooler,
			adminLacks: adminLacks(await readOwnGrants(query, isMariadb), needed.database),
			accounts: await readAccounts(query, needed, isMariadb, admin.login),
			database: await readDatabase(query, needed),
		};
	});

/** How the component's own login went. `no database`: its account and password are right. */
export type Login =
	| {readonly result: 'logged in'; readonly account: Account}
	| {readonly result: 'no database' | 'wrong password' | 'locked'};

const refusals: Partial<Readonly<Record<ProblemCode, Exclude<Login['result'], 'logged in'>>>> = {
	'database-password': 'wrong password',
	'database-missing': 'no database',
	'database-role-without-login': 'locked',
};

/** Logs in as the component will. @throws ProblemError for what no statement of an administrator mends */
export const tryLogin = async (component: MysqlAccess): Promise<Login> => {
	try {
		const [row] = await withConnection(component, (query) => query('SELECT CURRENT_USER() AS account'));
		return {result: 'logged in', account: accountOf(row?.account ?? `${component.login.username}@${anyHost}`)};
	} catch (error) {
		const code = error instanceof ProblemError ? error.problem.code : undefined;
		const result = code === undefined ? undefined : refusals[code as ProblemCode];
		if (result === undefined) throw error;
		return {result};
	}
};
