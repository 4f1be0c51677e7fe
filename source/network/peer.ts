import {X509Certificate} from 'node:crypto';
import {isIP} from 'node:net';
import {connect} from 'node:tls';
import {factsOf} from './certificate.ts';

/** Who a server says it is, unverified: for the text of a problem, never for a decision. */
export type Peer = {
	readonly subject: string;
	readonly issuer: string;
	readonly names: readonly string[];
	/** ms since the epoch. */
	readonly notBefore: number;
	readonly notAfter: number;
};

const lookTimeoutMs = 3000;

/** Shakes hands without a check, reads the certificate and hangs up; undefined when that does not work. */
export const peerNames = async (options: {
	readonly host: string;
	readonly address: string;
	readonly port: number;
	readonly signal: AbortSignal;
}): Promise<Peer | undefined> =>
	new Promise((resolve) => {
		const {host, address, port, signal} = options;
		const socket = connect({
			host: address,
			port,
			servername: isIP(host) ? '' : host,
			// The verified handshake has failed already; this one only asks why.
			rejectUnauthorized: false,
		});
		const end = (peer?: Peer): void => {
			signal.removeEventListener('abort', give);
			socket.destroy();
			resolve(peer);
		};
		const give = (): void => end();
		signal.addEventListener('abort', give, {once: true});
		socket.setTimeout(lookTimeoutMs, give);
		socket.on('error', give);
		socket.on('close', give);
		socket.once('secureConnect', () => {
			const {raw} = socket.getPeerCertificate();
			if (!raw) return end();
			try {
				end(factsOf(new X509Certificate(raw)));
			} catch {
				// A certificate that cannot be read tells nobody's name.
				end();
			}
		});
	});
