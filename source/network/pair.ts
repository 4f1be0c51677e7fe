import type {KeyObject, X509Certificate} from 'node:crypto';
import {isIP} from 'node:net';
import {type Problem, problem} from '../base/problem.ts';
import {checkChain} from './chain.ts';
import {factsOf, fileProblem, namesOf, oneLine, readCertificates, readKey, type TlsFile} from './pem.ts';
import type {TlsPort} from './types.ts';

const day = 24 * 60 * 60 * 1000;
const soonDays = 30;

// NIST SP 800-57: shorter RSA keys are no longer acceptable, and OpenSSL's default level refuses them.
const shortestRsa = 2048;

// id-kp-serverAuth, RFC 5280 4.2.1.12.
const serverAuthentication = '1.3.6.1.5.5.7.3.1';

const dateOf = (ms: number): string => new Date(ms).toISOString().slice(0, 16).replace('T', ' ');

const checkValidity = (
	certificates: readonly X509Certificate[],
	file: TlsFile,
	path: string,
	now: number,
): {readonly problems: readonly Problem[]; readonly warnings: readonly string[]} => {
	const problems: Problem[] = [];
	const warnings: string[] = [];
	for (const certificate of certificates) {
		const {subject, notBefore, notAfter} = factsOf(certificate);
		if (now > notAfter)
			problems.push(
				fileProblem(file, path, 'tls-expired', {
					message: `The certificate "${subject}" in ${path} has expired.`,
					cause: `It was valid until ${dateOf(notAfter)} UTC.`,
					fix: 'Have it renewed.',
				}),
			);
		else if (now < notBefore)
			problems.push(
				fileProblem(file, path, 'tls-not-yet-valid', {
					message: `The certificate "${subject}" in ${path} is not valid yet.`,
					cause: `It is valid from ${dateOf(notBefore)} UTC; this host's clock says ${dateOf(now)} UTC.`,
					fix: "Check this host's clock, or wait until then.",
				}),
			);
		else if (notAfter - now < soonDays * day)
			warnings.push(
				`The certificate "${subject}" in ${path} expires in ${Math.floor((notAfter - now) / day)} days, on ${dateOf(notAfter)} UTC.`,
			);
	}
	return {problems, warnings};
};

const isCovered = (leaf: X509Certificate, host: string): boolean =>
	isIP(host)
		? leaf.checkIP(host) !== undefined
		: leaf.checkHost(host, {subject: 'never', partialWildcards: false}) !== undefined;

const causeOfUncovered = (leaf: X509Certificate, missing: readonly string[]): string => {
	const names = namesOf(leaf);
	if (names.length === 0)
		return missing.some((host) => leaf.checkHost(host, {subject: 'always'}) !== undefined)
			? 'The name is only in the subject (CN); clients look at the subject alternative names, and it has none.'
			: 'It has no subject alternative names.';
	// RFC 6125 6.4.3: a wildcard stands for exactly one label.
	const wildcard = names.find((name) => name.startsWith('*.') && missing.some((host) => host.endsWith(name.slice(1))));
	return `It is for ${names.join(', ')}.${wildcard ? ` "${wildcard}" covers one further label only.` : ''}`;
};

const checkHosts = (leaf: X509Certificate, hosts: readonly string[], path: string): readonly Problem[] => {
	const missing = hosts.filter((host) => !isCovered(leaf, host));
	if (missing.length === 0) return [];
	return [
		problem({
			code: 'tls-host-not-covered',
			area: 'prerequisites',
			message: `The certificate ${path} is not for ${missing.join(', ')}.`,
			cause: causeOfUncovered(leaf, missing),
			fix: `Have a certificate issued with these subject alternative names: ${hosts.join(', ')}`,
			answers: ['tls.certificate'],
			location: {file: path},
		}),
	];
};

const checkLeaf = (leaf: X509Certificate, path: string): readonly Problem[] => {
	const problems: Problem[] = [];
	const {asymmetricKeyType, asymmetricKeyDetails} = leaf.publicKey;
	const bits = asymmetricKeyDetails?.modulusLength;
	if (asymmetricKeyType?.startsWith('rsa') && bits !== undefined && bits < shortestRsa)
		problems.push(
			fileProblem('certificate', path, 'tls-key-too-short', {
				message: `The key of the certificate ${path} is too short.`,
				cause: `It is RSA with ${bits} bits; clients refuse fewer than ${shortestRsa}.`,
				fix: 'Have a certificate issued for a new key: RSA 2048 or longer, or EC P-256.',
			}),
		);
	// Node calls the extended key usages `keyUsage`; absent means any.
	const usages: readonly string[] | undefined = leaf.keyUsage;
	if (usages && usages.length > 0 && !usages.includes(serverAuthentication))
		problems.push(
			fileProblem('certificate', path, 'tls-not-for-servers', {
				message: `The certificate ${path} is not for servers.`,
				cause: 'Its extended key usage lacks server authentication (serverAuth).',
				fix: 'Have one issued with the profile for web servers.',
			}),
		);
	return problems;
};

const checkKey = (
	chain: readonly X509Certificate[],
	key: KeyObject,
	paths: {readonly certificate: string; readonly key: string},
): readonly Problem[] => {
	const [leaf] = chain;
	if (!leaf || leaf.checkPrivateKey(key)) return [];
	const fitting = chain.find((certificate) => certificate.checkPrivateKey(key));
	return [
		problem({
			code: 'tls-key-mismatch',
			area: 'prerequisites',
			message: `The key ${paths.key} does not belong to the certificate ${paths.certificate}.`,
			cause: fitting
				? `It belongs to "${oneLine(fitting.subject)}", which is not the first certificate of the file.`
				: 'Their public keys differ.',
			fix: fitting
				? 'Put that certificate first in the file.'
				: 'Name the key that the certificate was requested with.',
			answers: ['tls.key', 'tls.certificate'],
			location: {file: paths.key},
		}),
	];
};

const checkAuthorities = (authorities: readonly X509Certificate[], path: string): readonly Problem[] => {
	const others = authorities.filter(({ca}) => !ca);
	if (others.length === 0) return [];
	return [
		fileProblem('ca', path, 'tls-ca-is-no-ca', {
			message: `The CA file ${path} holds a certificate that is not of a CA.`,
			cause: `"${others.map(({subject}) => oneLine(subject)).join('", "')}" may not sign certificates (basic constraints).`,
			fix: 'Name the certificate of the CA itself, not that of a server.',
		}),
	];
};

/** Reads and checks a pair; see TlsPort.readPair. */
export const readPair: TlsPort['readPair'] = async (paths, hosts, now) => {
	const [certificate, key, ca] = await Promise.all([
		readCertificates('certificate', paths.certificate),
		readKey(paths.key),
		readCertificates('ca', paths.ca),
	]);
	const problems: Problem[] = [certificate, key, ca].flatMap((read) => ('problem' in read ? [read.problem] : []));
	const warnings: string[] = [];
	const chain = 'value' in certificate ? certificate.value.certificates : [];
	const authorities = 'value' in ca ? ca.value.certificates : [];
	const [leaf] = chain;
	let root: X509Certificate | undefined;
	for (const {problems: found, warnings: soon} of [
		checkValidity(chain, 'certificate', paths.certificate, now),
		checkValidity(authorities, 'ca', paths.ca, now),
	]) {
		problems.push(...found);
		warnings.push(...soon);
	}
	if (leaf) problems.push(...checkLeaf(leaf, paths.certificate), ...checkHosts(leaf, hosts, paths.certificate));
	if ('value' in key) problems.push(...checkKey(chain, key.value.key, paths));
	problems.push(...checkAuthorities(authorities, paths.ca));
	if (leaf && authorities.length > 0) {
		const checked = checkChain(chain, authorities, paths);
		root = checked.root;
		problems.push(...checked.problems);
	}
	if (problems.length > 0 || !leaf || !root || !('value' in certificate && 'value' in key && 'value' in ca))
		return {problems};
	return {
		pair: {
			certificate: certificate.value.pem,
			key: key.value.pem,
			ca: ca.value.pem,
			facts: factsOf(leaf),
			caFacts: factsOf(root),
		},
		warnings,
	};
};
