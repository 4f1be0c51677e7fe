import {execFile} from 'node:child_process';
import {chown, mkdir, readdir, readFile, rm, stat, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {promisify} from 'node:util';
import {ProblemError} from '../../source/base/problem.ts';
import {canTraverse, type Owner} from './owner.ts';

const run = promisify(execFile);

/** PEM of the server's certificate with its chain, its key, and the authority that clients are to trust. */
export type ServerTls = {readonly cert: string; readonly key: string; readonly ca: string};

const writeOwned = async (path: string, text: string, owner: Owner): Promise<void> => {
	// The mode of an existing file would stay as it is, and PostgreSQL refuses keys that others may read.
	await rm(path, {force: true});
	await writeFile(path, text, {mode: 0o600});
	if (owner.change) await chown(path, owner.uid, owner.gid);
};

const chownTree = async (folder: string, owner: Owner): Promise<void> => {
	await chown(folder, owner.uid, owner.gid);
	for (const entry of await readdir(folder, {withFileTypes: true, recursive: true}))
		await chown(join(entry.parentPath, entry.name), owner.uid, owner.gid);
};

const refuseUnreachable = async (folder: string, owner: Owner): Promise<void> => {
	if (!owner.change || (await canTraverse(dirname(folder), owner))) return;
	throw new ProblemError({
		code: 'rehearsal-folder-unreachable',
		area: 'prerequisites',
		message: `PostgreSQL cannot use the folder ${folder}: its user ${owner.name} may not enter a folder above it.`,
		cause: 'PostgreSQL refuses to run as root, so the rehearsal runs it as that user.',
		fix: 'Choose a folder that every user may reach, for example below /var/tmp.',
	});
};

/** Ownership, mode and, for an empty folder, a fresh database cluster (UTF8, SCRAM) whose superuser is `postgres`. */
export const prepareDataFolder = async (
	folder: string,
	options: {readonly bin: string; readonly owner: Owner; readonly adminPassword: string},
): Promise<void> => {
	const {bin, owner, adminPassword} = options;
	await mkdir(dirname(folder), {recursive: true});
	await refuseUnreachable(folder, owner);
	await mkdir(folder, {recursive: true, mode: 0o700});
	const entries = await readdir(folder);
	if (entries.includes('PG_VERSION')) {
		if (owner.change && (await stat(folder)).uid !== owner.uid) await chownTree(folder, owner);
		return;
	}
	if (entries.length > 0)
		throw new ProblemError({
			code: 'rehearsal-folder-not-empty',
			area: 'prerequisites',
			message: `${folder} is neither empty nor a PostgreSQL data folder.`,
			cause: `It holds ${entries.slice(0, 5).join(', ')}.`,
			fix: 'Name another folder, or empty this one if an interrupted start left it behind.',
		});
	if (owner.change) await chown(folder, owner.uid, owner.gid);
	const passwordFile = `${folder}.password`;
	try {
		await writeOwned(passwordFile, `${adminPassword}\n`, owner);
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
				env: {PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC'},
				cwd: '/',
				timeout: 120_000,
				...(owner.change && {uid: owner.uid, gid: owner.gid}),
			},
		);
	} catch (error) {
		// A half-made cluster would look like a foreign folder at the next start.
		for (const name of await readdir(folder)) await rm(join(folder, name), {recursive: true, force: true});
		const {stderr = '', message} = error as Error & {stderr?: string};
		throw new ProblemError({
			code: 'rehearsal-postgres-init-failed',
			area: 'prerequisites',
			message: `PostgreSQL could not set up its data folder ${folder}.`,
			cause: stderr.trim().split('\n').at(-1) || message.split('\n')[0] || 'initdb gave no reason.',
			fix: 'Check free space and rights of that folder, then start again.',
			evidence: stderr.trim().split('\n').slice(-10),
		});
	} finally {
		await rm(passwordFile, {force: true});
	}
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

/** The last lines of the server's log, for the cause of a failed start. */
export const lastLogLines = async (log: string, count: number): Promise<readonly string[]> =>
	(await readFile(log, 'utf8').catch(() => '')).trimEnd().split('\n').slice(-count);
