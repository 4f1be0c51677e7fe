import {chmod, cp, mkdir, readdir, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {digestFile, type Layer} from '../rehearsal/sample-bundle/index.ts';
import {runCommand} from './commands.ts';
import {type Debian, downloadPackages} from './debian.ts';
import {compileModules} from './zenml-server.ts';

/** The stand-ins of what the vendor does not publish: Python files. */
export const standIns = fileURLToPath(new URL('./images/', import.meta.url));

// A real Python and shell: what the charts and the installer's probes start in a pod runs as it would.
export const basePackages = ['python3', 'libstdc++6', 'busybox-static'] as const;
// Of the stand-ins alone: the real server brings its own driver, for another database.
export const standInPackages = ['python3-psycopg2'] as const;

/** Folders of Debian's packages that no program needs. */
const dead = [
	'usr/share/doc',
	'usr/share/man',
	'usr/share/locale',
	'usr/share/lintian',
	'usr/share/info',
	'usr/share/perl5',
	'usr/share/perl',
];

/** A folder as a layer of an image, with the same bytes whenever it is made of the same files. */
export const layerOf = async (folder: string, name: string, file: string): Promise<Layer> => {
	const fixed = ['--sort=name', '--numeric-owner', '--mtime=2026-01-01', '--format=posix'];
	const stable = ['--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime'];
	await runCommand('tar', ['-C', folder, ...fixed, ...stable, '-cf', file, '.'], {timeoutMs: 300_000});
	return {name, file, ...(await digestFile(file))};
};

const debsIn = async (folder: string): Promise<readonly string[]> =>
	(await readdir(folder)).filter((name) => name.endsWith('.deb'));

const unpack = async (archives: string, names: readonly string[], root: string): Promise<void> => {
	for (const name of names) await runCommand('dpkg', ['-x', join(archives, name), root]);
	for (const folder of dead) await rm(join(root, folder), {recursive: true, force: true});
};

const settle = (root: string): Promise<string> =>
	runCommand('bash', [
		'-ec',
		`cd "$1"; mkdir -p bin usr/local/bin etc/ssl/certs tmp; chmod 1777 tmp
		for name in sh cat ls sleep wget nslookup cp mkdir; do [ -e bin/$name ] || ln -s busybox bin/$name; done
		[ -e usr/bin/python3 ] || ln -s python3.11 usr/bin/python3
		printf 'root:x:0:0:root:/root:/bin/sh\\nzenml:x:1000:1000::/tmp:/bin/sh\\n' > etc/passwd
		printf 'root:x:0:\\nzenml:x:1000:\\n' > etc/group
		echo '# The system trusts nothing until a chart adds to it.' > etc/ssl/certs/ca-certificates.crt`,
		'bash',
		root,
	]);

/** Fills two folders: the root of all images, and what the stand-ins have beyond it. */
export const debianRoots = async (archives: string, debian: Debian, base: string, beyond: string): Promise<void> => {
	await downloadPackages(join(archives, 'base'), basePackages);
	await downloadPackages(join(archives, 'stand-in'), [...basePackages, ...standInPackages]);
	const own = await debsIn(join(archives, 'base'));
	await unpack(join(archives, 'base'), own, base);
	const further = (await debsIn(join(archives, 'stand-in'))).filter((name) => !own.includes(name));
	await unpack(join(archives, 'stand-in'), further, beyond);
	await settle(base);
	await compileModules(debian, base, 'usr/lib/python3.11');
};

/** Fills a folder with the stand-ins and the scripts that start them. */
export const standInPrograms = async (folder: string, version: string): Promise<void> => {
	const lab = join(folder, 'opt/lab');
	await mkdir(lab, {recursive: true});
	for (const name of await readdir(standIns)) if (name.endsWith('.py')) await cp(join(standIns, name), join(lab, name));
	await writeFile(join(lab, 'VERSION'), `${version}\n`);
	for (const role of ['control-plane', 'dashboard']) {
		await writeFile(join(lab, role), `#!/bin/sh\nexec python3 -B -u /opt/lab/product.py ${role} "$@"\n`);
		await chmod(join(lab, role), 0o755);
	}
};
