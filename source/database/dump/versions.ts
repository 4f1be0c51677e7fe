import type {DatabaseEngine, DatabaseFacts} from '../types.ts';

type Product = DatabaseFacts['product'];

/** Whose programs a product needs, as the answers call it. */
export const engineOf = (product: Product): DatabaseEngine => (product === 'PostgreSQL' ? 'postgresql' : 'mysql');

/** Packages that bring the programs, as distributions call them. */
export const packages: Readonly<Record<Product, string>> = {
	PostgreSQL: 'postgresql-client',
	MySQL: 'mysql-client',
	MariaDB: 'mariadb-client',
};

/** Whose client a program is, and of which version; undefined where its words tell neither. @param words of `--version` */
export const versionIn = (words: string): {readonly product: Product; readonly version: string} | undefined => {
	const postgres = /\(PostgreSQL\) (\d+(?:\.\d+)*)/u.exec(words)?.[1];
	if (postgres !== undefined) return {product: 'PostgreSQL', version: postgres};
	// `Ver 10.19 Distrib 10.11.14-MariaDB`, since 11 `from 11.8.3-MariaDB`: the first number is that of the program alone.
	const mariadb = /(?:Distrib|from) (\d+(?:\.\d+)*)-MariaDB/u.exec(words)?.[1];
	if (mariadb !== undefined) return {product: 'MariaDB', version: mariadb};
	// `Ver 8.0.36 for Linux`, before 8 `Ver 10.13 Distrib 5.7.44`.
	const mysql = (/Distrib (\d+(?:\.\d+)*)/u.exec(words) ?? /Ver (\d+(?:\.\d+)*)/u.exec(words))?.[1];
	return mysql === undefined ? undefined : {product: 'MySQL', version: mysql};
};

/** The major number of a version; PostgreSQL promises nothing between these (PostgreSQL documentation, "Versioning Policy"). */
export const majorOf = (version: string): number => Number(/^\d+/u.exec(version)?.[0] ?? 0);

/** Oldest clients of MySQL and MariaDB that are taken: those before know neither the logins nor the words of today's servers. */
const oldestClients: Readonly<Record<Product, number>> = {PostgreSQL: 10, MySQL: 8, MariaDB: 10};

/** Does a client of that version fit the server? pg_dump refuses a server that is newer than itself. */
export const fits = (client: string, server: {readonly product: Product; readonly version: string}): boolean =>
	majorOf(client) >= oldestClients[server.product] &&
	(server.product !== 'PostgreSQL' || majorOf(client) >= majorOf(server.version));

/** Order of versions, older first. */
export const byVersion = (one: string, other: string): number => {
	const [a, b] = [one, other].map((version) => version.split('.').map(Number));
	for (let at = 0; at < Math.max(a?.length ?? 0, b?.length ?? 0); at += 1) {
		const difference = (a?.[at] ?? 0) - (b?.[at] ?? 0);
		if (difference !== 0) return difference;
	}
	return 0;
};
