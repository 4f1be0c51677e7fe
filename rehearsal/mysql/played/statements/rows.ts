import type {Table} from '../catalogue.ts';
import {refusals} from '../errors.ts';
import {nameOf, namesIn, readValue} from '../shape.ts';
import type {Result} from '../wire.ts';
import {tableFor} from './tables.ts';
import type {Said, Session, Statement} from './types.ts';

type Row = Table['rows'][number];

/** @throws SqlError 1054 */
const refuseUnknown = ({columns}: Table, named: readonly string[]): void => {
	const unknown = named.find((column) => !columns.includes(column));
	if (unknown !== undefined) throw refusals.noColumn(unknown);
};

/** @throws SqlError 1062 when another row has the same where none may */
const refuseTwins = ({unique}: Table, rows: readonly Row[]): void => {
	for (const [key, column] of Object.entries(unique)) {
		const seen = new Set<string | null | undefined>();
		for (const row of rows) {
			if (seen.has(row[column])) throw refusals.duplicate(row[column] ?? 'NULL', key);
			seen.add(row[column]);
		}
	}
};

const insert = (session: Session, {part, values}: Said): number => {
	const table = tableFor(session, 'INSERT', nameOf(part('table')));
	const named = namesIn(part('columns'));
	const given = part('given').split(' , ');
	refuseUnknown(table, named);
	const row: Record<string, string | null> = Object.fromEntries(table.columns.map((column) => [column, null]));
	for (const [index, column] of named.entries()) row[column] = readValue(given[index] ?? 'NULL', values);
	const rows = [...table.rows, row];
	refuseTwins(table, rows);
	table.rows = rows;
	return 1;
};

/** The rows that `WHERE column = value` means; all without it. */
const chosenBy = (table: Table, {part, values}: Said): ((row: Row) => boolean) => {
	const column = nameOf(part('where'));
	if (column === '') return () => true;
	refuseUnknown(table, [column]);
	const value = readValue(part('is'), values);
	return (row) => row[column] === value;
};

const select = (session: Session, said: Said): Result => {
	const table = tableFor(session, 'SELECT', nameOf(said.part('table')));
	const columns = namesIn(said.part('columns'));
	refuseUnknown(table, columns);
	const rows = table.rows.filter(chosenBy(table, said));
	return {columns, rows: rows.map((row) => columns.map((column) => row[column] ?? null))};
};

const update = (session: Session, said: Said): number => {
	const {part, values} = said;
	const table = tableFor(session, 'UPDATE', nameOf(part('table')));
	const column = nameOf(part('column'));
	refuseUnknown(table, [column]);
	const isMeant = chosenBy(table, said);
	const count = table.rows.filter(isMeant).length;
	const value = readValue(part('to'), values);
	const rows = table.rows.map((row) => (isMeant(row) ? {...row, [column]: value} : row));
	refuseTwins(table, rows);
	table.rows = rows;
	return count;
};

const remove = (session: Session, said: Said): number => {
	const table = tableFor(session, 'DELETE', nameOf(said.part('table')));
	const isMeant = chosenBy(table, said);
	const left = table.rows.filter((row) => !isMeant(row));
	const count = table.rows.length - left.length;
	table.rows = left;
	return count;
};

const name = (group: string): string => `(?<${group}>\`(?:[^\`]|\`\`)+\`|\\w+)`;
const where = ` WHERE ${name('where')} = (?<is>\\$\\d+)`;

/** Statements about rows: those of the product. */
export const rowStatements: readonly Statement[] = [
	{
		pattern: new RegExp(
			`^INSERT INTO ${name('table')} \\( (?<columns>[^()]+) \\) VALUES \\( (?<given>[^()]+) \\)$`,
			'iu',
		),
		writes: true,
		run: insert,
	},
	{pattern: new RegExp(`^SELECT (?<columns>[\\w, \`]+) FROM ${name('table')}(?:${where})?$`, 'iu'), run: select},
	{
		pattern: new RegExp(`^UPDATE ${name('table')} SET ${name('column')} = (?<to>\\$\\d+)${where}$`, 'iu'),
		writes: true,
		run: update,
	},
	{pattern: new RegExp(`^DELETE FROM ${name('table')}${where}$`, 'iu'), writes: true, run: remove},
];
