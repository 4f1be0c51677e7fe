import type {X509Certificate} from 'node:crypto';
import type {Problem} from '../base/problem.ts';
import {distinguishedName} from './certificate.ts';
import {networkProblems} from './problems.ts';
import {isSelfSigned} from './ways.ts';

// NIST SP 800-57: shorter RSA keys are no longer acceptable, and OpenSSL's default level refuses them.
const shortestRsa = 2048;

// id-kp-serverAuth, RFC 5280 4.2.1.12.
const serverAuthentication = '1.3.6.1.5.5.7.3.1';

/** Bits of an RSA key that is too short; undefined of every other key. */
const shortRsa = ({publicKey}: X509Certificate): number | undefined => {
	const bits = publicKey.asymmetricKeyDetails?.modulusLength;
	return publicKey.asymmetricKeyType?.startsWith('rsa') && bits !== undefined && bits < shortestRsa ? bits : undefined;
};

const checkLength = (leaf: X509Certificate, file: string): readonly Problem[] => {
	const bits = shortRsa(leaf);
	if (bits === undefined) return [];
	return [networkProblems.problem('tls-key-too-short', {file, bits, least: shortestRsa}, {location: {file}})];
};

const checkUsage = (leaf: X509Certificate, file: string): readonly Problem[] => {
	// Node calls the extended key usages `keyUsage`; absent means any.
	const usages: readonly string[] = leaf.keyUsage ?? [];
	if (usages.length === 0 || usages.includes(serverAuthentication)) return [];
	return [networkProblems.problem('tls-not-for-servers', {file}, {location: {file}})];
};

// What TLS 1.3 has signatures for (RFC 8446, 4.2.3). DSA is not among them, and of curves Go knows these alone.
const usableKeys = new Set(['rsa', 'rsa-pss', 'ed25519', 'ed448', 'prime256v1', 'secp384r1', 'secp521r1']);

/** The kind of a key; of an elliptic curve, its name. */
const kindOf = ({publicKey: {asymmetricKeyType: kind, asymmetricKeyDetails}}: X509Certificate): string =>
	kind === 'ec' ? (asymmetricKeyDetails?.namedCurve ?? 'EC without a named curve') : (kind ?? 'unknown');

const checkKinds = (path: readonly X509Certificate[], file: string): readonly Problem[] =>
	path.flatMap((certificate) => {
		const kind = kindOf(certificate);
		if (usableKeys.has(kind)) return [];
		const given = {case: 'kind of key', file, subject: distinguishedName(certificate.subject), kind} as const;
		return [networkProblems.problem('tls-clients-refuse', given, {location: {file}})];
	});

const checkIssuers = (path: readonly X509Certificate[], file: string): readonly Problem[] =>
	path.slice(1).flatMap((certificate) => {
		const bits = shortRsa(certificate);
		if (bits === undefined) return [];
		const subject = distinguishedName(certificate.subject);
		const given = {case: 'short key of the CA', file, subject, bits, least: shortestRsa} as const;
		return [networkProblems.problem('tls-clients-refuse', given, {location: {file}})];
	});

/** Names as OpenSSL writes them: `sha1WithRSAEncryption`, `ecdsa-with-SHA1`, `md5WithRSAEncryption`. */
const isForgeable = (algorithm: string): boolean => /md[245](?:With|$)|sha1(?:With|$)/iu.test(algorithm);

/** Nobody checks what a root signs itself with. */
const checkSignatures = (path: readonly X509Certificate[], file: string): readonly Problem[] =>
	path
		.filter((certificate) => isForgeable(certificate.signatureAlgorithm ?? '') && !isSelfSigned(certificate))
		.map(({subject, signatureAlgorithm = ''}) => {
			const given = {file, subject: distinguishedName(subject), algorithm: signatureAlgorithm};
			return networkProblems.problem('tls-clients-refuse', {case: 'old signature', ...given}, {location: {file}});
		});

/** What clients refuse of the keys, usages and signatures on the path from a server's certificate up to its root. */
export const checkStrength = (path: readonly X509Certificate[], file: string): readonly Problem[] => {
	const [leaf] = path;
	if (!leaf) return [];
	return [
		...checkLength(leaf, file),
		...checkUsage(leaf, file),
		...checkKinds(path, file),
		...checkIssuers(path, file),
		...checkSignatures(path, file),
	];
};
