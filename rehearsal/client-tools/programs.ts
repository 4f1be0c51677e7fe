import {execFile} from 'node:child_process';
import {existsSync, readdirSync, realpathSync} from 'node:fs';
import {delimiter, join} from 'node:path';
import {promisify} from 'node:util';
import {cacheFolder, debianFolder, debianPackages, debianRoot} from '../servers/index.ts';

const run = promisify(execFile);

/** Where the programs of an engine are from: Debian's packages, this host; or there are none. */
export type ToolsKind = 'unpacked' | 'of this host' | 'absent';

/** A real program: what starts it, and the C library that it is to run with a copy of. */
export type RealProgram = {
	/** The dynamic loader that starts it. */
	readonly loader: string;
	/** Folders of its libraries; none where it uses those of this host. */
	readonly libraries: readonly string[];
	/** The C library that it is linked with. */
	readonly libc: string;
	readonly program: string;
};

/** The real programs by their names, and where those of each engine are from. */
export type Programs = {
	readonly postgresql: ToolsKind;
	readonly mysql: ToolsKind;
	/** The version of the real ones, as they say it; for people. */
	readonly versions: {readonly postgresql?: string | undefined; readonly mysql?: string | undefined};
	readonly real: ReadonlyMap<string, RealProgram>;
};

/** What an image of client tools has beside the shell's own. */
export const programNames = {
	postgresql: ['pg_dump', 'pg_restore', 'psql'],
	mysql: ['mysqldump', 'mysql'],
	other: ['age', 'age-keygen', 'curl'],
} as const;

const libraryFolder = 'usr/lib/x86_64-linux-gnu';
const hostLoader = '/lib64/ld-linux-x86-64.so.2';
const hostLibraries = ['/lib/x86_64-linux-gnu/libc.so.6', '/lib64/libc.so.6'];

/** Programs below a folder that holds unpacked packages of Debian. */
const unpackedPrograms = (root: string): ReadonlyMap<string, RealProgram> => {
	const libraries = join(root, libraryFolder);
	const versions = join(root, 'usr/lib/postgresql');
	const [newest = ''] = existsSync(versions) ? readdirSync(versions).sort((a, b) => Number(b) - Number(a)) : [];
	const folders = [join(versions, newest, 'bin'), join(root, 'usr/bin')];
	const found = Object.values(programNames)
		.flat()
		.flatMap((name) => {
			const program = folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
			return program === undefined ? [] : [[name, program] as const];
		});
	const own = {
		loader: join(libraries, 'ld-linux-x86-64.so.2'),
		libraries: [libraries],
		libc: join(libraries, 'libc.so.6'),
	};
	return new Map(found.map(([name, program]) => [name, {...own, program}]));
};

/** Folders of this host's programs; those of PostgreSQL itself before the scripts that Debian puts in their place. */
const hostFolders = (search: string): readonly string[] => {
	const versions = '/usr/lib/postgresql';
	const newest = existsSync(versions) ? readdirSync(versions).sort((a, b) => Number(b) - Number(a)) : [];
	return [...newest.map((version) => join(versions, version, 'bin')), ...search.split(delimiter).filter(Boolean)];
};

/** Programs of this host; empty where its C library is not the usual one. */
const hostPrograms = (search: string): ReadonlyMap<string, RealProgram> => {
	const libc = hostLibraries.find((file) => existsSync(file));
	if (libc === undefined || !existsSync(hostLoader)) return new Map();
	const folders = hostFolders(search);
	const found = Object.values(programNames)
		.flat()
		.flatMap((name) => {
			const program = folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
			return program === undefined ? [] : [[name, realpathSync(program)] as const];
		});
	return new Map(
		found.map(([name, program]) => [name, {loader: hostLoader, libraries: [], libc: realpathSync(libc), program}]),
	);
};

/** What starts a program. @param first folders of libraries that come before its own */
export const startOf = ({loader, libraries, program}: RealProgram, first: readonly string[]): readonly string[] => {
	const folders = [...first, ...libraries];
	return [loader, ...(folders.length === 0 ? [] : ['--library-path', folders.join(':')]), program];
};

/** What it says of its version; undefined where it does not start. */
const versionLine = async (program: RealProgram | undefined): Promise<string | undefined> => {
	if (!program) return undefined;
	const [file = '', ...args] = startOf(program, []);
	return run(file, [...args, '--version'], {timeout: 10_000}).then(
		({stdout}) => stdout.split('\n', 1)[0],
		() => undefined,
	);
};

const postgresVersion = async (programs: ReadonlyMap<string, RealProgram>): Promise<string | undefined> =>
	/\(PostgreSQL\) (\d+(?:\.\d+)*)/u.exec((await versionLine(programs.get('pg_dump'))) ?? '')?.[1];

/** MySQL's own alone: MariaDB's asks a MySQL server for what it does not have. */
const mysqlVersion = async (programs: ReadonlyMap<string, RealProgram>): Promise<string | undefined> => {
	const line = (await versionLine(programs.get('mysqldump'))) ?? '';
	return line.includes('MariaDB') ? undefined : /Ver (\d+\.\d+\.\d+)/u.exec(line)?.[1];
};

const isAsNew = (version: string | undefined, least: number): boolean =>
	version !== undefined && Number.parseInt(version, 10) >= least;

const unpackedRoot = async (options: FindOptions): Promise<string | undefined> => {
	const cache = options.cache ?? cacheFolder('client-tools');
	if (options.wanted === 'unpacked') return debianRoot(cache, debianPackages.clientTools);
	const folder = debianFolder(cache, debianPackages.clientTools);
	return existsSync(folder) ? folder : undefined;
};

/** What is looked for. */
export type FindOptions = {
	/** Nothing, or what Debian's packages hold; unless told: what is unpacked already, then what fits of this host. */
	readonly wanted?: 'none' | 'unpacked' | undefined;
	/** Major version of the PostgreSQL that is dumped: an older `pg_dump` refuses it. */
	readonly postgresMajor: number;
	/** Folder of what is unpacked; that of this user unless told. */
	readonly cache?: string | undefined;
	/** Folders of this host's programs, as in PATH. */
	readonly search?: string | undefined;
};

const ofEngine = (name: string, kind: ToolsKind, version: string | undefined): string =>
	kind === 'absent' ? `no programs of ${name}` : `${name} ${version ?? ''} ${kind}`;

/** What there is, for people. */
export const programsText = ({postgresql, mysql, versions}: Programs): string =>
	[ofEngine('PostgreSQL', postgresql, versions.postgresql), ofEngine('MySQL', mysql, versions.mysql)].join(', ');

const noPrograms: Programs = {postgresql: 'absent', mysql: 'absent', versions: {}, real: new Map()};

const only = (
	programs: ReadonlyMap<string, RealProgram>,
	names: readonly string[],
): readonly (readonly [string, RealProgram])[] => [...programs].filter(([name]) => names.includes(name));

const ofThisHost = async ({search = process.env.PATH ?? '', postgresMajor}: FindOptions): Promise<Programs> => {
	const found = hostPrograms(search);
	const [postgresql, mysql] = [await postgresVersion(found), await mysqlVersion(found)];
	const hasPostgres = isAsNew(postgresql, postgresMajor) && programNames.postgresql.every((name) => found.has(name));
	const hasMysql = mysql !== undefined && programNames.mysql.every((name) => found.has(name));
	return {
		postgresql: hasPostgres ? 'of this host' : 'absent',
		mysql: hasMysql ? 'of this host' : 'absent',
		versions: {...(hasPostgres && {postgresql}), ...(hasMysql && {mysql})},
		real: new Map([
			...(hasPostgres ? only(found, programNames.postgresql) : []),
			...(hasMysql ? only(found, programNames.mysql) : []),
			...only(found, programNames.other),
		]),
	};
};

/**
 * Finds the programs that an image of client tools has. Real ones where they can be had without asking: unpacked earlier, or of this
 * host and new enough; fetched from Debian (35 MB) only where `unpacked` is wanted.
 * @throws Error where they are wanted and there is no apt-get, or no way to the archive
 */
export const findPrograms = async (options: FindOptions): Promise<Programs> => {
	if (options.wanted === 'none') return noPrograms;
	const root = await unpackedRoot(options);
	if (root === undefined) return ofThisHost(options);
	const real = unpackedPrograms(root);
	const versions = {postgresql: await postgresVersion(real), mysql: await mysqlVersion(real)};
	return {
		postgresql: isAsNew(versions.postgresql, options.postgresMajor) ? 'unpacked' : 'absent',
		mysql: versions.mysql === undefined ? 'absent' : 'unpacked',
		versions,
		real,
	};
};
