import type {X509Certificate} from 'node:crypto';
import type {Problem} from '../base/problem.ts';
import {distinguishedName} from './pem.ts';
import {networkProblems} from './problems.ts';

/** True when the issuer's name and key made this certificate (RFC 5280, 6.1.3). */
export const isIssuedBy = (certificate: X509Certificate, issuer: X509Certificate): boolean =>
	certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);

export const isSelfSigned = (certificate: X509Certificate): boolean => isIssuedBy(certificate, certificate);

const same = (one: X509Certificate, other: X509Certificate): boolean => one.fingerprint256 === other.fingerprint256;

const includes = (certificates: readonly X509Certificate[], wanted: X509Certificate): boolean =>
	certificates.some((certificate) => same(certificate, wanted));

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
		if (!next || includes(path, next)) return path;
		path.push(next);
	}
};

/** Subjects of certificates, as one fact of a problem's words. */
export const subjectsOf = (certificates: readonly X509Certificate[], between = '", "'): string =>
	certificates.map(({subject}) => distinguishedName(subject)).join(between);

/** A certificate on its way up. */
type Way = {
	readonly files: {readonly certificate: string; readonly ca: string};
	readonly authorities: readonly X509Certificate[];
	/** As far as the certificate's file leads. */
	readonly sent: readonly X509Certificate[];
	/** As far as both files lead together. */
	readonly path: readonly X509Certificate[];
	/** What the whole path ends in. */
	readonly root: X509Certificate;
};

const notToAuthority = ({files, authorities, root}: Way): Problem => {
	const which = authorities.some(({subject}) => subject === root.issuer) ? 'same name' : 'other name';
	const given = {
		case: which,
		file: files.certificate,
		ca: files.ca,
		issuer: distinguishedName(root.issuer),
		subjects: subjectsOf(authorities),
	} as const;
	return networkProblems.problem('tls-chain-not-to-ca', given, {location: {file: files.certificate}});
};

const rootMissing = ({files, authorities, root}: Way): Problem => {
	const given = {ca: files.ca, subjects: subjectsOf(authorities), issuer: distinguishedName(root.issuer)};
	return networkProblems.problem('tls-root-missing', given, {location: {file: files.certificate}});
};

const outOfOrder = ({files, sent}: Way): Problem => {
	const given = {file: files.certificate, path: subjectsOf(sent, ' <- ')};
	return networkProblems.problem('tls-chain-order', given, {location: {file: files.certificate}});
};

/** Intermediates that clients need and the server does not send, as they stand in the CA's file only. */
const unsentIn = ({path, sent}: Way): readonly X509Certificate[] =>
	path.slice(1).filter((certificate) => !isSelfSigned(certificate) && !includes(sent, certificate));

const intermediatesMissing = ({files}: Way, unsent: readonly X509Certificate[]): Problem => {
	const given = {file: files.certificate, subjects: subjectsOf(unsent)};
	return networkProblems.problem('tls-intermediate-missing', given, {location: {file: files.certificate}});
};

/** What is wrong with a way that does lead to the CA. */
const detours = (way: Way, chain: readonly X509Certificate[]): readonly Problem[] => {
	const hasRoot = isSelfSigned(way.root) && includes(way.authorities, way.root);
	const problems = hasRoot ? [] : [rootMissing(way)];
	const inOrder = way.sent.every((certificate, index) => chain[index] !== undefined && same(certificate, chain[index]));
	if (!inOrder) return [...problems, outOfOrder(way)];
	const unsent = isSelfSigned(way.root) ? unsentIn(way) : [];
	return unsent.length === 0 ? problems : [...problems, intermediatesMissing(way, unsent)];
};

/**
 * Does the chain in the certificate's file lead to the CA's file in the order that servers send it (RFC 8446, 4.4.2)?
 * Returns the root it ends in, or what is wrong.
 */
export const checkChain = (
	chain: readonly X509Certificate[],
	authorities: readonly X509Certificate[],
	files: Way['files'],
): {readonly root?: X509Certificate; readonly problems: readonly Problem[]} => {
	const [leaf, ...rest] = chain;
	if (!leaf) return {problems: []};
	const path = climb(leaf, [...authorities, ...rest]);
	const root = path.at(-1) as X509Certificate;
	const way: Way = {files, authorities, sent: climb(leaf, rest), path, root};
	const isTrusted = path.some((certificate) => includes(authorities, certificate));
	return {root, problems: isTrusted ? detours(way, chain) : [notToAuthority(way)]};
};
