import type {ProblemInput} from '../base/problem.ts';
import type {Peer} from './peer.ts';

/** How far a request came: until connected, until the TLS handshake was done, until the headers came, until the body ended. */
export type Stage = 'connection' | 'handshake' | 'answer' | 'body';

export type Failure = {
	readonly error: unknown;
	readonly kind: 'timeout' | 'too-large' | 'failed';
	readonly stage: Stage;
	readonly host: string;
	readonly address?: string;
	readonly port: number;
	readonly timeoutMs: number;
	readonly peer: Peer | undefined;
};

type Found = Omit<ProblemInput, 'area'>;
type Given = Failure & {readonly place: string; readonly words: string};

const certificateSteps = ({host, address, port}: Given): readonly string[] => [
	`openssl s_client -connect ${address ?? host}:${port} -servername ${host} -showcerts </dev/null`,
];

// The certificates that ingress-nginx and Traefik make for themselves when they have none for a host.
const builtIn = /Kubernetes Ingress Controller Fake Certificate|TRAEFIK DEFAULT CERT/u;

const builtInProblem = (given: Given): Found => ({
	code: 'https-ingress-default-certificate',
	who: 'cluster admin',
	message: `${given.place} answers with the built-in certificate of the ingress controller.`,
	cause: `The controller knows no Ingress for ${given.host}, or cannot read the TLS secret it names ("${given.peer?.subject}").`,
	fix: 'Check the Ingress, its class and that the TLS secret is in the same namespace.',
	nextSteps: ['kubectl get ingress --all-namespaces', ...certificateSteps(given)],
	answers: ['ingress.className', 'tls.secretName'],
});

const otherNames = (given: Given): Found => ({
	code: 'https-certificate-other-host',
	message: `The certificate that ${given.place} shows is not for ${given.host}.`,
	cause: given.peer?.names.length
		? `It is for ${given.peer.names.join(', ')}.`
		: given.peer
			? `It names no host at all; its subject is "${given.peer.subject}".`
			: given.words,
	fix: `Serve a certificate with the name ${given.host}, or check that the name leads to the right address.`,
	nextSteps: certificateSteps(given),
	answers: ['tls.certificate', 'ingress.address'],
});

const untrusted = (given: Given, cause: string): Found => ({
	code: 'https-certificate-untrusted',
	message: `The certificate that ${given.place} shows is not from the given CA.`,
	cause: `${cause}${given.peer ? ` Its issuer is "${given.peer.issuer}".` : ''}`,
	fix: 'Name the CA that signed it in tls.ca, and serve the certificate with its intermediates.',
	nextSteps: certificateSteps(given),
	answers: ['tls.ca', 'tls.certificate'],
});

const dateOf = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

const unreachable = (given: Given, cause: string, code = 'https-unreachable'): Found => ({
	code,
	who: 'network team',
	message: `${given.place} cannot be reached.`,
	cause,
	fix: `Check that the ingress controller listens on port ${given.port} there and that no firewall is in between.`,
	answers: ['ingress.address', 'ingress.httpsPort'],
});

// Codes of Node's net and dns; the certificate ones are OpenSSL's verify errors.
const byCode: Readonly<Record<string, (given: Given) => Found>> = {
	ERR_TLS_CERT_ALTNAME_INVALID: otherNames,
	CERT_HAS_EXPIRED: (given) => ({
		code: 'https-certificate-expired',
		message: `The certificate that ${given.place} shows has expired.`,
		cause: given.peer
			? given.peer.notAfter < Date.now()
				? `It was valid until ${dateOf(given.peer.notAfter)}.`
				: 'It is a certificate above it in the chain that has expired.'
			: given.words,
		fix: 'Have it renewed, and update the TLS secret.',
		nextSteps: certificateSteps(given),
		answers: ['tls.certificate'],
	}),
	CERT_NOT_YET_VALID: (given) => ({
		code: 'https-certificate-not-yet-valid',
		message: `The certificate that ${given.place} shows is not valid yet.`,
		cause: given.peer ? `It is valid from ${dateOf(given.peer.notBefore)}.` : given.words,
		fix: 'Check the clock of this host.',
		answers: ['tls.certificate'],
	}),
	DEPTH_ZERO_SELF_SIGNED_CERT: (given) => untrusted(given, 'It is self-signed.'),
	SELF_SIGNED_CERT_IN_CHAIN: (given) => untrusted(given, 'Its chain ends in a root that is not the given CA.'),
	UNABLE_TO_VERIFY_LEAF_SIGNATURE: (given) => untrusted(given, 'Another CA signed it, or an intermediate is missing.'),
	UNABLE_TO_GET_ISSUER_CERT: (given) => untrusted(given, 'The given CA file lacks the root of the chain.'),
	UNABLE_TO_GET_ISSUER_CERT_LOCALLY: (given) =>
		untrusted(given, 'Another CA signed it, or an intermediate is missing.'),
	CERT_SIGNATURE_FAILURE: (given) => untrusted(given, 'A CA of the same name but with another key signed it.'),
	INVALID_PURPOSE: (given) => untrusted(given, 'It is not for servers: its key usage does not allow that.'),
	INVALID_CA: (given) => untrusted(given, 'What signed it may not sign certificates.'),
	ECONNREFUSED: (given) =>
		unreachable(given, 'The host answers, but nothing listens on that port.', 'https-unreachable'),
	EHOSTUNREACH: (given) => unreachable(given, 'There is no route to that host.'),
	ENETUNREACH: (given) => unreachable(given, 'There is no route to that network.'),
	ETIMEDOUT: (given) => unreachable(given, 'It did not answer; a firewall may drop the packets.', 'https-time-out'),
	ECONNRESET: (given) =>
		unreachable(
			given,
			given.stage === 'handshake'
				? 'It cut the connection during the TLS handshake; a firewall or proxy may inspect TLS.'
				: 'It cut the connection before it had answered.',
			'https-reset',
		),
	ENOTFOUND: (given) => ({
		...unreachable(given, `The name ${given.host} does not exist.`, 'https-host-unknown'),
		fix: 'Have the name added to the internal DNS.',
	}),
	EAI_AGAIN: (given) => ({
		...unreachable(given, `No name server answered for ${given.host}.`, 'https-host-unknown'),
		fix: 'Check the name servers of this host.',
	}),
};

const waitedFor: Readonly<Record<Stage, string>> = {
	connection: 'It did not take the connection; a firewall may drop the packets.',
	handshake: 'It took the connection but did not finish the TLS handshake.',
	answer: 'It took the request but did not answer.',
	body: 'It began to answer but did not finish.',
};

/** Why a request failed, as a problem without its area. */
export const httpsProblem = (failure: Failure): Found => {
	const {error, kind, stage, host, address, port, timeoutMs, peer} = failure;
	const {code = '', message = String(error)} = error as {readonly code?: string; readonly message?: string};
	const place = `https://${host}${port === 443 ? '' : `:${port}`}${address === undefined || address === host ? '' : ` (${address})`}`;
	const given: Given = {...failure, place, words: message};
	if (kind === 'timeout')
		return {
			...unreachable(given, `${waitedFor[stage]} Waited ${timeoutMs / 1000} s.`, 'https-time-out'),
			...(stage === 'answer' || stage === 'body'
				? {
						who: 'operator' as const,
						message: `${place} does not answer.`,
						fix: 'Look at the pods behind it and their logs.',
					}
				: {}),
		};
	if (kind === 'too-large')
		return {
			code: 'https-body-too-large',
			message: `${place} answered with more than 1 MiB.`,
			cause: 'That is not the answer this tool asked for; something else may listen there.',
			fix: 'Open the address in a browser and see what answers.',
		};
	if (peer && builtIn.test(peer.subject)) return {...builtInProblem(given), evidence: [message]};
	const known = Object.hasOwn(byCode, code) ? byCode[code] : undefined;
	if (known) return {...known(given), evidence: [code === '' ? message : `${code}: ${message}`]};
	if (code === 'EPROTO' || code.startsWith('ERR_SSL_'))
		return {
			code: 'https-no-tls',
			message: `${place} does not speak TLS as it should.`,
			cause: /wrong version number|packet length/iu.test(`${message} ${code}`)
				? 'Something answers in plain text; it may be an HTTP port.'
				: 'The TLS handshake failed.',
			fix: 'Check ingress.httpsPort, and that the ingress controller ends TLS there.',
			answers: ['ingress.httpsPort', 'ingress.address'],
			evidence: [`${code}: ${message}`],
		};
	return {
		code: 'https-failed',
		message: `The request to ${place} failed.`,
		cause: message,
		fix: 'Try again; if it comes back, look at the ingress controller.',
		evidence: [code === '' ? message : `${code}: ${message}`],
	};
};
