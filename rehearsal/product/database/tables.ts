import {randomUUID} from 'node:crypto';
import {isErrno} from '../../../source/base/errno.ts';
import type {Sql} from './types.ts';

/** Tables of the control plane; all are made alike, so that every engine takes the same statements. */
export const controlPlaneTables = [
	'account',
	'organization',
	'role',
	'role_assignment',
	'team',
	'team_member',
	'workspace',
	'server_secret',
] as const;
export type TableName = (typeof controlPlaneTables)[number];

/** A thing that is kept: a row's `content` as JSON, with what every thing has. */
export type Entity<Content = unknown> = Content & {readonly id: string; readonly created: string};

type Content = Readonly<Record<string, unknown>>;

/** The columns of every table: an ID, a name that nothing else in it has, and the thing itself. */
export const columns = 'id varchar(36) primary key, name varchar(255) not null unique, content text not null';

// unique_violation (PostgreSQL, "Error Codes") and ER_DUP_ENTRY (MySQL).
const isDuplicate = (error: unknown): boolean => isErrno(error, '23505', 'ER_DUP_ENTRY');

/** Time in microseconds, as the product tells it: things keep the order in which they were made. */
const now = (): string => {
	const ms = performance.timeOrigin + performance.now();
	const micros = String(Math.floor((ms % 1) * 1000)).padStart(3, '0');
	return `${new Date(ms).toISOString().slice(0, -1)}${micros}Z`;
};

/** All things of a table, the oldest first. */
export const allOf = async <T = Content>({query}: Sql, table: TableName): Promise<readonly Entity<T>[]> => {
	const rows = await query(`select content from ${table}`);
	const things = rows.map(({content}) => JSON.parse(String(content)) as Entity<T>);
	return things.sort((left, right) => left.created.localeCompare(right.created));
};

/** Adds a thing, unless one has its name: then undefined. */
export const add = async <T extends Content>(
	{query}: Sql,
	table: TableName,
	name: string,
	content: T,
): Promise<Entity<T> | undefined> => {
	const entity = {id: randomUUID(), created: now(), ...content};
	const values = [entity.id, name, JSON.stringify(entity)];
	try {
		await query(`insert into ${table} (id, name, content) values (?, ?, ?)`, values);
		return entity;
	} catch (error) {
		if (isDuplicate(error)) return undefined;
		throw error;
	}
};

/** Writes a thing that is there anew. */
export const change = async ({query}: Sql, table: TableName, entity: Entity<Content>): Promise<void> => {
	await query(`update ${table} set content = ? where id = ?`, [JSON.stringify(entity), entity.id]);
};

export const remove = async ({query}: Sql, table: TableName, id: string): Promise<void> => {
	await query(`delete from ${table} where id = ?`, [id]);
};
