import {type DatabaseServer, databaseServerOf} from '../../answers/database-server.ts';
import type {DatabaseLogin, DatabasePort, NeededDatabase} from '../../database/types.ts';
import type {World} from '../world.ts';
import {requireSecret, secretFor} from './generated.ts';
import type {Component} from './names.ts';
import {databasePassword} from './secret-sources.ts';

type ServerLogin = Pick<DatabaseLogin, 'host' | 'port' | 'tls' | 'ca' | 'clientCertificate' | 'server'>;

/** The server that keeps the database of a component. */
export const serverOf = ({answers}: World, {path}: Component): DatabaseServer => databaseServerOf(answers, path);

/** The port that speaks with a server. */
export const portFor = ({databases}: World, {engine}: Pick<DatabaseServer, 'engine'>): DatabasePort =>
	databases[engine];

/** Text of the CA that signed the server's certificate: its own, or that of all servers. */
export const databaseCa = async ({answers, host}: World, {ca, from}: DatabaseServer): Promise<string> =>
	ca === undefined ? host.readFile(answers.tls.ca, 'tls.ca') : host.readFile(ca, `${from}.ca`);

/** What a server that asks who is calling is shown; the key is known to the redactor. */
export const clientCertificateOf = async (
	{host, registerSecret}: World,
	{clientCertificate, clientKey, from}: DatabaseServer,
): Promise<DatabaseLogin['clientCertificate']> => {
	if (clientCertificate === undefined || clientKey === undefined) return undefined;
	const key = await host.readFile(clientKey, `${from}.clientKey`);
	registerSecret(key);
	return {certificate: await host.readFile(clientCertificate, `${from}.clientCertificate`), key};
};

/** The server part of a login, with the files of the answers read in. */
export const serverLogin = async (world: World, server: DatabaseServer): Promise<ServerLogin> => {
	const {host, port, tls, from} = server;
	const clientCertificate = tls === 'disable' ? undefined : await clientCertificateOf(world, server);
	return {
		...{host, port, tls, server: from},
		...(tls === 'verify-full' && {ca: await databaseCa(world, server)}),
		...(clientCertificate && {clientCertificate}),
	};
};

/** The DBA's login on a server, when the answers give one. */
export const adminLogin = async (world: World, server: DatabaseServer): Promise<DatabaseLogin | undefined> => {
	const {admin, from} = server;
	if (!admin) return undefined;
	const {username, database} = admin;
	const at = `${from}.admin`;
	const password = await world.resolveSecret(admin.password, `${at}.password`);
	return {...(await serverLogin(world, server)), username, password, database, from: at};
};

/**
 * True where the servers of a component speak with their database in clear text, whatever the answers ask: the chart of the control plane
 * has no key for TLS (charts/control-plane.ts warns of it), and MySQL's client takes none by itself.
 */
export const speaksClearText = ({engine}: DatabaseServer, {path}: Component): boolean =>
	engine === 'mysql' && path === 'controlPlane';

/** What a server asks of a login, kept with the account where its engine does that: MySQL's REQUIRE. More would shut the servers out. */
const requiredBy = (server: DatabaseServer, component: Component): NeededDatabase['requires'] => {
	if (server.tls === 'disable' || speaksClearText(server, component)) return 'nothing';
	return server.clientCertificate === undefined ? 'TLS' : 'certificate';
};

/** Database and role that one component is to have, and what its login brings beside a password. */
export const neededDatabase = (world: World, component: Component): Omit<NeededDatabase, 'password'> => {
	const {path, answers} = component;
	const {name: database, username} = answers.database;
	return {database, username, from: `${path}.database`, requires: requiredBy(serverOf(world, component), component)};
};

/** The same with its password; undefined while that is not made. */
export const componentDatabase = async (world: World, component: Component): Promise<NeededDatabase | undefined> => {
	const password = await secretFor(world, databasePassword(component));
	return password === undefined ? undefined : {...neededDatabase(world, component), password};
};

/** The same where an earlier step has made the password. @throws ProblemError `generated-secret-missing` */
export const requireDatabase = async (world: World, component: Component): Promise<NeededDatabase> => ({
	...neededDatabase(world, component),
	password: await requireSecret(world, databasePassword(component)),
});
