import {Resolver} from 'node:dns/promises';
import {request as httpsRequest} from 'node:https';
import {isIP} from 'node:net';
import {text} from 'node:stream/consumers';
import {rootCertificates} from 'node:tls';
import {isErrno} from '../../../source/base/errno.ts';

/** One HTTPS request, checked against `trust`. */
export type PodRequest = {
	readonly method: string;
	readonly url: string;
	readonly trust: readonly string[];
	/** Leaves the public CAs of the image out. */
	readonly onlyTrust?: boolean;
	readonly signal: AbortSignal;
	/** Connects there without asking the name server. */
	readonly address?: string;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: string;
};

export type PodAnswer = {readonly status: number; readonly body: string};

/** The network as a pod of the rehearsal sees it. */
export type PodNetwork = {
	/** IPv4 addresses of a name from the rehearsal's name server; empty when there is no such name. */
	readonly resolve: (host: string, signal: AbortSignal) => Promise<readonly string[]>;
	readonly request: (options: PodRequest) => Promise<PodAnswer>;
	/** Asks a Service by plain HTTP, as `http://NAME.NAMESPACE.svc:PORT/PATH`; absent where there is no cluster around. */
	readonly inside?: (url: URL, form: string | undefined) => Promise<InsideAnswer>;
};

/** What a Service answers. */
export type InsideAnswer = PodAnswer & {readonly type: string};

const timeoutMs = 5000;

/** A name that the name server does not know. */
export class NameError extends Error {
	readonly code = 'ENOTFOUND';
	constructor(host: string) {
		super(`Failed to resolve '${host}' ([Errno -2] Name or service not known)`);
		this.name = 'NameError';
	}
}

const dnsTries = {timeout: 2000, tries: 2};

/** Asks a name server for IPv4 addresses; none for a name that it does not know. */
const resolveAt = async (nameServer: string, host: string, signal: AbortSignal): Promise<readonly string[]> => {
	if (isIP(host)) return [host];
	const resolver = new Resolver(dnsTries);
	resolver.setServers([nameServer]);
	const cancel = (): void => resolver.cancel();
	signal.addEventListener('abort', cancel, {once: true});
	try {
		return await resolver.resolve4(host);
	} catch (error) {
		signal.throwIfAborted();
		if (isErrno(error, 'ENOTFOUND', 'ENODATA')) return [];
		throw error;
	} finally {
		signal.removeEventListener('abort', cancel);
	}
};

/** Sends a request to an address and reads the whole answer. */
const send = (address: string, options: PodRequest): Promise<PodAnswer> => {
	const {method, url, trust, onlyTrust, signal, headers = {}, body} = options;
	const target = new URL(url);
	const length = body ? {'content-length': Buffer.byteLength(body)} : {};
	return new Promise((done, reject) => {
		const sent = httpsRequest(
			{
				host: address,
				port: target.port || 443,
				path: `${target.pathname}${target.search}`,
				method,
				servername: target.hostname,
				// A pod trusts the public CAs of its image and what was mounted into it.
				ca: onlyTrust ? [...trust] : [...rootCertificates, ...trust],
				headers: {host: target.host, ...headers, ...length},
				agent: false,
				signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
			},
			(response) => {
				text(response).then((whole) => done({status: response.statusCode ?? 0, body: whole}), reject);
			},
		);
		sent.on('error', reject);
		sent.end(body);
	});
};

/** @param nameServer address and port of the rehearsal's name server, which is also the DNS of its cluster. */
export const createPodNetwork = (nameServer: string): PodNetwork => ({
	resolve: (host, signal) => resolveAt(nameServer, host, signal),
	request: async (options) => {
		const {hostname} = new URL(options.url);
		const [address] = options.address ? [options.address] : await resolveAt(nameServer, hostname, options.signal);
		if (!address) throw new NameError(hostname);
		return send(address, options);
	},
});

/** The reason as urllib3 and requests word it, for logs. */
export const pythonReason = (error: unknown): string => {
	const {code, message} = error as {code?: string; message?: string};
	const reasons: Readonly<Record<string, string>> = {
		ECONNREFUSED: 'NewConnectionError: Failed to establish a new connection: [Errno 111] Connection refused',
		ERR_TLS_CERT_ALTNAME_INVALID: `SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: ${message}`,
		UNABLE_TO_VERIFY_LEAF_SIGNATURE:
			'SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to get local issuer certificate',
		UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
			'SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to get local issuer certificate',
		SELF_SIGNED_CERT_IN_CHAIN:
			'SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate in certificate chain',
		DEPTH_ZERO_SELF_SIGNED_CERT:
			'SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate',
		CERT_HAS_EXPIRED:
			'SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired',
	};
	return error instanceof NameError ? `NameResolutionError: ${message}` : (reasons[code ?? ''] ?? String(message));
};
