import {declareProblems} from '../base/problem-table.ts';
import {loginProblems} from './login-problems.ts';

const openTheWay = 'Check host and port, and that a firewall lets this host and the cluster nodes through.';

/** Problems of the databases, whatever engine they have. `server` is host and port. */
export const databaseProblems = declareProblems({
	...loginProblems,
	'database-certificate-other-host': {
		area: 'database',
		who: 'database admin',
		message: 'The certificate of the database server {server} is not for {host}.',
		cause: 'The check of its names says: {words}',
		fix: 'Use a name that is in the certificate as database.host, or have one issued for this name.',
		answers: ['database.host', 'database.tls'],
	},
	'database-certificate-untrusted': {
		area: 'database',
		message: 'The certificate of the database server {server} is not trusted.',
		fix: 'Name the certificate of the CA that signed it in database.ca.',
		nextSteps: ['openssl s_client -starttls postgres -connect {server} -showcerts </dev/null'],
		answers: ['database.ca', 'tls.ca', 'database.tls'],
		cases: {
			expired: {cause: 'It has expired.'},
			'not yet valid': {cause: 'It is not valid yet; the clock of this host may be wrong.'},
			'self-signed': {cause: 'It is self-signed and not the CA that was given.'},
			'other root': {cause: 'Its chain leads to another CA than the one that was given.'},
			'other CA': {cause: 'It was signed by another CA than the one that was given.'},
			'no root': {cause: 'The root of its chain is not in the CA file.'},
			'other key': {cause: 'It was signed by a CA of the same name but with another key.'},
		},
	},
	'database-encoding': {
		area: 'database',
		who: 'database admin',
		message: 'Database {database} on {server} is encoded in {encoding}; UTF8 is needed.',
		cause: 'It was created with another encoding, and a database keeps the one it was created with.',
		fix: 'Drop it if it is empty and let it be created again, or name another database.',
	},
	'database-error': {
		area: 'database',
		who: 'database admin',
		message: 'The database server {server} answered with an error: {words}',
		fix: "Look into the server's log, then try again.",
		cases: {coded: {cause: 'Its code is {code}.'}, plain: {cause: 'It gave no code.'}},
	},
	'database-host-unknown': {
		area: 'database',
		who: 'network team',
		message: 'The database server {server} cannot be reached.',
		answers: ['database.host'],
		cases: {
			'no such name': {
				cause: 'The name {host} does not exist.',
				fix: 'Correct the name, or have it added to the internal DNS.',
			},
			'no name server': {
				cause: 'No name server answered for {host}.',
				fix: 'Check the name servers of this host, or give the address instead of the name.',
			},
		},
	},
	'database-in-use': {
		area: 'database',
		who: 'database admin',
		message: 'Database {database} on {server} belongs to {owner} and holds {tables} tables of others.',
		cause: 'Another application seems to use it; taking it over would break that one.',
		fix: 'Name another database, or ask the database admin to clear this one.',
	},
	'database-missing': {
		area: 'database',
		who: 'database admin',
		message: 'There is no database {database} on {server}.',
		cause: 'The login was right; the database was not created yet or is called differently.',
		fix: 'Create it with the SQL that this tool shows, or correct the name.',
	},
	'database-not-converging': {
		area: 'database',
		who: 'database admin',
		message: 'Database {database} on {server} does not come to be as it should.',
		cause: 'The server took the statements without an error, yet the same ones are due again.',
		fix: 'Ask the database admin what changes roles or passwords on this server, e.g. LDAP or a policy.',
	},
	'database-not-postgresql': {
		area: 'database',
		message: 'The database server {server} cannot be reached.',
		fix: 'Check host and port: PostgreSQL usually listens on 5432.',
		answers: ['database.host', 'database.port'],
		cases: {
			unknown: {cause: 'Something answers there, but it does not speak the PostgreSQL protocol.'},
			known: {cause: 'What answers there looks like {seen}, and does not speak the PostgreSQL protocol.'},
		},
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
				nextSteps: ['Or leave database.admin out: then this tool shows the SQL for the database admin.'],
				answers: ['database.admin.username'],
			},
		},
	},
	'database-protocol': {
		area: 'database',
		who: 'database admin',
		message: 'The database server {server} breaks the PostgreSQL protocol.',
		cause: 'It sent {what}.',
		fix: 'Check what stands between this host and the server, e.g. a proxy or pooler, and that host and port are right.',
		answers: ['database.host', 'database.port'],
	},
	'database-read-only': {
		area: 'database',
		who: 'database admin',
		message: 'The database server {server} takes no changes.',
		cases: {
			standby: {
				cause: 'It is a standby: it repeats another server, or is being recovered.',
				fix: 'Name the primary in database.host, or an address that always leads to it.',
				answers: ['database.host', 'database.port'],
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
		nextSteps: ['SELECT pid, usename, state, wait_event_type, query FROM pg_stat_activity;'],
	},
	'database-tls-not-offered': {
		area: 'database',
		who: 'database admin',
		message: 'The database server {server} offers no TLS.',
		cause: 'The answers ask for TLS ({tls}), and the server has it turned off.',
		fix: 'Ask the database admin to turn it on (ssl = on), or set database.tls to disable if the network is trusted.',
		answers: ['database.tls', 'database.host', 'database.port'],
	},
	'database-too-many-connections': {
		area: 'database',
		who: 'database admin',
		message: 'The database server {server} has no connection left for role {role}.',
		cause: 'max_connections of the server, or the limit of the role or database, is reached.',
		fix: 'Ask the database admin to end idle connections or to raise max_connections.',
		nextSteps: ['SELECT usename, count(*) FROM pg_stat_activity GROUP BY 1 ORDER BY 2 DESC;'],
	},
	'database-too-old': {
		area: 'database',
		who: 'database admin',
		message: 'The database server {server} is PostgreSQL {version}; 12 or newer is needed.',
		cause: 'Older versions lack functions that the product uses.',
		fix: 'Name a server with PostgreSQL 12 or newer.',
		answers: ['database.host', 'database.port'],
	},
	'database-unreachable': {
		area: 'database',
		who: 'network team',
		message: 'The database server {server} cannot be reached.',
		fix: openTheWay,
		answers: ['database.host', 'database.port'],
		cases: {
			refused: {cause: 'The host answers, but nothing listens on that port.'},
			'no route to host': {cause: 'There is no route to that host.'},
			'no route to network': {cause: 'There is no route to that network.'},
			silent: {cause: 'It did not answer; a firewall may drop the packets.'},
			'no login in time': {cause: 'No login within {seconds} s; a firewall may drop the packets.'},
			reset: {cause: 'The connection was cut; a firewall or a full server may do that.'},
			ended: {cause: 'The connection was cut; the server may be restarting or speak no PostgreSQL.'},
			'login not finished': {
				cause:
					'It answered, but did not finish the login within {seconds} s; it may be overloaded or speak no PostgreSQL.',
			},
		},
	},
});

declare module '../base/problem.ts' {
	interface ProblemTables {
		readonly database: typeof databaseProblems.table;
	}
}
