import type {DatabaseLogin, NeededDatabase} from '../../database/types.ts';
import type {World} from '../world.ts';
import {requireSecret, secretFor} from './generated.ts';
import type {Component} from './names.ts';
import {databasePassword} from './secret-sources.ts';

type Server = Pick<DatabaseLogin, 'host' | 'port' | 'tls' | 'ca'>;

/** Text of the CA that signed the database server's certificate: its own, or that of all servers. */
export const databaseCa = async ({answers, host}: World): Promise<string> => {
	const {ca} = answers.database;
	return ca === undefined ? host.readFile(answers.tls.ca, 'tls.ca') : host.readFile(ca, 'database.ca');
};

/** The server part of a login, with the CA read in. */
export const databaseServer = async (world: World): Promise<Server> => {
	const {host, port, tls} = world.answers.database;
	return tls === 'verify-full' ? {host, port, tls, ca: await databaseCa(world)} : {host, port, tls};
};

/** The DBA's login, when the answers give one. */
export const adminLogin = async (world: World): Promise<DatabaseLogin | undefined> => {
	const {admin} = world.answers.database;
	if (!admin) return undefined;
	const {username, database} = admin;
	const password = await world.resolveSecret(admin.password, 'database.admin.password');
	return {...(await databaseServer(world)), username, password, database, from: 'database.admin'};
};

const withPassword = ({path, answers}: Component, password: string): NeededDatabase => {
	const {name: database, username} = answers.database;
	return {database, username, password, from: `${path}.database`};
};

/** Database and role that one component is to have; undefined while its password is not made. */
export const componentDatabase = async (world: World, component: Component): Promise<NeededDatabase | undefined> => {
	const password = await secretFor(world, databasePassword(component));
	return password === undefined ? undefined : withPassword(component, password);
};

/** The same where an earlier step has made the password. @throws ProblemError `generated-secret-missing` */
export const requireDatabase = async (world: World, component: Component): Promise<NeededDatabase> =>
	withPassword(component, await requireSecret(world, databasePassword(component)));
