import pg from 'pg';
import * as z from 'zod';
import {abortError} from '../../base/abort.ts';
import {toProblem} from '../../base/problem.ts';
import type {Access} from '../access.ts';
import {poolerIn} from '../pooler-name.ts';
import {oneRow} from '../rows.ts';
import {type Query, withConnection} from './connect.ts';

/** The statement that Pgpool-II answers itself (its documentation, "PGPOOL SHOW"). */
const poolVersionSql = 'SHOW POOL_VERSION';

const poolVersionSchema = z.object({pool_version: z.string()});

/** Is it Pgpool-II? A server refuses the question, and writes that into its log: not to be asked where nothing hints at a pooler. */
export const isPgpool = async (query: Query): Promise<boolean> => {
	try {
		const [row] = await query(poolVersionSql);
		return poolVersionSchema.safeParse(row).success;
	} catch (error) {
		if (error instanceof pg.DatabaseError) return false;
		throw error;
	}
};

/** PgBouncer's own database, for its administrators; everybody else is refused in its words. Others look for a database of that name. */
const consoleOf = (access: Access): Access => ({...access, login: {...access.login, database: 'pgbouncer'}});

/** All that PgBouncer says to a role that does not administer it (pgbouncer, admin.c). */
const consoleRefusal = /\bnot allowed$/u;

/** What is said at the door of PgBouncer's console, to whoever may enter and to whoever may not. */
const wordsAtConsole = async (access: Access): Promise<string> => {
	try {
		return await withConnection(consoleOf(access), async (query) => JSON.stringify(await query('SHOW VERSION')));
	} catch (error) {
		if (access.signal.aborted) throw abortError(access.signal);
		return toProblem(error).evidence?.join(' ') ?? '';
	}
};

/** The product of a pooler that does not say at login what it is; undefined where it cannot be told. */
export const poolerName = async (access: Access): Promise<string | undefined> => {
	// What was asked for is in no answer's favour: PgBouncer writes its own name with capitals.
	const words = (await wordsAtConsole(access)).replaceAll(access.login.username, '').replaceAll('pgbouncer', '');
	return consoleRefusal.test(words) ? 'PgBouncer' : poolerIn(words);
};

const processSchema = z.object({process: z.number()});

const processOf = async (query: Query): Promise<number> =>
	oneRow(processSchema, await query('SELECT pg_backend_pid() AS process')).process;

/** Sessions that may get another process by chance get it within so many tries. */
const tries = 3;

/**
 * Does the pooler hand its sessions of the server from transaction to transaction? Then two clients that are open at once meet the same
 * process, or one of them meets two. A pooler that keeps a session for its client never does either.
 * @throws ProblemError `database-pooler` where it refuses transactions
 */
export const sharesSessions = async (access: Access, first: Query): Promise<boolean> =>
	withConnection(access, async (second) => {
		await second('BEGIN');
		await second('ROLLBACK');
		const seen = {first: new Set<number>(), second: new Set<number>()};
		for (let count = 0; count < tries; count += 1) {
			seen.first.add(await processOf(first));
			seen.second.add(await processOf(second));
		}
		return seen.first.size > 1 || seen.second.size > 1 || [...seen.first].some((one) => seen.second.has(one));
	});

/** What of its settings fits, by product. */
const fitting: Readonly<Record<string, string>> = {
	PgBouncer: 'pool_mode = session',
	Odyssey: 'pool "session" in its rules',
	'Pgpool-II': 'load_balance_mode = off: a standby that is behind would answer reads',
};

/** In plain words: what stands in between, and which of its modes fits. */
export const poolerWarning = (name: string | undefined, isShared: boolean): string => {
	const what = name ?? 'a connection pooler that does not name itself';
	const fits = fitting[name ?? ''] ?? 'one session of the server for one of the client';
	return isShared
		? `${what} stands in between, in transaction mode: settings, prepared statements and locks of a session get lost or reach others; what fits is ${fits}`
		: `${what} stands in between; what fits is ${fits}`;
};
