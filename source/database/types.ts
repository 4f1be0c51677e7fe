/** How to reach a database server and log in. The password is never logged. */
export type DatabaseLogin = {
	readonly host: string;
	readonly port: number;
	readonly tls: 'verify-full' | 'require' | 'disable';
	/** PEM of the CA, for `verify-full`. */
	readonly ca?: string;
	readonly username: string;
	readonly password: string;
	readonly database: string;
	/**
	 * Where in the answers the login stands, `database.admin` or e.g. `controlPlane.database`; problems name the answers
	 * below it, and none when this is left out (`missing` and `provision` take `database.admin` for their administrator).
	 */
	readonly from?: string;
};

/** What is to exist for one component; `from` as in DatabaseLogin, e.g. `workspaces.0.database`. */
export type DatabaseWish = {
	readonly database: string;
	readonly username: string;
	readonly password: string;
	readonly from?: string;
};

export type DatabaseFacts = {
	/** `15.18`. */
	readonly version: string;
	readonly encoding: string;
	readonly maxConnections: number;
	readonly usedConnections: number;
	/** May this role create tables in the database's schema? */
	readonly canCreate: boolean;
	/** Tables outside the system schemas. */
	readonly tables: number;
	readonly owner: string;
	/** `TLSv1.3`, or `none`. Behind a connection pooler this is the pooler's link to the server. */
	readonly tls: string;
};

/** One statement for the DBA; `sql` has placeholders instead of passwords, `shown` is for people. */
export type DatabaseStatement = {
	readonly target: string;
	readonly sql: string;
	readonly shown: string;
	/** The database it must run in; absent when any will do. */
	readonly database?: string;
};

/** PostgreSQL. All calls throw ProblemError area `database`: unreachable, TLS, password wrong (28P01), no such database (3D000), privileges. */
export type DatabasePort = {
	/** Logs in and looks; @throws ProblemError. */
	readonly probe: (login: DatabaseLogin, signal: AbortSignal) => Promise<DatabaseFacts>;
	/** What an admin would have to do so that the wish holds; empty when nothing. */
	readonly missing: (
		admin: DatabaseLogin,
		wish: DatabaseWish,
		signal: AbortSignal,
	) => Promise<readonly DatabaseStatement[]>;
	/** Does it; idempotent. The password is set only for a role that is created, or when it does not log in. */
	readonly provision: (
		admin: DatabaseLogin,
		wish: DatabaseWish,
		options: {readonly signal: AbortSignal; readonly onStatement: (shown: string) => void},
	) => Promise<void>;
	/** The same as SQL for a DBA to run, passwords left as a psql variable. */
	readonly script: (wish: DatabaseWish) => readonly string[];
};
