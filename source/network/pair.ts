import type {KeyObject, X509Certificate} from 'node:crypto';
import {isIP} from 'node:net';
import type {Problem} from '../base/problem.ts';
import {distinguishedName, factsOf, namesOf} from './certificate.ts';
import {checkChain, subjectsOf} from './chain.ts';
import {endingSoon, type Held, outOfDate, outOfDateUnneeded} from './dates.ts';
import {checkHandshake} from './handshake.ts';
import {pemFile, type Read} from './pem/file.ts';
import {type Certificates, readCertificates, readKey} from './pem/read.ts';
import {networkProblems} from './problems.ts';
import {checkStrength} from './strength.ts';
import type {CoveredHost, TlsPort} from './types.ts';
import {includes} from './ways.ts';

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

const nameOf = (host: CoveredHost): string => (typeof host === 'string' ? host : host.host);

/** The name may be the one that is wrong: its answer mends it as well as another certificate does. */
const checkHosts = (leaf: X509Certificate, hosts: readonly CoveredHost[], file: string): readonly Problem[] => {
	const uncoveredHosts = hosts.filter((host) => !isCovered(leaf, nameOf(host)));
	if (uncoveredHosts.length === 0) return [];
	const missing = uncoveredHosts.map(nameOf);
	const answers = uncoveredHosts.flatMap((host) => (typeof host === 'string' ? [] : [host.answer]));
	const given = {...uncovered(leaf, missing), file, missing: missing.join(', '), hosts: hosts.map(nameOf).join(', ')};
	return [networkProblems.problem('tls-host-not-covered', given, {location: {file}, answers})];
};

const checkKey = (
	chain: readonly X509Certificate[],
	key: KeyObject,
	paths: {readonly certificate: string; readonly key: string},
): readonly Problem[] => {
	const [leaf] = chain;
	if (!leaf || leaf.checkPrivateKey(key)) return [];
	const given = {file: paths.key, certificate: paths.certificate};
	const place = {location: {file: paths.key}, answers: ['tls.key', 'tls.certificate']};
	const fitting = chain.find((certificate) => certificate.checkPrivateKey(key));
	if (!fitting) return [networkProblems.problem('tls-key-mismatch', {case: 'other key', ...given}, place)];
	const subject = distinguishedName(fitting.subject);
	return [networkProblems.problem('tls-key-mismatch', {case: 'one further down', ...given, subject}, place)];
};

/** Certificates of the CA's file that are none of a CA; those that nothing needs only stand in the way of nobody. */
const checkAuthorities = (
	{certificates, file}: Held,
	way: {readonly path: readonly X509Certificate[]; readonly problems: readonly Problem[]},
): {readonly problems: readonly Problem[]; readonly warnings: readonly string[]} => {
	const others = certificates.filter(({ca}) => !ca);
	if (others.length === 0) return {problems: [], warnings: []};
	const issuers = way.path.length > 1 ? way.path.slice(1) : way.path;
	const given = {file: file.path, subjects: subjectsOf(others)};
	const problem = networkProblems.problem('tls-ca-is-no-ca', given, {location: {file: file.path}});
	if (way.problems.length > 0 || others.some((one) => includes(issuers, one)))
		return {problems: [problem], warnings: []};
	return {problems: [], warnings: [`${problem.message} ${problem.cause} Nothing needs it; it can be taken out.`]};
};

const problemIn = (read: Read<unknown>): readonly Problem[] => ('problem' in read ? [read.problem] : []);
const certificatesOf = (read: Read<Certificates>): readonly X509Certificate[] =>
	'value' in read ? read.value.certificates : [];

/** Certificates of a file that stand on the path, and those that do not. */
const splitBy = (
	{certificates, file}: Held,
	path: readonly X509Certificate[],
): {readonly needed: Held; readonly unneeded: Held} => ({
	needed: {file, certificates: certificates.filter((one) => includes(path, one))},
	unneeded: {file, certificates: certificates.filter((one) => !includes(path, one))},
});

type Asked = {
	readonly paths: Parameters<TlsPort['readPair']>[0];
	readonly hosts: readonly CoveredHost[];
	readonly now: number;
};

/** What certificates of both files are worth together. */
const judge = (chain: Held, authorities: Held, {paths, hosts, now}: Asked) => {
	const held = {chain: chain.certificates, authorities: authorities.certificates};
	const way = checkChain(held, paths, now);
	const [leaf] = way.path;
	const parts = [chain, authorities].map((one) => splitBy(one, way.path));
	const ofCa = checkAuthorities(authorities, way);
	return {
		path: way.path,
		problems: [
			...parts.flatMap(({needed}) => outOfDate(needed, now)),
			...checkStrength(way.path, paths.certificate),
			...(leaf ? checkHosts(leaf, hosts, paths.certificate) : []),
			...ofCa.problems,
			...way.problems,
		],
		warnings: [
			...parts.flatMap(({needed}) => endingSoon(needed, now)),
			...parts.flatMap(({unneeded}) => outOfDateUnneeded(unneeded, now)),
			...ofCa.warnings,
		],
	};
};

/** Reads and checks a pair; see TlsPort.readPair. */
export const readPair: TlsPort['readPair'] = async (paths, hosts, now) => {
	const certificateFile = pemFile('tls.certificate', paths.certificate);
	const caFile = pemFile('tls.ca', paths.ca);
	const [certificate, key, ca] = await Promise.all([
		readCertificates(certificateFile),
		readKey(pemFile('tls.key', paths.key)),
		readCertificates(caFile),
	]);
	const chain: Held = {certificates: certificatesOf(certificate), file: certificateFile};
	const authorities: Held = {certificates: certificatesOf(ca), file: caFile};
	const judged = judge(chain, authorities, {paths, hosts, now});
	const problems = [
		...[certificate, key, ca].flatMap(problemIn),
		...('value' in key ? checkKey(chain.certificates, key.value.key, paths) : []),
		...judged.problems,
	];
	const [leaf] = judged.path;
	const root = judged.path.at(-1);
	if (problems.length > 0 || !leaf || !root || !('value' in certificate && 'value' in key && 'value' in ca))
		return {problems};
	const pair = {certificate: certificate.value.pem, key: key.value.pem, ca: ca.value.pem};
	const refused = await checkHandshake(pair, hosts.map(nameOf), paths.certificate);
	if (refused.length > 0) return {problems: refused};
	return {pair: {...pair, facts: factsOf(leaf), caFacts: factsOf(root)}, warnings: judged.warnings};
};
