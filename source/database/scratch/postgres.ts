import * as z from 'zod';
import {type Access, addressOf} from '../access.ts';
import {type Query, withConnection} from '../postgres/connect.ts';
import {quoteName, quoteText} from '../postgres/sql.ts';
import {requireScratchName, scratchPrefix} from './names.ts';
import {scratchProblems} from './problems.ts';

/** The comment on a role that says whose it is. What such a role owns is marked by that. */
const mark = 'zenml-airgap drill: may be dropped with the database of this name';

const rowsSchema = z.array(z.object({name: z.string(), marked: z.boolean().nullable()}));

const rolesSql = `
SELECT rolname AS name, shobj_description(oid, 'pg_authid') = $1 AS marked FROM pg_roles WHERE starts_with(rolname, $2)`;

/** A database counts as marked where its owner is the marked role of the same name. */
const databasesSql = `
SELECT datname AS name, rolname = datname AND shobj_description(pg_roles.oid, 'pg_authid') = $1 AS marked
FROM pg_database JOIN pg_roles ON pg_roles.oid = datdba WHERE starts_with(datname, $2)`;

/** What of one kind is there below a name or a beginning of names. */
const look = async (query: Query, sql: string, start: string) => rowsSchema.parse(await query(sql, [mark, start]));

const find = async (query: Query, sql: string, name: string) =>
	(await look(query, sql, name)).find((one) => one.name === name);

const notOurs = ({login}: Access, what: 'a role' | 'a database', name: string) =>
	scratchProblems.error('scratch-not-ours', {server: addressOf(login), what, name});

/** Both as they are, and that neither is somebody else's. @throws ProblemError `scratch-not-ours` */
const requireOurs = async (admin: Access, query: Query, name: string) => {
	requireScratchName(name);
	const role = await find(query, rolesSql, name);
	if (role && role.marked !== true) throw notOurs(admin, 'a role', name);
	const database = await find(query, databasesSql, name);
	if (database && database.marked !== true) throw notOurs(admin, 'a database', name);
	return {role, database};
};

export const left = async (admin: Access): Promise<readonly string[]> =>
	withConnection(admin, async (query) =>
		(await look(query, rolesSql, scratchPrefix)).filter(({marked}) => marked === true).map(({name}) => name),
	);

/** Role and mark come to be at once, or not at all. */
export const claim = async (admin: Access, name: string): Promise<void> =>
	withConnection(admin, async (query) => {
		const {role} = await requireOurs(admin, query, name);
		if (role) return;
		await query('BEGIN');
		await query(`CREATE ROLE ${quoteName(name)} NOLOGIN`);
		await query(`COMMENT ON ROLE ${quoteName(name)} IS ${quoteText(mark)}`);
		await query('COMMIT');
	});

/** The owner is the mark. */
export const made = async (): Promise<void> => undefined;

/** Sessions are ended first: PostgreSQL drops no database that somebody is in, and older ones know no FORCE. */
export const drop = async (admin: Access, name: string): Promise<void> =>
	withConnection(admin, async (query) => {
		const {role, database} = await requireOurs(admin, query, name);
		if (database) {
			await query(`REVOKE CONNECT ON DATABASE ${quoteName(name)} FROM ${quoteName(name)}`);
			await query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
			await query(`DROP DATABASE ${quoteName(name)}`);
		}
		if (role) await query(`DROP ROLE ${quoteName(name)}`);
	});

/** SQL for psql. */
export const script = (): readonly string[] => [
	'-- An administrator for drills of backups. It may make databases and roles, and reads none of the others.',
	'-- Run it with psql as a superuser; psql asks for the password, and no line holds it.',
	`CREATE ROLE ${quoteName('zenml_drill_admin')} LOGIN CREATEDB CREATEROLE;`,
	'\\password zenml_drill_admin',
];
