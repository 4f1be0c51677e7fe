import type {KeyObject, X509Certificate} from 'node:crypto';
import {isIP} from 'node:net';
import type {Problem} from '../base/problem.ts';
import {checkChain, subjectsOf} from './chain.ts';
import {
	distinguishedName,
	factsOf,
	namesOf,
	placeOf,
	type Read,
	readCertificates,
	readKey,
	type TlsFile,
} from './pem.ts';
import {networkProblems} from './problems.ts';
import type {TlsPort} from './types.ts';

const day = 24 * 60 * 60 * 1000;
const soonDays = 30;

// NIST SP 800-57: shorter RSA keys are no longer acceptable, and OpenSSL's default level refuses them.
const shortestRsa = 2048;

// id-kp-serverAuth, RFC 5280 4.2.1.12.
const serverAuthentication = '1.3.6.1.5.5.7.3.1';

const dateOf = (ms: number): string => new Date(ms).toISOString().slice(0, 16).replace('T', ' ');

/** Certificates of one file. */
type Held = {readonly certificates: readonly X509Certificate[]; readonly file: TlsFile};

const outOfDate = ({certificates, file}: Held, now: number): readonly Problem[] =>
	certificates.flatMap((certificate) => {
		const {subject, notBefore, notAfter} = factsOf(certificate);
		const given = {subject, file: file.path};
		if (now > notAfter)
			return [networkProblems.problem('tls-expired', {...given, until: dateOf(notAfter)}, placeOf(file))];
		if (now >= notBefore) return [];
		const dates = {from: dateOf(notBefore), now: dateOf(now)};
		return [networkProblems.problem('tls-not-yet-valid', {...given, ...dates}, placeOf(file))];
	});

const endingSoon = ({certificates, file}: Held, now: number): readonly string[] =>
	certificates.map(factsOf).flatMap(({subject, notBefore, notAfter}) => {
		const days = Math.floor((notAfter - now) / day);
		const isSoon = now >= notBefore && now <= notAfter && notAfter - now < soonDays * day;
		return isSoon
			? [`The certificate "${subject}" in ${file.path} expires in ${days} days, on ${dateOf(notAfter)} UTC.`]
			: [];
	});

const isCovered = (leaf: X509Certificate, host: string): boolean =>
	isIP(host)
		? leaf.checkIP(host) !== undefined
		: leaf.checkHost(host, {subject: 'never', partialWildcards: false}) !== undefined;

/** Why a certificate does not cover hosts, by the names that it has. */
const uncovered = (leaf: X509Certificate, missing: readonly string[]) => {
	const names = namesOf(leaf);
	if (names.length === 0) {
		const inSubject = missing.some((host) => leaf.checkHost(host, {subject: 'always'}) !== undefined);
		return {case: inSubject ? 'only in subject' : 'no names'} as const;
	}
	// RFC 6125 6.4.3: a wildcard stands for exactly one label.
	const wildcard = names.find((name) => name.startsWith('*.') && missing.some((host) => host.endsWith(name.slice(1))));
	const given = {names: names.join(', ')};
	return wildcard === undefined
		? ({case: 'other names', ...given} as const)
		: ({case: 'one label', ...given, wildcard} as const);
};

const checkHosts = (leaf: X509Certificate, hosts: readonly string[], file: string): readonly Problem[] => {
	const missing = hosts.filter((host) => !isCovered(leaf, host));
	if (missing.length === 0) return [];
	const given = {...uncovered(leaf, missing), file, missing: missing.join(', '), hosts: hosts.join(', ')};
	return [networkProblems.problem('tls-host-not-covered', given, {location: {file}})];
};

const checkLength = ({publicKey}: X509Certificate, file: string): readonly Problem[] => {
	const bits = publicKey.asymmetricKeyDetails?.modulusLength;
	if (!publicKey.asymmetricKeyType?.startsWith('rsa') || bits === undefined || bits >= shortestRsa) return [];
	return [networkProblems.problem('tls-key-too-short', {file, bits, least: shortestRsa}, {location: {file}})];
};

const checkUsage = (leaf: X509Certificate, file: string): readonly Problem[] => {
	// Node calls the extended key usages `keyUsage`; absent means any.
	const usages: readonly string[] = leaf.keyUsage ?? [];
	if (usages.length === 0 || usages.includes(serverAuthentication)) return [];
	return [networkProblems.problem('tls-not-for-servers', {file}, {location: {file}})];
};

const checkKey = (
	chain: readonly X509Certificate[],
	key: KeyObject,
	paths: {readonly certificate: string; readonly key: string},
): readonly Problem[] => {
	const [leaf] = chain;
	if (!leaf || leaf.checkPrivateKey(key)) return [];
	const given = {file: paths.key, certificate: paths.certificate};
	const place = {location: {file: paths.key}};
	const fitting = chain.find((certificate) => certificate.checkPrivateKey(key));
	if (!fitting) return [networkProblems.problem('tls-key-mismatch', {case: 'other key', ...given}, place)];
	const subject = distinguishedName(fitting.subject);
	return [networkProblems.problem('tls-key-mismatch', {case: 'one further down', ...given, subject}, place)];
};

const checkAuthorities = (authorities: readonly X509Certificate[], file: string): readonly Problem[] => {
	const others = authorities.filter(({ca}) => !ca);
	if (others.length === 0) return [];
	return [networkProblems.problem('tls-ca-is-no-ca', {file, subjects: subjectsOf(others)}, {location: {file}})];
};

const problemIn = (read: Read<unknown>): readonly Problem[] => ('problem' in read ? [read.problem] : []);
const certificatesIn = (read: Read<Pick<Held, 'certificates'>>): readonly X509Certificate[] =>
	'value' in read ? read.value.certificates : [];

/** Reads and checks a pair; see TlsPort.readPair. */
export const readPair: TlsPort['readPair'] = async (paths, hosts, now) => {
	const certificateFile = {part: 'certificate', path: paths.certificate} as const;
	const caFile = {part: 'ca', path: paths.ca} as const;
	const [certificate, key, ca] = await Promise.all([
		readCertificates(certificateFile),
		readKey(paths.key),
		readCertificates(caFile),
	]);
	const chain = certificatesIn(certificate);
	const authorities = certificatesIn(ca);
	const held: readonly Held[] = [
		{certificates: chain, file: certificateFile},
		{certificates: authorities, file: caFile},
	];
	const [leaf] = chain;
	const way = authorities.length === 0 ? {problems: []} : checkChain(chain, authorities, paths);
	const problems = [
		...[certificate, key, ca].flatMap(problemIn),
		...held.flatMap((one) => outOfDate(one, now)),
		...(leaf ? [...checkLength(leaf, paths.certificate), ...checkUsage(leaf, paths.certificate)] : []),
		...(leaf ? checkHosts(leaf, hosts, paths.certificate) : []),
		...('value' in key ? checkKey(chain, key.value.key, paths) : []),
		...checkAuthorities(authorities, paths.ca),
		...way.problems,
	];
	if (problems.length > 0 || !leaf || !way.root || !('value' in certificate && 'value' in key && 'value' in ca))
		return {problems};
	return {
		pair: {
			certificate: certificate.value.pem,
			key: key.value.pem,
			ca: ca.value.pem,
			facts: factsOf(leaf),
			caFacts: factsOf(way.root),
		},
		warnings: held.flatMap((one) => endingSoon(one, now)),
	};
};
