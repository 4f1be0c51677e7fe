import {X509Certificate} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import {errnoWords, isErrno} from '../base/errno.ts';
import {climb} from './chain.ts';
import {networkProblems} from './problems.ts';

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
			if (given === undefined && isErrno(error, 'ENOENT')) continue;
			const why = errnoWords(error, 'read');
			throw networkProblems.error('trust-store-unreadable', {file, why}, {error});
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
	const certificates = parseAll(ca);
	const isAnchor = ({fingerprint256}: X509Certificate): boolean =>
		anchors.some((anchor) => anchor.fingerprint256 === fingerprint256);
	const known = (certificate: X509Certificate): boolean =>
		climb(certificate, [...anchors, ...certificates]).some(isAnchor);
	return {trusted: certificates.length > 0 && certificates.every(known), file: store.file};
};
