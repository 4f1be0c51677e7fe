import type {Problem, ProblemInput} from '../base/problem.ts';
import {problem} from '../base/problem.ts';
import {networkProblem} from './network-problems.ts';
import type {DatabaseFacts, DatabaseLogin, DatabaseWish} from './types.ts';

/**
 * Paths of the answers that a login stands in; none when its place is not known. The administrator's database is called
 * differently from a component's.
 */
export const answerPaths = (from: string | undefined, ...parts: readonly ('username' | 'password' | 'database')[]) =>
	from === undefined
		? []
		: parts.map((part) => `${from}.${part === 'database' && from !== 'database.admin' ? 'name' : part}`);

type Given = {readonly login: DatabaseLogin; readonly server: string; readonly words: string};

// PostgreSQL documentation, appendix A: codes of errors.
const serverProblems: Readonly<Record<string, (given: Given) => ProblemInput>> = {
	'28P01': ({login, server}) => ({
		code: 'database-password',
		area: 'database',
		message: `The database server ${server} refuses the password of role ${login.username}.`,
		cause:
			'The password is wrong, the role does not exist, or its password has expired; the server does not say which.',
		fix: 'Correct the password, or ask the database admin to set that one for the role.',
		answers: answerPaths(login.from, 'password', 'username'),
	}),
	'28000': ({login, server, words}) =>
		/not permitted to log in/u.test(words)
			? {
					code: 'database-role-without-login',
					area: 'database',
					who: 'database admin',
					message: `Role ${login.username} may not log in to ${server}.`,
					cause: 'The role has no LOGIN attribute.',
					fix: `Ask the database admin to run: ALTER ROLE "${login.username}" LOGIN;`,
					answers: answerPaths(login.from, 'username'),
				}
			: {
					code: 'database-not-admitted',
					area: 'database',
					who: 'database admin',
					message: `The database server ${server} does not admit role ${login.username} to database ${login.database} from here.`,
					cause: /no encryption|SSL off/u.test(words)
						? 'Its pg_hba.conf has no entry for a login without TLS; it may have one with TLS.'
						: 'Its pg_hba.conf has no entry that fits this role, database and client address.',
					fix: 'Ask the database admin for an entry for this host and for the cluster nodes, then a reload.',
					nextSteps: ['The line that is refused stands in the evidence, with the address the server sees.'],
					answers: ['database.tls', 'database.host'],
				},
	'3D000': ({login, server}) => ({
		code: 'database-missing',
		area: 'database',
		who: 'database admin',
		message: `There is no database ${login.database} on ${server}.`,
		cause: 'The login was right; the database was not created yet or is called differently.',
		fix: 'Create it with the SQL that this tool shows, or correct the name.',
		answers: answerPaths(login.from, 'database'),
	}),
	'42501': ({login, server, words}) => ({
		code: 'database-privileges',
		area: 'database',
		who: 'database admin',
		message: `Role ${login.username} may not do what is needed on ${server}: ${words}.`,
		cause: 'The role lacks a privilege.',
		fix: 'Ask the database admin to grant it, or name an administrator role that has it.',
		answers: answerPaths(login.from, 'username'),
	}),
	'53300': ({login, server}) => ({
		code: 'database-too-many-connections',
		area: 'database',
		who: 'database admin',
		message: `The database server ${server} has no connection left for role ${login.username}.`,
		cause: 'max_connections of the server, or the limit of the role or database, is reached.',
		fix: 'Ask the database admin to end idle connections or to raise max_connections.',
		nextSteps: ['SELECT usename, count(*) FROM pg_stat_activity GROUP BY 1 ORDER BY 2 DESC;'],
	}),
	'57P03': ({server}) => ({
		code: 'database-starting',
		area: 'database',
		who: 'database admin',
		message: `The database server ${server} is there but takes no logins now.`,
		cause: 'It starts up, shuts down or recovers.',
		fix: 'Wait until it is up, then try again.',
	}),
};

/** Any error of a connection as a problem; the code says what kind. Never holds the password. */
export const databaseProblem = (
	error: unknown,
	login: DatabaseLogin,
	limits: {readonly connectTimeoutMs: number; readonly statementTimeoutMs: number},
): Problem => {
	const {code = '', message = String(error)} = error as {readonly code?: string; readonly message?: string};
	const words = login.password.length > 3 ? message.replaceAll(login.password, '********') : message;
	const server = `${login.host}:${login.port}`;
	const known = Object.hasOwn(serverProblems, code) ? serverProblems[code] : undefined;
	const found = known?.({login, server, words}) ?? networkProblem({login, server, words, code, limits});
	const evidence = [code && !words.includes(code) ? `${code}: ${words}` : words];
	if (found) return problem({evidence, ...found});
	return problem({
		code: 'database-error',
		area: 'database',
		who: 'database admin',
		message: `The database server ${server} answered with an error: ${words}`,
		cause: code ? `Its code is ${code}.` : 'It gave no code.',
		fix: "Look into the server's log, then try again.",
		evidence,
	});
};

/** What the control plane and the workspaces need and this server or database does not give; undefined when it does. */
export const factProblem = (facts: DatabaseFacts, login: DatabaseLogin): Problem | undefined => {
	const server = `${login.host}:${login.port}`;
	// The vendor's air-gap guide, prerequisites: PostgreSQL 12+.
	if (Number.parseInt(facts.version, 10) < 12)
		return problem({
			code: 'database-too-old',
			area: 'database',
			who: 'database admin',
			message: `The database server ${server} is PostgreSQL ${facts.version}; 12 or newer is needed.`,
			cause: 'Older versions lack functions that the product uses.',
			fix: 'Name a server with PostgreSQL 12 or newer.',
			answers: ['database.host', 'database.port'],
		});
	if (facts.encoding !== 'UTF8') return encodingProblem(facts.encoding, login, server);
	if (!facts.canCreate)
		return problem({
			code: 'database-privileges',
			area: 'database',
			who: 'database admin',
			message: `Role ${login.username} may not create tables in database ${login.database} on ${server}.`,
			cause: `The database belongs to ${facts.owner}; the role lacks CREATE on its schema.`,
			fix: `Ask the database admin to run: ALTER DATABASE "${login.database}" OWNER TO "${login.username}";`,
			answers: answerPaths(login.from, 'username'),
		});
	return undefined;
};

/** A database that cannot hold every text. Its encoding is fixed when it is created (PostgreSQL documentation, 23.3). */
export const encodingProblem = (
	encoding: string,
	wish: Pick<DatabaseWish, 'database' | 'from'>,
	server: string,
): Problem =>
	problem({
		code: 'database-encoding',
		area: 'database',
		who: 'database admin',
		message: `Database ${wish.database} on ${server} is encoded in ${encoding}; UTF8 is needed.`,
		cause: 'It was created with another encoding, and a database keeps the one it was created with.',
		fix: 'Drop it if it is empty and let it be created again, or name another database.',
		answers: answerPaths(wish.from, 'database'),
	});
