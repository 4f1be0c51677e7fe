import type {X509Certificate} from 'node:crypto';

/** True when the issuer's key made this certificate. */
export const isSigned = (certificate: X509Certificate, issuer: X509Certificate): boolean => {
	try {
		return certificate.verify(issuer.publicKey);
	} catch {
		// A key of a kind that OpenSSL does not verify with.
		return false;
	}
};

/** True when the issuer's name and key made this certificate, and it may sign (RFC 5280, 6.1.3 and 6.1.4). */
const isIssuedBy = (certificate: X509Certificate, issuer: X509Certificate): boolean =>
	certificate.checkIssued(issuer) && isSigned(certificate, issuer);

export const isSelfSigned = (certificate: X509Certificate): boolean => isIssuedBy(certificate, certificate);

export const same = (one: X509Certificate, other: X509Certificate): boolean =>
	one.fingerprint256 === other.fingerprint256;

export const includes = (certificates: readonly X509Certificate[], wanted: X509Certificate): boolean =>
	certificates.some((certificate) => same(certificate, wanted));

// Files of a CA hold a handful of certificates of one name; more steps only help who wants this to take long.
const mostSteps = 100;

/** The certificates that may stand above the last of a path, each once. */
const issuersOf = (
	path: readonly X509Certificate[],
	candidates: readonly X509Certificate[],
): readonly X509Certificate[] => {
	const last = path.at(-1) as X509Certificate;
	if (isSelfSigned(last)) return [];
	const issuers = candidates.filter((one) => isIssuedBy(last, one) && !includes(path, one));
	return issuers.filter((one, index) => issuers.findIndex((other) => same(one, other)) === index);
};

/**
 * Every way from a certificate up through `candidates` as far as it goes; each begins with the certificate itself. Those through
 * earlier candidates come first.
 */
export const waysUp = (
	certificate: X509Certificate,
	candidates: readonly X509Certificate[],
): readonly (readonly X509Certificate[])[] => {
	const found: (readonly X509Certificate[])[] = [];
	const open: (readonly X509Certificate[])[] = [[certificate]];
	for (let step = 0; step < mostSteps; step += 1) {
		const path = open.pop();
		if (!path) break;
		const issuers = issuersOf(path, candidates);
		if (issuers.length === 0) found.push(path);
		open.push(...issuers.map((issuer) => [...path, issuer]).toReversed());
	}
	return found.length > 0 ? found : [[certificate]];
};
