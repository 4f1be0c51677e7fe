import * as z from 'zod';
import {ProblemError} from '../../base/problem.ts';
import type {Access} from '../access.ts';
import {oneRow} from '../rows.ts';
import type {DatabaseFacts, DatabaseLogin} from '../types.ts';
import {type Query, withConnection} from './connect.ts';
import {readOnlyProblem, versionProblem} from './judge.ts';

const rowSchema = z.object({
	version: z.string(),
	encoding: z.string(),
	maximum: z.string(),
	used: z.string(),
	can_create: z.boolean(),
	tables: z.string(),
	owner: z.string(),
	tls: z.string(),
	is_standby: z.boolean(),
	is_read_only: z.boolean(),
	process: z.number(),
});

// Sessions of other roles are visible in pg_stat_activity, but only their database and role names; that is enough to count.
// A search path without a schema leaves current_schema() null: then there is nowhere to create.
const factsSql = `
SELECT current_setting('server_version') AS version,
	current_setting('server_encoding') AS encoding,
	current_setting('max_connections') AS maximum,
	(SELECT count(*) FROM pg_stat_activity WHERE datname IS NOT NULL) AS used,
	coalesce(has_schema_privilege(current_schema(), 'CREATE'), false) AS can_create,
	(SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')) AS tables,
	(SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()) AS owner,
	coalesce((SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()), 'none') AS tls,
	pg_is_in_recovery() AS is_standby,
	current_setting('transaction_read_only') = 'on' AS is_read_only,
	pg_backend_pid() AS process`;

/** @throws ProblemError for a server on which nothing can be made or stored */
const refuseUnfit = (facts: DatabaseFacts, row: z.infer<typeof rowSchema>, login: DatabaseLogin): void => {
	const unfit = versionProblem(facts, login) ?? readOnlyProblem(row, login);
	if (unfit) throw new ProblemError(unfit);
};

/**
 * Looks through an open connection; all but version and read-only sessions is for the caller to judge.
 * @param told number of the process that serves it, as the server told it at login
 * @throws ProblemError `database-too-old`, `database-read-only`
 */
export const readFacts = async (query: Query, login: DatabaseLogin, told?: number): Promise<DatabaseFacts> => {
	const row = oneRow(rowSchema, await query(factsSql));
	const facts: DatabaseFacts = {
		product: 'PostgreSQL',
		// Debian adds its package: "15.18 (Debian 15.18-0+deb12u1)".
		version: row.version.replace(/ .*$/u, ''),
		encoding: row.encoding,
		maxConnections: Number(row.maximum),
		usedConnections: Number(row.used),
		canCreate: row.can_create,
		tables: Number(row.tables),
		owner: row.owner,
		tls: row.tls,
		isPooled: told !== undefined && told !== row.process,
		warnings: [],
	};
	refuseUnfit(facts, row, login);
	return facts;
};

/** Logs in and looks; a server that takes no changes or is too old is refused, all else is for the caller to judge with `judge`. */
export const probe = async (access: Access): Promise<DatabaseFacts> =>
	withConnection(access, (query, told) => readFacts(query, access.login, told));
