import type {X509Certificate} from 'node:crypto';
import type {Problem} from '../base/problem.ts';
import {distinguishedName} from './certificate.ts';
import {networkProblems} from './problems.ts';
import {includes, isSelfSigned, isSigned, same, waysUp} from './ways.ts';

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

/** Why no certificate of the CA's file stands above the last of the path. */
const whyNot = ({authorities, root}: Way) => {
	const namesakes = authorities.filter(({subject}) => subject === root.issuer);
	if (namesakes.some((issuer) => isSigned(root, issuer))) return 'may not sign';
	return namesakes.length > 0 ? 'same name' : 'other name';
};

const notToAuthority = (way: Way): Problem => {
	const {files, authorities, root} = way;
	const given = {
		case: whyNot(way),
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
const unsentIn = ({path, sent}: Pick<Way, 'path' | 'sent'>): readonly X509Certificate[] =>
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

const isCurrent = ({validFrom, validTo}: X509Certificate, now: number): boolean =>
	now >= Date.parse(validFrom) && now <= Date.parse(validTo);

/** The beginning of a path that the server itself sends. */
const sentOf = (path: readonly X509Certificate[], chain: readonly X509Certificate[]): readonly X509Certificate[] => {
	const end = path.findIndex((certificate) => !includes(chain, certificate));
	return end < 0 ? path : path.slice(0, end);
};

type Files = {readonly chain: readonly X509Certificate[]; readonly authorities: readonly X509Certificate[]};

/** The way that clients can go: a CA may have several certificates for one key, of which some are over or signed by others. */
const bestOf = (
	ways: readonly (readonly X509Certificate[])[],
	{chain, authorities}: Files,
	now: number,
): readonly X509Certificate[] => {
	const isRight = (path: readonly X509Certificate[]): boolean => {
		const root = path.at(-1) as X509Certificate;
		return isSelfSigned(root) && includes(authorities, root) && path.every((one) => isCurrent(one, now));
	};
	const right = ways.filter(isRight);
	const whole = right.find((path) => unsentIn({path, sent: sentOf(path, chain)}).length === 0);
	const isTrusted = (path: readonly X509Certificate[]): boolean => path.some((one) => includes(authorities, one));
	return whole ?? right[0] ?? ways.find(isTrusted) ?? ways[0] ?? [];
};

/**
 * Does the chain in the certificate's file lead to the CA's file in the order that servers send it (RFC 8446, 4.4.2)?
 * @param now ms since the epoch: of several ways, one that is valid then is taken
 * @returns the path from the certificate to the root it ends in, and what is wrong with it
 */
export const checkChain = (
	held: Files,
	files: Way['files'],
	now: number,
): {readonly path: readonly X509Certificate[]; readonly problems: readonly Problem[]} => {
	const {chain, authorities} = held;
	const [leaf, ...rest] = chain;
	if (!leaf) return {path: [], problems: []};
	const path = bestOf(waysUp(leaf, [...rest, ...authorities]), held, now);
	const root = path.at(-1) as X509Certificate;
	const way: Way = {files, authorities, sent: sentOf(path, chain), path, root};
	const isTrusted = path.some((certificate) => includes(authorities, certificate));
	if (authorities.length === 0) return {path, problems: []};
	return {path, problems: isTrusted ? detours(way, chain) : [notToAuthority(way)]};
};
