import {allOf, type Entity} from '../database/tables.ts';
import type {Sql} from '../database/types.ts';
import {type Answer, HttpError, type Request} from '../messages.ts';
import type {Account, Context} from './session.ts';

/** A call that the API knows. */
export type Route = {
	readonly method: string;
	readonly path: RegExp;
	readonly handle: (context: Context) => Promise<Answer>;
};

const uuid = '(?<id>[0-9a-f]{8}-[0-9a-f-]{27})';

export type Organization = {readonly name: string; readonly owner_id: string};
export type Role = {
	readonly organization_id: string;
	readonly name: string;
	readonly level: 'organization' | 'workspace';
};
export type Assignment = {readonly role_id: string; readonly account_id: string};

/** The path of a thing by its ID, and what comes after it. */
export const below = (before: string, after = ''): RegExp => new RegExp(`^${before}/${uuid}${after}$`, 'u');

export const accountJson = ({id, username, is_superuser, is_active, password_expired, created}: Entity<Account>) => ({
	id,
	username,
	name: username,
	is_superuser,
	is_active,
	password_expired,
	created,
});

export const page = ({query}: Request, rows: readonly unknown[]): Answer => {
	const offset = Number(query.get('offset') ?? 0);
	return {status: 200, json: rows.slice(offset, offset + Math.min(Number(query.get('limit') ?? 20), 100))};
};

export const missing = (...loc: readonly string[]): HttpError =>
	new HttpError(422, [{type: 'missing', loc, msg: 'Field required'}]);
export const thereAlready = (words: string): HttpError => new HttpError(409, ['EntityExistsError', words]);
export const unknown = (words: string): HttpError => new HttpError(404, ['KeyError', words]);

/** @throws HttpError 404 */
export const organizationOf = async (
	sql: Sql,
	wanted: unknown,
): Promise<{readonly id: string; readonly name: string}> => {
	const found = (await allOf<Organization>(sql, 'organization')).find(({id}) => id === wanted);
	if (!found) throw unknown(`No organization with ID ${String(wanted)}`);
	return {id: found.id, name: found.name};
};
