import * as z from 'zod';
import {oneRow} from './rows.ts';

/** How many values are looked at: one tells as much as all, unless it is an old one of another key. */
const most = 5;

/** A value longer than this does not fit into the product's column (its TEXT_FIELD_MAX_LENGTH), characters. */
const longest = 65_535;

/**
 * The newest values of the product's own secrets (table `secret`, column `values`, as zenml's zen_stores/schemas/secret_schemas.py has
 * them). @param quote writes a name as SQL
 */
export const storedSecretsSql = (quote: (name: string) => string): string => {
	const values = quote('values');
	return `SELECT ${values} AS stored FROM secret WHERE ${values} IS NOT NULL AND length(${values}) BETWEEN 1 AND ${longest} ORDER BY created DESC LIMIT ${most}`;
};

const rowSchema = z.object({stored: z.string()});

/** @param rows of `storedSecretsSql` */
export const storedIn = (rows: readonly unknown[]): readonly string[] =>
	rows.map((row) => oneRow(rowSchema, [row]).stored);
