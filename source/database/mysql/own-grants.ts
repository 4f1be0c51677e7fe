import type {Query} from './connect.ts';
import {type Grants, readGrants} from './grants.ts';
import {type Account, quoteAccount} from './sql.ts';

/** Roles as CURRENT_ROLE() of MySQL lists them. */
const roleList = /^`(?:[^`]|``)*`@`(?:[^`]|``)*`(?:,`(?:[^`]|``)*`@`(?:[^`]|``)*`)*$/u;

const linesOf = async (query: Query, sql: string): Promise<readonly string[]> =>
	(await query(sql)).flatMap((row) => Object.values(row)[0] ?? []);

/** What the login of this connection may do, with its active roles. MariaDB shows these by itself. */
export const readOwnGrants = async (query: Query, isMariadb: boolean): Promise<Grants> => {
	const [row] = await query('SELECT CURRENT_ROLE() AS roles');
	const roles = row?.roles ?? 'NONE';
	if (isMariadb) return readGrants(await linesOf(query, 'SHOW GRANTS'), roles !== 'NONE');
	const using = roleList.test(roles) ? ` USING ${roles}` : '';
	return readGrants(await linesOf(query, `SHOW GRANTS FOR CURRENT_USER()${using}`), using !== '');
};

/** What another account may do, by lines of its own. */
export const readGrantsOf = async (query: Query, account: Account): Promise<Grants> =>
	readGrants(await linesOf(query, `SHOW GRANTS FOR ${quoteAccount(account)}`), false);
