import {ProblemError} from '../../base/problem.ts';
import type {DatabaseFacts, DatabaseLogin} from '../types.ts';
import type {Access} from './access.ts';
import {type Query, withConnection} from './connect.ts';
import {versionProblem} from './judge.ts';

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

/**
 * Looks through an open connection; all but the version is for the caller to judge.
 * @throws ProblemError `database-too-old`
 */
export const readFacts = async (query: Query, login: DatabaseLogin): Promise<DatabaseFacts> => {
	const [row] = await query<Row>(factsSql);
	if (!row) throw new Error('A SELECT without FROM gave no row');
	const facts = {
		// Debian adds its package: "15.18 (Debian 15.18-0+deb12u1)".
		version: row.version.replace(/ .*$/u, ''),
		encoding: row.encoding,
		maxConnections: Number(row.maximum),
		usedConnections: Number(row.used),
		canCreate: row.can_create,
		tables: Number(row.tables),
		owner: row.owner,
		tls: row.tls,
	};
	const tooOld = versionProblem(facts, login);
	if (tooOld) throw new ProblemError(tooOld);
	return facts;
};

/** Logs in and looks; a server that is too old is refused, all else is for the caller to judge with `judge`. */
export const probe = async (access: Access): Promise<DatabaseFacts> =>
	withConnection(access, (query) => readFacts(query, access.login));
