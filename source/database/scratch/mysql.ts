import * as z from 'zod';
import {type Access, addressOf} from '../access.ts';
import {type Query, withConnection} from '../mysql/connect.ts';
import {anyHost, quoteAccount, quoteName} from '../mysql/sql.ts';
import {oneRow} from '../rows.ts';
import {requireScratchName} from './names.ts';
import {scratchProblems} from './problems.ts';

/**
 * Neither databases nor accounts hold a comment on every version, and a restore replaces all tables of a database: so what is the
 * drill's is kept in a database of its own, which goes with the last of them.
 */
const keeper = 'zenml_drill_marks';
const table = 'zenml_airgap_drill';

/** `begun`: nothing of that name was there, and what is there now may be empty alone. `made`: all of it is the drill's. */
type State = 'begun' | 'made';

const databaseSql = `
SELECT default_character_set_name AS encoding,
	(SELECT count(*) FROM information_schema.tables WHERE table_schema = schema_name) AS tables
FROM information_schema.schemata WHERE schema_name = ?`;

const databaseSchema = z.object({tables: z.string()});
const markSchema = z.object({name: z.string(), state: z.enum(['begun', 'made'])});

const tablesOf = async (query: Query, name: string): Promise<number | undefined> => {
	const rows = await query(databaseSql, [name]);
	return rows.length === 0 ? undefined : Number(oneRow(databaseSchema, rows).tables);
};

const accountIsThere = async (query: Query, name: string): Promise<boolean> =>
	(await query('SELECT user AS user FROM mysql.user WHERE user = ?', [name])).length > 0;

const asKeeper = (admin: Access): Access => ({...admin, login: {...admin.login, database: keeper}});

const notOurs = ({login}: Access, what: 'a database' | 'an account', name: string) =>
	scratchProblems.error('scratch-not-ours', {server: addressOf(login), what, name});

/** Errors that mean: the database is there, and has no such table. ER_NO_SUCH_TABLE. */
const withoutTable = 1146;

const readMarks = async (query: Query) =>
	(await query(`SELECT name, state FROM ${table}`)).map((row) => oneRow(markSchema, [row]));

/** The marks; none where there is no keeper. @throws ProblemError `scratch-not-ours` where its name is somebody else's */
const marks = async (admin: Access): Promise<ReadonlyMap<string, State>> => {
	const tables = await withConnection(admin, (query) => tablesOf(query, keeper));
	// One that was killed between database and table has left an empty one.
	if (tables === undefined || tables === 0) return new Map();
	const rows = await withConnection(asKeeper(admin), readMarks).catch((error: unknown) => {
		const {errno} = ((error as Error).cause ?? {}) as {readonly errno?: unknown};
		throw errno === withoutTable ? notOurs(admin, 'a database', keeper) : error;
	});
	return new Map(rows.map(({name, state}) => [name, state]));
};

export const left = async (admin: Access): Promise<readonly string[]> => [...(await marks(admin)).keys()];

const write = async (admin: Access, sql: string, values: readonly string[]): Promise<void> => {
	await withConnection(asKeeper(admin), (query) => query(sql, values));
};

const makeKeeper = async (admin: Access): Promise<void> => {
	await withConnection(admin, (query) =>
		query(`CREATE DATABASE IF NOT EXISTS ${quoteName(keeper)} CHARACTER SET utf8mb4`),
	);
	await write(
		admin,
		`CREATE TABLE IF NOT EXISTS ${table} (name VARCHAR(64) NOT NULL PRIMARY KEY, state VARCHAR(16) NOT NULL)`,
		[],
	);
};

export const claim = async (admin: Access, name: string): Promise<void> => {
	requireScratchName(name);
	if ((await marks(admin)).has(name)) return;
	await withConnection(admin, async (query) => {
		if ((await tablesOf(query, name)) !== undefined) throw notOurs(admin, 'a database', name);
		if (await accountIsThere(query, name)) throw notOurs(admin, 'an account', name);
	});
	await makeKeeper(admin);
	await write(admin, `INSERT INTO ${table} (name, state) VALUES (?, ?)`, [name, 'begun']);
};

export const made = async (admin: Access, name: string): Promise<void> =>
	write(admin, `UPDATE ${table} SET state = ? WHERE name = ?`, ['made', name]);

const account = (name: string): string => quoteAccount({username: name, host: anyHost});

export const drop = async (admin: Access, name: string): Promise<void> => {
	requireScratchName(name);
	const known = await marks(admin);
	const state = known.get(name);
	await withConnection(admin, async (query) => {
		const tables = await tablesOf(query, name);
		const isOurs = state === 'made' || (state === 'begun' && tables === 0);
		if (tables !== undefined && !isOurs) throw notOurs(admin, 'a database', name);
		if (state === undefined) return;
		await query(`DROP DATABASE IF EXISTS ${quoteName(name)}`);
		await query(`DROP USER IF EXISTS ${account(name)}`);
	});
	if (state === undefined) return;
	await write(admin, `DELETE FROM ${table} WHERE name = ?`, [name]);
	if (known.size > 1) return;
	await withConnection(admin, (query) => query(`DROP DATABASE IF EXISTS ${quoteName(keeper)}`));
};

/** SQL for the client mysql. */
export const script = (): readonly string[] => [
	'-- An administrator for drills of backups. It makes accounts, and databases whose names begin with zenml_drill_.',
	'-- Run it with mysql as an administrator, with a password of yours in the place of the stars.',
	`CREATE USER ${account('zenml_drill_admin')} IDENTIFIED BY '********' REQUIRE SSL;`,
	`GRANT CREATE USER ON *.* TO ${account('zenml_drill_admin')};`,
	`GRANT SELECT ON mysql.* TO ${account('zenml_drill_admin')};`,
	`GRANT ALL PRIVILEGES ON \`zenml\\_drill\\_%\`.* TO ${account('zenml_drill_admin')} WITH GRANT OPTION;`,
];
