import {type Actor, type Problem, ProblemError} from '../base/problem.ts';
import type {Deed} from './errors.ts';

type Fault = {
	readonly codes: readonly string[];
	readonly code: string;
	readonly who: Actor;
	readonly what: string;
	readonly cause: string;
	readonly fix: string;
};

/** Error codes of node:net, node:dns and node:tls (OpenSSL's X509_V_ERR names without their prefix). First match wins. */
const faults: readonly Fault[] = [
	{
		codes: ['ECONNREFUSED'],
		code: 'kubernetes-unreachable',
		who: 'network team',
		what: 'refuses the connection',
		cause: 'Nothing listens at that address and port, or a firewall rejects it.',
		fix: 'Check the server address in the kubeconfig, and that this host may reach it.',
	},
	{
		codes: ['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_NODATA'],
		code: 'kubernetes-unreachable',
		who: 'network team',
		what: 'cannot be found',
		cause: 'The name server of this host does not know the host name.',
		fix: 'Check the server address in the kubeconfig, and the DNS of this host.',
	},
	{
		codes: ['ETIMEDOUT', 'TIMEOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN'],
		code: 'kubernetes-unreachable',
		who: 'network team',
		what: 'does not answer',
		cause: 'There is no way to that address, or a firewall drops the packets.',
		fix: 'Check route, VPN and firewall between this host and the cluster.',
	},
	{
		codes: ['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ERR_STREAM_PREMATURE_CLOSE'],
		code: 'kubernetes-unreachable',
		who: 'network team',
		what: 'broke the connection off',
		cause: 'The server, or a load balancer or firewall in between, closed the connection.',
		fix: 'Try again; if it stays, look at the load balancer of the API server.',
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
		code: 'kubernetes-untrusted',
		who: 'cluster admin',
		what: 'shows a certificate of an unknown CA',
		cause: 'The certificate-authority of the kubeconfig is not the one that signed the server certificate.',
		fix: 'Get a kubeconfig with the right certificate-authority-data; a proxy that opens TLS also has this effect.',
	},
	{
		codes: ['ERR_TLS_CERT_ALTNAME_INVALID'],
		code: 'kubernetes-untrusted',
		who: 'cluster admin',
		what: 'shows a certificate for other names',
		cause: 'The address in the kubeconfig is not among the names of the server certificate.',
		fix: 'Use one of the names in the certificate as server, or set tls-server-name in the kubeconfig.',
	},
	{
		codes: ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'],
		code: 'kubernetes-untrusted',
		who: 'cluster admin',
		what: 'shows a certificate that is not valid now',
		cause: 'The server certificate has expired or begins later, or the clock of this host is wrong.',
		fix: 'Check the date of this host; then have the server certificate renewed.',
	},
	{
		codes: ['ERR_OSSL_X509_KEY_VALUES_MISMATCH'],
		code: 'kubeconfig-invalid',
		who: 'operator',
		what: 'cannot be asked: client key and certificate do not belong together',
		cause: 'client-key and client-certificate of the kubeconfig are not a pair.',
		fix: 'Get a new kubeconfig.',
	},
	{
		codes: ['EPROTO', 'ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG', 'HPE_INVALID_CONSTANT'],
		code: 'kubernetes-unreachable',
		who: 'operator',
		what: 'does not speak HTTPS as expected',
		cause: 'The port belongs to another service, or the server wants no TLS or another version of it.',
		fix: 'Check the server address in the kubeconfig.',
	},
];

const unknownFault: Fault = {
	codes: [],
	code: 'kubernetes-unreachable',
	who: 'operator',
	what: 'cannot be reached',
	cause: 'The connection failed for the reason below.',
	fix: 'Check the server address in the kubeconfig, and the network of this host.',
};

/** The code of a system error, however deeply it was wrapped; AggregateError is what "happy eyeballs" connects throw. */
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
	const alert = /^ERR_SSL_.*ALERT.*(CERTIFICATE|UNKNOWN_CA)/u.test(code);
	const words = error instanceof AggregateError ? error.errors.map(String) : [String(error)];
	const base: Pick<Problem, 'area' | 'answers' | 'evidence'> = {
		area,
		answers: ['kubernetes.kubeconfig', 'kubernetes.context'],
		evidence: [...words, ...(code ? [`code ${code}`] : [])],
	};
	if (alert)
		return new ProblemError(
			{
				...base,
				code: 'kubernetes-unauthorized',
				who: 'cluster admin',
				message: `The cluster at ${server} does not accept the client certificate.`,
				cause: 'The server ended the TLS handshake because of the certificate of this kubeconfig.',
				fix: 'Get a new kubeconfig from the cluster admin.',
			},
			{cause: error},
		);
	const fault = faults.find(({codes}) => codes.includes(code)) ?? unknownFault;
	return new ProblemError(
		{
			...base,
			code: fault.code,
			who: fault.who,
			message: `The cluster at ${server} ${fault.what} (asked to ${deed}).`,
			cause: fault.cause,
			fix: fault.fix,
		},
		{cause: error},
	);
};
