import {Resolver} from 'node:dns/promises';
import {request as httpsRequest} from 'node:https';
import {isIP} from 'node:net';
import {rootCertificates} from 'node:tls';

/** The network as a pod of the rehearsal sees it. */
export type PodNetwork = {
	/** IPv4 addresses of a name from the rehearsal's name server; empty when there is no such name. */
	readonly resolve: (host: string, signal: AbortSignal) => Promise<readonly string[]>;
	/** One HTTPS request, checked against `trust`. `address` connects there without asking the name server. */
	readonly request: (options: {
		readonly method: string;
		readonly url: string;
		readonly trust: readonly string[];
		/** Leaves the public CAs of the image out. */
		readonly onlyTrust?: boolean;
		readonly signal: AbortSignal;
		readonly address?: string;
		readonly headers?: Readonly<Record<string, string>>;
		readonly body?: string;
	}) => Promise<{readonly status: number; readonly body: string}>;
};

const timeoutMs = 5000;

/** A name that the name server does not know. */
export class NameError extends Error {
	readonly code = 'ENOTFOUND';
	constructor(host: string) {
		super(`Failed to resolve '${host}' ([Errno -2] Name or service not known)`);
		this.name = 'NameError';
	}
}

/** @param nameServer address and port of the rehearsal's name server, which is also the DNS of its cluster. */
export const createPodNetwork = (nameServer: string): PodNetwork => {
	const resolve = async (host: string, signal: AbortSignal): Promise<readonly string[]> => {
		if (isIP(host)) return [host];
		const resolver = new Resolver({timeout: 2000, tries: 2});
		resolver.setServers([nameServer]);
		const cancel = (): void => resolver.cancel();
		signal.addEventListener('abort', cancel, {once: true});
		try {
			return await resolver.resolve4(host);
		} catch (error) {
			signal.throwIfAborted();
			const {code} = error as {code?: string};
			if (code === 'ENOTFOUND' || code === 'ENODATA') return [];
			throw error;
		} finally {
			signal.removeEventListener('abort', cancel);
		}
	};
	return {
		resolve,
		request: async ({method, url, trust, onlyTrust, signal, address, headers = {}, body}) => {
			const target = new URL(url);
			const [found] = address ? [address] : await resolve(target.hostname, signal);
			if (!found) throw new NameError(target.hostname);
			return new Promise((done, reject) => {
				const sent = httpsRequest(
					{
						host: found,
						port: target.port || 443,
						path: `${target.pathname}${target.search}`,
						method,
						servername: target.hostname,
						// A pod trusts the public CAs of its image and what was mounted into it.
						ca: onlyTrust ? [...trust] : [...rootCertificates, ...trust],
						headers: {host: target.host, ...headers, ...(body ? {'content-length': Buffer.byteLength(body)} : {})},
						agent: false,
						signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
					},
					(response) => {
						const chunks: Buffer[] = [];
						response.on('data', (chunk: Buffer) => chunks.push(chunk));
						response.on('end', () =>
							done({status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8')}),
						);
						response.on('error', reject);
					},
				);
				sent.on('error', reject);
				sent.end(body);
			});
		},
	};
};

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
