import * as z from 'zod';
import type {Access} from '../access.ts';
import {revisionIn, revisionSql} from '../revision.ts';
import {oneRow} from '../rows.ts';
import type {DatabaseSchema} from '../types.ts';
import {withConnection} from './connect.ts';

const countSchema = z.object({tables: z.string()});

const countSql = `
SELECT count(*) AS tables FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`;

/** undefined_table, insufficient_privilege (PostgreSQL documentation, appendix A). */
const absent = ['42P01', '42501'];

/** Looks at what the login's database holds. */
export const schema = async (access: Access): Promise<DatabaseSchema> =>
	withConnection(access, async (query) => {
		const {tables} = oneRow(countSchema, await query(countSql));
		return {tables: Number(tables), revision: await revisionIn(query(revisionSql), absent)};
	});
