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
] as const;

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
 * Downloads packages and what they need into a folder, without installing any; `options` are apt's own.
 * @throws LabError with apt's last words
 */
export const downloadPackages = async (
	archives: string,
	names: readonly string[],
	options: readonly string[] = [],
): Promise<void> => {
	await mkdir(join(archives, 'partial'), {recursive: true});
	const install = ['-y', '--download-only', '--no-install-recommends', '-o', `Dir::Cache::archives=${archives}`];
	const words = [...install, ...options, '-o', 'APT::Sandbox::User=root', 'install', ...names];
	await runCommand('apt-get', words, {timeoutMs: 600_000}).catch(async () => {
		// Package lists that are old or absent are the usual reason.
		await runCommand('apt-get', ['update'], {timeoutMs: 300_000});
		await runCommand('apt-get', words, {timeoutMs: 600_000});
	});
};

/** Downloads the packages and what they need beyond this machine's own, with apt, and unpacks them once. */
export const debianPrograms = async (paths: LabPaths): Promise<Debian> => {
	const names = [...packages, ...(existsSync('/usr/lib/postgresql/15/bin/initdb') ? [] : ['postgresql-15'])];
	const key = createHash('sha256').update(names.join(' ')).digest('hex').slice(0, 12);
	const root = join(paths.cache, `debian-${key}`);
	if (!existsSync(join(root, '.complete'))) {
		const archives = join(paths.cache, 'archives');
		const making = `${root}.making`;
		await rm(making, {recursive: true, force: true});
		await mkdir(making, {recursive: true});
		await downloadPackages(archives, names);
		for (const file of (await readdir(archives)).filter((name) => name.endsWith('.deb')))
			await runCommand('dpkg', ['-x', join(archives, file), making]);
		await linkIptables(making);
		await writeFile(join(making, '.complete'), `${names.join('\n')}\n`);
		await rename(making, root);
	}
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
