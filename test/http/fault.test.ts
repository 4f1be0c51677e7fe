import {expect, test} from 'vitest';
import {codeOf, type Fault, faultOf} from '../../source/http/fault.ts';

const withCode = (code: string): Error => Object.assign(new Error('failed'), {code});

const codes: ReadonlyArray<readonly [code: string, fault: Fault]> = [
	['ECONNREFUSED', 'refused'],
	['ENOTFOUND', 'unknown name'],
	['EAI_AGAIN', 'no name server'],
	['EHOSTUNREACH', 'no route to host'],
	['ENETUNREACH', 'no route to network'],
	['ETIMEDOUT', 'no answer'],
	['ECONNRESET', 'closed'],
	['EPIPE', 'closed'],
	['SELF_SIGNED_CERT_IN_CHAIN', 'untrusted'],
	['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'untrusted'],
	['ERR_TLS_CERT_ALTNAME_INVALID', 'other name'],
	['CERT_HAS_EXPIRED', 'expired'],
	['CERT_NOT_YET_VALID', 'not yet valid'],
	['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'client certificate refused'],
	['ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_EXPIRED', 'client certificate refused'],
	['ERR_OSSL_X509_KEY_VALUES_MISMATCH', 'client key unfit'],
	['EPROTO', 'not TLS'],
	['ERR_SSL_WRONG_VERSION_NUMBER', 'not TLS'],
	['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'TLS failed'],
	['HPE_INVALID_CONSTANT', 'not HTTP'],
	['ERR_PROXY_TUNNEL', 'proxy'],
	['constructor', 'other'],
	['', 'other'],
];

test.each(codes)('%s means: %s', (code, fault) => {
	expect(faultOf(withCode(code))).toBe(fault);
});

test('the code is found however deeply its error was wrapped', () => {
	const several = new AggregateError([withCode('ENETUNREACH'), withCode('ECONNREFUSED')]);
	expect(codeOf(new Error('outer', {cause: several}))).toBe('ENETUNREACH');
	expect(codeOf(new AggregateError([]))).toBe('');
	expect(codeOf('a string')).toBe('');
	expect(faultOf(undefined)).toBe('other');
});
