import {createHash, randomBytes, scryptSync, timingSafeEqual} from 'node:crypto';
import type pg from 'pg';

/** The revision that the migration writes and the server asks for, as Alembic does. */
const schemaRevision = '8a3fb1c2d901';

const tables = [
	`create table if not exists account (
		id uuid primary key default gen_random_uuid(), username text not null unique, password_hash text,
		is_superuser boolean not null default false, is_active boolean not null default true,
		password_expired boolean not null default true, reserved boolean not null default false,
		created timestamptz not null default now())`,
	`create table if not exists organization (
		id uuid primary key default gen_random_uuid(), name text not null unique, owner_id uuid references account(id),
		created timestamptz not null default now())`,
	`create table if not exists role (
		id uuid primary key default gen_random_uuid(), organization_id uuid not null references organization(id) on delete cascade,
		name text not null, level text not null, unique (organization_id, name))`,
	`create table if not exists role_assignment (
		role_id uuid not null references role(id) on delete cascade, account_id uuid not null references account(id) on delete cascade,
		primary key (role_id, account_id))`,
	`create table if not exists workspace (
		id uuid primary key default gen_random_uuid(), organization_id uuid not null references organization(id) on delete cascade,
		name text not null, status text not null default 'not_initialized', enrollment_key_hash text not null,
		created timestamptz not null default now(), unique (organization_id, name))`,
	'create table if not exists server_secret (name text primary key, value text not null)',
	'create table if not exists alembic_version (version_num varchar(32) primary key)',
];

/** Makes the control plane's tables; lines as Alembic writes them go to `log`. Repeatable. */
export const migrateControlPlane = async (client: pg.Client, log: (line: string) => void): Promise<void> => {
	log('INFO  [alembic.runtime.migration] Context impl PostgresqlImpl.');
	log('INFO  [alembic.runtime.migration] Will assume transactional DDL.');
	await client.query('begin');
	// Replicas that start together would otherwise race on "if not exists".
	await client.query('select pg_advisory_xact_lock(715803424)');
	for (const statement of tables) await client.query(statement);
	await client.query("insert into server_secret values ('token', $1) on conflict do nothing", [
		randomBytes(32).toString('hex'),
	]);
	const done = await client.query('insert into alembic_version values ($1) on conflict do nothing', [schemaRevision]);
	await client.query('commit');
	if (done.rowCount) log(`INFO  [alembic.runtime.migration] Running upgrade  -> ${schemaRevision}, Create tables.`);
};

/** Tables of a workspace server; only what is needed to prove that it may write into its database. */
export const migrateWorkspace = async (client: pg.Client, log: (line: string) => void): Promise<void> => {
	log('INFO  [alembic.runtime.migration] Context impl PostgresqlImpl.');
	await client.query('begin');
	await client.query('select pg_advisory_xact_lock(715803425)');
	for (const name of ['identity', 'stack', 'stack_component', 'pipeline', 'pipeline_run', 'artifact_version', 'secret'])
		await client.query(
			`create table if not exists "${name}" (id uuid primary key default gen_random_uuid(), name text, created timestamptz default now())`,
		);
	await client.query('create table if not exists alembic_version (version_num varchar(32) primary key)');
	const done = await client.query('insert into alembic_version values ($1) on conflict do nothing', [schemaRevision]);
	await client.query('commit');
	log(done.rowCount ? `Running upgrade  -> ${schemaRevision}, Squash migrations.` : 'The database is up to date.');
};

/** True when the database holds the tables of this revision. */
export const isMigrated = async (client: pg.Client): Promise<boolean> => {
	const found = await client.query("select to_regclass('alembic_version') as name");
	if (!found.rows[0]?.name) return false;
	const version = await client.query('select 1 from alembic_version where version_num = $1', [schemaRevision]);
	return version.rowCount === 1;
};

/** Roles that every organization gets; names and levels after the vendor's page on roles. */
export const systemRoles: readonly (readonly [name: string, level: 'organization' | 'workspace'])[] = [
	['Organization Admin', 'organization'],
	['Organization Manager', 'organization'],
	['Organization Member', 'organization'],
	['Organization Viewer', 'organization'],
	['Billing Admin', 'organization'],
	['Workspace Admin', 'workspace'],
	['Workspace Developer', 'workspace'],
	['Workspace Contributor', 'workspace'],
	['Workspace Viewer', 'workspace'],
	['Stack Admin', 'workspace'],
];

/** A salted scrypt hash of a password. */
export const hashPassword = (password: string): string => {
	const salt = randomBytes(16);
	return `${salt.toString('hex')}:${scryptSync(password, salt, 32).toString('hex')}`;
};

/** Compares a password with a hash of `hashPassword`. */
export const fitsHash = (password: string, hash: string): boolean => {
	const [salt = '', key = ''] = hash.split(':');
	return timingSafeEqual(scryptSync(password, Buffer.from(salt, 'hex'), 32), Buffer.from(key, 'hex'));
};

/** Compares two secrets without telling by time how much of them is equal. */
export const sameSecret = (left: string, right: string): boolean => {
	const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
	return timingSafeEqual(digest(left), digest(right));
};

/** SHA-256 of an enrolment key, hex: keys are random, so no salt is needed. */
export const hashKey = (key: string): string => createHash('sha256').update(key).digest('hex');
