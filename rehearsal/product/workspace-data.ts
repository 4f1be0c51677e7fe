import {withDatabase} from './database/connect.ts';
import {currentRevision, headOf, migrateTo, type Revision} from './database/revisions.ts';
import type {Sql, StoreTarget} from './database/types.ts';

/**
 * What a migration of the product needs rights for, each of the nine once: a table that refers to another, an index, a
 * column, a table that goes, rows that come, are read, changed and taken away.
 */
const first: readonly string[] = [
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

const versions = 'create table if not exists alembic_version (version_num varchar(32) primary key)';

/** The revisions of a workspace's database, as far as they are played: one from the beginning, one of the newest sample. */
const revisions: readonly Revision[] = [
	{id: 'b59aa68fdb1f', title: 'Squash migrations', statements: first},
	{
		id: 'f1d723fd723b',
		title: 'Resource pools',
		since: '0.95.1',
		statements: [
			'create table if not exists resource_pool (id varchar(36) primary key, name varchar(191) not null)',
			'create index ix_resource_pool_name on resource_pool (name)',
			'alter table pipeline add column resource_pool_id varchar(36)',
		],
	},
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

/** What a migration needs: the version of the server's image, and where its lines go. */
type Migration = {readonly version: string; readonly log: (line: string) => void};

const migrate = async (sql: Sql, {version, log}: Migration): Promise<void> => {
	log('INFO  [alembic.runtime.migration] Context impl MySQLImpl.');
	log('INFO  [alembic.runtime.migration] Will assume non-transactional DDL.');
	await sql.query(versions);
	await migrateTo(sql, {all: revisions, version, log});
};

/**
 * Migrates the database of a workspace server; only what proves that it may do there what the product does.
 * Repeatable. Rejects with what the database says, and with UnknownRevision where a newer server has migrated it.
 */
export const migrateWorkspace = async (target: StoreTarget, migration: Migration): Promise<void> => {
	try {
		await withDatabase(target, (sql) => migrate(sql, migration));
	} catch (error) {
		if (!mayBeMissing(error)) throw error;
		await makeDatabase(target);
		await withDatabase(target, (sql) => migrate(sql, migration));
	}
};

/** Whether the tables are those that a server of this version works with. Rejects with what the database says. */
export const openWorkspace = (target: StoreTarget, version: string): Promise<boolean> =>
	withDatabase(target, async (sql) => {
		await sql.query('select id from identity');
		return (await currentRevision(sql)) === headOf(revisions, version);
	});
