import * as z from 'zod';
import {isErrno} from '../../base/errno.ts';
import type {ProblemError} from '../../base/problem.ts';
import {type Access, addressOf} from '../access.ts';
import {markerTable} from '../marker.ts';
import {type Query, withConnection} from '../mysql/connect.ts';
import {quoteName} from '../mysql/sql.ts';
import {oneRow} from '../rows.ts';
import type {DatabaseLogin} from '../types.ts';
import {dumpProblems} from './problems.ts';
import {type EndOptions, endLeft, sessionTexts} from './sessions/end-left.ts';
import {mysqlSessions} from './sessions/mysql.ts';

/** Dropping large tables waits for their pages, and all of them go in one statement; a lock is waited for a minute (`lock_wait_timeout`). */
const limits = {connectTimeoutMs: 20_000, statementTimeoutMs: 30 * 60_000};

const rowSchema = z.object({kind: z.string(), name: z.string()});

/** All that a dump could bring, as DROP names it; triggers go with their tables. */
const allSql = `
SELECT CASE table_type WHEN 'VIEW' THEN 'VIEW' WHEN 'SEQUENCE' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind, table_name AS name
FROM information_schema.tables WHERE table_schema = DATABASE()
UNION ALL SELECT routine_type, routine_name FROM information_schema.routines WHERE routine_schema = DATABASE()
UNION ALL SELECT 'EVENT', event_name FROM information_schema.events WHERE event_schema = DATABASE()`;

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

/** How long a lock is waited for, seconds. */
const usualLockSeconds = 60;

/** Somebody holds a lock, and no table is gone: only a mark of this run is taken away again. */
const blocked = async (
	query: Query,
	login: DatabaseLogin,
	{wasMarked, seconds}: {readonly wasMarked: boolean; readonly seconds: number},
): Promise<ProblemError> => {
	if (!wasMarked) await query(`DROP TABLE IF EXISTS ${quoteName(markerTable)}`);
	const {database, username: role} = login;
	return dumpProblems.error(
		'restore-blocked',
		{case: 'not shown', database, server: addressOf(login), role, seconds},
		{evidence: sessionTexts(await mysqlSessions(query, login).list()), nextSteps: ['SHOW FULL PROCESSLIST;']},
	);
};

/**
 * Marks the database as half restored, then removes all that is in it. What killed programs of its own account left on it is ended
 * before. The tables go in one statement, which takes the locks of all of them before the first one goes.
 * @throws ProblemError `restore-blocked`, while nothing is taken away yet; that of the connection
 */
export const markAndEmpty = async (
	login: DatabaseLogin,
	{lockSeconds = usualLockSeconds, ...options}: EndOptions & {readonly lockSeconds?: number},
): Promise<void> =>
	withQuery(login, options.signal, async (query) => {
		await endLeft(login, mysqlSessions(query, login), options);
		await query(`SET SESSION lock_wait_timeout = ${lockSeconds}`);
		const all = (await query(allSql)).map((row) => oneRow(rowSchema, [row]));
		const wasMarked = all.some(({name}) => name === markerTable);
		await query(
			`CREATE TABLE IF NOT EXISTS ${quoteName(markerTable)} (id INT PRIMARY KEY) COMMENT = 'A restore began'`,
		);
		await query('SET SESSION foreign_key_checks = 0');
		const tables = all.filter(({kind, name}) => kind === 'TABLE' && name !== markerTable);
		try {
			if (tables.length > 0) await query(`DROP TABLE IF EXISTS ${tables.map(({name}) => quoteName(name)).join(', ')}`);
		} catch (error) {
			if (!isErrno(error, 'ER_LOCK_WAIT_TIMEOUT')) throw error;
			throw await blocked(query, login, {wasMarked, seconds: lockSeconds});
		}
		for (const {kind, name} of all.filter(({kind}) => kind !== 'TABLE'))
			await query(`DROP ${kind} IF EXISTS ${quoteName(name)}`);
	});

/** Takes the mark away: the restore has come to its end. */
export const unmark = async (login: DatabaseLogin, signal: AbortSignal): Promise<void> =>
	withQuery(login, signal, async (query) => {
		await query(`DROP TABLE IF EXISTS ${quoteName(markerTable)}`);
	});
