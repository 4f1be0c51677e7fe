import type {ProblemArea} from '../../base/problem.ts';
import type {World} from '../world.ts';
import {serverGroups} from './database-servers.ts';

/** Whom a check asks. */
export type Asked = 'cluster' | 'registry' | 'database' | 'helm' | 'files' | 'secrets' | 'servers' | 'hooks';

/** The part of the world that it belongs to. */
export const areaOf: Readonly<Record<Asked, ProblemArea>> = {
	cluster: 'cluster',
	registry: 'registry',
	database: 'database',
	helm: 'prerequisites',
	files: 'prerequisites',
	secrets: 'prerequisites',
	servers: 'verification',
	hooks: 'prerequisites',
};

/** A kubeconfig that cannot be read is told by the check that reads it. */
const serverOf = ({cluster}: World): string => {
	try {
		return cluster.server;
	} catch {
		return 'of the kubeconfig';
	}
};

const databasesOf = (world: World): string => {
	const hosts = [...new Set(serverGroups(world).map(({server}) => server.host))];
	return `the database ${hosts.length === 1 ? 'server' : 'servers'} ${hosts.join(', ')}`;
};

/** Who that is, for a sentence: `the registry registry.corp`. */
export const nameOf = (world: World, asked: Asked): string => {
	const {registry} = world.answers;
	const names: Readonly<Record<Asked, () => string>> = {
		cluster: () => `the cluster ${serverOf(world)}`,
		registry: () => `the registry ${registry.pushHost ?? registry.host}`,
		database: () => databasesOf(world),
		helm: () => 'the program helm',
		files: () => 'a file or folder of this host',
		secrets: () => 'a file, an environment or a Secret of the cluster that the answers name',
		servers: () => 'the servers of ZenML Pro',
		hooks: () => 'a program or address that the hooks name',
	};
	return names[asked]();
};
