import type {ProblemTable} from '../base/problem-table.ts';

const openTheWay = 'Check host and port, and that a firewall lets this host and the cluster nodes through.';

/** Problems of a server itself: the way to it, its TLS, what answers there; a part of the table in problems.ts. */
export const serverProblems = {
	'database-certificate-other-host': {
		area: 'database',
		who: 'database admin',
		message: 'The certificate of the database server {server} is not for {host}.',
		cause: 'The check of its names says: {words}',
		fix: 'Use a name that is in the certificate as {at}.host, or have one issued for this name.',
	},
	'database-certificate-untrusted': {
		area: 'database',
		message: 'The certificate of the database server {server} is not trusted.',
		fix: 'Name the certificate of the CA that signed it in {at}.ca.',
		nextSteps: ['openssl s_client -starttls {starttls} -connect {server} -showcerts </dev/null'],
		answers: ['tls.ca'],
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
	'database-host-unknown': {
		area: 'database',
		who: 'network team',
		message: 'The database server {server} cannot be reached.',
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
	'database-not-mysql': {
		area: 'database',
		message: 'What answers at {server} is not a MySQL server.',
		fix: 'Check host and port: MySQL usually listens on 3306.',
		cases: {
			unknown: {cause: 'Something answers there, but it does not speak the MySQL protocol.'},
			known: {cause: 'What answers there looks like {seen}, and does not speak the MySQL protocol.'},
			PostgreSQL: {
				cause: 'What answers there looks like PostgreSQL.',
				fix: 'Correct {at}.engine, or host and port: MySQL usually listens on 3306.',
			},
		},
	},
	'database-not-postgresql': {
		area: 'database',
		message: 'What answers at {server} is not a PostgreSQL server.',
		fix: 'Check host and port: PostgreSQL usually listens on 5432.',
		cases: {
			unknown: {cause: 'Something answers there, but it does not speak the PostgreSQL protocol.'},
			known: {cause: 'What answers there looks like {seen}, and does not speak the PostgreSQL protocol.'},
			MySQL: {
				cause: 'What answers there looks like a MySQL server.',
				fix: 'Correct {at}.engine, or host and port: PostgreSQL usually listens on 5432.',
			},
		},
	},
	'database-protocol': {
		area: 'database',
		who: 'database admin',
		message: 'The database server {server} breaks the {product} protocol.',
		cause: 'It sent {what}.',
		fix: 'Check what stands between this host and the server, e.g. a proxy or pooler, and that host and port are right.',
	},
	'database-tls-not-offered': {
		area: 'database',
		who: 'database admin',
		message: 'The database server {server} offers no TLS.',
		cause: 'The answers ask for TLS ({tls}), and the server has it turned off.',
		cases: {
			PostgreSQL: {
				fix: 'Ask the database admin to turn it on (ssl = on), or set {at}.tls to disable if the network is trusted.',
			},
			MySQL: {
				fix: 'Ask the database admin to turn it on (ssl_ca, ssl_cert and ssl_key in its configuration), or set {at}.tls to disable if the network is trusted.',
			},
		},
	},
	'database-tls-not-required': {
		area: 'database',
		who: 'database admin',
		message: 'The database server {server} takes the login of account {account} without TLS.',
		cause:
			'The answers ask for TLS ({tls}). The database client of the product goes on in clear text where TLS fails, so the server has to refuse that.',
		fix: 'Ask the database admin to run: {sql}',
	},
	'database-unreachable': {
		area: 'database',
		who: 'network team',
		message: 'The database server {server} cannot be reached.',
		fix: openTheWay,
		cases: {
			refused: {cause: 'The host answers, but nothing listens on that port.'},
			'no route to host': {cause: 'There is no route to that host.'},
			'no route to network': {cause: 'There is no route to that network.'},
			silent: {cause: 'It did not answer; a firewall may drop the packets.'},
			'no login in time': {cause: 'No login within {seconds} s; a firewall may drop the packets.'},
			reset: {cause: 'The connection was cut; a firewall or a full server may do that.'},
			ended: {cause: 'The connection was cut; the server may be restarting or speak no {product}.'},
			'login not finished': {
				cause:
					'It answered, but did not finish the login within {seconds} s; it may be overloaded or speak no {product}.',
			},
		},
	},
} as const satisfies ProblemTable;
