import {X509Certificate} from 'node:crypto';

/** id-kp-clientAuth (RFC 5280). */
const clientUse = '1.3.6.1.5.5.7.3.2';

const isIssuedBy = (certificate: X509Certificate, authority: X509Certificate): boolean => {
	if (certificate.checkIssued(authority) && certificate.verify(authority.publicKey)) return true;
	const issuer = certificate.issuerCertificate;
	if (!issuer || issuer.fingerprint256 === certificate.fingerprint256) return false;
	return certificate.verify(issuer.publicKey) && isIssuedBy(issuer, authority);
};

/** Did this authority give the certificate to a client, and is it in use now? @param ca PEM */
export const isClientOf = (certificate: X509Certificate | undefined, ca: string): boolean => {
	if (!certificate) return false;
	const now = Date.now();
	const isValid = Date.parse(certificate.validFrom) <= now && now <= Date.parse(certificate.validTo);
	const uses = certificate.keyUsage ?? [clientUse];
	return isValid && uses.includes(clientUse) && isIssuedBy(certificate, new X509Certificate(ca));
};
