import * as z from 'zod';
import {isErrno} from '../../base/errno.ts';
import {byText} from '../../base/text.ts';
import type {Access} from '../access.ts';
import {markerTable} from '../marker.ts';
import {revisionIn, revisionSql} from '../revision.ts';
import {oneRow} from '../rows.ts';
import {storedIn, storedSecretsSql} from '../stored-secrets.ts';
import type {DatabaseContents} from '../types.ts';
import {type Query, withConnection} from './connect.ts';
import {quoteName} from './sql.ts';

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

/** Counts in one snapshot, so that tables which belong together fit. */
export const contents = async (access: Access): Promise<DatabaseContents> =>
	withConnection(access, async (query) => {
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
