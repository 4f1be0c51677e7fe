import {createHash, randomBytes, scryptSync, timingSafeEqual} from 'node:crypto';
import {isErrno} from '../../../source/base/errno.ts';
import {currentRevision, headOf, migrateTo, type Revision} from '../database/revisions.ts';
import {add, columns, controlPlaneTables} from '../database/tables.ts';
import type {Sql} from '../database/types.ts';

/** The revisions of the control plane's database, as far as they are played: one from the beginning, one of the newest sample. */
const revisions: readonly Revision[] = [
	{
		id: '3c41d0a9be77',
		title: 'Create tables',
		statements: controlPlaneTables.map((table) => `create table if not exists ${table} (${columns})`),
	},
	{
		id: '8a3fb1c2d901',
		title: 'Add audit log',
		since: '0.13.18',
		statements: [`create table if not exists audit_log (${columns})`],
	},
];

const alembic = 'create table if not exists alembic_version (version_num varchar(32) primary key)';

const contextOf = ({engine}: Sql): string => (engine === 'mysql' ? 'MySQLImpl' : 'PostgresqlImpl');

/**
 * Makes the control plane's tables as a version has them; lines as Alembic writes them go to `log`. Repeatable.
 * @throws UnknownRevision for a database that a newer version has migrated
 */
export const migrateControlPlane = async (sql: Sql, version: string, log: (line: string) => void): Promise<void> => {
	log(`INFO  [alembic.runtime.migration] Context impl ${contextOf(sql)}.`);
	await sql.query(alembic);
	await migrateTo(sql, {all: revisions, version, log});
	await add(sql, 'server_secret', 'token', {value: randomBytes(32).toString('hex')});
};

// undefined_table (PostgreSQL, "Error Codes") and MySQL's name for the same.
const isAbsent = (error: unknown): boolean => isErrno(error, '42P01', 'ER_NO_SUCH_TABLE');

/** True when the database holds the tables that a server of this version works with. */
export const isMigrated = async (sql: Sql, version: string): Promise<boolean> => {
	try {
		return (await currentRevision(sql)) === headOf(revisions, version);
	} catch (error) {
		if (isAbsent(error)) return false;
		throw error;
	}
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
