import {declareProblems} from '../base/problem-table.ts';
import {loginProblems} from './login-problems.ts';
import {serverProblems} from './server-problems.ts';

/** Problems of the databases, whatever engine they have. `server` is host and port, `at` its place in the answers. */
export const databaseProblems = declareProblems({
	...loginProblems,
	...serverProblems,
	'database-encoding': {
		area: 'database',
		who: 'database admin',
		message: 'Database {database} on {server} is encoded in {encoding}; {wanted} is needed.',
		cases: {
			PostgreSQL: {
				cause: 'It was created with another encoding, and a database keeps the one it was created with.',
				fix: 'Drop it if it is empty and let it be created again, or name another database.',
			},
			MySQL: {
				cause: 'It was created with another character set, and its tables keep the one they were created with.',
				fix: 'Name another database, or ask the database admin to drop this one if its tables are not needed.',
			},
			'empty MySQL': {
				cause: 'It was created with another character set, which the tables of the product would take over.',
				fix: 'Ask the database admin to run: {sql}',
			},
		},
	},
	'database-error': {
		area: 'database',
		who: 'database admin',
		message: 'The database server {server} answered with an error: {words}',
		fix: "Look into the server's log, then try again.",
		cases: {coded: {cause: 'Its code is {code}.'}, plain: {cause: 'It gave no code.'}},
	},
	'database-in-use': {
		area: 'database',
		who: 'database admin',
		cases: {
			owner: {
				message: 'Database {database} on {server} belongs to {owner} and holds {tables} tables of others.',
				cause: 'Another application seems to use it; taking it over would break that one.',
				fix: 'Name another database, or ask the database admin to clear this one.',
			},
			tables: {
				message:
					'Database {database} on {server} holds {tables} tables, and account {account} has no privileges on it.',
				cause: 'Another application seems to use it; taking it over would break that one.',
				fix: 'Name another database, or, if the tables are those of the product, ask the database admin to grant them to the account.',
			},
			account: {
				message:
					'Account {account} on {server} has another password than the answers, and serves other databases too: {others}.',
				cause: 'Another application seems to log in with it; a new password would break that one.',
				fix: 'Name another account, or correct the password to the one that it has.',
			},
		},
	},
	'database-not-converging': {
		area: 'database',
		who: 'database admin',
		message: 'Database {database} on {server} does not come to be as it should.',
		cause: 'The server took the statements without an error, yet the same ones are due again.',
		fix: 'Ask the database admin what changes logins or passwords on this server, e.g. LDAP, a policy or a trigger.',
	},
	'database-privileges': {
		area: 'database',
		who: 'database admin',
		cases: {
			refused: {
				message: 'Role {role} may not do what is needed on {server}: {words}.',
				cause: 'The role lacks a privilege.',
				fix: 'Ask the database admin to grant it, or name an administrator role that has it.',
			},
			tables: {
				message: 'Role {role} may not create tables in database {database} on {server}.',
				cause: 'The database belongs to {owner}; the role lacks CREATE on its schema.',
				fix: 'Ask the database admin to run: ALTER DATABASE "{database}" OWNER TO "{role}";',
			},
			administrator: {
				message: 'Role {role} on {server} may not create what is missing.',
				cause: 'Missing: {missing}. The role lacks CREATEROLE or CREATEDB.',
				fix: 'Ask the database admin to run: ALTER ROLE "{role}" CREATEROLE CREATEDB;',
				nextSteps: ['Or leave {at}.admin out: then this tool shows the SQL for the database admin.'],
			},
			account: {
				message: 'Account {account} on {server} lacks {privileges} on database {database}.',
				cause: 'The product creates and changes its tables itself, and needs each of them.',
				fix: 'Ask the database admin to run: {sql}',
			},
			'refused to account': {
				message: 'Account {account} may not do what is needed on {server}: {words}.',
				cause: 'The account lacks a privilege.',
				fix: 'Ask the database admin to grant it, or name an administrator that has it.',
			},
			'weak account': {
				message: 'Account {account} on {server} may not make what is missing.',
				cause: 'Missing: {missing}. The account lacks {privileges}, or may not grant them on.',
				fix: 'Ask the database admin for an administrator that has them WITH GRANT OPTION.',
				nextSteps: ['Or leave {at}.admin out: then this tool shows the SQL for the database admin.'],
			},
			'blind account': {
				message: 'Account {account} on {server} may not read which accounts there are.',
				cause: 'It lacks SELECT on the database mysql: {words}',
				fix: 'Ask the database admin to grant it, or for an administrator that has it.',
				nextSteps: ['Or leave {at}.admin out: then this tool shows the SQL for the database admin.'],
			},
		},
	},
	'database-read-only': {
		area: 'database',
		who: 'database admin',
		message: 'The database server {server} takes no changes.',
		cases: {
			standby: {
				cause: 'It is a standby: it repeats another server, or is being recovered.',
				fix: 'Name the primary in {at}.host, or an address that always leads to it.',
			},
			replica: {
				cause: 'It is a replica of another server, and read-only ({setting}).',
				fix: 'Name the primary in {at}.host, or an address that always leads to it.',
			},
			'read-only MySQL': {
				cause: 'It is set to read-only ({setting}): it may be a replica, or under maintenance.',
				fix: 'Name the primary in {at}.host, or ask the database admin to turn that setting off.',
			},
			setting: {
				cause: 'Sessions of role {role} in database {database} are read-only (default_transaction_read_only).',
				fix: 'Ask the database admin to turn that setting off for the server, the database and the role.',
				nextSteps: ['SELECT setdatabase, setrole::regrole, setconfig FROM pg_db_role_setting;'],
			},
		},
	},
	'database-starting': {
		area: 'database',
		who: 'database admin',
		message: 'The database server {server} is there but takes no logins now.',
		cause: 'It starts up, shuts down or recovers.',
		fix: 'Wait until it is up, then try again.',
	},
	'database-time-out': {
		area: 'database',
		who: 'database admin',
		message: 'The database server {server} did not answer a statement.',
		cause: 'It took longer than {seconds} s; another session may hold a lock.',
		fix: 'Ask the database admin to look for blocking sessions, then try again.',
		cases: {
			PostgreSQL: {nextSteps: ['SELECT pid, usename, state, wait_event_type, query FROM pg_stat_activity;']},
			MySQL: {nextSteps: ['SHOW FULL PROCESSLIST;']},
		},
	},
	'database-locked': {
		area: 'database',
		who: 'database admin',
		message: 'A statement on the database server {server} waited in vain for a lock.',
		cause: 'Another session holds it; the server ended the wait after {seconds} s.',
		fix: 'Stop what works on database {database}, or ask the database admin to end that session. Then run the same command again: it goes on.',
		cases: {
			PostgreSQL: {
				nextSteps: [
					'SELECT pid, usename, client_addr, state, pg_blocking_pids(pid), query FROM pg_stat_activity;',
					'SELECT pg_terminate_backend(PID);',
				],
			},
			MySQL: {nextSteps: ['SHOW FULL PROCESSLIST;', 'KILL ID;']},
		},
	},
	'database-too-many-connections': {
		area: 'database',
		who: 'database admin',
		message: 'The database server {server} has no connection left for role {role}.',
		cases: {
			PostgreSQL: {
				cause: 'max_connections of the server, or the limit of the role or database, is reached.',
				fix: 'Ask the database admin to end idle connections or to raise max_connections.',
				nextSteps: ['SELECT usename, count(*) FROM pg_stat_activity GROUP BY 1 ORDER BY 2 DESC;'],
			},
			MySQL: {
				message: 'The database server {server} has no connection left for account {role}.',
				cause: 'max_connections of the server is reached.',
				fix: 'Ask the database admin to end idle connections or to raise max_connections.',
				nextSteps: ['SELECT user, count(*) FROM performance_schema.processlist GROUP BY 1 ORDER BY 2 DESC;'],
			},
			'MySQL account': {
				message: 'The database server {server} has no connection left for account {role}.',
				cause: 'The limit of the account is reached (max_user_connections, or a limit per hour).',
				fix: 'Ask the database admin to raise it: ALTER USER … WITH MAX_USER_CONNECTIONS 0;',
			},
		},
	},
	'database-too-old': {
		area: 'database',
		who: 'database admin',
		message: 'The database server {server} is {product} {version}; {oldest} or newer is needed.',
		cause: 'Older versions lack functions that the product uses.',
		fix: 'Name a server with {product} {oldest} or newer.',
	},
});

declare module '../base/problem.ts' {
	interface ProblemTables {
		readonly database: typeof databaseProblems.table;
	}
}
