import {tlsReasonOf} from '../base/openssl.ts';
import type {ProblemArea, ProblemError} from '../base/problem.ts';
import type {CaseOf, Circumstances} from '../base/problem-table.ts';
import {formatMoment} from '../base/units.ts';
import {httpsUrl} from '../base/url.ts';
import {codeOf, type Fault, faultOf} from '../http/fault.ts';
import type {Peer} from './peer.ts';
import {networkProblems} from './problems.ts';

/** How far a request came: until connected, until the TLS handshake was done, until the headers came, until the body ended. */
export type Stage = 'connection' | 'handshake' | 'answer' | 'body';

/** A request that failed, and what is known of its server. */
export type Failure = {
	readonly error: unknown;
	readonly kind: 'timeout' | 'too-large' | 'failed';
	readonly stage: Stage;
	readonly host: string;
	/** Where the host was looked for, when it was not by its name. */
	readonly address?: string | undefined;
	readonly port: number;
	readonly timeoutMs: number;
	/** Who the server says it is; undefined where it was not asked, or did not say. */
	readonly peer: Peer | undefined;
	readonly area: ProblemArea;
};

/** A failure with the words for it. */
type Given = Failure & {
	readonly place: string;
	/** Address and port. */
	readonly at: string;
	/** The words of the error. */
	readonly words: string;
	readonly more: Circumstances;
};

// The certificates that ingress-nginx and Traefik make for themselves when they have none for a host.
const builtIn = /Kubernetes Ingress Controller Fake Certificate|TRAEFIK DEFAULT CERT/u;

const otherHost = ({place, host, at, peer, words, more}: Given): ProblemError => {
	const given = {place, host, at};
	if (!peer) return networkProblems.error('https-certificate-other-host', {case: 'unseen', ...given, words}, more);
	const names = peer.names.join(', ');
	return names === ''
		? networkProblems.error('https-certificate-other-host', {case: 'no names', ...given, subject: peer.subject}, more)
		: networkProblems.error('https-certificate-other-host', {case: 'other names', ...given, names}, more);
};

const expired = ({place, host, at, peer, words, more}: Given): ProblemError => {
	const given = {place, host, at};
	if (!peer) return networkProblems.error('https-certificate-expired', {case: 'unseen', ...given, words}, more);
	if (peer.notAfter >= Date.now())
		return networkProblems.error('https-certificate-expired', {case: 'one above it', ...given}, more);
	const until = formatMoment(peer.notAfter);
	return networkProblems.error('https-certificate-expired', {case: 'itself', ...given, until}, more);
};

const notYetValid = ({place, peer, words, more}: Given): ProblemError =>
	peer
		? networkProblems.error(
				'https-certificate-not-yet-valid',
				{case: 'itself', place, from: formatMoment(peer.notBefore)},
				more,
			)
		: networkProblems.error('https-certificate-not-yet-valid', {case: 'unseen', place, words}, more);

type Cases<Code extends keyof typeof networkProblems.table> = CaseOf<typeof networkProblems.table, Code>;

/** OpenSSL's codes for a chain that does not hold tell more than that. */
const whyUntrusted: Readonly<Record<string, Cases<'https-certificate-untrusted'>>> = {
	DEPTH_ZERO_SELF_SIGNED_CERT: 'self-signed',
	SELF_SIGNED_CERT_IN_CHAIN: 'other root',
	UNABLE_TO_GET_ISSUER_CERT: 'no root',
	CERT_SIGNATURE_FAILURE: 'other key',
	INVALID_PURPOSE: 'not for servers',
	INVALID_CA: 'not by a CA',
};

const untrusted = ({error, place, host, at, peer, more}: Given): ProblemError => {
	const which = whyUntrusted[codeOf(error)] ?? 'other CA';
	const issuer = peer ? `"${peer.issuer}"` : 'not known';
	return networkProblems.error('https-certificate-untrusted', {case: which, place, host, at, issuer}, more);
};

const unreachable =
	(which: Cases<'https-unreachable'>) =>
	({place, port, more}: Given): ProblemError =>
		networkProblems.error('https-unreachable', {case: which, place, port}, more);

const hostUnknown =
	(which: Cases<'https-host-unknown'>) =>
	({place, host, more}: Given): ProblemError =>
		networkProblems.error('https-host-unknown', {case: which, place, host}, more);

const reset = ({place, port, stage, more}: Given): ProblemError => {
	const which = stage === 'handshake' ? 'handshake' : 'no answer';
	return networkProblems.error('https-reset', {case: which, place, port}, more);
};

const noTls = ({error, place, more}: Given): ProblemError => {
	const reason = tlsReasonOf(error);
	const isPlain = reason === 'wrong version number' || reason === 'packet length too long';
	return networkProblems.error('https-no-tls', {case: isPlain ? 'plain text' : 'no handshake', place}, more);
};

const noPackets = ({place, port, more}: Given): ProblemError =>
	networkProblems.error('https-time-out', {case: 'no packets', place, port}, more);

/** What a failed connection is told as. */
const byFault: Readonly<Partial<Record<Fault, (given: Given) => ProblemError>>> = {
	'other name': otherHost,
	expired,
	'not yet valid': notYetValid,
	untrusted,
	refused: unreachable('refused'),
	'no route to host': unreachable('no route to host'),
	'no route to network': unreachable('no route to network'),
	'no answer': noPackets,
	closed: reset,
	'unknown name': hostUnknown('no such name'),
	'no name server': hostUnknown('no name server'),
	'not TLS': noTls,
	'TLS failed': noTls,
	'client certificate refused': noTls,
};

const timeOut = ({place, port, stage, timeoutMs, more}: Given): ProblemError => {
	const given = {place, seconds: timeoutMs / 1000};
	return stage === 'answer' || stage === 'body'
		? networkProblems.error('https-time-out', {case: stage, ...given}, more)
		: networkProblems.error('https-time-out', {case: stage, ...given, port}, more);
};

const defaultCertificate = ({place, host, at, more}: Given, subject: string): ProblemError =>
	networkProblems.error('https-ingress-default-certificate', {place, host, at, subject}, more);

/** A failure before the time was up, told by what is wrong with the connection. */
const failed = (given: Given): ProblemError => {
	const {peer, place, words, more, error} = given;
	if (peer && builtIn.test(peer.subject)) return defaultCertificate(given, peer.subject);
	const told = byFault[faultOf(error)];
	return told?.(given) ?? networkProblems.error('https-failed', {place, words}, more);
};

/** Why a request failed. */
export const httpsProblem = (failure: Failure): ProblemError => {
	const {error, kind, host, address, port, area} = failure;
	const code = codeOf(error);
	const words = error instanceof Error ? error.message : String(error);
	const elsewhere = address === undefined || address === host ? '' : ` (${address})`;
	const place = `${httpsUrl(host, port)}${elsewhere}`;
	const evidence = [code === '' ? words : `${code}: ${words}`];
	const given = {...failure, place, at: `${address ?? host}:${port}`, words};
	if (kind === 'timeout') return timeOut({...given, more: {area, error}});
	if (kind === 'too-large') return networkProblems.error('https-body-too-large', {place}, {area, error});
	return failed({...given, more: {area, error, evidence}});
};
