import type {Problem} from '../../base/problem.ts';
import {addressOf} from '../access.ts';
import {answerPaths, serverPaths, serverPlace} from '../answer-paths.ts';
import {databaseProblems} from '../problems.ts';
import type {DatabaseFacts, DatabaseLogin, NeededDatabase} from '../types.ts';

/** The vendor's air-gap guide, prerequisites: PostgreSQL 12+. */
export const oldestVersion = 12;

/** A server that the product cannot work with at all. */
export const versionProblem = ({version}: DatabaseFacts, login: DatabaseLogin): Problem | undefined =>
	Number.parseInt(version, 10) < oldestVersion
		? databaseProblems.problem(
				'database-too-old',
				{product: 'PostgreSQL', server: addressOf(login), version, oldest: oldestVersion},
				{answers: serverPaths(login, ['host', 'port'])},
			)
		: undefined;

/** A session that may change nothing: all that is made or stored would fail. */
export const readOnlyProblem = (
	{is_standby: isStandby, is_read_only: isReadOnly}: {readonly is_standby: boolean; readonly is_read_only: boolean},
	login: DatabaseLogin,
): Problem | undefined => {
	const {username: role, database} = login;
	const server = addressOf(login);
	const answers = serverPaths(login, ['host', 'port']);
	if (isStandby)
		return databaseProblems.problem('database-read-only', {case: 'standby', server, at: serverPlace(login)}, {answers});
	return isReadOnly
		? databaseProblems.problem('database-read-only', {case: 'setting', server, role, database})
		: undefined;
};

/** A database that cannot hold every text. Its encoding is fixed when it is created (PostgreSQL documentation, 23.3). */
export const encodingProblem = (
	encoding: string,
	{database, from}: Pick<NeededDatabase, 'database' | 'from'>,
	server: string,
): Problem | undefined =>
	encoding === 'UTF8'
		? undefined
		: databaseProblems.problem(
				'database-encoding',
				{case: 'PostgreSQL', database, server, encoding, wanted: 'UTF8'},
				{answers: answerPaths(from, ['database'])},
			);

const schemaProblem = ({canCreate, owner}: DatabaseFacts, login: DatabaseLogin, server: string): Problem | undefined =>
	canCreate
		? undefined
		: databaseProblems.problem(
				'database-privileges',
				{case: 'tables', role: login.username, database: login.database, server, owner},
				{answers: answerPaths(login.from, ['username'])},
			);

/** What the control plane and the workspaces need and this server or database does not give; undefined when it does. */
export const judge = (facts: DatabaseFacts, login: DatabaseLogin): Problem | undefined => {
	const server = addressOf(login);
	return (
		versionProblem(facts, login) ??
		encodingProblem(facts.encoding, login, server) ??
		schemaProblem(facts, login, server)
	);
};
