import {existsSync} from 'node:fs';
import {join} from 'node:path';

/** A server program of MySQL or MariaDB, and the folder of its messages and first tables. */
export type MysqlProgram = {
	readonly product: 'MySQL' | 'MariaDB';
	/** Program and leading arguments: its own loader comes first where its libraries are not those of this host. */
	readonly command: readonly string[];
	readonly share: string;
	readonly base: string;
};

const libraries = 'usr/lib/x86_64-linux-gnu';

/** Loaders as Debian's packages of libc6 hold them. */
const loaders = [`${libraries}/ld-linux-x86-64.so.2`, 'lib/x86_64-linux-gnu/ld-linux-x86-64.so.2'];

/** Under a root that holds unpacked packages: with their own libraries where they came along, else with those of this host. */
const withLoader = (root: string, program: string): readonly string[] => {
	const loader = root === '/' ? undefined : loaders.map((path) => join(root, path)).find((path) => existsSync(path));
	if (loader === undefined) return [program];
	const folders = [libraries, 'lib/x86_64-linux-gnu', 'usr/lib/mysql/private'].map((path) => join(root, path));
	return [loader, '--library-path', folders.join(':'), program];
};

/** The server program below a root, `/` for this host; undefined where there is none. */
export const findMysql = (root: string): MysqlProgram | undefined => {
	const base = join(root, 'usr');
	const share = join(base, 'share/mysql');
	const [mysqld, mariadbd] = [join(base, 'sbin/mysqld'), join(base, 'sbin/mariadbd')];
	if (existsSync(mariadbd)) return {product: 'MariaDB', command: withLoader(root, mariadbd), share, base};
	return existsSync(mysqld) ? {product: 'MySQL', command: withLoader(root, mysqld), share, base} : undefined;
};
