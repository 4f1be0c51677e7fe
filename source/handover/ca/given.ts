import {X509Certificate} from 'node:crypto';

/** The CA that is handed out, and whom it concerns. */
export type CaGiven = {
	/** Lines of PEM, from BEGIN to END. */
	readonly pem: readonly string[];
	/** Lines of its DER in Base64: the PEM without its head and foot. */
	readonly base64: readonly string[];
	/** SHA-256 as `AB:CD:…`, as people compare it. */
	readonly fingerprint: string;
	/** The same in 64 lower-case digits, as programs print it: the SHA-256 of the file in DER. */
	readonly sha256: string;
	/** SHA-1 in 40 lower-case digits: how Windows names a certificate, no proof of anything. */
	readonly sha1: string;
	/** `CN=…` on one line. */
	readonly subject: string;
	/** Last day of its validity, `2031-05-01`. */
	readonly until: string;
	/** Where users go: `https://host`, with a port where it is not 443. */
	readonly urls: readonly string[];
	/** `host` or `host:port` from which nodes pull. */
	readonly registry: string;
};

/** What the files are called where they are installed. */
export const caName = 'zenml-internal-ca';

const parts = (pem: string): readonly string[] =>
	pem.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/gu) ?? [];

/**
 * @param options.caPem one certificate or a bundle; the one with the fingerprint is handed out (the root), or the first
 * @param options.caFingerprint SHA-256 as `AB:CD:…`
 * @throws Error from node:crypto when caPem holds no certificate
 */
export const caGiven = ({
	caPem,
	caFingerprint,
	urls,
	registry,
}: {
	readonly caPem: string;
	readonly caFingerprint: string;
	readonly urls: readonly string[];
	readonly registry: string;
}): CaGiven => {
	const certificates = parts(caPem).map((text) => new X509Certificate(text));
	const chosen =
		certificates.find(({fingerprint256}) => fingerprint256 === caFingerprint) ??
		certificates[0] ??
		new X509Certificate(caPem);
	const pem = chosen.toString().trimEnd().split('\n');
	return {
		pem,
		base64: pem.slice(1, -1),
		fingerprint: chosen.fingerprint256,
		sha256: chosen.fingerprint256.replaceAll(':', '').toLowerCase(),
		sha1: chosen.fingerprint.replaceAll(':', '').toLowerCase(),
		subject: chosen.subject.replaceAll('\n', ', '),
		until: chosen.validToDate.toISOString().slice(0, 10),
		urls,
		registry,
	};
};

/** `AB:CD:…` over two lines: 95 characters do not fit a terminal of 80. */
export const fingerprintLines = ({fingerprint}: CaGiven): readonly string[] => [
	fingerprint.slice(0, 48),
	fingerprint.slice(48),
];
