import type {Database} from '../catalogue.ts';
import {refusals} from '../errors.ts';
import {mayOn, sees} from '../rights.ts';
import {nameOf} from '../shape.ts';
import type {Result} from '../wire.ts';
import {accountOf, choose, type Said, type Session, type Statement} from './types.ts';

/** @throws SqlError 1044 */
const needOn = (session: Session, privilege: string, database: string): void => {
	if (!mayOn(accountOf(session), privilege, database)) throw refusals.noAccess(session.user, database);
};

const createDatabase = (session: Session, {part}: Said): number => {
	const name = nameOf(part('name'));
	needOn(session, 'CREATE', name);
	const {databases} = session.catalogue;
	if (databases[name] && part('unless') === '') throw refusals.databaseThere(name);
	databases[name] ??= {encoding: part('encoding') || 'utf8mb4', tables: {}};
	return 1;
};

const alterDatabase = (session: Session, {part}: Said): number => {
	const name = nameOf(part('name'));
	needOn(session, 'ALTER', name);
	const kept = session.catalogue.databases[name];
	if (!kept) throw refusals.noDatabase(name);
	kept.encoding = part('encoding');
	return 1;
};

const dropDatabase = (session: Session, {part}: Said): number => {
	const name = nameOf(part('name'));
	needOn(session, 'DROP', name);
	const {databases} = session.catalogue;
	if (!databases[name] && part('unless') === '') throw refusals.noDrop(name);
	delete databases[name];
	return 0;
};

const visible = (session: Session, name: string | undefined): Database | undefined =>
	name !== undefined && sees(accountOf(session), name) ? session.catalogue.databases[name] : undefined;

const columns = ['encoding', 'tables'];
const rowOf = ({encoding, tables}: Database): readonly string[] => [encoding, String(Object.keys(tables).length)];

/** The driver's look at the session's database: one row, with nothing in it where there is none. */
const lookAtOwn = (session: Session): Result => {
	const kept = visible(session, session.database);
	return {columns, rows: [kept ? rowOf(kept) : [null, '0']]};
};

/** The driver's look at a database by its name. */
const lookAt = (session: Session, {values}: Said): Result => {
	const kept = visible(session, values[0]);
	return {columns, rows: kept ? [rowOf(kept)] : []};
};

const name = '(?<name>`(?:[^`]|``)+`|[\\w$]+)';
const encoding = 'CHARACTER SET (?<encoding>\\w+)(?: COLLATE \\w+)?';

/** Statements about whole databases. */
export const databaseStatements: readonly Statement[] = [
	{
		pattern: new RegExp(`^CREATE DATABASE(?<unless> IF NOT EXISTS)? ${name}(?: ${encoding})?$`, 'iu'),
		writes: true,
		run: createDatabase,
	},
	{pattern: new RegExp(`^ALTER DATABASE ${name} ${encoding}$`, 'iu'), writes: true, run: alterDatabase},
	{pattern: new RegExp(`^DROP DATABASE(?<unless> IF EXISTS)? ${name}$`, 'iu'), writes: true, run: dropDatabase},
	{
		pattern: new RegExp(`^USE ${name}$`, 'iu'),
		run: (session, {part}) => {
			choose(session, nameOf(part('name')));
			return 0;
		},
	},
	{
		pattern:
			/^SELECT \( SELECT default_character_set_name FROM information_schema\.schemata WHERE schema_name = DATABASE \( \) \) AS encoding , \( SELECT count \( \* \) FROM information_schema\.tables WHERE table_schema = DATABASE \( \) \) AS tables$/iu,
		run: lookAtOwn,
	},
	{
		pattern:
			/^SELECT default_character_set_name AS encoding , \( SELECT count \( \* \) FROM information_schema\.tables WHERE table_schema = schema_name \) AS tables FROM information_schema\.schemata WHERE schema_name = \$0$/iu,
		run: lookAt,
	},
];
