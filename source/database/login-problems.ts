import type {ProblemTable} from '../base/problem-table.ts';

const passwordLine =
	'Ask the database admin for a line with scram-sha-256 for this role and database in pg_hba.conf, before that one, then a reload.';

/** Problems of a login: by which way a role is let in, and by whom; a part of the table in problems.ts. */
export const loginProblems = {
	'database-client-certificate': {
		area: 'database',
		who: 'database admin',
		message: 'The database server {server} wants a client certificate from role {role}.',
		cause:
			'Its pg_hba.conf has this role log in with a certificate (clientcert, or the method cert); this tool and the servers of the product log in with a password.',
		fix: passwordLine,
	},
	'database-login-method': {
		area: 'database',
		who: 'database admin',
		message: 'The database server {server} asks role {role} for a login by {method}.',
		cause:
			'Its pg_hba.conf has this role log in by another method than a password; this tool and the servers of the product log in with a password.',
		fix: passwordLine,
	},
	'database-login-refused': {
		area: 'database',
		who: 'database admin',
		cases: {
			'password elsewhere': {
				message: 'The database server {server} refuses role {role}: its login by {method} failed.',
				cause: 'Its pg_hba.conf has the password of this role checked by {method}, which did not accept it.',
				fix: 'Correct the password to the one that {method} knows, or ask the database admin for a line with scram-sha-256 for this role.',
			},
			'no password': {
				message: 'The database server {server} refuses role {role}: its login by {method} failed.',
				cause: 'Its pg_hba.conf has this role checked by {method}, which does not ask for the password of the answers.',
				fix: passwordLine,
			},
			unnamed: {
				message: 'The database server {server} refuses role {role}.',
				cause: 'It says in its own language by which check; its words stand in the evidence.',
				fix: passwordLine,
			},
		},
	},
	'database-not-admitted': {
		area: 'database',
		who: 'database admin',
		message: 'The database server {server} does not admit role {role} to database {database} from here.',
		fix: 'Ask the database admin for an entry for this host and for the cluster nodes, then a reload.',
		nextSteps: ['The line that is refused stands in the evidence, with the address the server sees.'],
		answers: ['database.tls', 'database.host'],
		cases: {
			'without TLS': {
				cause: 'Its pg_hba.conf has no entry for a login without TLS; it may have one with TLS.',
			},
			'with TLS': {
				cause: 'Its pg_hba.conf has no entry that fits this role, database and client address.',
			},
		},
	},
	'database-password': {
		area: 'database',
		message: 'The database server {server} refuses the password of role {role}.',
		cause:
			'The password is wrong, the role does not exist, or its password has expired; the server does not say which.',
		fix: 'Correct the password, or ask the database admin to set that one for the role.',
	},
	'database-pooler': {
		area: 'database',
		who: 'database admin',
		message: 'What answers at {server} is a connection pooler, not PostgreSQL itself.',
		answers: ['database.host', 'database.port'],
		cases: {
			'to be made': {
				cause:
					'Its sessions run in other processes than it names. It lets in only the roles and databases that it is told of, and these are still to be made: {missing}.',
				fix: 'Name the PostgreSQL server itself in database.host and database.port, or leave database.admin out and have the database admin make them and add them to the pooler.',
				nextSteps: ['Without database.admin this tool shows the SQL for the database admin.'],
			},
			database: {
				cause: 'It knows no database {database}: {words}',
				fix: 'Have the database admin make it and add it to the pooler (in PgBouncer: [databases]), or name the PostgreSQL server itself.',
			},
			role: {
				cause: 'It knows no role {role}, or another password for it: {words}',
				fix: 'Have the database admin make it and add it to the pooler (in PgBouncer: auth_file or auth_query), or name the PostgreSQL server itself.',
			},
			parameter: {
				cause: 'It does not take what the client says of itself: {words}',
				fix: 'Have the database admin let it pass (in PgBouncer: ignore_startup_parameters), or name the PostgreSQL server itself.',
			},
			other: {
				cause: 'It refuses the login: {words}',
				fix: "Have the database admin look into the pooler's log, or name the PostgreSQL server itself.",
			},
		},
	},
	'database-role-missing': {
		area: 'database',
		who: 'database admin',
		message: 'There is no role {role} on {server}.',
		cause: 'The server asked for no password, and then found no role of that name.',
		fix: 'Create it with the SQL that this tool shows, or correct the name.',
	},
	'database-role-without-login': {
		area: 'database',
		who: 'database admin',
		message: 'Role {role} may not log in to {server}.',
		cases: {
			'no login': {
				cause: 'The role has no LOGIN attribute.',
				fix: 'Ask the database admin to run: ALTER ROLE "{role}" LOGIN;',
			},
			unclear: {
				cause:
					'The role has no LOGIN attribute, or does not exist: the server says which in its own language, in the evidence.',
				fix: 'Ask the database admin to create the role, or to run: ALTER ROLE "{role}" LOGIN;',
			},
		},
	},
} as const satisfies ProblemTable;
