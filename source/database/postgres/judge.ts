import type {Problem} from '../../base/problem.ts';
import {databaseProblems} from '../problems.ts';
import type {DatabaseFacts, DatabaseLogin, NeededDatabase} from '../types.ts';
import {answerPaths} from './answer-paths.ts';

/** The vendor's air-gap guide, prerequisites: PostgreSQL 12+. */
const oldestVersion = 12;

/** A server that the product cannot work with at all. */
export const versionProblem = ({version}: DatabaseFacts, {host, port}: DatabaseLogin): Problem | undefined =>
	Number.parseInt(version, 10) < oldestVersion
		? databaseProblems.problem('database-too-old', {server: `${host}:${port}`, version})
		: undefined;

/** A session that may change nothing: all that is made or stored would fail. */
export const readOnlyProblem = (
	{is_standby: isStandby, is_read_only: isReadOnly}: {readonly is_standby: boolean; readonly is_read_only: boolean},
	{host, port, username: role, database}: DatabaseLogin,
): Problem | undefined => {
	const server = `${host}:${port}`;
	if (isStandby) return databaseProblems.problem('database-read-only', {case: 'standby', server});
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
				{database, server, encoding},
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
	const server = `${login.host}:${login.port}`;
	return (
		versionProblem(facts, login) ??
		encodingProblem(facts.encoding, login, server) ??
		schemaProblem(facts, login, server)
	);
};
