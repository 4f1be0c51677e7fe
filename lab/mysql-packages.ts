import {join} from 'node:path';
import {debianRelease, unpackPackages} from './debian.ts';
import type {LabPaths} from './paths.ts';

/** A program of another release of Debian: it starts by that release's own loader, with its own C library. */
export type ForeignProgram = {readonly root: string; readonly program: string; readonly args: readonly string[]};

/** Options of apt for Debian's unstable release: MySQL stands in it alone, the stable ones have MariaDB. */
export const unstable = (paths: LabPaths): Promise<readonly string[]> => debianRelease(paths, 'sid');

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
