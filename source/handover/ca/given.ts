import {X509Certificate} from 'node:crypto';

/** A certificate that is handed out. */
export type CaCertificate = {
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
};

/** The CA that is handed out, and whom it concerns. */
export type CaGiven = CaCertificate & {
	/** Where users go: `https://host`, with a port where it is not 443. */
	readonly urls: readonly string[];
	/** `host` or `host:port` from which nodes pull. */
	readonly registry: string;
	/** The CA of the registry; undefined where it is the same, or nothing is known of it. */
	readonly registryCa?: CaCertificate | undefined;
};

/** What the files are called where they are installed. */
export const caName = 'zenml-internal-ca';

const parts = (pem: string): readonly string[] =>
	pem.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/gu) ?? [];

const factsOf = (certificate: X509Certificate): CaCertificate => {
	const pem = certificate.toString().trimEnd().split('\n');
	return {
		pem,
		base64: pem.slice(1, -1),
		fingerprint: certificate.fingerprint256,
		sha256: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
		sha1: certificate.fingerprint.replaceAll(':', '').toLowerCase(),
		subject: certificate.subject.replaceAll('\n', ', '),
		until: certificate.validToDate.toISOString().slice(0, 10),
	};
};

/** Those of a file; the whole text where it has no frame of PEM. @throws Error from node:crypto where it is no certificate */
const certificatesOf = (pem: string): readonly [X509Certificate, ...X509Certificate[]] => {
	const [first = pem, ...others] = parts(pem);
	return [new X509Certificate(first), ...others.map((text) => new X509Certificate(text))];
};

/** The root of a registry's CA, unless the file has the internal CA, too: then that is it. */
const ofRegistry = (pem: string, internal: CaCertificate): CaCertificate | undefined => {
	const all = certificatesOf(pem);
	if (all.some(({fingerprint256}) => fingerprint256 === internal.fingerprint)) return undefined;
	return factsOf(all.find(({subject, issuer}) => subject === issuer) ?? all[0]);
};

/**
 * @param options.caPem one certificate or a bundle; the one with the fingerprint is handed out (the root), or the first
 * @param options.caFingerprint SHA-256 as `AB:CD:…`
 * @param options.registryCaPem the same of the registry, where it has a CA of its own
 * @throws Error from node:crypto when either holds no certificate
 */
export const caGiven = ({
	caPem,
	caFingerprint,
	registryCaPem,
	...whom
}: {
	readonly caPem: string;
	readonly caFingerprint: string;
	readonly registryCaPem?: string | undefined;
	readonly urls: readonly string[];
	readonly registry: string;
}): CaGiven => {
	const certificates = certificatesOf(caPem);
	const internal = factsOf(
		certificates.find(({fingerprint256}) => fingerprint256 === caFingerprint) ?? certificates[0],
	);
	const registryCa = registryCaPem === undefined ? undefined : ofRegistry(registryCaPem, internal);
	return {...internal, ...whom, registryCa};
};

/** What the CA lies in that nodes need for the registry. */
export const registryFile = ({registryCa}: Pick<CaGiven, 'registryCa'>): string =>
	registryCa === undefined ? 'ca.crt' : 'registry-ca.crt';

/** `AB:CD:…` over two lines: 95 characters do not fit a terminal of 80. */
export const fingerprintLines = ({fingerprint}: CaCertificate): readonly string[] => [
	fingerprint.slice(0, 48),
	fingerprint.slice(48),
];
