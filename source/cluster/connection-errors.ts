import type {ProblemError} from '../base/problem.ts';
import type {Circumstances} from '../base/problem-table.ts';
import type {Deed} from './errors.ts';
import {clusterProblems} from './problems.ts';

/** Faults of a line that the operating system has no code for. */
export class LineFault extends Error {
	/** `TIMEOUT`: the peer is silent. `TOO_LONG`: it never ends. */
	readonly code: 'TIMEOUT' | 'TOO_LONG';
	constructor(code: LineFault['code'], message: string) {
		super(message);
		this.code = code;
	}
}

type Facts = {readonly server: string; readonly deed: string};
type Raise = (facts: Facts, more: Circumstances) => ProblemError;

const unreachable =
	(name: 'refused' | 'unknown name' | 'no answer' | 'broken off' | 'not https' | 'other'): Raise =>
	(facts, more) =>
		clusterProblems.error('kubernetes-unreachable', {case: name, ...facts}, more);

const untrusted =
	(name: 'unknown ca' | 'other names' | 'not valid now'): Raise =>
	(facts, more) =>
		clusterProblems.error('kubernetes-untrusted', {case: name, ...facts}, more);

/**
 * Error codes of node:net, node:dns and node:tls (OpenSSL's X509_V_ERR names without their prefix). First match wins.
 */
const faults: readonly {readonly codes: readonly string[]; readonly raise: Raise}[] = [
	{codes: ['ECONNREFUSED'], raise: unreachable('refused')},
	{codes: ['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_NODATA'], raise: unreachable('unknown name')},
	{codes: ['ETIMEDOUT', 'TIMEOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN'], raise: unreachable('no answer')},
	{
		codes: ['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ERR_STREAM_PREMATURE_CLOSE'],
		raise: unreachable('broken off'),
	},
	{
		codes: ['EPROTO', 'ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG', 'HPE_INVALID_CONSTANT'],
		raise: unreachable('not https'),
	},
	{
		codes: [
			'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
			'SELF_SIGNED_CERT_IN_CHAIN',
			'DEPTH_ZERO_SELF_SIGNED_CERT',
			'UNABLE_TO_GET_ISSUER_CERT',
			'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
			'CERT_SIGNATURE_FAILURE',
			'INVALID_CA',
		],
		raise: untrusted('unknown ca'),
	},
	{codes: ['ERR_TLS_CERT_ALTNAME_INVALID'], raise: untrusted('other names')},
	{codes: ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'], raise: untrusted('not valid now')},
	{
		codes: ['TOO_LONG'],
		raise: (facts, more) => clusterProblems.error('kubernetes-answer-too-long', facts, more),
	},
	{
		codes: ['ERR_OSSL_X509_KEY_VALUES_MISMATCH'],
		raise: (facts, more) => clusterProblems.error('kubeconfig-invalid', {case: 'no pair', ...facts}, more),
	},
];

/** Alerts that a server sends when it does not accept the certificate of its client (RFC 8446 section 6.2). */
const certificateAlert = /^ERR_SSL_.*ALERT.*(CERTIFICATE|UNKNOWN_CA)/u;

const raiseFor = (code: string): Raise => {
	if (certificateAlert.test(code))
		return ({server}, more) => clusterProblems.error('kubernetes-unauthorized', {case: 'certificate', server}, more);
	return faults.find(({codes}) => codes.includes(code))?.raise ?? unreachable('other');
};

/**
 * The code of a system error, however deeply it was wrapped; AggregateError is what "happy eyeballs" connects throw.
 */
export const systemCode = (error: unknown): string => {
	if (!(error instanceof Error)) return '';
	const {code} = error as NodeJS.ErrnoException;
	if (typeof code === 'string') return code;
	if (error instanceof AggregateError) return systemCode(error.errors[0]);
	return systemCode(error.cause);
};

/** Turns a failed connection into a problem; alerts of the server's TLS count as an unaccepted client certificate. */
export const connectionError = (error: unknown, {deed, server, area}: Deed): ProblemError => {
	const code = systemCode(error);
	const words = error instanceof AggregateError ? error.errors.map(String) : [String(error)];
	const evidence = code === '' ? words : [...words, `code ${code}`];
	return raiseFor(code)({server, deed}, {area, evidence, error});
};
