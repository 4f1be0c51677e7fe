import {execFile} from 'node:child_process';
import {existsSync} from 'node:fs';
import {mkdir, mkdtemp, readdir, rename, rm, writeFile} from 'node:fs/promises';
import {homedir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';

const run = promisify(execFile);

/** Packages of one release of Debian, and the name of the folder that they are unpacked into. */
export type DebianPackages = {readonly folder: string; readonly suite: string; readonly packages: readonly string[]};

/** What the rehearsal has of Debian; MySQL is in its unstable release only, and so is the newest `pg_dump`. */
export const debianPackages = {
	MySQL: {folder: 'mysql-sid', suite: 'sid', packages: ['mysql-server-core']},
	MariaDB: {folder: 'mariadb-bookworm', suite: 'bookworm', packages: ['mariadb-server-core']},
	clientTools: {
		folder: 'client-tools-sid',
		suite: 'sid',
		packages: ['postgresql-client-18', 'mysql-client-core', 'age', 'curl'],
	},
} as const satisfies Readonly<Record<string, DebianPackages>>;

/** A folder of this user that is kept between rehearsals. */
export const cacheFolder = (name: string): string =>
	join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'zenml-airgap', name);

/** Packages that the programs ask for and do not need to run: scripts, and what only a system has. */
const unneeded =
	/^(?:perl|libperl|libdb5|libgdbm|netbase|sensible-utils|gcc-\d+-base|debconf|libudev|lsb-base|sysvinit|systemd|libdbi|libconfig-inifiles|libterm|procps|psmisc)/u;

const timeoutMs = 600_000;

/** Settings of apt that touch nothing of this host: own lists, own archives, and no package taken for installed. */
const settings = (folder: string): string => `
Dir::Etc::sourcelist "${folder}/sources.list";
Dir::Etc::sourceparts "-";
Dir::State "${folder}/state";
Dir::State::status "${folder}/status";
Dir::Cache "${folder}/cache";
APT::Architecture "amd64";
APT::Install-Recommends "false";
APT::Sandbox::User "root";
`;

const prepareApt = async (folder: string, suite: string): Promise<NodeJS.ProcessEnv> => {
	for (const name of ['state/lists/partial', 'cache/archives/partial'])
		await mkdir(join(folder, name), {recursive: true});
	await writeFile(join(folder, 'status'), '');
	const key = '[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]';
	await writeFile(join(folder, 'sources.list'), `deb ${key} http://deb.debian.org/debian ${suite} main\n`);
	await writeFile(join(folder, 'apt.conf'), settings(folder));
	return {PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', APT_CONFIG: join(folder, 'apt.conf')};
};

const download = async (folder: string, {suite, packages}: DebianPackages): Promise<readonly string[]> => {
	const options = {env: await prepareApt(folder, suite), timeout: timeoutMs, maxBuffer: 16 * 2 ** 20};
	await run('apt-get', ['update'], options);
	await run('apt-get', ['install', '-y', '--download-only', ...packages], options);
	const archives = join(folder, 'cache/archives');
	const names = (await readdir(archives)).filter((name) => name.endsWith('.deb') && !unneeded.test(name));
	return names.map((name) => join(archives, name));
};

/** Where packages lie once they are unpacked. @param cache folder that is kept */
export const debianFolder = (cache: string, {folder}: DebianPackages): string => join(cache, folder);

/**
 * The folder with these packages of Debian and their libraries, unpacked without root and without installing anything; fetched when
 * it is not there yet. Only on Debian and its kin: apt-get checks the signatures. @param cache folder that is kept
 * @throws Error where there is no apt-get, or no way to the archive
 */
export const debianRoot = async (cache: string, wanted: DebianPackages): Promise<string> => {
	const root = debianFolder(cache, wanted);
	if (existsSync(root)) return root;
	await mkdir(cache, {recursive: true, mode: 0o755});
	const making = await mkdtemp(join(cache, 'making-'));
	try {
		const unpacked = join(making, 'root');
		await mkdir(unpacked, {mode: 0o755});
		for (const file of await download(making, wanted))
			await run('dpkg-deb', ['-x', file, unpacked], {timeout: timeoutMs});
		await rename(unpacked, root).catch((error: unknown) => {
			// Another process was first.
			if (!existsSync(root)) throw error;
		});
		return root;
	} finally {
		await rm(making, {recursive: true, force: true});
	}
};
