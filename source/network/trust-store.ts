import {X509Certificate} from 'node:crypto';
import {isErrno} from '../base/errno.ts';
import {readContent} from './pem/file.ts';
import {networkProblems} from './problems.ts';
import {waysUp} from './ways.ts';

/** Where distributions keep the certificates that all programs trust, in one file. */
const usualStores = [
	'/etc/ssl/certs/ca-certificates.crt', // Debian, Ubuntu, Arch, Alpine with ca-certificates
	'/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem', // RHEL, Fedora
	'/etc/pki/tls/certs/ca-bundle.crt', // older RHEL
	'/var/lib/ca-certificates/ca-bundle.pem', // SUSE
	'/etc/ssl/ca-bundle.pem', // older SUSE
	'/etc/ssl/cert.pem', // Alpine without ca-certificates, macOS, BSD
];

// All public CAs, with comments, are a few hundred KiB.
const mostBytes = 16 * 1024 * 1024;

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
		const content = await readContent(file, mostBytes);
		if ('bytes' in content) return {file, text: content.bytes.toString('latin1')};
		const {why, error} = content;
		if (given === undefined && isErrno(error, 'ENOENT')) continue;
		throw networkProblems.error('trust-store-unreadable', {file, why}, {error});
	}
	return undefined;
};

/**
 * Does the store hold the CA, or a root that issued it? @param ca PEM, one certificate or a bundle: every one of them must be trusted
 * that is not over. @param now ms since the epoch
 * @throws ProblemError `trust-store-unreadable`.
 */
export const hostTrusts = async (
	ca: string,
	given: string | undefined,
	now: number,
): Promise<{readonly trusted: boolean; readonly file: string}> => {
	const store = await readStore(given);
	if (!store) return {trusted: false, file: `any of ${usualStores.join(', ')}`};
	const anchors = parseAll(store.text);
	// What is over is thrown out of stores, and no client misses it.
	const certificates = parseAll(ca).filter(({validTo}) => Date.parse(validTo) >= now);
	const isAnchor = ({fingerprint256}: X509Certificate): boolean =>
		anchors.some((anchor) => anchor.fingerprint256 === fingerprint256);
	const known = (certificate: X509Certificate): boolean =>
		waysUp(certificate, [...anchors, ...certificates]).some((path) => path.some(isAnchor));
	return {trusted: certificates.length > 0 && certificates.every(known), file: store.file};
};
