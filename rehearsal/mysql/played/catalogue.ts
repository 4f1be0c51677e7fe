import {createHash} from 'node:crypto';

/** What an account may do where; `on` is `*` for everything, else a pattern of databases. */
export type Grant = {readonly on: string; readonly privileges: readonly string[]; readonly mayGrant: boolean};

export type Account = {
	/** SHA-256 of the SHA-256 of the password, hex: what the proof of a login is checked with. */
	readonly hash: string;
	/** As `ssl_type` of mysql.user: empty, `ANY`, `X509`. */
	readonly requires: string;
	readonly isLocked: boolean;
	readonly grants: readonly Grant[];
};

export type Table = {
	columns: readonly string[];
	/** Columns of which no two rows have the same, by the name of the key. */
	readonly unique: Readonly<Record<string, string>>;
	indexes: readonly string[];
	rows: readonly Readonly<Record<string, string | null>>[];
};

export type Database = {encoding: string; readonly tables: Record<string, Table>};

/** Everything that the server keeps. */
export type Catalogue = {
	readonly accounts: Record<string, Account>;
	readonly databases: Record<string, Database>;
};

export const adminUsername = 'root';

const sha256 = (data: string | Buffer): Buffer => createHash('sha256').update(data).digest();

export const hashOf = (password: string): string => sha256(sha256(password)).toString('hex');

/** What an administrator has; `SHOW GRANTS` of MySQL 8 tells each by name. */
export const adminPrivileges = [
	'SELECT',
	'INSERT',
	'UPDATE',
	'DELETE',
	'CREATE',
	'DROP',
	'RELOAD',
	'PROCESS',
	'REFERENCES',
	'INDEX',
	'ALTER',
	'SHOW DATABASES',
	'SUPER',
	'REPLICATION CLIENT',
	'CREATE USER',
] as const;

/** A server that was just set up: its administrator and nothing else. */
export const newCatalogue = (adminPassword: string): Catalogue => ({
	accounts: {
		[adminUsername]: {
			hash: hashOf(adminPassword),
			requires: '',
			isLocked: false,
			grants: [{on: '*', privileges: adminPrivileges, mayGrant: true}],
		},
	},
	databases: {mysql: {encoding: 'utf8mb4', tables: {}}},
});

/** Does this proof of a password (caching_sha2_password) fit the hash? @param scramble the 20 bytes that it was made with */
export const fitsProof = (proof: Buffer, scramble: Buffer, hash: string): boolean => {
	const once = Buffer.from(hash, 'hex');
	const mask = sha256(Buffer.concat([once, scramble]));
	if (proof.length !== mask.length) return false;
	return sha256(proof.map((byte, index) => byte ^ (mask[index] ?? 0)) as Buffer).equals(once);
};
