import {supportedDatabases} from '../../charts/index.ts';
import type {Check} from '../shared/checks.ts';
import {adminLogin, databaseServer} from '../shared/database-logins.ts';
import type {World} from '../world.ts';

/** What both charts of the bundle say of databases. */
const chartWarnings = async ({bundle, signal}: World): Promise<readonly string[]> => {
	const {controlPlaneChart, workspaceChart} = await bundle.open(signal);
	return [controlPlaneChart, workspaceChart].flatMap((chart) => supportedDatabases(chart).warning ?? []);
};

/** The database server answers, and takes the login of its administrator where the answers have one. */
export const database: Check = {
	label: 'Database server',
	run: async (world) => {
		const admin = await adminLogin(world);
		const warnings = await chartWarnings(world);
		if (!admin) {
			const {host, port} = await databaseServer(world);
			return {note: `${host}:${port}, logins are checked later: no admin login given`, warnings};
		}
		const facts = await world.database.probe(admin, world.signal);
		const {version, encoding, usedConnections, maxConnections, tls} = facts;
		return {
			note: `PostgreSQL ${version}, ${encoding}, ${usedConnections} of ${maxConnections} connections, ${tls}`,
			warnings,
		};
	},
};
