import {X509Certificate} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {clusterProblems} from '../problems.ts';

/**
 * A client certificate as a kubeconfig has it: in a file, or in base64 within; the file counts where both are there
 * (client-go).
 */
export type ClientCertificate = {readonly path: string | undefined; readonly data: string | undefined};

type Pem = {readonly place: string; readonly bytes: Buffer};

const pemOf = ({path, data}: ClientCertificate, kubeconfig: string): Pem | undefined => {
	if (path) return {place: path, bytes: readFileSync(path)};
	if (!data) return undefined;
	return {place: `client-certificate-data of ${kubeconfig}`, bytes: Buffer.from(data, 'base64')};
};

const parse = ({place, bytes}: Pem, kubeconfig: string): X509Certificate => {
	try {
		return new X509Certificate(bytes);
	} catch (error) {
		const words = error instanceof Error ? error.message : String(error);
		const location = {file: kubeconfig};
		throw clusterProblems.error('kubeconfig-invalid', {case: 'certificate', place, words}, {location, error});
	}
};

/**
 * Proves that a client certificate, where there is one, is one and has not expired.
 * @param now ms since the epoch
 * @throws ProblemError `kubeconfig-invalid`, `kubeconfig-certificate-expired`
 */
export const checkClientCertificate = (certificate: ClientCertificate, kubeconfig: string, now: number): void => {
	const pem = pemOf(certificate, kubeconfig);
	if (!pem) return;
	const end = Date.parse(parse(pem, kubeconfig).validTo);
	if (end > now) return;
	throw clusterProblems.error(
		'kubeconfig-certificate-expired',
		{file: kubeconfig, end: new Date(end).toISOString(), now: new Date(now).toISOString()},
		{location: {file: kubeconfig}},
	);
};
