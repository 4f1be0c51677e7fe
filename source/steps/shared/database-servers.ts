import {addressOf, type DatabaseServer} from '../../answers/database-server.ts';
import type {Step, World} from '../world.ts';
import {serverOf} from './database-logins.ts';
import {type Component, componentsOf} from './names.ts';

/** A database server with the components that keep their data on it. */
export type ServerGroup = {readonly server: DatabaseServer; readonly components: readonly Component[]};

/**
 * Logins at one database server at a time. A server counts a connection for a moment longer than we hold it (with five at a time,
 * MySQL 9.7 saw seven): so it sees five at most.
 */
export const mostConnections = 3;

/** What passes by itself at a database server: a restart, a failover, a moment with all its connections taken. */
export const databaseRetry = {
	codes: ['database-unreachable', 'database-starting', 'database-time-out', 'database-too-many-connections'],
	attempts: 3,
	pausesMs: [1000, 3000],
} as const satisfies Step['retry'];

/** Every server that a component uses, with its components: two places in the answers may lead to the same one. */
export const serverGroups = (world: World): readonly ServerGroup[] => {
	const groups = new Map<string, {readonly server: DatabaseServer; readonly components: Component[]}>();
	for (const component of componentsOf(world.answers)) {
		const server = serverOf(world, component);
		const key = `${server.engine} ${addressOf(server)}`;
		const group = groups.get(key) ?? {server, components: []};
		group.components.push(component);
		groups.set(key, group);
	}
	return [...groups.values()];
};
