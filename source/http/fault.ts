/** What is wrong with a connection, whichever of the many codes says so. */
export type Fault =
	| 'refused'
	| 'unknown name'
	| 'no name server'
	| 'no route to host'
	| 'no route to network'
	| 'no answer'
	| 'closed'
	| 'untrusted'
	| 'other name'
	| 'expired'
	| 'not yet valid'
	| 'client certificate refused'
	| 'client key unfit'
	| 'not TLS'
	| 'TLS failed'
	| 'not HTTP'
	| 'proxy'
	| 'other';

/** Codes of node:net and node:dns (those of the operating system), of node:tls, and of OpenSSL (X509_V_ERR without its beginning). */
const faults: Readonly<Record<string, Fault>> = {
	ECONNREFUSED: 'refused',
	ENOTFOUND: 'unknown name',
	EAI_NODATA: 'unknown name',
	EAI_NONAME: 'unknown name',
	EAI_AGAIN: 'no name server',
	EAI_FAIL: 'no name server',
	EHOSTUNREACH: 'no route to host',
	EHOSTDOWN: 'no route to host',
	ENETUNREACH: 'no route to network',
	ETIMEDOUT: 'no answer',
	ECONNRESET: 'closed',
	ECONNABORTED: 'closed',
	EPIPE: 'closed',
	ERR_STREAM_PREMATURE_CLOSE: 'closed',
	UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'untrusted',
	UNABLE_TO_GET_ISSUER_CERT: 'untrusted',
	UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'untrusted',
	SELF_SIGNED_CERT_IN_CHAIN: 'untrusted',
	DEPTH_ZERO_SELF_SIGNED_CERT: 'untrusted',
	CERT_UNTRUSTED: 'untrusted',
	CERT_SIGNATURE_FAILURE: 'untrusted',
	INVALID_CA: 'untrusted',
	INVALID_PURPOSE: 'untrusted',
	ERR_TLS_CERT_ALTNAME_INVALID: 'other name',
	CERT_HAS_EXPIRED: 'expired',
	CERT_NOT_YET_VALID: 'not yet valid',
	ERR_OSSL_X509_KEY_VALUES_MISMATCH: 'client key unfit',
	EPROTO: 'not TLS',
	ERR_SSL_WRONG_VERSION_NUMBER: 'not TLS',
	ERR_SSL_PACKET_LENGTH_TOO_LONG: 'not TLS',
};

/** Alerts of TLS by which a server says that it does not take the client certificate, or the want of one (RFC 8446 section 6.2). */
const aboutClient =
	/ALERT_(?:BAD_CERTIFICATE|CERTIFICATE_REQUIRED|CERTIFICATE_UNKNOWN|CERTIFICATE_EXPIRED|CERTIFICATE_REVOKED|UNKNOWN_CA)$/u;

/** Beginnings of codes: of OpenSSL's own, of node's parser of HTTP, of its tunnels through proxies. */
const families: ReadonlyArray<readonly [beginning: string, fault: Fault]> = [
	['ERR_SSL_', 'TLS failed'],
	['HPE_', 'not HTTP'],
	['ERR_PROXY', 'proxy'],
];

/** The code of an error, however deeply it was wrapped; an AggregateError is what attempts at several addresses throw. */
export const codeOf = (error: unknown): string => {
	if (!(error instanceof Error)) return '';
	if ('code' in error && typeof error.code === 'string') return error.code;
	if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
	return codeOf(error.cause);
};

/** What is wrong, by the code of the error: the one table of them. */
export const faultOf = (error: unknown): Fault => {
	const code = codeOf(error);
	if (aboutClient.test(code)) return 'client certificate refused';
	const known = Object.hasOwn(faults, code) ? faults[code] : undefined;
	return known ?? families.find(([beginning]) => code.startsWith(beginning))?.[1] ?? 'other';
};
