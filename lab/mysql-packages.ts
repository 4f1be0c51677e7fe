import {mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {unpackPackages} from './debian.ts';
import type {LabPaths} from './paths.ts';

// MySQL stands in Debian's unstable release alone; the stable ones have MariaDB.
const source = 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian sid main\n';

/** A program of another release of Debian: it starts by that release's own loader, with its own C library. */
export type ForeignProgram = {readonly root: string; readonly program: string; readonly args: readonly string[]};

/** Options of apt for Debian's unstable release alone, with lists of its own. */
export const unstable = async (paths: LabPaths): Promise<readonly string[]> => {
	const folder = join(paths.cache, 'apt-sid');
	await mkdir(join(folder, 'lists/partial'), {recursive: true});
	await writeFile(join(folder, 'sources.list'), source);
	const own = [
		`Dir::Etc::sourcelist=${join(folder, 'sources.list')}`,
		'Dir::Etc::sourceparts=/dev/null',
		'Dir::Etc::preferences=/dev/null',
		'Dir::Etc::preferencesparts=/dev/null',
		`Dir::State::lists=${join(folder, 'lists')}`,
		`Dir::Cache::pkgcache=`,
		`Dir::Cache::srcpkgcache=`,
	];
	return own.flatMap((option) => ['-o', option]);
};

/** MySQL's server, downloaded with an apt configuration of its own and unpacked once. @throws LabError with apt's last words */
export const mysqlServer = async (paths: LabPaths): Promise<ForeignProgram> => {
	const root = await unpackPackages(paths, 'mysql', ['mysql-server-core'], {options: await unstable(paths)});
	const libraries = join(root, 'usr/lib/x86_64-linux-gnu');
	const path = [libraries, join(root, 'usr/lib/mysql/private')].join(':');
	return {
		root,
		program: join(libraries, 'ld-linux-x86-64.so.2'),
		args: ['--library-path', path, join(root, 'usr/sbin/mysqld')],
	};
};
