import {X509Certificate} from 'node:crypto';
import {access, readFile, rm, writeFile} from 'node:fs/promises';
import {dirname} from 'node:path';
import {rootCertificates} from 'node:tls';
import {saveFile} from '../source/base/files.ts';
import {makeFolders} from '../source/base/folders.ts';
import {filesIn} from './answers.ts';
import type {Authority, Issued} from './authority/index.ts';
import type {FaultName} from './faults.ts';

const certificateDays = 825;
const outdated = 'the-password-of-last-year';
const otherHosts = ['intranet.rehearsal.internal'];

type Files = ReturnType<typeof filesIn>;

/** What the files are made from. */
export type Handouts = {
	readonly authority: Authority;
	readonly hosts: readonly string[];
	readonly registryPassword: string;
	readonly databasePassword: string;
	readonly mysqlPassword: string;
	readonly backupPassphrase: string;
	/** The fault that begins with this start: its files are broken now. */
	readonly begins: FaultName | undefined;
	/** Is this fault at work? */
	readonly isOn: (fault: FaultName) => boolean;
};

/** A link that the operator put there counts as well. */
const isThere = (path: string): Promise<boolean> =>
	access(path).then(
		() => true,
		() => false,
	);

const writeOnce = async (path: string, text: string): Promise<void> => {
	if (!(await isThere(path))) await saveFile(path, text);
};

/** Is the certificate in this file good for all these hosts? False when there is none. */
const covers = async (file: string, hosts: readonly string[]): Promise<boolean> => {
	const pem = await readFile(file, 'utf8').catch(() => undefined);
	if (pem === undefined) return false;
	const certificate = new X509Certificate(pem);
	return hosts.every((host) => certificate.checkHost(host) !== undefined);
};

/**
 * What the PKI team of the site issues: these hosts, and as a wildcard what else may come beside them (RFC 6125 section 6.4.3: one label).
 * A workspace that is added at the questions is covered, and one of another domain is not.
 */
const issuedNames = (hosts: readonly string[]): readonly string[] => {
	const domains = hosts.map((host) => host.split('.').slice(1)).filter((labels) => labels.length > 1);
	return [...new Set([...hosts, ...domains.map((labels) => `*.${labels.join('.')}`)])];
};

/** Is the certificate in this file good for all that the PKI team would issue it for? */
const isIssuedFor = async (file: string, hosts: readonly string[]): Promise<boolean> =>
	covers(
		file,
		issuedNames(hosts).map((name) => name.replace('*', 'any')),
	);

/** Writes a pair, the certificate last: where there is one, its key is there too. */
const writePair = async (at: {readonly certificate: string; readonly key: string}, pair: Issued): Promise<void> => {
	// Removed first: a start that is killed between the two files must not leave a pair that does not belong together.
	await rm(at.certificate, {force: true});
	await saveFile(at.key, pair.key);
	await saveFile(at.certificate, pair.cert);
};

/** A password that the operator is given, and the fault that makes its file an old one. */
type Password = {
	readonly fault: FaultName;
	readonly value: string;
	readonly file: string;
	/** Where the right one lies while the file is an old one. */
	readonly right: string;
};

const passwordsOf = (
	files: Files,
	{databasePassword, mysqlPassword, backupPassphrase}: Handouts,
): readonly Password[] => [
	{
		fault: 'wrong-database-password',
		value: databasePassword,
		file: files.databasePassword,
		right: files.rightDatabasePassword,
	},
	{
		fault: 'wrong-backup-passphrase',
		value: backupPassphrase,
		file: files.backupPassphrase,
		right: files.rightBackupPassphrase,
	},
	{fault: 'wrong-mysql-password', value: mysqlPassword, file: files.mysqlPassword, right: files.rightMysqlPassword},
];

const writePassword = async ({fault, value, file, right}: Password, {begins, isOn}: Handouts): Promise<void> => {
	const isWrong = isOn(fault);
	if (isWrong) await saveFile(right, value);
	if (begins === fault) {
		await saveFile(file, outdated);
		return;
	}
	// Put right once the fault is over; what the operator wrote there stays.
	const known = await readFile(file, 'utf8').catch(() => outdated);
	if (!isWrong && known === outdated) await saveFile(file, value);
};

/** A pair for another host, and the right one beside it. */
const writeWrongPair = async (files: Files, {authority, hosts, begins}: Handouts): Promise<void> => {
	if (!(await isIssuedFor(files.rightCertificate, hosts))) {
		const right = await authority.issue({hosts: issuedNames(hosts), days: certificateDays});
		await writePair({certificate: files.rightCertificate, key: files.rightKey}, right);
	}
	if (begins === undefined && (await isThere(files.certificate))) return;
	await writePair(files, await authority.issue({hosts: otherHosts, days: certificateDays}));
};

const writeRightPair = async (files: Files, {authority, hosts}: Handouts): Promise<void> => {
	if (await isIssuedFor(files.certificate, hosts)) return;
	await writePair(files, await authority.issue({hosts: issuedNames(hosts), days: certificateDays}));
};

/** The trust store of a host that does not know the site's CA yet. */
const writeTrustStore = async ({trustStore}: Files): Promise<void> => {
	await makeFolders(dirname(trustStore), 0o700);
	if (!(await isThere(trustStore)))
		await writeFile(trustStore, `${rootCertificates.slice(0, 3).join('\n')}\n`, {mode: 0o600});
};

/** The file that a fault breaks; undefined for one that breaks none. */
export const brokenFile = (directory: string, fault: FaultName | undefined): string | undefined => {
	const {databasePassword, backupPassphrase, mysqlPassword, certificate} = filesIn(directory);
	const broken: Partial<Record<FaultName, string>> = {
		'wrong-database-password': databasePassword,
		'wrong-backup-passphrase': backupPassphrase,
		'wrong-mysql-password': mysqlPassword,
		'certificate-other-host': certificate,
	};
	return fault && broken[fault];
};

/** Has the operator put the file right that this fault broke? False for a fault that breaks none. */
export const isPutRight = async (directory: string, fault: FaultName, hosts: readonly string[]): Promise<boolean> => {
	const file = brokenFile(directory, fault);
	if (file === undefined) return false;
	if (fault === 'certificate-other-host') return covers(file, hosts);
	return (await readFile(file, 'utf8').catch(() => outdated)).trim() !== outdated;
};

/**
 * Writes the files that the operator of a rehearsal would have been given: passwords, TLS pair, CA, trust store. Files
 * that are there stay as they are, since the operator may have mended them; a pair that does not cover the hosts is
 * issued anew.
 */
export const writeHandouts = async (directory: string, handouts: Handouts): Promise<void> => {
	const {authority, registryPassword, isOn} = handouts;
	const files = filesIn(directory);
	await writeOnce(files.registryPassword, registryPassword);
	for (const password of passwordsOf(files, handouts)) await writePassword(password, handouts);
	await writeOnce(files.ca, authority.caPem);
	await writeTrustStore(files);
	await (isOn('certificate-other-host') ? writeWrongPair(files, handouts) : writeRightPair(files, handouts));
};
