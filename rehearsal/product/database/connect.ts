import {connectMysql} from './mysql.ts';
import {connectPostgres} from './postgres.ts';
import type {Sql, StoreTarget} from './types.ts';

/** Logs in, runs the work on one connection and closes it. */
export const withDatabase = async <T>(
	{config, driver}: Pick<StoreTarget, 'config' | 'driver'>,
	work: (sql: Sql) => Promise<T>,
): Promise<T> => {
	const sql = await (driver === 'mysql' ? connectMysql(config) : connectPostgres(config));
	try {
		return await work(sql);
	} finally {
		await sql.end();
	}
};
