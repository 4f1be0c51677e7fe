import {X509Certificate} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import {ProblemError} from '../base/problem.ts';
import {climb} from './chain.ts';

/** Where distributions keep the certificates that all programs trust, in one file. */
const usualStores = [
	'/etc/ssl/certs/ca-certificates.crt', // Debian, Ubuntu, Arch, Alpine with ca-certificates
	'/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem', // RHEL, Fedora
	'/etc/pki/tls/certs/ca-bundle.crt', // older RHEL
	'/var/lib/ca-certificates/ca-bundle.pem', // SUSE
	'/etc/ssl/ca-bundle.pem', // older SUSE
	'/etc/ssl/cert.pem', // Alpine without ca-certificates, macOS, BSD
];

const parseAll = (text: string): readonly X509Certificate[] =>
	[...text.matchAll(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/gu)].flatMap(([pem]) => {
		try {
			return [new X509Certificate(pem)];
		} catch {
			// A store of a distribution may hold a certificate that OpenSSL no longer reads; it can vouch for nothing.
			return [];
		}
	});

const readStore = async (
	given: string | undefined,
): Promise<{readonly file: string; readonly text: string} | undefined> => {
	for (const file of given === undefined ? usualStores : [given]) {
		try {
			return {file, text: await readFile(file, 'utf8')};
		} catch (error) {
			const {code, message} = error as NodeJS.ErrnoException;
			if (given === undefined && code === 'ENOENT') continue;
			throw new ProblemError({
				code: 'trust-store-unreadable',
				area: 'prerequisites',
				message: `The trust store ${file} cannot be read.`,
				cause: code === 'ENOENT' ? 'There is no such file.' : message,
				fix: 'Name the file with the CA certificates that this host trusts in network.trustStore.',
				answers: ['network.trustStore'],
			});
		}
	}
	return undefined;
};

/**
 * Does the store hold the CA, or a root that issued it? @param ca PEM, one certificate or a bundle: every one of them must be trusted.
 * @throws ProblemError `trust-store-unreadable`.
 */
export const hostTrusts = async (
	ca: string,
	given: string | undefined,
): Promise<{readonly trusted: boolean; readonly file: string}> => {
	const store = await readStore(given);
	if (!store) return {trusted: false, file: `any of ${usualStores.join(', ')}`};
	const anchors = parseAll(store.text);
	const wished = parseAll(ca);
	const isAnchor = ({fingerprint256}: X509Certificate): boolean =>
		anchors.some((anchor) => anchor.fingerprint256 === fingerprint256);
	const known = (certificate: X509Certificate): boolean => climb(certificate, [...anchors, ...wished]).some(isAnchor);
	return {trusted: wished.length > 0 && wished.every(known), file: store.file};
};
