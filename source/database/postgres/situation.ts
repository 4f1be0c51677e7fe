import * as z from 'zod';
import {type ProblemCode, ProblemError} from '../../base/problem.ts';
import type {Access} from '../access.ts';
import {oneRow} from '../rows.ts';
import type {NeededDatabase} from '../types.ts';
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
	/** True where a connection pooler stands in between. */
	readonly isPooled: boolean;
	/** Its product, where that is known already. */
	readonly pooler: string | undefined;
};

const rowSchema = z.object({
	superuser: z.boolean(),
	may_create_role: z.boolean(),
	may_create_database: z.boolean(),
	role_exists: z.boolean(),
	role_may_log_in: z.boolean(),
	owner: z.string().nullable(),
	encoding: z.string().nullable(),
	open_to_all: z.boolean().nullable(),
	template_encoding: z.string(),
	member: z.boolean().nullable(),
});

const versionSchema = z.object({version: z.string()});
const countSchema = z.object({count: z.string()});

/** A database that is needed, as far as an administrator is asked for it. */
export type Named = Omit<NeededDatabase, 'password'>;

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

const readRow = async (query: Query, {username, database}: Named): Promise<z.infer<typeof rowSchema>> => {
	const number = oneRow(versionSchema, await query("SELECT current_setting('server_version_num') AS version"));
	return oneRow(rowSchema, await query(situationSql(Number(number.version)), [username, database]));
};

/** Looks as the administrator. @throws ProblemError `database-too-old`, those of a connection */
export const look = async (admin: Access, needed: Named): Promise<Situation> => {
	const {row, isPooled, pooler} = await withConnection(admin, async (query, told) => {
		const facts = await readFacts(query, admin.login, told);
		return {row: await readRow(query, needed), isPooled: facts.isPooled, pooler: facts.pooler};
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
		isPooled,
		pooler,
	};
};

/** Tables in the needed database that belong to another role than the one that is to own it. */
export const countForeignTables = async (admin: Access, {database, username}: Named): Promise<number> => {
	const rows = await withConnection({...admin, login: {...admin.login, database}}, (query) =>
		query(
			"SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') AND tableowner <> $1",
			[username],
		),
	);
	return Number(oneRow(countSchema, rows).count);
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
