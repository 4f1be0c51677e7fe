import {type ProblemCode, ProblemError} from '../../base/problem.ts';
import type {NeededDatabase} from '../types.ts';
import type {Access} from './access.ts';
import {type Query, withConnection} from './connect.ts';
import {readFacts} from './probe.ts';

/** How a server stands to a database that is needed, as its administrator sees it. */
export type Situation = {
	readonly admin: {
		readonly isSuperuser: boolean;
		readonly mayCreateRoles: boolean;
		readonly mayCreateDatabases: boolean;
	};
	/** The role, where it is there. `joined`: the administrator may hand objects over to it. */
	readonly role: {readonly mayLogIn: boolean; readonly joined: boolean} | undefined;
	/** The database, where it is there. `isOpen`: every role may enter it. */
	readonly database: {readonly owner: string; readonly encoding: string; readonly isOpen: boolean} | undefined;
	/** True where new databases get UTF8 by themselves; elsewhere they need a locale that fits every encoding. */
	readonly isUtf8: boolean;
};

type Row = {
	readonly superuser: boolean;
	readonly may_create_role: boolean;
	readonly may_create_database: boolean;
	readonly role_exists: boolean;
	readonly role_may_log_in: boolean;
	readonly owner: string | null;
	readonly encoding: string | null;
	readonly open_to_all: boolean | null;
	readonly template_encoding: string;
	readonly member: boolean | null;
};

// PostgreSQL 16 split membership: only SET lets a role hand objects over, and creating a role gives just ADMIN.
const memberSql = (version: number): string =>
	version >= 160000 ? `pg_has_role(current_user, role.oid, 'SET')` : `pg_has_role(current_user, role.oid, 'MEMBER')`;

const situationSql = (version: number): string => `
SELECT me.rolsuper AS superuser,
	me.rolsuper OR me.rolcreaterole AS may_create_role, me.rolsuper OR me.rolcreatedb AS may_create_database,
	role.oid IS NOT NULL AS role_exists,
	coalesce(role.rolcanlogin AND (role.rolvaliduntil IS NULL OR role.rolvaliduntil > now()), false) AS role_may_log_in,
	pg_get_userbyid(base.datdba) AS owner, pg_encoding_to_char(base.encoding) AS encoding,
	has_database_privilege('public', base.oid, 'CONNECT') AS open_to_all,
	(SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = 'template0') AS template_encoding,
	me.rolsuper OR ${memberSql(version)} AS member
FROM pg_roles me
	LEFT JOIN pg_roles role ON role.rolname = $1
	LEFT JOIN pg_database base ON base.datname = $2
WHERE me.rolname = current_user`;

const readRow = async (query: Query, {username, database}: NeededDatabase): Promise<Row> => {
	const [number] = await query<{version: string}>("SELECT current_setting('server_version_num') AS version");
	const [row] = await query<Row>(situationSql(Number(number?.version)), [username, database]);
	if (!row) throw new Error('pg_roles has no row for the current role');
	return row;
};

/** Looks as the administrator. @throws ProblemError `database-too-old`, those of a connection */
export const look = async (admin: Access, needed: NeededDatabase): Promise<Situation> => {
	const row = await withConnection(admin, async (query) => {
		await readFacts(query, admin.login);
		return readRow(query, needed);
	});
	const {owner, encoding} = row;
	return {
		admin: {
			isSuperuser: row.superuser,
			mayCreateRoles: row.may_create_role,
			mayCreateDatabases: row.may_create_database,
		},
		role: row.role_exists ? {mayLogIn: row.role_may_log_in, joined: row.member === true} : undefined,
		database: owner === null || encoding === null ? undefined : {owner, encoding, isOpen: row.open_to_all === true},
		isUtf8: row.template_encoding === 'UTF8',
	};
};

/** Tables in the needed database that belong to another role than the one that is to own it. */
export const countForeignTables = async (admin: Access, {database, username}: NeededDatabase): Promise<number> => {
	const [row] = await withConnection({...admin, login: {...admin.login, database}}, (query) =>
		query<{count: string}>(
			"SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') AND tableowner <> $1",
			[username],
		),
	);
	return Number(row?.count);
};

/** How the component's own login went. `no database` and `no access`: its role and password are right. */
export type Login =
	| {readonly result: 'logged in'; readonly canCreate: boolean}
	| {readonly result: 'no database' | 'no access' | 'wrong password' | 'no login'};

const refusals: Partial<Readonly<Record<ProblemCode, Exclude<Login['result'], 'logged in'>>>> = {
	'database-password': 'wrong password',
	'database-missing': 'no database',
	'database-privileges': 'no access',
	'database-role-without-login': 'no login',
};

const refusalIn = (error: unknown): Login | undefined => {
	const code = error instanceof ProblemError ? error.problem.code : undefined;
	const result = code === undefined ? undefined : refusals[code as ProblemCode];
	return result && {result};
};

/** Logs in as the component will. @throws ProblemError for what no statement of an administrator mends */
export const tryLogin = async (component: Access): Promise<Login> => {
	try {
		const {canCreate} = await withConnection(component, (query) => readFacts(query, component.login));
		return {result: 'logged in', canCreate};
	} catch (error) {
		const refused = refusalIn(error);
		if (refused === undefined) throw error;
		return refused;
	}
};
