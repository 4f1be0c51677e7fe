import * as z from 'zod';
import {isErrno} from '../../base/errno.ts';
import {byText} from '../../base/text.ts';
import type {Access} from '../access.ts';
import {markerTable} from '../marker.ts';
import {type Query, withConnection} from '../mysql/connect.ts';
import {quoteName} from '../mysql/sql.ts';
import {revisionIn, revisionSql} from '../revision.ts';
import {oneRow} from '../rows.ts';
import type {DatabaseContents} from '../types.ts';
import {storedIn, storedSecretsSql} from './stored-secrets.ts';

/** The size is of the server's statistics: InnoDB keeps no exact one. */
const tablesSql = `
SELECT table_name AS name, coalesce(data_length + index_length, 0) AS bytes FROM information_schema.tables
WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'`;

const tableSchema = z.object({name: z.string(), bytes: z.string()});
const countSchema = z.object({counted: z.string()});

const countRows = async (query: Query, name: string): Promise<number> => {
	const {counted} = oneRow(countSchema, await query(`SELECT count(*) AS counted FROM ${quoteName(name)}`));
	return Number(counted);
};

/**
 * MySQL 8 keeps the sizes that it shows for a day (MySQL documentation, `information_schema_stats_expiry`), so that a database which has
 * grown meanwhile looks small. MariaDB does not know the variable, and keeps none.
 */
const readSizesAnew = async (query: Query): Promise<void> => {
	try {
		await query('SET SESSION information_schema_stats_expiry = 0');
	} catch (error) {
		if (!isErrno(error, 'ER_UNKNOWN_SYSTEM_VARIABLE')) throw error;
	}
};

/** Counts in one snapshot, so that tables which belong together fit. */
export const contents = async (access: Access): Promise<DatabaseContents> =>
	withConnection(access, async (query) => {
		await readSizesAnew(query);
		await query('SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ');
		await query('START TRANSACTION WITH CONSISTENT SNAPSHOT');
		const all = (await query(tablesSql)).map((row) => oneRow(tableSchema, [row]));
		const tables: DatabaseContents['tables'][number][] = [];
		for (const {name} of all) if (name !== markerTable) tables.push({name, rows: await countRows(query, name)});
		const isMigrated = tables.some(({name}) => name === 'alembic_version');
		return {
			tables: tables.sort((one, other) => byText(one.name, other.name)),
			...(isMigrated && {revision: await revisionIn(query(revisionSql), [])}),
			bytes: all.reduce((sum, {bytes}) => sum + Number(bytes), 0),
			isHalfRestored: all.some(({name}) => name === markerTable),
		};
	});

const absent = ['ER_NO_SUCH_TABLE', 'ER_BAD_FIELD_ERROR'];

/** Reads some of the product's secrets as they are stored. */
export const storedSecrets = async (access: Access): Promise<readonly string[]> =>
	withConnection(access, async (query) => {
		try {
			return storedIn(await query(storedSecretsSql(quoteName)));
		} catch (error) {
			if (isErrno(error, ...absent)) return [];
			throw error;
		}
	});
