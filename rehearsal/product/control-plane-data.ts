import {createHash, randomBytes, scryptSync, timingSafeEqual} from 'node:crypto';
import {isErrno} from '../../source/base/errno.ts';
import {add, columns, controlPlaneTables} from './database/tables.ts';
import type {Sql} from './database/types.ts';

/** The revision that the migration writes and the server asks for, as Alembic does. */
const schemaRevision = '8a3fb1c2d901';

const alembic = 'create table if not exists alembic_version (version_num varchar(32) primary key)';

const contextOf = ({engine}: Sql): string => (engine === 'mysql' ? 'MySQLImpl' : 'PostgresqlImpl');

/** Writes the revision down; false when it is there already. */
const stampRevision = async ({query}: Sql): Promise<boolean> => {
	const found = await query('select version_num from alembic_version');
	if (found.length > 0) return false;
	await query('insert into alembic_version (version_num) values (?)', [schemaRevision]);
	return true;
};

/** Makes the control plane's tables; lines as Alembic writes them go to `log`. Repeatable. */
export const migrateControlPlane = async (sql: Sql, log: (line: string) => void): Promise<void> => {
	log(`INFO  [alembic.runtime.migration] Context impl ${contextOf(sql)}.`);
	for (const table of controlPlaneTables) await sql.query(`create table if not exists ${table} (${columns})`);
	await sql.query(alembic);
	await add(sql, 'server_secret', 'token', {value: randomBytes(32).toString('hex')});
	if (await stampRevision(sql))
		log(`INFO  [alembic.runtime.migration] Running upgrade  -> ${schemaRevision}, Create tables.`);
};

// undefined_table (PostgreSQL, "Error Codes") and MySQL's name for the same.
const isAbsent = (error: unknown): boolean => isErrno(error, '42P01', 'ER_NO_SUCH_TABLE');

/** True when the database holds the tables of this revision. */
export const isMigrated = async ({query}: Sql): Promise<boolean> => {
	try {
		const versions = await query('select version_num from alembic_version');
		return versions.some(({version_num: version}) => version === schemaRevision);
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
