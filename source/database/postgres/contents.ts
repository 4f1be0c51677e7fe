import * as z from 'zod';
import {isErrno} from '../../base/errno.ts';
import {byText} from '../../base/text.ts';
import type {Access} from '../access.ts';
import {revisionIn, revisionSql} from '../revision.ts';
import {oneRow} from '../rows.ts';
import {storedIn, storedSecretsSql} from '../stored-secrets.ts';
import type {DatabaseContents} from '../types.ts';
import {type Query, withConnection} from './connect.ts';
import {quoteName} from './sql.ts';

/** Partitions are tables of their own here, and the table that they belong to holds no rows itself. */
const tablesSql = `
SELECT nspname AS schema, relname AS name FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind = 'r' AND relpersistence <> 't' AND nspname <> 'information_schema' AND nspname NOT LIKE 'pg\\_%'`;

const tableSchema = z.object({schema: z.string(), name: z.string()});
const countSchema = z.object({rows: z.string()});
const sizeSchema = z.object({bytes: z.string()});

const counted = async (query: Query, row: unknown): Promise<DatabaseContents['tables'][number]> => {
	const {schema, name} = oneRow(tableSchema, [row]);
	const from = `${quoteName(schema)}.${quoteName(name)}`;
	const {rows} = oneRow(countSchema, await query(`SELECT count(*) AS rows FROM ONLY ${from}`));
	return {name: schema === 'public' ? name : `${schema}.${name}`, rows: Number(rows)};
};

/** Counts in one snapshot, so that tables which belong together fit. */
export const contents = async (access: Access): Promise<DatabaseContents> =>
	withConnection(access, async (query) => {
		await query('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
		const tables: DatabaseContents['tables'][number][] = [];
		for (const row of await query(tablesSql)) tables.push(await counted(query, row));
		const {bytes} = oneRow(sizeSchema, await query('SELECT pg_database_size(current_database()) AS bytes'));
		const isMigrated = tables.some(({name}) => name === 'alembic_version');
		return {
			tables: tables.sort((one, other) => byText(one.name, other.name)),
			...(isMigrated && {revision: await revisionIn(query(revisionSql), [])}),
			bytes: Number(bytes),
			// A restore is one transaction here: there is no half of one.
			isHalfRestored: false,
		};
	});

/** undefined_table, undefined_column (PostgreSQL documentation, appendix A). */
const absent = ['42P01', '42703'];

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
