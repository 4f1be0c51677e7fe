import type {ProblemInput} from '../base/problem.ts';
import type {DatabaseLogin} from './types.ts';

type Given = {
	readonly login: DatabaseLogin;
	readonly server: string;
	readonly words: string;
	readonly code: string;
	readonly limits: {readonly connectTimeoutMs: number; readonly statementTimeoutMs: number};
};

const place = ['database.host', 'database.port'];
const trust = ['database.ca', 'tls.ca', 'database.tls'];

const unreachable = (given: Given, cause: string, more: Partial<ProblemInput> = {}): ProblemInput => ({
	code: 'database-unreachable',
	area: 'database',
	who: 'network team',
	message: `The database server ${given.server} cannot be reached.`,
	cause,
	fix: 'Check host and port, and that a firewall lets this host and the cluster nodes through.',
	answers: place,
	...more,
});

const untrusted = (given: Given, cause: string): ProblemInput => ({
	code: 'database-certificate-untrusted',
	area: 'database',
	message: `The certificate of the database server ${given.server} is not trusted.`,
	cause,
	fix: 'Name the certificate of the CA that signed it in database.ca.',
	nextSteps: [`openssl s_client -starttls postgres -connect ${given.server} -showcerts </dev/null`],
	answers: trust,
});

// Codes of Node's net, dns and tls; the certificate ones are OpenSSL's verify errors.
const byCode: Readonly<Record<string, (given: Given) => ProblemInput>> = {
	ECONNREFUSED: (given) => unreachable(given, 'The host answers, but nothing listens on that port.'),
	ENOTFOUND: (given) =>
		unreachable(given, `The name ${given.login.host} does not exist.`, {
			code: 'database-host-unknown',
			fix: 'Correct the name, or have it added to the internal DNS.',
			answers: ['database.host'],
		}),
	EAI_AGAIN: (given) =>
		unreachable(given, `No name server answered for ${given.login.host}.`, {
			code: 'database-host-unknown',
			fix: 'Check the name servers of this host, or give the address instead of the name.',
			answers: ['database.host'],
		}),
	EHOSTUNREACH: (given) => unreachable(given, 'There is no route to that host.'),
	ENETUNREACH: (given) => unreachable(given, 'There is no route to that network.'),
	ETIMEDOUT: (given) => unreachable(given, 'It did not answer; a firewall may drop the packets.'),
	ECONNRESET: (given) => unreachable(given, 'The connection was cut; a firewall or a full server may do that.'),
	ERR_TLS_CERT_ALTNAME_INVALID: (given) => ({
		code: 'database-certificate-other-host',
		area: 'database',
		who: 'database admin',
		message: `The certificate of the database server ${given.server} is not for ${given.login.host}.`,
		cause: given.words.replace(/^Hostname\/IP does not match certificate's altnames: /u, ''),
		fix: 'Use a name that is in the certificate as database.host, or have one issued for this name.',
		answers: ['database.host', 'database.tls'],
	}),
	CERT_HAS_EXPIRED: (given) => untrusted(given, 'It has expired.'),
	CERT_NOT_YET_VALID: (given) => untrusted(given, 'It is not valid yet; the clock of this host may be wrong.'),
	DEPTH_ZERO_SELF_SIGNED_CERT: (given) => untrusted(given, 'It is self-signed and not the CA that was given.'),
	SELF_SIGNED_CERT_IN_CHAIN: (given) => untrusted(given, 'Its chain leads to another CA than the one that was given.'),
	UNABLE_TO_VERIFY_LEAF_SIGNATURE: (given) =>
		untrusted(given, 'It was signed by another CA than the one that was given.'),
	UNABLE_TO_GET_ISSUER_CERT: (given) => untrusted(given, 'The root of its chain is not in the CA file.'),
	UNABLE_TO_GET_ISSUER_CERT_LOCALLY: (given) =>
		untrusted(given, 'It was signed by another CA than the one that was given.'),
	CERT_SIGNATURE_FAILURE: (given) => untrusted(given, 'It was signed by a CA of the same name but with another key.'),
};

// What the pg client says in words only.
const byWords: readonly (readonly [RegExp, (given: Given) => ProblemInput])[] = [
	[
		/does not support SSL/u,
		(given) => ({
			code: 'database-tls-not-offered',
			area: 'database',
			who: 'database admin',
			message: `The database server ${given.server} offers no TLS.`,
			cause: `The answers ask for TLS (${given.login.tls}), and the server has it turned off.`,
			fix: 'Ask the database admin to turn it on (ssl = on), or set database.tls to disable if the network is trusted.',
			answers: ['database.tls', ...place],
		}),
	],
	[
		/error establishing an SSL connection|packet length|wrong version number|unexpected message/iu,
		(given) =>
			unreachable(given, 'Something answers there, but it does not speak the PostgreSQL protocol.', {
				code: 'database-not-postgresql',
				who: 'operator',
				fix: 'Check host and port: PostgreSQL usually listens on 5432.',
			}),
	],
	[
		/timeout expired|timeout exceeded/u,
		(given) =>
			unreachable(given, `No login within ${given.limits.connectTimeoutMs / 1000} s; a firewall may drop the packets.`),
	],
	[
		/Query read timeout/u,
		(given) => ({
			code: 'database-time-out',
			area: 'database',
			who: 'database admin',
			message: `The database server ${given.server} did not answer a statement.`,
			cause: `It took longer than ${given.limits.statementTimeoutMs / 1000} s; another session may hold a lock.`,
			fix: 'Ask the database admin to look for blocking sessions, then try again.',
			nextSteps: ['SELECT pid, usename, state, wait_event_type, query FROM pg_stat_activity;'],
		}),
	],
	[
		/Connection terminated/u,
		(given) => unreachable(given, 'The connection was cut; the server may be restarting or speak no PostgreSQL.'),
	],
];

/** Problems of the way to the server; undefined for errors of another kind. */
export const networkProblem = (given: Given): ProblemInput | undefined => {
	const known = Object.hasOwn(byCode, given.code) ? byCode[given.code] : undefined;
	return known?.(given) ?? byWords.find(([pattern]) => pattern.test(given.words))?.[1](given);
};
