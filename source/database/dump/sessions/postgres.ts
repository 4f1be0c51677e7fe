import * as z from 'zod';
import {isErrno} from '../../../base/errno.ts';
import {type Query, withConnection} from '../../postgres/connect.ts';
import {oneRow} from '../../rows.ts';
import type {DatabaseLogin} from '../../types.ts';
import {type EndOptions, endLeft, type Session, type Sessions} from './end-left.ts';

/**
 * Of the sessions of other roles a role may see number and name, and their locks, but neither age nor host. What has no role is the
 * server's own and makes way for whoever drops a table.
 */
const sessionsSql = `
SELECT pid::text AS id, usename::text AS username, host(client_addr) AS host,
	floor(extract(epoch FROM now() - backend_start))::text AS seconds, usename = session_user AS own,
	EXISTS (
		SELECT FROM pg_locks JOIN pg_class ON pg_class.oid = pg_locks.relation JOIN pg_namespace ON pg_namespace.oid = relnamespace
		WHERE pg_locks.pid = pg_stat_activity.pid AND granted AND database = pg_stat_activity.datid
			AND nspname <> 'information_schema' AND nspname NOT LIKE 'pg\\_%'
	) AS locks
FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename IS NOT NULL`;

const rowSchema = z.object({
	id: z.string(),
	username: z.string(),
	host: z.string().nullable(),
	seconds: z.string().nullable(),
	own: z.boolean(),
	locks: z.boolean(),
});

const sessionIn = (row: unknown): Session => {
	const {id, username, host, seconds, own, locks} = oneRow(rowSchema, [row]);
	return {
		id,
		user: username,
		host: host ?? 'a host that is not shown',
		seconds: seconds === null ? undefined : Math.max(0, Number(seconds)),
		isOwn: own,
		holdsLocks: locks,
	};
};

/** insufficient_privilege (PostgreSQL documentation, appendix A). */
const notAllowed = '42501';

const postgresSessions = (query: Query): Sessions => ({
	list: async () => (await query(sessionsSql)).map(sessionIn),
	end: async (id) => {
		try {
			await query('SELECT pg_terminate_backend($1)', [Number(id)]);
		} catch (error) {
			if (!isErrno(error, notAllowed)) throw error;
		}
	},
	endSql: (id) => `SELECT pg_terminate_backend(${id});`,
});

const limits = {connectTimeoutMs: 20_000, statementTimeoutMs: 60_000};

/** See `endLeft`. @throws ProblemError `restore-blocked`; that of the connection */
export const endLeftOfPostgres = async (login: DatabaseLogin, options: EndOptions): Promise<void> =>
	withConnection({login, limits, signal: options.signal}, (query) => endLeft(login, postgresSessions(query), options));
