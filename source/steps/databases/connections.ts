import {addressOf, type DatabaseServer} from '../../answers/database-server.ts';
import type {DatabaseFacts} from '../../database/types.ts';
import type {Component} from '../shared/names.ts';

/** Connections that one pod may open: 20 threads that serve, 5 that check logins; the pool's overflow has no bound. */
const connectionsPerPod = 25;

/** Pods of a component during a rollout: the new one comes before an old one goes. */
const podsOf = ({answers: {replicas}}: Component): number => replicas + 1;

/** Connections that the servers of these components may open together. */
export const connectionsNeeded = (components: readonly Component[]): number =>
	components.reduce((sum, component) => sum + podsOf(component) * connectionsPerPod, 0);

/**
 * Connections that are left to the servers. Where a database has tables its server may run already: then the pools are among the
 * connections in use, and are not counted twice.
 */
const connectionsFree = (facts: readonly DatabaseFacts[]): number => {
	const mayRun = facts.some(({tables}) => tables > 0);
	return Math.min(...facts.map(({maxConnections, usedConnections}) => maxConnections - (mayRun ? 0 : usedConnections)));
};

/**
 * Too few connections for all servers that keep their data on one database server.
 * @param facts as one or more logins on that server found it
 */
export const tooFewConnections = (
	{server, components}: {readonly server: DatabaseServer; readonly components: readonly Component[]},
	facts: readonly DatabaseFacts[],
): readonly string[] => {
	const needed = connectionsNeeded(components);
	// No login yet: nothing is known, and nothing is too few.
	const free = connectionsFree(facts);
	if (free >= needed) return [];
	const whose = components.map(({label}) => label).join(', ');
	return [
		`${addressOf(server)}: ${Math.max(0, free)} connections are free, the pods of ${whose} may open ${needed} while they are rolled out; raise max_connections`,
	];
};
