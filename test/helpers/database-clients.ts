import {existsSync, readdirSync} from 'node:fs';
import {chmod, mkdir, writeFile} from 'node:fs/promises';
import {homedir} from 'node:os';
import {join} from 'node:path';

const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'zenml-airgap', 'client-tools');

/** Where the programs of each product come from: Debian's packages, unpacked. */
const sources = {
	PostgreSQL: {folder: 'client-tools-sid', names: ['pg_dump', 'pg_restore', 'psql']},
	MySQL: {folder: 'client-tools-sid', names: ['mysqldump', 'mysql']},
	MariaDB: {folder: 'mariadb-client-bookworm', names: ['mariadb-dump', 'mariadb']},
} as const;

export type ClientProduct = keyof typeof sources;

const programIn = (root: string, name: string): string | undefined => {
	const versions = join(root, 'usr/lib/postgresql');
	const [newest = ''] = existsSync(versions) ? readdirSync(versions).sort().reverse() : [];
	return [join(versions, newest, 'bin', name), join(root, 'usr/bin', name)].find((file) => existsSync(file));
};

/**
 * Puts programs of a product that start with their own libraries into a folder, for a search path; undefined where they are not there.
 * @param folder new
 */
export const clientsOf = async (product: ClientProduct, folder: string): Promise<string | undefined> => {
	const {folder: source, names} = sources[product];
	const root = join(cache, source);
	const libraries = ['usr/lib/x86_64-linux-gnu', 'lib/x86_64-linux-gnu'].map((name) => join(root, name));
	const loader = libraries.map((name) => join(name, 'ld-linux-x86-64.so.2')).find((file) => existsSync(file));
	if (loader === undefined) return undefined;
	await mkdir(folder, {recursive: true});
	for (const name of names) {
		const program = programIn(root, name);
		if (program === undefined) return undefined;
		const file = join(folder, name);
		await writeFile(file, `#!/bin/sh\nexec ${loader} --library-path ${libraries.join(':')} ${program} "$@"\n`);
		await chmod(file, 0o755);
	}
	return folder;
};
