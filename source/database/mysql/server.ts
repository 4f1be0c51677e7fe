import * as z from 'zod';
import {oneRow} from '../rows.ts';
import type {Greeting, Query, Row} from './connect.ts';
import {between} from './pooler.ts';

/** What a server is: told by itself, with names as MySQL and MariaDB share them. */
export type Server = {
	/** The account of this login: `user@host`. */
	readonly account: string;
	readonly product: 'MySQL' | 'MariaDB';
	/** `9.7.4`. */
	readonly version: string;
	readonly variables: ReadonlyMap<string, string>;
	readonly isPooled: boolean;
	/** The product of the proxy in between, where it names itself. */
	readonly pooler?: string | undefined;
	readonly warnings: readonly string[];
};

const variableNames = [
	'version',
	'max_connections',
	'read_only',
	'super_read_only',
	'innodb_read_only',
	'require_secure_transport',
	'sql_require_primary_key',
] as const;

const pairSchema = z.object({Variable_name: z.string(), Value: z.string()});
const identitySchema = z.object({session: z.string(), account: z.string()});
const commentSchema = z.object({'@@version_comment': z.string()});

/** Names and values of SHOW VARIABLES and SHOW STATUS; names in small letters. */
export const pairsOf = (rows: readonly Row[]): ReadonlyMap<string, string> =>
	new Map(
		rows.map((row) => {
			const {Variable_name: name, Value: value} = oneRow(pairSchema, [row]);
			return [name.toLowerCase(), value];
		}),
	);

const inList = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(', ');

/** Looks at the server alone. `SHOW` is what both products, and proxies in between, know; a variable that one lacks is just not told. */
export const readServer = async (query: Query, greeting: Greeting): Promise<Server> => {
	const shown = await query(`SHOW GLOBAL VARIABLES WHERE Variable_name IN (${inList(variableNames)})`);
	const variables = pairsOf(shown);
	const {session, account} = oneRow(
		identitySchema,
		await query('SELECT CONNECTION_ID() AS session, CURRENT_USER() AS account'),
	);
	// Written as the mysql client writes it: a proxy answers that statement itself.
	const row = oneRow(commentSchema, await query('SELECT @@version_comment LIMIT 1'));
	const comment = row['@@version_comment'];
	const version = variables.get('version') ?? greeting.version;
	// MariaDB puts an old version before its own where replicas read it (5.5.5-10.11.4-MariaDB).
	const isMariadb =
		/mariadb/iu.test(`${version} ${comment} ${greeting.version}`) || /^5\.5\.5-/u.test(greeting.version);
	return {
		product: isMariadb ? 'MariaDB' : 'MySQL',
		version: /\d+(?:\.\d+)*/u.exec(version.replace(/^5\.5\.5-/u, ''))?.[0] ?? version,
		variables,
		account,
		...between({greeting, version, comment, session}),
	};
};

/** The server that this one repeats; undefined where there is none, or where the login may not see it. */
export const readSource = async (query: Query): Promise<string | undefined> => {
	try {
		const [row] = await query('SHOW REPLICA STATUS');
		return row?.Source_Host ?? row?.Master_Host ?? undefined;
	} catch {
		// It takes a privilege that an account of a component need not have.
		return undefined;
	}
};
