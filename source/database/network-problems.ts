import {errnoOf} from '../base/errno.ts';
import type {ProblemError} from '../base/problem.ts';
import type {CaseOf} from '../base/problem-table.ts';
import {serverPlace} from './answer-paths.ts';
import {type Failure, namingServer, type Raise} from './failure.ts';
import {databaseProblems} from './problems.ts';

type Cases<Code extends keyof typeof databaseProblems.table> = CaseOf<typeof databaseProblems.table, Code>;

/** The connection did not come to be, or was cut. */
export const unreachable =
	(which: Exclude<Cases<'database-unreachable'>, 'no login in time' | 'login not finished'>): Raise =>
	(failure) =>
		databaseProblems.error(
			'database-unreachable',
			{case: which, server: failure.server, product: failure.product},
			namingServer(failure, 'host', 'port'),
		);

/** Nobody logged in in time. @param which whether the server had said anything */
export const tooLate = (which: 'no login in time' | 'login not finished', failure: Failure): ReturnType<Raise> => {
	const seconds = failure.limits.connectTimeoutMs / 1000;
	const facts = {case: which, server: failure.server, product: failure.product, seconds} as const;
	return databaseProblems.error('database-unreachable', facts, namingServer(failure, 'host', 'port'));
};

const hostUnknown =
	(which: Cases<'database-host-unknown'>): Raise =>
	(failure) => {
		const facts = {case: which, server: failure.server, host: failure.login.host} as const;
		return databaseProblems.error('database-host-unknown', facts, namingServer(failure, 'host'));
	};

/** What openssl's s_client calls the way to TLS of each. */
const startTls = {PostgreSQL: 'postgres', MySQL: 'mysql'} as const;

const untrusted =
	(which: Cases<'database-certificate-untrusted'>): Raise =>
	(failure) => {
		const {server, login, product} = failure;
		const facts = {case: which, server, at: serverPlace(login), starttls: startTls[product]} as const;
		return databaseProblems.error('database-certificate-untrusted', facts, namingServer(failure, 'ca', 'tls'));
	};

/** Node tells in `reason` which names the certificate has (tls module, `checkServerIdentity`). */
const otherHost: Raise = (failure) => {
	const {error, server, login, words} = failure;
	const reason = error instanceof Error && 'reason' in error ? String(error.reason) : words;
	const facts = {server, host: login.host, at: serverPlace(login), words: reason};
	return databaseProblems.error('database-certificate-other-host', facts, namingServer(failure, 'host', 'tls'));
};

/** A certificate of the answers that the server's TLS refuses, or that it wants and does not get. */
const clientCertificate: Raise = (failure) => {
	const {server, login, words} = failure;
	const facts = {case: 'untrusted', server, at: serverPlace(login), words} as const;
	return databaseProblems.error('database-client-certificate', facts, namingServer(failure, 'clientCertificate'));
};

/** Nothing was sent: this host's TLS loads no key of another certificate. */
const noPair: Raise = (failure) => {
	const more = namingServer(failure, 'clientCertificate', 'clientKey');
	const facts = {case: 'no pair', server: failure.server, at: serverPlace(failure.login)} as const;
	return databaseProblems.error('database-client-certificate', facts, {...more, area: 'usage', who: 'operator'});
};

/** Codes of Node's net, dns and tls; the certificate ones are OpenSSL's verify errors, the alerts those of RFC 8446, 6. */
const byCode: Readonly<Record<string, Raise>> = {
	ECONNREFUSED: unreachable('refused'),
	EHOSTUNREACH: unreachable('no route to host'),
	ENETUNREACH: unreachable('no route to network'),
	ETIMEDOUT: unreachable('silent'),
	ECONNRESET: unreachable('reset'),
	EPIPE: unreachable('reset'),
	ENOTFOUND: hostUnknown('no such name'),
	EAI_AGAIN: hostUnknown('no name server'),
	ERR_TLS_CERT_ALTNAME_INVALID: otherHost,
	CERT_HAS_EXPIRED: untrusted('expired'),
	CERT_NOT_YET_VALID: untrusted('not yet valid'),
	DEPTH_ZERO_SELF_SIGNED_CERT: untrusted('self-signed'),
	SELF_SIGNED_CERT_IN_CHAIN: untrusted('other root'),
	UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted('other CA'),
	UNABLE_TO_GET_ISSUER_CERT: untrusted('no root'),
	UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted('other CA'),
	ERR_OSSL_X509_KEY_VALUES_MISMATCH: noPair,
	CERT_SIGNATURE_FAILURE: untrusted('other key'),
};

/** Alerts of a server that concern what the client showed. */
const certificateAlert =
	/^ERR_SSL_(?:TLSV1_ALERT_UNKNOWN_CA|(?:SSLV3|TLSV1|TLSV13)_ALERT_(?:(?:BAD|UNSUPPORTED)_CERTIFICATE|CERTIFICATE_(?:REVOKED|EXPIRED|UNKNOWN)))$/u;

/** What the way to the server or its TLS gave, whatever the engine; undefined for codes that tell of other things. */
export const networkProblem = (failure: Failure): ProblemError | undefined => {
	const code = errnoOf(failure.error) ?? '';
	if (certificateAlert.test(code)) return clientCertificate(failure);
	return Object.hasOwn(byCode, code) ? byCode[code]?.(failure) : undefined;
};
