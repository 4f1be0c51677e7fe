import * as z from 'zod';
import {ProblemError} from '../../base/problem.ts';
import type {Access} from '../access.ts';
import {revisionIn, revisionSql} from '../revision.ts';
import {oneRow} from '../rows.ts';
import type {DatabaseFacts, DatabaseLogin, DatabaseSchema} from '../types.ts';
import {type Greeting, type MysqlAccess, type Query, withConnection} from './connect.ts';
import {lackingOn} from './grants.ts';
import {readOnlyProblem, versionProblem} from './judge.ts';
import {readOwnGrants} from './own-grants.ts';
import {takesPlainLogin} from './plain-login.ts';
import {pairsOf, readServer, readSource, type Server} from './server.ts';

/** Connections that are there, and that may be: those of the server, or of the account where its limit leaves fewer. */
const readConnections = async (query: Query, {variables}: Server, username: string) => {
	const used = pairsOf(await query("SHOW GLOBAL STATUS WHERE Variable_name = 'Threads_connected'"));
	const limits = pairsOf(await query("SHOW SESSION VARIABLES WHERE Variable_name = 'max_user_connections'"));
	const ofServer = {
		maxConnections: Number(variables.get('max_connections') ?? 0),
		usedConnections: Number(used.get('threads_connected') ?? 0),
	};
	const limit = Number(limits.get('max_user_connections') ?? 0);
	if (limit === 0 || ofServer.maxConnections - ofServer.usedConnections <= 0) return ofServer;
	const own = (await query('SHOW PROCESSLIST')).filter(({User: user}) => user === username).length;
	return limit - own < ofServer.maxConnections - ofServer.usedConnections
		? {maxConnections: limit, usedConnections: own}
		: ofServer;
};

const databaseSql = `
SELECT IF(DATABASE() IN ('mysql', 'sys', 'information_schema', 'performance_schema'), @@character_set_server,
		(SELECT default_character_set_name FROM information_schema.schemata WHERE schema_name = DATABASE())) AS encoding,
	(SELECT count(*) FROM information_schema.tables WHERE table_schema = DATABASE()) AS tables`;

const cannotTell = (unread: readonly string[]): readonly string[] =>
	unread.length === 0
		? []
		: ['what this login may do could not be read from SHOW GRANTS; it shows when tables are made'];

const databaseSchema = z.object({encoding: z.string().nullable(), tables: z.string()});

const readDatabase = async (query: Query): Promise<z.infer<typeof databaseSchema>> =>
	oneRow(databaseSchema, await query(databaseSql));

/** @throws ProblemError for a server on which nothing can be made or stored */
export const refuseUnfit = (server: Server, login: DatabaseLogin, source?: string): void => {
	const unfit = versionProblem(server, login) ?? readOnlyProblem(server, login, source);
	if (unfit) throw new ProblemError(unfit);
};

const notMysqlItself = ({product}: Server): readonly string[] =>
	product === 'MariaDB' ? ['the server is MariaDB; the product is made for MySQL, and known to work with it'] : [];

/**
 * Looks through an open connection; all but version and read-only servers is for the caller to judge. `isClosed`: no login without TLS.
 * @throws ProblemError `database-too-old`, `database-read-only`
 */
const readFacts = async (
	query: Query,
	login: DatabaseLogin,
	greeting: Greeting,
): Promise<{readonly facts: DatabaseFacts; readonly isClosed: boolean}> => {
	const server = await readServer(query, greeting);
	const source = await readSource(query);
	refuseUnfit(server, login, source);
	const isMariadb = server.product === 'MariaDB';
	const {encoding, tables} = await readDatabase(query);
	const grants = await readOwnGrants(query, isMariadb);
	const lacking = lackingOn(grants, login.database, isMariadb);
	const tls = pairsOf(await query("SHOW SESSION STATUS WHERE Variable_name = 'Ssl_version'")).get('ssl_version');
	const facts: DatabaseFacts = {
		product: server.product,
		version: server.version,
		encoding: encoding ?? 'unknown',
		...(await readConnections(query, server, login.username)),
		canCreate: lacking.length === 0,
		lacking,
		...(server.variables.get('sql_require_primary_key') === 'ON' && {wantsPrimaryKeys: true}),
		tables: Number(tables),
		owner: server.account,
		tls: tls === undefined || tls === '' ? 'none' : tls,
		isPooled: server.isPooled,
		...(server.pooler !== undefined && {pooler: server.pooler}),
		warnings: [
			...notMysqlItself(server),
			...server.warnings,
			...(source === undefined ? [] : [`the server repeats ${source}, and takes changes of its own beside that`]),
			...cannotTell(grants.unread),
		],
	};
	return {facts, isClosed: server.variables.get('require_secure_transport') === 'ON'};
};

/** Logs in and looks; with a component's login over TLS also whether the same login is let in without it. */
export const probe = async (access: MysqlAccess): Promise<DatabaseFacts> => {
	const {login} = access;
	const {facts, isClosed} = await withConnection(access, (query, greeting) => readFacts(query, login, greeting));
	const isComponent = login.from?.endsWith('.admin') !== true;
	const isOpen = login.tls === 'disable' || login.requires === 'nothing';
	if (isClosed || isOpen || !isComponent) return facts;
	return {...facts, takesPlainLogin: await takesPlainLogin(access)};
};

/** What is not there, or may not be read, which the server looks at first. */
const withoutRevision = ['ER_NO_SUCH_TABLE', 'ER_TABLEACCESS_DENIED_ERROR'];

/** Looks at what the login's database holds. */
export const schema = async (access: Access): Promise<DatabaseSchema> =>
	withConnection(access, async (query) => {
		const {tables} = await readDatabase(query);
		return {tables: Number(tables), revision: await revisionIn(query(revisionSql), withoutRevision)};
	});
