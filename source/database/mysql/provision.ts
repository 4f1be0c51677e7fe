import {createHash} from 'node:crypto';
import {provisionBy} from '../converge.ts';
import type {DatabaseStatement, NeededDatabase} from '../types.ts';
import {type MysqlAccess, withConnection} from './connect.ts';
import {missing} from './missing.ts';
import {passwordPlaceholder, quoteText} from './sql.ts';

/** ER_DB_CREATE_EXISTS, and ER_CANNOT_USER of CREATE USER: another one made it meanwhile, so look again. */
const madeByOthers = new Set([1007, 1396]);

const lostRace = (error: unknown): boolean => {
	const {errno} = (error ?? {}) as {readonly errno?: unknown};
	return typeof errno === 'number' && madeByOthers.has(errno);
};

/**
 * What `IDENTIFIED BY PASSWORD` of MariaDB takes instead of the password, which its log and its process list would show: `*` and the
 * SHA-1 of the SHA-1 in hex (MariaDB documentation, PASSWORD()).
 */
const nativeHash = (password: string): string => {
	const once = createHash('sha1').update(password, 'utf8').digest();
	return `*${createHash('sha1').update(once).digest('hex').toUpperCase()}`;
};

/** MySQL writes such statements to its logs without the password; MariaDB writes all of it, and gets a hash. */
const written = ({sql}: DatabaseStatement, password: string): string => {
	const value = sql.includes(`BY PASSWORD ${passwordPlaceholder}`) ? nativeHash(password) : password;
	return sql.replaceAll(passwordPlaceholder, () => quoteText(value));
};

const run = async (admin: MysqlAccess, {password}: NeededDatabase, statement: DatabaseStatement): Promise<void> => {
	try {
		await withConnection(admin, (query) => query(written(statement, password)));
	} catch (error) {
		if (!lostRace((error as Error).cause)) throw error;
	}
};

/** Makes what is missing, and looks again until nothing is. */
export const provision = provisionBy<MysqlAccess>({missing, run});
