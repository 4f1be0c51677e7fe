import {createPrivateKey, X509Certificate} from 'node:crypto';
import type {Problem} from '../base/problem.ts';
import {distinguishedName} from './certificate.ts';
import {networkProblems} from './problems.ts';

/** A file that was read already: the answer or flag that names it, its path, and its PEM as `readPem` gives it. */
export type ReadFile = {readonly answer: string; readonly file: string; readonly pem: string};

/** The certificates of a text, in its order. */
const certificatesOf = (pem: string): readonly X509Certificate[] =>
	(pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/gu) ?? []).map(
		(one) => new X509Certificate(one),
	);

/**
 * Why a client's certificate and key are of no use together; undefined where they belong together. A server would say no more than
 * that the login failed, or OpenSSL that it loads neither.
 * @param certificate the first certificate of the file is the client's, the others lead to its CA
 */
export const clientPairProblem = (certificate: ReadFile, key: ReadFile): Problem | undefined => {
	const chain = certificatesOf(certificate.pem);
	const secret = createPrivateKey(key.pem);
	if (chain[0]?.checkPrivateKey(secret)) return undefined;
	const given = {file: key.file, certificate: certificate.file};
	const place = {location: {file: key.file}, answers: [key.answer, certificate.answer]};
	const fitting = chain.find((one) => one.checkPrivateKey(secret));
	if (fitting) {
		const subject = distinguishedName(fitting.subject);
		return networkProblems.problem('tls-key-mismatch', {case: 'one further down', ...given, subject}, place);
	}
	const named = {...given, keyAnswer: key.answer, certificateAnswer: certificate.answer};
	return networkProblems.problem('tls-key-mismatch', {case: 'key of a client', ...named}, place);
};
