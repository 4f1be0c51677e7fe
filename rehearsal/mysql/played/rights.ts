import type {Account, Catalogue, Grant} from './catalogue.ts';

/** `_` and `%` of a pattern stand for others unless a backslash is before them (MySQL documentation, GRANT). */
const expressionOf = (pattern: string): RegExp => {
	const parts = (pattern.match(/\\?[\s\S]/gu) ?? []).map((part) => {
		if (part === '%') return '.*';
		return part === '_' ? '.' : part.replace(/^\\(?=.)/u, '').replaceAll(/[^A-Za-z0-9_]/gu, '\\$&');
	});
	return new RegExp(`^${parts.join('')}$`, 's');
};

const covers = ({on}: Grant, database: string): boolean => on === '*' || expressionOf(on).test(database);

export const mayOn = (account: Account | undefined, privilege: string, database: string): boolean =>
	(account?.grants ?? []).some((grant) => covers(grant, database) && grant.privileges.includes(privilege));

/** May the account do anything there? Only then does it see the database. */
export const sees = (account: Account | undefined, database: string): boolean =>
	(account?.grants ?? []).some((grant) => covers(grant, database) && grant.privileges.length > 0);

/** A privilege on everything. */
export const mayEverywhere = (account: Account | undefined, privilege: string): boolean =>
	(account?.grants ?? []).some(({on, privileges}) => on === '*' && privileges.includes(privilege));

const quoted = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

/** What SHOW GRANTS says of an account. */
export const grantLines = (user: string, {grants}: Account): readonly string[] => {
	const to = `TO ${quoted(user)}@\`%\``;
	const line = ({on, privileges, mayGrant}: Grant): string => {
		const where = on === '*' ? '*.*' : `${quoted(on)}.*`;
		const what = privileges.length > 0 ? privileges.join(', ') : 'USAGE';
		return `GRANT ${what} ON ${where} ${to}${mayGrant ? ' WITH GRANT OPTION' : ''}`;
	};
	const isAdmin = grants.some(({on}) => on === '*');
	return [...(isAdmin ? [] : [`GRANT USAGE ON *.* ${to}`]), ...grants.map(line)];
};

const change = (grants: readonly Grant[], on: string, to: (before: readonly string[]) => readonly string[]) => {
	const before = grants.find((grant) => grant.on === on) ?? {on, privileges: [], mayGrant: false};
	const after = {...before, privileges: [...new Set(to(before.privileges))]};
	return [...grants.filter((grant) => grant.on !== on), ...(after.privileges.length > 0 ? [after] : [])];
};

/** Writes what an account may do on a pattern of databases anew. */
export const changeGrant = (
	{accounts}: Catalogue,
	user: string,
	on: string,
	to: (before: readonly string[]) => readonly string[],
): void => {
	const account = accounts[user];
	if (account) accounts[user] = {...account, grants: change(account.grants, on, to)};
};
