import * as z from 'zod';
import {ProblemError} from '../../base/problem.ts';
import type {Access} from '../access.ts';
import {oneRow} from '../rows.ts';
import type {DatabaseFacts, DatabaseLogin} from '../types.ts';
import {type Query, type Told, withConnection} from './connect.ts';
import {readOnlyProblem, versionProblem} from './judge.ts';
import {isPgpool, poolerName, poolerWarning, sharesSessions} from './pooler.ts';

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
	client_port: z.number().nullable(),
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
	pg_backend_pid() AS process,
	inet_client_port() AS client_port`;

/** @throws ProblemError for a server on which nothing can be made or stored */
const refuseUnfit = (facts: DatabaseFacts, row: z.infer<typeof rowSchema>, login: DatabaseLogin): void => {
	const unfit = versionProblem(facts, login) ?? readOnlyProblem(row, login);
	if (unfit) throw new ProblemError(unfit);
};

/**
 * A pooler names another process than the one that serves; Pgpool-II alone does not, and is asked for where the server sees another end
 * of the connection than this one.
 */
const pooledBy = async (
	query: Query,
	{process, client_port: port}: z.infer<typeof rowSchema>,
	told: Told | undefined,
): Promise<Pick<DatabaseFacts, 'isPooled' | 'pooler'>> => {
	if (told === undefined || (process === told.process && port === told.port)) return {isPooled: false};
	if (await isPgpool(query)) return {isPooled: true, pooler: 'Pgpool-II'};
	return {isPooled: told.process !== undefined && process !== told.process};
};

/**
 * Looks through an open connection; all but version and read-only sessions is for the caller to judge.
 * @param told what this end knows of the connection
 * @throws ProblemError `database-too-old`, `database-read-only`
 */
export const readFacts = async (query: Query, login: DatabaseLogin, told?: Told): Promise<DatabaseFacts> => {
	const row = oneRow(rowSchema, await query(factsSql));
	const pooled = await pooledBy(query, row, told);
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
		...pooled,
		warnings: [],
	};
	refuseUnfit(facts, row, login);
	return facts;
};

/** Facts of a connection through a pooler, with what it is and which of its modes fits. */
const withPooler = async (access: Access, query: Query, facts: DatabaseFacts): Promise<DatabaseFacts> => {
	const isShared = await sharesSessions(access, query);
	const pooler = facts.pooler ?? (await poolerName(access));
	return {
		...facts,
		...(pooler !== undefined && {pooler}),
		warnings: [...facts.warnings, poolerWarning(pooler, isShared)],
	};
};

/**
 * Logs in and looks; a server that takes no changes or is too old is refused, and a pooler that takes no transactions; all else is for the
 * caller to judge with `judge`.
 */
export const probe = async (access: Access): Promise<DatabaseFacts> =>
	withConnection(access, async (query, told) => {
		const facts = await readFacts(query, access.login, told);
		return facts.isPooled ? withPooler(access, query, facts) : facts;
	});
