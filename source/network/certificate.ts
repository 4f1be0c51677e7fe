import {X509Certificate} from 'node:crypto';
import {printable} from '../base/printable.ts';
import type {CertificateFacts} from './types.ts';

/** DNS names and IP addresses of the SAN. Node writes `DNS:a, IP Address:b`, odd names as JSON strings. */
export const namesOf = ({subjectAltName}: X509Certificate): readonly string[] =>
	[...(subjectAltName ?? '').matchAll(/(?:^|, )(?:DNS|IP Address):("(?:[^"\\]|\\.)*"|[^,]*)/gu)].map(([, name = '']) =>
		printable(name.startsWith('"') ? String(JSON.parse(name)) : name),
	);

/** A distinguished name on one line; Node gives each part a line of its own, and nothing where the name is empty. */
export const distinguishedName = (name: string | undefined): string =>
	name === undefined || name === '' ? '(no name)' : printable(name.replaceAll('\n', ', '));

/** What the tool shows of a certificate. */
export const factsOf = (certificate: X509Certificate): CertificateFacts => ({
	subject: distinguishedName(certificate.subject),
	issuer: distinguishedName(certificate.issuer),
	names: namesOf(certificate),
	notBefore: Date.parse(certificate.validFrom),
	notAfter: Date.parse(certificate.validTo),
	fingerprint: certificate.fingerprint256,
	isCa: certificate.ca,
});

/**
 * A certificate out of its DER, of which every part can be read that is looked at later.
 * @throws Error with OpenSSL's words where it cannot be decoded, or is not in the one form that DER allows
 */
export const certificateOf = (der: Buffer): X509Certificate => {
	const certificate = new X509Certificate(der);
	// OpenSSL forgives bytes behind the end and lengths written the long way; Go refuses both.
	if (!certificate.raw.equals(der)) throw new Error('it is not in DER, or bytes follow its end.');
	// Node decodes these when they are asked for.
	const {notBefore, notAfter} = factsOf(certificate);
	if (Number.isNaN(notBefore) || Number.isNaN(notAfter)) throw new Error('its dates cannot be read.');
	if (certificate.publicKey.asymmetricKeyType === undefined) throw new Error('its key is of no known kind.');
	return certificate;
};

const parses = (parse: () => unknown): boolean => {
	try {
		parse();
		return true;
	} catch {
		return false;
	}
};

/** Whether bytes are a certificate in DER. */
export const isDerCertificate = (bytes: Buffer): boolean => parses(() => new X509Certificate(bytes));
