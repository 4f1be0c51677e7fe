import {createHash} from 'node:crypto';
import {existsSync} from 'node:fs';
import {mkdir, readdir, rename, rm, symlink, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {runCommand} from './commands.ts';
import type {LabPaths} from './paths.ts';

const packages = [
	'docker-registry',
	'dnsmasq-base',
	'nginx',
	'containerd',
	'runc',
	'containernetworking-plugins',
	'iptables',
	'conntrack',
	'mariadb-server-core',
	'mariadb-client-core',
	'postgresql-15',
	'busybox-static',
	'python3-pip',
] as const;

/** Folders of Debian's packages that no program of the lab needs. */
const dead = ['doc', 'man', 'locale', 'lintian', 'info', 'perl', 'perl5', 'i18n', 'zoneinfo'].map(
	(name) => `usr/share/${name}`,
);

// The loader of the machine runs these programs, and it fits no other C library than its own.
const machineLibrary = /^libc6_/u;

/** Programs and libraries from Debian packages, unpacked into a folder of the cache: nothing is installed on the machine. */
export type Debian = {
	readonly root: string;
	/** Environment that finds the unpacked programs and libraries before the machine's own. */
	readonly env: Readonly<Record<string, string>>;
};

const linkIptables = async (root: string): Promise<void> => {
	// Debian makes these by update-alternatives at installation time.
	const folder = join(root, 'usr/sbin');
	for (const name of [
		'iptables',
		'iptables-save',
		'iptables-restore',
		'ip6tables',
		'ip6tables-save',
		'ip6tables-restore',
	]) {
		const link = join(folder, name);
		await rm(link, {force: true});
		await symlink('xtables-nft-multi', link);
	}
};

/**
 * Downloads packages and all that they need into a folder, without installing any. What the machine has installed is not
 * asked: a package that is there already would be left out, and nobody would find it in the lab's own folder.
 * @param options apt's own, such as another list of sources
 * @throws LabError with apt's last words
 */
export const downloadPackages = async (
	archives: string,
	names: readonly string[],
	options: readonly string[] = [],
): Promise<void> => {
	await mkdir(join(archives, 'partial'), {recursive: true});
	// In a folder of its own: apt locks the folders of both.
	const nothingInstalled = join(archives, 'state/status');
	await mkdir(join(archives, 'state'), {recursive: true});
	await writeFile(nothingInstalled, '');
	const own = [`Dir::Cache::archives=${archives}`, `Dir::State::status=${nothingInstalled}`, 'APT::Sandbox::User=root'];
	const all = [...own.flatMap((option) => ['-o', option]), ...options];
	const words = [...all, '-y', '--download-only', '--no-install-recommends', 'install', ...names];
	await runCommand('apt-get', words, {timeoutMs: 600_000}).catch(async () => {
		// Package lists that are old or absent are the usual reason.
		await runCommand('apt-get', [...all, 'update'], {timeoutMs: 300_000});
		await runCommand('apt-get', words, {timeoutMs: 600_000});
	});
};

/** Options of apt for one release of Debian alone, with lists of its own. @param release its name, e.g. `sid` */
export const debianRelease = async (paths: LabPaths, release: string): Promise<readonly string[]> => {
	const folder = join(paths.cache, `apt-${release}`);
	const sources = join(folder, 'sources.list');
	const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
	await mkdir(join(folder, 'lists/partial'), {recursive: true});
	await writeFile(sources, `deb [signed-by=${keyring}] http://deb.debian.org/debian ${release} main\n`);
	const own = [
		`Dir::Etc::sourcelist=${sources}`,
		'Dir::Etc::sourceparts=/dev/null',
		'Dir::Etc::preferences=/dev/null',
		'Dir::Etc::preferencesparts=/dev/null',
		`Dir::State::lists=${join(folder, 'lists')}`,
		'Dir::Cache::pkgcache=',
		'Dir::Cache::srcpkgcache=',
		'Acquire::Languages=none',
		'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false',
	];
	return own.flatMap((option) => ['-o', option]);
};

/**
 * Unpacks packages and all that they need into a folder below the cache, once; named after what is in it.
 * @param skip file names of packages that stay out @param finish makes what Debian makes at installation time
 * @returns the folder @throws LabError with the last words of apt or dpkg
 */
export const unpackPackages = async (
	paths: LabPaths,
	name: string,
	names: readonly string[],
	{
		options,
		skip,
		finish,
	}: {
		readonly options?: readonly string[];
		readonly skip?: RegExp;
		readonly finish?: (root: string) => Promise<void>;
	} = {},
): Promise<string> => {
	const key = createHash('sha256')
		.update(['all of it', ...names].join(' '))
		.digest('hex')
		.slice(0, 12);
	const root = join(paths.cache, `${name}-${key}`);
	if (existsSync(root)) return root;
	const archives = `${root}.archives`;
	const making = `${root}.making`;
	await rm(making, {recursive: true, force: true});
	await mkdir(making, {recursive: true});
	await downloadPackages(archives, names, options);
	for (const file of (await readdir(archives)).filter((one) => one.endsWith('.deb') && !skip?.test(one)))
		await runCommand('dpkg', ['-x', join(archives, file), making]);
	for (const folder of dead) await rm(join(making, folder), {recursive: true, force: true});
	await finish?.(making);
	await rename(making, root);
	await rm(archives, {recursive: true, force: true});
	return root;
};

/** The programs of the lab from this machine's Debian: downloaded with apt and unpacked once. */
export const debianPrograms = async (paths: LabPaths): Promise<Debian> => {
	const root = await unpackPackages(paths, 'debian', packages, {skip: machineLibrary, finish: linkIptables});
	const under = (...parts: string[]): string => parts.map((part) => join(root, part)).join(':');
	return {
		root,
		env: {
			PATH: `${under('usr/sbin', 'usr/bin', 'sbin', 'bin')}:/usr/sbin:/usr/bin:/sbin:/bin`,
			LD_LIBRARY_PATH: under('usr/lib/x86_64-linux-gnu', 'lib/x86_64-linux-gnu', 'usr/lib'),
			XTABLES_LIBDIR: join(root, 'usr/lib/x86_64-linux-gnu/xtables'),
		},
	};
};
