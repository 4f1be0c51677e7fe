import * as z from 'zod';
import type {Access} from '../access.ts';
import {markerTable} from '../marker.ts';
import {type Query, withConnection} from '../mysql/connect.ts';
import {quoteName} from '../mysql/sql.ts';
import {oneRow} from '../rows.ts';
import type {DatabaseLogin} from '../types.ts';

/** Dropping a large table waits for its pages; a lock is waited for a minute (`lock_wait_timeout`). */
const limits = {connectTimeoutMs: 20_000, statementTimeoutMs: 10 * 60_000};

const rowSchema = z.object({kind: z.string(), name: z.string()});

/** All that a dump could bring, as DROP names it; triggers go with their tables. */
const allSql = `
SELECT CASE table_type WHEN 'VIEW' THEN 'VIEW' WHEN 'SEQUENCE' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind, table_name AS name
FROM information_schema.tables WHERE table_schema = DATABASE()
UNION ALL SELECT routine_type, routine_name FROM information_schema.routines WHERE routine_schema = DATABASE()
UNION ALL SELECT 'EVENT', event_name FROM information_schema.events WHERE event_schema = DATABASE()`;

/** What is in the login's database, beside the mark of a restore. */
const thingsIn = async (query: Query): Promise<readonly z.infer<typeof rowSchema>[]> =>
	(await query(allSql)).map((row) => oneRow(rowSchema, [row])).filter(({name}) => name !== markerTable);

const withQuery = async <Result>(
	login: DatabaseLogin,
	signal: AbortSignal,
	work: (query: Query) => Promise<Result>,
): Promise<Result> => {
	const access: Access = {login, limits, signal};
	return withConnection(access, async (query) => {
		await query('SET SESSION lock_wait_timeout = 60');
		return work(query);
	});
};

/** What of the things that may take a privilege of their own there is, so that only this is asked of the program. */
export const lookBeforeDump = async (
	login: DatabaseLogin,
	signal: AbortSignal,
): Promise<{readonly hasRoutines: boolean; readonly hasEvents: boolean; readonly isHalfRestored: boolean}> =>
	withQuery(login, signal, async (query) => {
		const all = (await query(allSql)).map((row) => oneRow(rowSchema, [row]));
		return {
			hasRoutines: all.some(({kind}) => kind === 'FUNCTION' || kind === 'PROCEDURE'),
			hasEvents: all.some(({kind}) => kind === 'EVENT'),
			isHalfRestored: all.some(({name}) => name === markerTable),
		};
	});

/** Marks the database as half restored, then removes all that is in it. @throws ProblemError of the connection */
export const markAndEmpty = async (login: DatabaseLogin, signal: AbortSignal): Promise<void> =>
	withQuery(login, signal, async (query) => {
		await query(
			`CREATE TABLE IF NOT EXISTS ${quoteName(markerTable)} (id INT PRIMARY KEY) COMMENT = 'A restore began'`,
		);
		await query('SET SESSION foreign_key_checks = 0');
		for (const {kind, name} of await thingsIn(query)) await query(`DROP ${kind} IF EXISTS ${quoteName(name)}`);
	});

/** Takes the mark away: the restore has come to its end. */
export const unmark = async (login: DatabaseLogin, signal: AbortSignal): Promise<void> =>
	withQuery(login, signal, async (query) => {
		await query(`DROP TABLE IF EXISTS ${quoteName(markerTable)}`);
	});
