import {X509Certificate} from 'node:crypto';
import {mkdir, readFile, rm, writeFile} from 'node:fs/promises';
import {dirname} from 'node:path';
import {rootCertificates} from 'node:tls';
import {filesIn} from './answers.ts';
import type {Authority} from './authority/index.ts';
import type {FaultName} from './faults.ts';
import {exists, writeSecretly} from './folder.ts';

const certificateDays = 825;
const outdated = 'the-password-of-last-year';
const otherHosts = ['intranet.rehearsal.internal'];

const write = async (path: string, text: string): Promise<void> => {
	await mkdir(dirname(path), {recursive: true, mode: 0o700});
	await writeSecretly(path, text);
};

const writeOnce = async (path: string, text: string): Promise<void> => {
	if (!(await exists(path))) await write(path, text);
};

/** Is the certificate in this file good for all these hosts? False when there is none. */
const covers = async (file: string, hosts: readonly string[]): Promise<boolean> => {
	const pem = await readFile(file, 'utf8').catch(() => undefined);
	if (pem === undefined) return false;
	const certificate = new X509Certificate(pem);
	return hosts.every((host) => certificate.checkHost(host) !== undefined);
};

/**
 * Writes the files that the operator of a rehearsal would have been given: passwords, TLS pair, CA, trust store. Files
 * that are there stay as they are, since the operator may have mended them; a pair that does not cover the hosts is
 * issued anew.
 * @param options.begins the fault that begins with this start: its files are broken now. @param options.isOn a fault at
 * work.
 */
export const writeHandouts = async (
	directory: string,
	options: {
		readonly authority: Authority;
		readonly hosts: readonly string[];
		readonly registryPassword: string;
		readonly databasePassword: string;
		readonly begins: FaultName | undefined;
		readonly isOn: (fault: FaultName) => boolean;
	},
): Promise<void> => {
	const {authority, hosts, registryPassword, databasePassword, begins, isOn} = options;
	const files = filesIn(directory);
	await mkdir(dirname(files.trustStore), {recursive: true, mode: 0o700});
	await writeOnce(files.registryPassword, registryPassword);
	if (isOn('wrong-database-password')) await write(files.rightDatabasePassword, databasePassword);
	if (begins === 'wrong-database-password') await write(files.databasePassword, outdated);
	else if (
		!isOn('wrong-database-password') &&
		(await readFile(files.databasePassword, 'utf8').catch(() => outdated)) === outdated
	)
		await write(files.databasePassword, databasePassword);
	await writeOnce(files.ca, authority.caPem);
	if (!(await exists(files.trustStore)))
		await writeFile(files.trustStore, `${rootCertificates.slice(0, 3).join('\n')}\n`, {mode: 0o600});
	if (isOn('certificate-other-host')) {
		if (!(await covers(files.rightCertificate, hosts))) {
			const right = await authority.issue({hosts, days: certificateDays});
			await write(files.rightKey, right.key);
			await write(files.rightCertificate, right.cert);
		}
		if (begins === undefined && (await exists(files.certificate))) return;
		const other = await authority.issue({hosts: otherHosts, days: certificateDays});
		await write(files.key, other.key);
		await write(files.certificate, other.cert);
		return;
	}
	if (await covers(files.certificate, hosts)) return;
	// Removed first: a start that is killed between the two files must not leave a pair that does not belong together.
	await rm(files.certificate, {force: true});
	const right = await authority.issue({hosts, days: certificateDays});
	await write(files.key, right.key);
	await write(files.certificate, right.cert);
};
