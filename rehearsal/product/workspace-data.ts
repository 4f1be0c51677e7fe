import {withDatabase} from './database/connect.ts';
import type {Sql, StoreTarget} from './database/types.ts';

/** The revision that the migration writes and the server asks for, as Alembic does. */
const revision = 'f1d723fd723b';

/**
 * What a migration of the product needs rights for, each of the nine once: a table that refers to another, an index, a
 * column, a table that goes, rows that come, are read, changed and taken away.
 */
const statements: readonly string[] = [
	'create table if not exists alembic_version (version_num varchar(32) primary key)',
	'create table if not exists identity (id varchar(36) primary key)',
	'create table if not exists stack (id varchar(36) primary key, name varchar(191) not null)',
	'create table if not exists pipeline (id varchar(36) primary key, name varchar(191) not null, stack_id varchar(36), constraint fk_pipeline_stack foreign key (stack_id) references stack (id))',
	'create table if not exists pipeline_run (id varchar(36) primary key, name varchar(191) not null)',
	'create table if not exists secret (id varchar(36) primary key, name varchar(191) not null)',
	'create table if not exists schedule_old (id varchar(36) primary key)',
	'create index ix_pipeline_name on pipeline (name)',
	'alter table pipeline_run add column status varchar(32)',
	'drop table schedule_old',
	"insert into identity (id) values ('00000000-0000-4000-8000-000000000000')",
	"update identity set id = '11111111-1111-4111-8111-111111111111' where id = '00000000-0000-4000-8000-000000000000'",
	"delete from identity where id = '22222222-2222-4222-8222-222222222222'",
];

// ER_BAD_DB_ERROR, and ER_DBACCESS_DENIED_ERROR, which MySQL says of a database that is not there too.
const mayBeMissing = (error: unknown): boolean => [1044, 1049].includes((error as {errno?: number}).errno ?? 0);

/** Makes the database where it is missing and the account may, as the product does before it migrates. */
const makeDatabase = async (target: StoreTarget): Promise<void> => {
	const {database, ...rest} = target.config;
	await withDatabase({driver: target.driver, config: {...rest, database: ''}}, ({query}) =>
		query(`create database if not exists \`${database}\``),
	);
};

const revisionsOf = async ({query}: Sql): Promise<readonly unknown[]> => {
	const rows = await query('select version_num from alembic_version');
	return rows.map(({version_num: version}) => version);
};

const migrate = async (sql: Sql, log: (line: string) => void): Promise<void> => {
	log('INFO  [alembic.runtime.migration] Context impl MySQLImpl.');
	log('INFO  [alembic.runtime.migration] Will assume non-transactional DDL.');
	const [versions = '', ...rest] = statements;
	await sql.query(versions);
	if ((await revisionsOf(sql)).includes(revision)) return;
	for (const statement of rest) await sql.query(statement);
	await sql.query(`insert into alembic_version (version_num) values ('${revision}')`);
	log(`INFO  [alembic.runtime.migration] Running upgrade  -> ${revision}, Squash migrations.`);
};

/**
 * Migrates the database of a workspace server; only what proves that it may do there what the product does.
 * Repeatable. Rejects with what the database says.
 */
export const migrateWorkspace = async (target: StoreTarget, log: (line: string) => void): Promise<void> => {
	try {
		await withDatabase(target, (sql) => migrate(sql, log));
	} catch (error) {
		if (!mayBeMissing(error)) throw error;
		await makeDatabase(target);
		await withDatabase(target, (sql) => migrate(sql, log));
	}
};

/** Looks whether the tables are those that this server works with. Rejects with what the database says. */
export const openWorkspace = (target: StoreTarget): Promise<void> =>
	withDatabase(target, async ({query}) => {
		await query('select id from identity');
	});
