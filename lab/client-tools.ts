import {chmod, readdir, rm, symlink} from 'node:fs/promises';
import {join} from 'node:path';
import {runCommand} from './commands.ts';
import {unpackPackages} from './debian.ts';
import {unstable} from './mysql-packages.ts';
import type {LabPaths} from './paths.ts';

/** As docs/client-tools.Dockerfile installs them. Its base image has the shell that busybox is here. */
const packages = ['postgresql-client-18', 'mysql-client-core', 'age', 'curl', 'busybox-static'] as const;

/** What the packages ask for, and the programs do not need: scripts in Perl, and how they were built. */
const unneeded =
	/^(?:perl|libperl|libdb5|libgdbm|netbase|sensible-utils|gcc-\d+-base|postgresql-client-common|openssl-provider|libudev)/u;

/** Where Debian's programs of PostgreSQL are; those on the search path are scripts that ask which server is meant. */
export const postgresPrograms = 'usr/lib/postgresql/18/bin';

const shell =
	'sh cat sha256sum base64 expr id mktemp mkfifo rm mkdir chmod head tail tee sleep true false test printf echo env ls date mv cp touch wc tr cut sort gzip sed grep dirname basename'.split(
		' ',
	);

/** Makes of unpacked packages the root of an image: what the base of a distribution brings. */
const settle = async (root: string): Promise<void> => {
	for (const name of await readdir(join(root, postgresPrograms))) {
		const link = join(root, 'usr/bin', name);
		await rm(link, {force: true});
		await symlink(`../lib/postgresql/18/bin/${name}`, link);
	}
	for (const name of shell) await symlink('busybox', join(root, 'usr/bin', name));
	await runCommand('bash', [
		'-ec',
		`cd "$1"; mkdir -p tmp etc/ssl/certs; chmod 1777 tmp
		for name in bin sbin lib lib64; do mkdir -p usr/$name; ln -s usr/$name $name; done
		printf 'root:x:0:0:root:/root:/bin/sh\\nnobody:x:65534:65534::/tmp:/bin/sh\\n' > etc/passwd
		printf 'root:x:0:\\nnogroup:x:65534:\\n' > etc/group
		echo 'hosts: files dns' > etc/nsswitch.conf`,
		'bash',
		root,
	]);
	await chmod(root, 0o755);
};

/** The root of the client tools image: the newest programs of Debian's unstable release, unpacked once. @throws LabError with apt's last words */
export const clientToolsRoot = async (paths: LabPaths): Promise<string> =>
	unpackPackages(paths, 'client-tools', packages, {
		options: await unstable(paths),
		skip: unneeded,
		finish: settle,
	});
