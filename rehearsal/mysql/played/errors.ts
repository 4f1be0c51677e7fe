/** A refusal in the words of MySQL 8.4 (MySQL documentation, "Server Error Message Reference"). */
export class SqlError extends Error {
	readonly code: number;
	readonly state: string;
	constructor(code: number, state: string, message: string) {
		super(message);
		this.name = 'SqlError';
		this.code = code;
		this.state = state;
	}
}

const of =
	<Facts extends readonly string[]>(code: number, state: string, words: (...facts: Facts) => string) =>
	(...facts: Facts): SqlError =>
		new SqlError(code, state, words(...facts));

/** Letters of a statement that the server repeats. */
const nearLetters = 80;

export const refusals = {
	wrongLogin: of(
		1045,
		'28000',
		(user: string, using: string) => `Access denied for user '${user}'@'localhost' (using password: ${using})`,
	),
	locked: of(3118, 'HY000', (user: string) => `Access denied for user '${user}'@'localhost'. Account is locked.`),
	noAccess: of(
		1044,
		'42000',
		(user: string, database: string) => `Access denied for user '${user}'@'%' to database '${database}'`,
	),
	noDatabase: of(1049, '42000', (database: string) => `Unknown database '${database}'`),
	notChosen: of(1046, '3D000', () => 'No database selected'),
	databaseThere: of(1007, 'HY000', (name: string) => `Can't create database '${name}'; database exists`),
	noDrop: of(1008, 'HY000', (name: string) => `Can't drop database '${name}'; database doesn't exist`),
	denied: of(
		1142,
		'42000',
		(privilege: string, user: string, table: string) =>
			`${privilege} command denied to user '${user}'@'localhost' for table '${table}'`,
	),
	needs: of(
		1227,
		'42000',
		(privileges: string) =>
			`Access denied; you need (at least one of) the ${privileges} privilege(s) for this operation`,
	),
	noTable: of(1146, '42S02', (database: string, table: string) => `Table '${database}.${table}' doesn't exist`),
	unknownTable: of(1051, '42S02', (database: string, table: string) => `Unknown table '${database}.${table}'`),
	tableThere: of(1050, '42S01', (table: string) => `Table '${table}' already exists`),
	columnThere: of(1060, '42S21', (column: string) => `Duplicate column name '${column}'`),
	indexThere: of(1061, '42000', (index: string) => `Duplicate key name '${index}'`),
	noColumn: of(1054, '42S22', (column: string) => `Unknown column '${column}' in 'field list'`),
	duplicate: of(1062, '23000', (value: string, key: string) => `Duplicate entry '${value}' for key '${key}'`),
	accountFails: of(1396, 'HY000', (deed: string, user: string) => `Operation ${deed} failed for '${user}'@'%'`),
	noGrant: of(1141, '42000', (user: string) => `There is no such grant defined for user '${user}' on host '%'`),
	notPrepared: of(1295, 'HY000', () => 'This command is not supported in the prepared statement protocol yet'),
	unknownCommand: of(1047, '08S01', () => 'Unknown command'),
	syntax: of(
		1064,
		'42000',
		(statement: string) =>
			`this MySQL is played for a rehearsal, and does not know '${statement.slice(0, nearLetters)}'; a rehearsal that is begun with --fresh --mysql unpacked has a real one`,
	),
} as const;
