import type {ProblemTable} from '../base/problem-table.ts';

const passwordLine =
	'Ask the database admin for a line with scram-sha-256 for this role and database in pg_hba.conf, before that one, then a reload.';

/** Problems of a login: by which way a role is let in, and by whom; a part of the table in problems.ts. */
export const loginProblems = {
	'database-client-certificate': {
		area: 'database',
		who: 'database admin',
		cases: {
			PostgreSQL: {
				message: 'The database server {server} wants a client certificate from role {role}.',
				cause:
					'Its pg_hba.conf has this role show a certificate (clientcert, or the method cert), and the answers name none.',
				fix: 'Name one in {at}.clientCertificate and {at}.clientKey, or ask the database admin for a line without it.',
			},
			'PostgreSQL refused': {
				message: 'The database server {server} does not take the client certificate for role {role}.',
				cause:
					'Its pg_hba.conf has the certificate name the role: the common name must be that of the role, or be mapped to it in pg_ident.conf.',
				fix: 'Name a certificate for this role in {at}.clientCertificate, or ask the database admin to map it.',
			},
			MySQL: {
				message: 'The database server {server} wants a client certificate from account {account}.',
				cause: 'The account was made with {requirement}, and the answers name no certificate.',
				fix: 'Name one in {at}.clientCertificate and {at}.clientKey, or ask the database admin to run: {sql}',
			},
			'MySQL refused': {
				message: 'The database server {server} does not take the client certificate for account {account}.',
				cause: 'The account was made with {requirement}: the certificate has to be one of these.',
				fix: 'Name such a certificate in {at}.clientCertificate, or ask the database admin to change the account.',
			},
			untrusted: {
				message: 'The database server {server} does not trust the client certificate of the answers.',
				cause: 'It ended TLS with: {words}',
				fix: 'Name one in {at}.clientCertificate that a CA of the server signed and that is still valid.',
			},
			'no pair': {
				message: 'The client certificate for the database server {server} cannot be shown.',
				cause: 'Certificate and key of the answers do not belong together.',
				fix: 'Name the key that {at}.clientCertificate was requested with in {at}.clientKey.',
			},
		},
	},
	'database-login-method': {
		area: 'database',
		who: 'database admin',
		cases: {
			PostgreSQL: {
				message: 'The database server {server} asks role {role} for a login by {method}.',
				cause:
					'Its pg_hba.conf has this role log in by another method than a password; this tool and the servers of the product log in with a password.',
				fix: passwordLine,
			},
			MySQL: {
				message: 'The database server {server} asks account {account} for a login by {method}.',
				cause:
					'The account was made with the plugin {plugin}; this tool logs in with a password that the server itself checks.',
				fix: 'Ask the database admin for an account with caching_sha2_password (MariaDB: mysql_native_password) for this.',
			},
		},
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
		cases: {
			'MySQL host': {
				message: 'The database server {server} admits no account from here.',
				cause: 'None of its accounts is for the address of this host: {words}',
				fix: 'Ask the database admin for an account for this host and for the cluster nodes, e.g. {account}.',
				nextSteps: [],
			},
			'MySQL blocked': {
				message: 'The database server {server} has blocked this host.',
				cause: 'Too many connections from here broke off (max_connect_errors).',
				fix: 'Ask the database admin to run: FLUSH HOSTS; (MySQL 8.0.23 and newer: TRUNCATE TABLE performance_schema.host_cache;)',
				nextSteps: [],
			},
			'MySQL without TLS': {
				message: 'The database server {server} takes no login without TLS.',
				cause: 'It has require_secure_transport turned on, and the answers say not to use TLS ({at}.tls).',
				fix: 'Set {at}.tls to verify-full.',
				nextSteps: [],
			},
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
		cases: {
			PostgreSQL: {
				message: 'The database server {server} refuses the password of role {role}.',
				cause:
					'The password is wrong, the role does not exist, or its password has expired; the server does not say which.',
				fix: 'Correct the password, or ask the database admin to set that one for the role.',
			},
			MySQL: {
				message: 'The database server {server} refuses the login of account {account}.',
				cause:
					'The password is wrong, there is no such account for this host, or it asks for more than the answers give (REQUIRE {required}); the server does not say which.',
				fix: 'Correct the password, or ask the database admin to set that one for the account.',
			},
			expired: {
				message: 'The password of account {account} on {server} has expired.',
				cause: 'The server lets such an account only change its password.',
				fix: 'Ask the database admin for a new password that does not expire: ALTER USER … PASSWORD EXPIRE NEVER;',
				nextSteps: [],
			},
		},
	},
	'database-pooler': {
		area: 'database',
		who: 'database admin',
		message: 'What answers at {server} is {pooler}, not {product} itself.',
		cases: {
			'to be made': {
				cause: 'It lets in only the roles and databases that it is told of, and these are still to be made: {missing}.',
				fix: 'Name the {product} server itself in {at}.host and {at}.port, or leave {at}.admin out and have the database admin make them and add them to the pooler.',
				nextSteps: ['Without {at}.admin this tool shows the SQL for the database admin.'],
			},
			database: {
				cause: 'It knows no database {database}: {words}',
				fix: 'Have the database admin make it and add it to the pooler (in PgBouncer: [databases]), or name the {product} server itself.',
			},
			role: {
				cause: 'It knows no role {role}, or another password for it: {words}',
				fix: 'Have the database admin make it and add it to the pooler (in PgBouncer: auth_file or auth_query), or name the {product} server itself.',
			},
			parameter: {
				cause: 'It does not take what the client says of itself: {words}',
				fix: 'Have the database admin let it pass (in PgBouncer: ignore_startup_parameters), or name the {product} server itself.',
			},
			'statement mode': {
				cause: 'It lends the sessions of the server out for one statement each, and takes no transactions: {words}',
				fix: 'Have the database admin let it keep a session for its client (in PgBouncer: pool_mode = session), or name the {product} server itself.',
			},
			other: {
				cause: 'It refuses the login: {words}',
				fix: "Have the database admin look into the pooler's log, or name the {product} server itself.",
			},
		},
	},
	'database-missing': {
		area: 'database',
		who: 'database admin',
		message: 'There is no database {database} on {server}.',
		fix: 'Create it with the SQL that this tool shows, or correct the name.',
		cases: {
			absent: {cause: 'The login was right; the database was not created yet or is called differently.'},
			'no access': {
				message: 'Account {account} may not enter database {database} on {server}.',
				cause: 'The login was right; the database was not created yet, or the account has no privileges on it.',
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
			locked: {
				message: 'Account {account} on {server} is locked.',
				cause: 'The account was made or altered with ACCOUNT LOCK, or too many wrong passwords locked it.',
				fix: 'Ask the database admin to run: {sql}',
			},
			unclear: {
				cause:
					'The role has no LOGIN attribute, or does not exist: the server says which in its own language, in the evidence.',
				fix: 'Ask the database admin to create the role, or to run: ALTER ROLE "{role}" LOGIN;',
			},
		},
	},
} as const satisfies ProblemTable;
