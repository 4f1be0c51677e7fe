import type {Problem} from '../../base/problem.ts';
import {addressOf} from '../access.ts';
import {answerPaths, serverPaths, serverPlace} from '../answer-paths.ts';
import {databaseProblems} from '../problems.ts';
import type {DatabaseFacts, DatabaseLogin, NeededDatabase} from '../types.ts';
import type {Server} from './server.ts';
import {type Account, anyHost, characterSetOf, grantSql, quoteAccount, requireSql} from './sql.ts';

/** The vendor's air-gap guide, prerequisites: MySQL 8.0+. The oldest MariaDB that is still maintained does what 8.0 does. */
export const oldest = {MySQL: '8.0', MariaDB: '10.6'} as const;

/** True for a version like `10.11.4` that is older than one like `10.6`. */
const isOlder = (version: string, than: string): boolean => {
	const [major = 0, minor = 0] = version.split('.').map(Number);
	const [leastMajor = 0, leastMinor = 0] = than.split('.').map(Number);
	return major < leastMajor || (major === leastMajor && minor < leastMinor);
};

/** A server that the product cannot work with at all. */
export const versionProblem = (
	{product, version}: Pick<Server, 'product' | 'version'>,
	login: DatabaseLogin,
): Problem | undefined =>
	isOlder(version, oldest[product])
		? databaseProblems.problem(
				'database-too-old',
				{product, server: addressOf(login), version, oldest: oldest[product]},
				{answers: serverPaths(login, ['host', 'port'])},
			)
		: undefined;

const readOnlySettings = ['super_read_only', 'innodb_read_only', 'read_only'];

/** A server that takes no changes. @param source the server that it repeats, where that is known */
export const readOnlyProblem = (
	{variables}: Pick<Server, 'variables'>,
	login: DatabaseLogin,
	source: string | undefined,
): Problem | undefined => {
	// MariaDB 12 has values between ON and OFF, which all keep some from writing.
	const setting = readOnlySettings.find((name) => !['OFF', '0', ''].includes(variables.get(name) ?? 'OFF'));
	if (setting === undefined) return undefined;
	const which = source === undefined ? 'read-only MySQL' : 'replica';
	const facts = {case: which, server: addressOf(login), at: serverPlace(login), setting} as const;
	return databaseProblems.problem('database-read-only', facts, {answers: serverPaths(login, ['host', 'port'])});
};

/** A database whose tables would not hold every text. */
export const encodingProblem = (
	{encoding, tables, isMariadb}: {readonly encoding: string; readonly tables: number; readonly isMariadb: boolean},
	{database, from}: Pick<NeededDatabase, 'database' | 'from'>,
	server: string,
): Problem | undefined => {
	if (encoding === 'utf8mb4') return undefined;
	const facts = {database, server, encoding, wanted: 'utf8mb4'};
	const answers = answerPaths(from, ['database']);
	return tables > 0
		? databaseProblems.problem('database-encoding', {case: 'MySQL', ...facts}, {answers})
		: databaseProblems.problem(
				'database-encoding',
				{case: 'empty MySQL', ...facts, sql: `${characterSetOf(database, isMariadb)};`},
				{answers},
			);
};

/** The account that the server found for a login: `user@host`, where the host has no `@`. */
export const accountOf = (current: string): Account => {
	const at = current.lastIndexOf('@');
	return at < 0 ? {username: current, host: anyHost} : {username: current.slice(0, at), host: current.slice(at + 1)};
};

const privilegesProblem = ({lacking = [], owner}: DatabaseFacts, login: DatabaseLogin): Problem | undefined => {
	if (lacking.length === 0) return undefined;
	const {username: account, database} = login;
	const sql = `${grantSql(database, accountOf(owner))};`;
	const facts = {
		case: 'account',
		server: addressOf(login),
		account,
		database,
		privileges: lacking.join(', '),
		sql,
	} as const;
	return databaseProblems.problem('database-privileges', facts, {answers: answerPaths(login.from, ['username'])});
};

const plainLoginProblem = ({takesPlainLogin, owner}: DatabaseFacts, login: DatabaseLogin): Problem | undefined => {
	if (takesPlainLogin !== true) return undefined;
	const requires = login.clientCertificate === undefined ? 'TLS' : 'certificate';
	const sql = `ALTER USER ${quoteAccount(accountOf(owner))} ${requireSql({requires})};`;
	const facts = {server: addressOf(login), account: login.username, tls: login.tls, sql};
	return databaseProblems.problem('database-tls-not-required', facts, {answers: answerPaths(login.from, ['username'])});
};

/** What the control plane and the workspaces need and this server or database does not give; undefined when it does. */
export const judge = (facts: DatabaseFacts, login: DatabaseLogin): Problem | undefined => {
	const isMariadb = facts.product === 'MariaDB';
	const server = {product: isMariadb ? 'MariaDB' : 'MySQL', version: facts.version} as const;
	return (
		versionProblem(server, login) ??
		encodingProblem({...facts, isMariadb}, login, addressOf(login)) ??
		privilegesProblem(facts, login) ??
		plainLoginProblem(facts, login)
	);
};
