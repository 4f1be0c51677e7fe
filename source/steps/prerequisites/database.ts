import {supportedDatabases} from '../../charts/index.ts';
import type {DatabaseFacts, DatabaseLogin} from '../../database/types.ts';
import {isForTheDba} from '../databases/for-the-dba.ts';
import type {Check, Seen} from '../shared/checks.ts';
import {adminLogin, componentDatabase, databaseServer} from '../shared/database-logins.ts';
import {type Component, componentsOf} from '../shared/names.ts';
import type {World} from '../world.ts';

/** What both charts of the bundle say of databases. */
const chartWarnings = async ({bundle, signal}: World): Promise<readonly string[]> => {
	const {controlPlaneChart, workspaceChart} = await bundle.open(signal);
	return [controlPlaneChart, workspaceChart].flatMap((chart) => supportedDatabases(chart).warning ?? []);
};

const inWords = ({version, encoding, usedConnections, maxConnections, tls}: DatabaseFacts): string =>
	`PostgreSQL ${version}, ${encoding}, ${usedConnections} of ${maxConnections} connections, ${tls}`;

const poolerWarning = ({isPooled}: DatabaseFacts, {host, port}: Pick<DatabaseLogin, 'host' | 'port'>) =>
	isPooled
		? [
				`${host}:${port} is a connection pooler: it must let in every role and database of the answers, and the connections that were counted are those behind it`,
			]
		: [];

/** With the administrator's login: the server, and whether that login can make all that is needed. */
const seenByAdmin = async ({answers, database: port, signal}: World, admin: DatabaseLogin): Promise<Seen> => {
	const facts = await port.probe(admin, signal);
	const needed = componentsOf(answers).map(({path, answers: {database}}) => ({
		database: database.name,
		username: database.username,
		from: `${path}.database`,
	}));
	await port.refuseAdmin(admin, needed, signal);
	return {note: inWords(facts), warnings: poolerWarning(facts, admin)};
};

/** How one component's own login finds the server; undefined where it has no password yet, or where the database admin still makes it. */
const seenByComponent = async (world: World, component: Component): Promise<DatabaseFacts | undefined> => {
	const needed = await componentDatabase(world, component);
	if (!needed) return undefined;
	try {
		return await world.database.probe({...(await databaseServer(world)), ...needed}, world.signal);
	} catch (error) {
		if (isForTheDba(error)) return undefined;
		throw error;
	}
};

/** Without an administrator's login: the logins of the components, as far as they are there. */
const seenByComponents = async (world: World): Promise<Seen> => {
	const server = await databaseServer(world);
	let facts: DatabaseFacts | undefined;
	for (const component of componentsOf(world.answers)) facts = (await seenByComponent(world, component)) ?? facts;
	if (!facts) return {note: `${server.host}:${server.port}, logins are checked later: none is made yet`};
	return {note: inWords(facts), warnings: poolerWarning(facts, server)};
};

/**
 * The database server answers, takes the logins of the answers as far as they are there, and lets things be made: what only the database
 * admin can mend must be known before anything changes.
 */
export const database: Check = {
	label: 'Database server',
	asks: 'database',
	run: async (world) => {
		const admin = await adminLogin(world);
		const {note, warnings = []} = admin ? await seenByAdmin(world, admin) : await seenByComponents(world);
		return {note, warnings: [...(await chartWarnings(world)), ...warnings]};
	},
};
