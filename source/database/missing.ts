import {ProblemError, problem} from '../base/problem.ts';
import {type Limits, type Query, withConnection} from './connect.ts';
import {readFacts} from './probe.ts';
import {answerPaths, encodingProblem, factProblem} from './problems.ts';
import {statements} from './sql.ts';
import type {DatabaseLogin, DatabaseStatement, DatabaseWish} from './types.ts';

type World = {
	readonly version: string;
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

/** How the component's own login went; both mean that the role and its password are right. */
type Entry = 'logged in' | 'no database' | 'no access' | 'wrong password' | 'no login';

// PostgreSQL 16 split membership: only SET lets a role hand objects over, and creating a role gives just ADMIN.
const memberSql = (version: number): string =>
	version >= 160000 ? `pg_has_role(current_user, role.oid, 'SET')` : `pg_has_role(current_user, role.oid, 'MEMBER')`;

const worldSql = (version: number): string => `
SELECT current_setting('server_version_num') AS version, me.rolsuper AS superuser,
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

const look = async (query: Query, admin: DatabaseLogin, wish: DatabaseWish): Promise<World> => {
	const facts = await readFacts(query);
	const tooOld = factProblem(facts, admin);
	if (tooOld?.code === 'database-too-old') throw new ProblemError(tooOld);
	const [number] = await query<{version: string}>("SELECT current_setting('server_version_num') AS version");
	const [world] = await query<World>(worldSql(Number(number?.version)), [wish.username, wish.database]);
	if (!world) throw new Error('pg_roles has no row for the current role');
	return world;
};

/** Tables in the wish's database that belong to another role than the wished one. */
const countForeignTables = async (query: Query, username: string): Promise<number> => {
	const [row] = await query<{count: string}>(
		"SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') AND tableowner <> $1",
		[username],
	);
	return Number(row?.count);
};

const entryOf = async (
	login: DatabaseLogin,
	limits: Limits,
	signal: AbortSignal,
): Promise<{readonly entry: Entry; readonly canCreate: boolean}> => {
	try {
		const {canCreate} = await withConnection(login, limits, signal, readFacts);
		return {entry: 'logged in', canCreate};
	} catch (error) {
		const code = error instanceof ProblemError ? error.problem.code : '';
		const entries: Readonly<Record<string, Entry>> = {
			'database-password': 'wrong password',
			'database-missing': 'no database',
			'database-privileges': 'no access',
			'database-role-without-login': 'no login',
		};
		const entry = entries[code];
		if (entry === undefined) throw error;
		return {entry, canCreate: false};
	}
};

const refuseForeignDatabase = (wish: DatabaseWish, owner: string, tables: number, server: string): ProblemError =>
	new ProblemError({
		code: 'database-in-use',
		area: 'database',
		who: 'database admin',
		message: `Database ${wish.database} on ${server} belongs to ${owner} and holds ${tables} tables of others.`,
		cause: 'Another application seems to use it; taking it over would break that one.',
		fix: 'Name another database, or ask the database admin to clear this one.',
		answers: answerPaths(wish.from, 'database'),
	});

const refuseWeakAdmin = (admin: DatabaseLogin, due: readonly DatabaseStatement[]): ProblemError =>
	new ProblemError(
		problem({
			code: 'database-privileges',
			area: 'database',
			who: 'database admin',
			message: `Role ${admin.username} on ${admin.host}:${admin.port} may not create what is missing.`,
			cause: `Missing: ${due.map(({target}) => target).join(', ')}. The role lacks CREATEROLE or CREATEDB.`,
			fix: `Ask the database admin to run: ALTER ROLE "${admin.username}" CREATEROLE CREATEDB;`,
			nextSteps: ['Or leave database.admin out: then this tool shows the SQL for the database admin.'],
			answers: ['database.admin.username'],
		}),
	);

/**
 * The statements that make the wish hold, in order; empty when the role logs in with the password and may create tables in a
 * UTF8 database that it owns and that others may not enter.
 * @throws ProblemError `database-encoding`, `database-in-use`, `database-privileges` and those of a connection.
 */
export const missing = async (
	admin: DatabaseLogin,
	wish: DatabaseWish,
	limits: Limits,
	signal: AbortSignal,
): Promise<readonly DatabaseStatement[]> => {
	const place = `${admin.host}:${admin.port}`;
	const world = await withConnection(admin, limits, signal, (query) => look(query, admin, wish));
	if (world.encoding !== null && world.encoding !== 'UTF8')
		throw new ProblemError(encodingProblem(world.encoding, wish, place));
	const foreign = world.owner !== null && world.owner !== wish.username;
	if (foreign) {
		const count = (query: Query) => countForeignTables(query, wish.username);
		const tables = await withConnection({...admin, database: wish.database}, limits, signal, count);
		if (tables > 0) throw refuseForeignDatabase(wish, world.owner ?? '', tables, place);
	}
	const {from: _administrator, ...server} = admin;
	const own: DatabaseLogin = {...server, ...wish};
	const {entry, canCreate} = world.role_exists
		? await entryOf(own, limits, signal)
		: {entry: 'no login' as const, canCreate: false};
	const due: DatabaseStatement[] = [];
	if (!world.role_exists) due.push(statements.createRole(wish));
	else {
		if (!world.role_may_log_in || entry === 'no login') due.push(statements.allowLogin(wish));
		// An expired password is refused like a wrong one: the date is mended first, and the next look tells them apart.
		if (entry === 'wrong password' && world.role_may_log_in) due.push(statements.setPassword(wish));
	}
	if (world.owner === null) due.push(statements.createDatabase(wish, world.template_encoding !== 'UTF8'));
	if (foreign) due.push(statements.own(wish));
	if (world.owner === null || world.open_to_all) due.push(statements.closeToOthers(wish));
	if (entry === 'logged in' && !foreign && !canCreate) due.push(statements.openSchema(wish));
	const handsOver = world.owner === null || foreign || world.open_to_all === true;
	const strong = (world.role_exists || world.may_create_role) && (world.owner !== null || world.may_create_database);
	if (!strong) throw refuseWeakAdmin(admin, due);
	// Between creating the role and handing a database to it an administrator who is no superuser has to become a member.
	if (due.length > 0 && handsOver && !world.superuser && world.member !== true)
		due.splice(world.role_exists ? 0 : 1, 0, statements.joinRole(wish, admin.username));
	return due;
};
