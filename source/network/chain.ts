import type {X509Certificate} from 'node:crypto';
import {type Problem, problem} from '../base/problem.ts';
import {oneLine} from './pem.ts';

/** True when the issuer's name and key made this certificate (RFC 5280, 6.1.3). */
export const isIssuedBy = (certificate: X509Certificate, issuer: X509Certificate): boolean =>
	certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);

export const isSelfSigned = (certificate: X509Certificate): boolean => isIssuedBy(certificate, certificate);

const same = (one: X509Certificate, other: X509Certificate): boolean => one.fingerprint256 === other.fingerprint256;

const issuerIn = (certificate: X509Certificate, candidates: readonly X509Certificate[]): X509Certificate | undefined =>
	candidates.find((issuer) => !same(certificate, issuer) && isIssuedBy(certificate, issuer));

/** From a certificate up through `candidates` as far as it goes; the first element is the certificate itself. */
export const climb = (
	certificate: X509Certificate,
	candidates: readonly X509Certificate[],
): readonly X509Certificate[] => {
	const path = [certificate];
	for (;;) {
		const last = path.at(-1) as X509Certificate;
		const next = isSelfSigned(last) ? undefined : issuerIn(last, candidates);
		if (!next || path.some((known) => same(known, next))) return path;
		path.push(next);
	}
};

const chainProblem = (
	code: string,
	files: {readonly certificate: string; readonly ca: string},
	text: {readonly message: string; readonly cause: string; readonly fix: string; readonly answers: readonly string[]},
): Problem => problem({code, area: 'prerequisites', location: {file: files.certificate}, ...text});

const shownPath = (path: readonly X509Certificate[]): string => path.map(({subject}) => oneLine(subject)).join(' <- ');

/**
 * Does the chain in the certificate's file lead to the CA's file in the order that servers send it (RFC 8446, 4.4.2)?
 * Returns the root it ends in, or what is wrong.
 */
export const checkChain = (
	chain: readonly X509Certificate[],
	authorities: readonly X509Certificate[],
	files: {readonly certificate: string; readonly ca: string},
): {readonly root?: X509Certificate; readonly problems: readonly Problem[]} => {
	const [leaf, ...rest] = chain;
	if (!leaf) return {problems: []};
	const sent = climb(leaf, rest);
	const inOrder = sent.every((certificate, index) => chain[index] !== undefined && same(certificate, chain[index]));
	const path = climb(leaf, [...authorities, ...rest]);
	const root = path.at(-1) as X509Certificate;
	const trusted = authorities.some((authority) => path.some((certificate) => same(certificate, authority)));
	const problems: Problem[] = [];
	if (!trusted)
		problems.push(
			chainProblem('tls-chain-not-to-ca', files, {
				message: `The certificate ${files.certificate} does not lead to the CA ${files.ca}.`,
				cause: `It leads to the issuer "${oneLine(root.issuer)}"; the CA file holds "${authorities.map(({subject}) => oneLine(subject)).join('", "')}"${
					authorities.some(({subject}) => subject === root.issuer) ? ', of that name but with another key' : ''
				}.`,
				fix: `Append the missing intermediate certificates to ${files.certificate}, or name the CA that signed it.`,
				answers: ['tls.certificate', 'tls.ca'],
			}),
		);
	else if (!isSelfSigned(root) || !authorities.some((authority) => same(authority, root)))
		problems.push(
			chainProblem('tls-root-missing', files, {
				message: `The CA file ${files.ca} does not hold the root certificate.`,
				cause: `It holds "${authorities.map(({subject}) => oneLine(subject)).join('", "')}", issued by "${oneLine(root.issuer)}"; most clients trust roots only.`,
				fix: `Append the certificate of "${oneLine(root.issuer)}" to ${files.ca}.`,
				answers: ['tls.ca'],
			}),
		);
	if (trusted && !inOrder)
		problems.push(
			chainProblem('tls-chain-order', files, {
				message: `The certificates in ${files.certificate} are in the wrong order.`,
				cause: `Each must be followed by its issuer. Right: ${shownPath(sent)}.`,
				fix: 'Put the server certificate first, then its issuer, and so on; leave unrelated certificates out.',
				answers: ['tls.certificate'],
			}),
		);
	const needed = path.filter((certificate) => certificate !== leaf && !isSelfSigned(certificate));
	const unsent = needed.filter((certificate) => !sent.some((known) => same(known, certificate)));
	if (trusted && inOrder && isSelfSigned(root) && unsent.length > 0)
		problems.push(
			chainProblem('tls-intermediate-missing', files, {
				message: `The certificate file ${files.certificate} lacks an intermediate certificate.`,
				cause: `"${unsent.map(({subject}) => oneLine(subject)).join('", "')}" is in the CA file only; clients know the root alone and get the rest from the server.`,
				fix: `Append it to ${files.certificate}.`,
				answers: ['tls.certificate'],
			}),
		);
	return {root, problems};
};
