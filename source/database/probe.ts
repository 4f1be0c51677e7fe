import {ProblemError} from '../base/problem.ts';
import type {Limits, Query} from './connect.ts';
import {withConnection} from './connect.ts';
import {factProblem} from './problems.ts';
import type {DatabaseFacts, DatabaseLogin} from './types.ts';

type Row = {
	readonly version: string;
	readonly encoding: string;
	readonly maximum: string;
	readonly used: string;
	readonly can_create: boolean;
	readonly tables: string;
	readonly owner: string;
	readonly tls: string;
};

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
	coalesce((SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()), 'none') AS tls`;

/** Looks through an open connection. */
export const readFacts = async (query: Query): Promise<DatabaseFacts> => {
	const [row] = await query<Row>(factsSql);
	if (!row) throw new Error('A SELECT without FROM gave no row');
	return {
		// Debian adds its package: "15.18 (Debian 15.18-0+deb12u1)".
		version: row.version.split(' ')[0] ?? row.version,
		encoding: row.encoding,
		maxConnections: Number(row.maximum),
		usedConnections: Number(row.used),
		canCreate: row.can_create,
		tables: Number(row.tables),
		owner: row.owner,
		tls: row.tls,
	};
};

/** Logs in and looks; a server that is too old is refused, all else is for the caller to judge with `factProblem`. */
export const probe = async (login: DatabaseLogin, limits: Limits, signal: AbortSignal): Promise<DatabaseFacts> => {
	const facts = await withConnection(login, limits, signal, readFacts);
	const found = factProblem(facts, login);
	if (found?.code === 'database-too-old') throw new ProblemError(found);
	return facts;
};
