import {neededPrivileges} from './sql.ts';

/** One line of SHOW GRANTS: what it gives, or takes away again, and where. */
type Grant = {
	readonly isTaken: boolean;
	readonly privileges: readonly string[];
	/** The pattern of the databases, `*` for all of them. */
	readonly database: string;
	/** `*` for all tables; others count for nothing here. */
	readonly table: string;
	readonly mayGrant: boolean;
};

/** What an account may do, as SHOW GRANTS tells. */
export type Grants = {
	readonly lines: readonly Grant[];
	/** Lines that could not be read: they may give anything. */
	readonly unread: readonly string[];
	/** True where roles are among them: then all that fit count, for the server has put them together. */
	readonly hasRoles: boolean;
};

const name = '(\\*|`(?:[^`]|``)*`)';

/** A privilege on something: `GRANT SELECT, INSERT ON `db`.* TO `u`@`%` WITH GRANT OPTION`, with columns in brackets. */
const grantLine = new RegExp(`^(GRANT|REVOKE) (.+?) ON (?:TABLE )?${name}\\.${name} (?:TO|FROM) (.*)$`, 'u');

/** Lines that give nothing on tables: roles, PROXY, routines, and the passwords of MariaDB. */
const otherLine =
	/^(?:GRANT (?:PROXY ON |.+ ON (?:FUNCTION|PROCEDURE|PACKAGE|LIBRARY|SEQUENCE)|[`'].*[`'] TO )|SET DEFAULT ROLE )/u;

const unquoted = (text: string): string => (text.startsWith('`') ? text.slice(1, -1).replaceAll('``', '`') : text);

const listOf = (text: string): readonly string[] =>
	text.split(/,\s*(?![^(]*\))/u).map((one) =>
		one
			.replace(/\s*\(.*\)$/u, '')
			.trim()
			.toUpperCase(),
	);

const read = (line: string): Grant | undefined => {
	const [, verb, privileges, database, table, rest] = grantLine.exec(line) ?? [];
	if (privileges === undefined || database === undefined || table === undefined) return undefined;
	return {
		isTaken: verb === 'REVOKE',
		privileges: listOf(privileges).filter((one) => one !== 'USAGE'),
		database: unquoted(database),
		table: unquoted(table),
		mayGrant: /WITH GRANT OPTION/u.test(rest ?? ''),
	};
};

/** What an account may do. @param texts lines of SHOW GRANTS @param hasRoles whether those of roles are among them */
export const readGrants = (texts: readonly string[], hasRoles: boolean): Grants => ({
	lines: texts.flatMap((line) => read(line) ?? []),
	unread: texts.filter((line) => read(line) === undefined && !otherLine.test(line)),
	hasRoles,
});

/** The beginning of a pattern that stands for itself, and the whole as an expression. */
const patternOf = (pattern: string): {readonly plain: number; readonly expression: RegExp} => {
	const parts = pattern.match(/\\?[\s\S]/gu) ?? [];
	const wild = parts.findIndex((part) => part === '_' || part === '%');
	const written = parts.map((part) => {
		if (part === '%') return '[\\s\\S]*';
		return part === '_' ? '[\\s\\S]' : part.replace(/^\\(?=.)/u, '').replaceAll(/[\\^$.*+?()[\]{}|/]/gu, '\\$&');
	});
	return {plain: wild < 0 ? Number.POSITIVE_INFINITY : wild, expression: new RegExp(`^${written.join('')}$`, 'iu')};
};

/**
 * Lines that count on a database: those on all, and of those that fit it the one whose pattern is the plainest: the server takes no other
 * (MySQL documentation, "Access Control, Stage 2").
 */
const linesFor = ({lines, hasRoles}: Grants, database: string): readonly Grant[] => {
	const whole = lines.filter(({table}) => table === '*');
	const everywhere = whole.filter((line) => line.database === '*');
	const fitting = whole
		.filter((line) => line.database !== '*')
		.map((line) => ({line, ...patternOf(line.database)}))
		.filter(({expression}) => expression.test(database));
	if (hasRoles) return [...everywhere, ...fitting.map(({line}) => line)];
	const plainest = Math.max(...fitting.map(({plain}) => plain));
	return [...everywhere, ...fitting.filter(({plain}) => plain === plainest).map(({line}) => line)];
};

const gives = ({privileges}: Grant, privilege: string): boolean =>
	privileges.includes(privilege) || privileges.includes('ALL PRIVILEGES') || privileges.includes('ALL');

const holds = (lines: readonly Grant[], privilege: string): boolean =>
	lines.some((line) => !line.isTaken && gives(line, privilege)) &&
	!lines.some((line) => line.isTaken && line.database !== '*' && gives(line, privilege));

/** What the product needs on a database and the account may not do; nothing where a line could not be read. */
export const lackingOn = (grants: Grants, database: string, isMariadb: boolean): readonly string[] => {
	if (grants.unread.length > 0) return [];
	const lines = linesFor(grants, database);
	const needed = neededPrivileges.filter((privilege) => privilege !== 'REFERENCES' || !isMariadb);
	return needed.filter((privilege) => !holds(lines, privilege));
};

/** True for an account that may do something on a database by a line of its own. */
export const servesDatabase = (grants: Grants, database: string): boolean =>
	linesFor(grants, database).some((line) => line.database !== '*' && line.privileges.length > 0);

/** Databases that an account serves beside the given ones, and `*` where it may do something on all. */
export const otherDatabases = ({lines}: Grants, database: string): readonly string[] => [
	...new Set(
		lines
			.filter((line) => !line.isTaken && line.privileges.length > 0)
			.filter((line) => line.database === '*' || !patternOf(line.database).expression.test(database))
			.map((line) => line.database),
	),
];

/** What an administrator lacks to make an account and a database and to hand on what is needed. */
export const adminLacks = (grants: Grants, database: string): readonly string[] => {
	if (grants.unread.length > 0) return [];
	const lines = linesFor(grants, database);
	const onward = lines.filter(({mayGrant}) => mayGrant);
	const mayMakeUsers = holds(lines, 'CREATE USER');
	// ALL PRIVILEGES comes without the right to hand on; that stands at the end of the line.
	const lacking = neededPrivileges.filter((privilege) => !holds(onward, privilege) || !holds(lines, privilege));
	return [...(mayMakeUsers ? [] : ['CREATE USER']), ...lacking];
};
