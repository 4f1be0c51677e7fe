import type {Table} from '../catalogue.ts';
import {refusals} from '../errors.ts';
import {nameOf, namesIn} from '../shape.ts';
import {chosen, need, type Said, type Session, type Statement} from './types.ts';

/** The table of that name in the session's database. @throws SqlError 1142 before 1146, as the server does */
export const tableFor = (session: Session, privilege: string, table: string): Table => {
	need(session, privilege, table);
	const {name, kept} = chosen(session);
	const found = kept.tables[table];
	if (!found) throw refusals.noTable(name, table);
	return found;
};

/** Parts between commas that no bracket encloses. */
const partsOf = (body: string): readonly string[] => {
	const parts: string[] = [''];
	let depth = 0;
	for (const word of body.split(' ')) {
		if (word === '(') depth += 1;
		if (word === ')') depth -= 1;
		if (word === ',' && depth === 0) parts.push('');
		else parts[parts.length - 1] += ` ${word}`;
	}
	return parts.map((part) => part.trim());
};

const foreignKey = /^CONSTRAINT \S+ FOREIGN KEY \( \S+ \) REFERENCES (?<table>\S+) \( \S+ \)$/iu;

const tableFrom = (session: Session, table: string, body: string): Table => {
	const parts = partsOf(body);
	for (const part of parts) {
		const parent = foreignKey.exec(part)?.groups?.table;
		if (parent !== undefined) tableFor(session, 'REFERENCES', nameOf(parent));
	}
	const columns = parts.filter((part) => !foreignKey.test(part));
	const named = columns.map((part) => [nameOf(part.split(' ')[0]), part] as const);
	const unique = named.flatMap(([column, part]) => {
		if (/ PRIMARY KEY$/iu.test(part)) return [[`${table}.PRIMARY`, column] as const];
		return / UNIQUE$/iu.test(part) ? [[`${table}.${column}`, column] as const] : [];
	});
	return {columns: named.map(([column]) => column), unique: Object.fromEntries(unique), indexes: [], rows: []};
};

const createTable = (session: Session, {part}: Said): number => {
	const table = nameOf(part('table'));
	need(session, 'CREATE', table);
	const {kept} = chosen(session);
	if (!kept.tables[table]) kept.tables[table] = tableFrom(session, table, part('body'));
	else if (part('unless') === '') throw refusals.tableThere(table);
	return 0;
};

const createIndex = (session: Session, {part}: Said): number => {
	const table = tableFor(session, 'INDEX', nameOf(part('table')));
	const index = nameOf(part('index'));
	if (table.indexes.includes(index)) throw refusals.indexThere(index);
	const unknown = namesIn(part('columns')).find((column) => !table.columns.includes(column));
	if (unknown !== undefined) throw refusals.noColumn(unknown);
	table.indexes = [...table.indexes, index];
	return 0;
};

const addColumn = (session: Session, {part}: Said): number => {
	const table = tableFor(session, 'ALTER', nameOf(part('table')));
	const column = nameOf(part('column'));
	if (table.columns.includes(column)) throw refusals.columnThere(column);
	table.columns = [...table.columns, column];
	table.rows = table.rows.map((row) => ({...row, [column]: null}));
	return 0;
};

const dropTable = (session: Session, {part}: Said): number => {
	const table = nameOf(part('table'));
	need(session, 'DROP', table);
	const {name, kept} = chosen(session);
	if (!kept.tables[table]) throw refusals.unknownTable(name, table);
	delete kept.tables[table];
	return 0;
};

const name = (group: string): string => `(?<${group}>\`(?:[^\`]|\`\`)+\`|[\\w$]+)`;

/** Statements that make and change tables: those of the product's migrations. */
export const tableStatements: readonly Statement[] = [
	{
		pattern: new RegExp(`^CREATE TABLE(?<unless> IF NOT EXISTS)? ${name('table')} \\( (?<body>.+) \\)$`, 'iu'),
		writes: true,
		run: createTable,
	},
	{
		pattern: new RegExp(`^CREATE INDEX ${name('index')} ON ${name('table')} \\( (?<columns>[^()]+) \\)$`, 'iu'),
		writes: true,
		run: createIndex,
	},
	{
		pattern: new RegExp(`^ALTER TABLE ${name('table')} ADD COLUMN ${name('column')} [\\w ()]+$`, 'iu'),
		writes: true,
		run: addColumn,
	},
	{pattern: new RegExp(`^DROP TABLE ${name('table')}$`, 'iu'), writes: true, run: dropTable},
];
