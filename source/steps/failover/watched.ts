import {addressOf} from '../../answers/database-server.ts';
import {serverOf} from '../shared/database-logins.ts';
import {databaseOf} from '../shared/databases/contents.ts';
import {adminSession, endpointOf} from '../shared/endpoints.ts';
import {componentsOf} from '../shared/names.ts';
import type {World} from '../world.ts';

/** One that is asked again and again while the database is failed over. `ask` throws where it does not answer as it should. */
export type Watched = {
	readonly label: string;
	readonly kind: 'database' | 'server';
	/** What it answers, in a few words. */
	readonly ask: (signal: AbortSignal) => Promise<string>;
};

/** A login as the component's server has it: a standby that takes no changes is refused, and told apart by that. */
const databasesOf = (world: World): readonly Watched[] =>
	componentsOf(world.answers).map((component) => ({
		label: `database of the ${component.label}`,
		kind: 'database',
		ask: async (signal) => {
			const {port, login} = await databaseOf({...world, signal}, component);
			const {usedConnections, maxConnections} = await port.probe(login, signal);
			return `takes changes at ${addressOf(serverOf(world, component))}; ${usedConnections} of ${maxConnections} connections in use`;
		},
	}));

/** Each is asked for what it has to ask its database for: `/health` of a workspace does not. */
const serversOf = (world: World): readonly Watched[] => [
	{
		label: 'control plane',
		kind: 'server',
		ask: async (signal) => {
			const {username} = await (await adminSession({...world, signal})).me();
			return `${username} logs in`;
		},
	},
	...world.answers.workspaces.map(
		(workspace): Watched => ({
			label: `workspace ${workspace.name}`,
			kind: 'server',
			ask: async (signal) => {
				const {version} = await world.zenml.workspaceInfo(await endpointOf({...world, signal}, workspace.host), signal);
				return `version ${version} tells what it is`;
			},
		}),
	),
];

/** All that is watched: databases, then the servers on them. */
export const watchedOf = (world: World): readonly Watched[] => [...databasesOf(world), ...serversOf(world)];
