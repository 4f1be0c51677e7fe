import {execFile} from 'node:child_process';
import {readdir, rm, stat} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {promisify} from 'node:util';
import {makeFolders} from '../../source/base/folders.ts';
import type {ProblemError} from '../../source/base/problem.ts';
import {firstOf} from '../../source/base/text.ts';
import {rehearsalProblems} from '../problems.ts';
import {
	give,
	giveTree,
	type Owner,
	refuseUnreachable,
	type ServerTls,
	wordsOfFailure,
	writeOwned,
} from '../servers/index.ts';
import {librariesOf} from './binaries.ts';

const run = promisify(execFile);

const initTimeoutMs = 120_000;

/** What a new database cluster is made with. */
type Making = {readonly bin: string; readonly owner: Owner; readonly adminPassword: string};

const initdb = async (folder: string, passwordFile: string, {bin, owner}: Making): Promise<void> => {
	await run(
		join(bin, 'initdb'),
		[
			`--pgdata=${folder}`,
			'--username=postgres',
			`--pwfile=${passwordFile}`,
			'--auth=scram-sha-256',
			'--encoding=UTF8',
			'--locale=C',
			'--no-sync',
		],
		{
			env: {PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC', ...librariesOf(bin)},
			cwd: '/',
			timeout: initTimeoutMs,
			...(owner.change && {uid: owner.uid, gid: owner.gid}),
		},
	);
};

const initFailed = (folder: string, error: unknown): ProblemError => {
	const {words, evidence} = wordsOfFailure(error);
	return rehearsalProblems.error('rehearsal-postgres-init-failed', {folder, words}, {evidence, error});
};

const makeCluster = async (folder: string, making: Making): Promise<void> => {
	const passwordFile = `${folder}.password`;
	try {
		await writeOwned(passwordFile, `${making.adminPassword}\n`, making.owner);
		await initdb(folder, passwordFile, making);
	} catch (error) {
		// A half-made cluster would look like a foreign folder at the next start.
		for (const name of await readdir(folder)) await rm(join(folder, name), {recursive: true, force: true});
		throw initFailed(folder, error);
	} finally {
		await rm(passwordFile, {force: true});
	}
};

/**
 * Ownership, mode and, for an empty folder, a fresh database cluster (UTF8, SCRAM) whose superuser is `postgres`.
 * @throws ProblemError `rehearsal-folder-unreachable`, `rehearsal-folder-not-given`, `rehearsal-folder-not-empty`, `rehearsal-postgres-init-failed`.
 */
export const prepareDataFolder = async (folder: string, making: Making): Promise<void> => {
	const {owner} = making;
	await makeFolders(dirname(folder));
	await refuseUnreachable(folder, owner);
	await makeFolders(folder, 0o700);
	const entries = await readdir(folder);
	if (entries.includes('PG_VERSION')) {
		if (owner.change && (await stat(folder)).uid !== owner.uid) await giveTree(folder, owner);
		return;
	}
	if (entries.length > 0)
		throw rehearsalProblems.error('rehearsal-folder-not-empty', {folder, entries: firstOf(entries, 5)});
	if (owner.change) await give(folder, owner);
	await makeCluster(folder, making);
};

/** Writes certificate, key and client rules into the data folder; the server reads them at its start. */
export const writeServerFiles = async (
	folder: string,
	owner: Owner,
	tls: ServerTls | undefined,
	rules: readonly string[],
): Promise<void> => {
	if (tls) {
		await writeOwned(join(folder, 'server.crt'), tls.cert, owner);
		await writeOwned(join(folder, 'server.key'), tls.key, owner);
	}
	await writeOwned(join(folder, 'pg_hba.conf'), `${rules.join('\n')}\n`, owner);
};
