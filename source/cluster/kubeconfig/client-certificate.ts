import {createPrivateKey, X509Certificate} from 'node:crypto';
import {formatMoment} from '../../base/units.ts';
import {clusterProblems} from '../problems.ts';
import {readNamedFile} from './read-file.ts';

/**
 * A certificate or key as a kubeconfig has it: in a file, or in base64 within; the file counts where both are there
 * (client-go).
 */
type Pem = {readonly path: string | undefined; readonly data: string | undefined};

/** What a PEM text is to be. */
type Kind = 'certificate' | 'authority' | 'key';

const keys: Readonly<Record<Kind, string>> = {
	certificate: 'client-certificate-data',
	authority: 'certificate-authority-data',
	key: 'client-key-data',
};

/** Reads a certificate or key. @throws ProblemError `kubeconfig-invalid` */
const parse = <Value>(kind: Kind, {path, data}: Pem, kubeconfig: string, read: (bytes: Buffer) => Value) => {
	if (!path && !data) return undefined;
	const place = path || `${keys[kind]} of ${kubeconfig}`;
	try {
		return read(path ? readNamedFile(path) : Buffer.from(data ?? '', 'base64'));
	} catch (error) {
		const words = error instanceof Error ? error.message : String(error);
		throw clusterProblems.error(
			'kubeconfig-invalid',
			{case: kind, place, words},
			{location: {file: kubeconfig}, error},
		);
	}
};

/** Proves that an authority, where there is one, is a certificate. @throws ProblemError `kubeconfig-invalid` */
export const checkAuthority = (authority: Pem, kubeconfig: string): void => {
	parse('authority', authority, kubeconfig, (bytes) => new X509Certificate(bytes));
};

/** Proves that a client key, where there is one, is a private key. @throws ProblemError `kubeconfig-invalid` */
export const checkClientKey = (key: Pem, kubeconfig: string): void => {
	parse('key', key, kubeconfig, (bytes) => createPrivateKey(bytes));
};

/**
 * Proves that a client certificate, where there is one, is one and has not expired.
 * @param now ms since the epoch
 * @throws ProblemError `kubeconfig-invalid`, `kubeconfig-certificate-expired`
 */
export const checkClientCertificate = (certificate: Pem, kubeconfig: string, now: number): void => {
	const read = parse('certificate', certificate, kubeconfig, (bytes) => new X509Certificate(bytes));
	if (!read) return;
	const end = Date.parse(read.validTo);
	if (end > now) return;
	throw clusterProblems.error(
		'kubeconfig-certificate-expired',
		{file: kubeconfig, end: formatMoment(end), now: formatMoment(now)},
		{location: {file: kubeconfig}},
	);
};
