import type {Problem} from '../base/problem.ts';

export type DatabaseEngine = 'postgresql' | 'mysql';

/** How to reach a database server and log in. The password is never logged. */
export type DatabaseLogin = {
	readonly host: string;
	readonly port: number;
	readonly tls: 'verify-full' | 'require' | 'disable';
	/** PEM of the CA, for `verify-full`. */
	readonly ca?: string | undefined;
	/** PEM texts of the certificate that the client shows, and of its key. */
	readonly clientCertificate?: {readonly certificate: string; readonly key: string} | undefined;
	readonly username: string;
	readonly password: string;
	readonly database: string;
	/**
	 * Where in the answers the login stands, `database.admin` or e.g. `controlPlane.database`; problems name the answers
	 * below it, and none when this is left out (`missing` and `provision` take that of their server for the administrator).
	 */
	readonly from?: string | undefined;
	/** Where in the answers the server stands, `database` unless told, or e.g. `controlPlane.database.server`. */
	readonly server?: string | undefined;
	/** What the account is to ask of a login, as in NeededDatabase; whether it does is not looked at for `nothing`. */
	readonly requires?: NeededDatabase['requires'];
};

/** A database and its role that one component needs; `from` as in DatabaseLogin, e.g. `workspaces.0.database`. */
export type NeededDatabase = {
	readonly database: string;
	readonly username: string;
	readonly password: string;
	readonly from?: string | undefined;
	/** What a login must bring beside its password, where the engine keeps that with the account; TLS unless told. */
	readonly requires?: 'nothing' | 'TLS' | 'certificate' | undefined;
};

/** The same while its password is not made yet: a role that is there already gets a new one then. */
export type PlannedDatabase = Omit<NeededDatabase, 'password'> & {readonly password?: string | undefined};

export type DatabaseFacts = {
	readonly product: 'PostgreSQL' | 'MySQL' | 'MariaDB';
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
	/** True behind a connection pooler: another process serves the session than the one that was told at login. */
	readonly isPooled: boolean;
	/** The product of the pooler, where it can be told. */
	readonly pooler?: string | undefined;
	/** What is odd and works, in plain words: MariaDB instead of MySQL, a pooler in between and which of its modes fits. */
	readonly warnings: readonly string[];
	/** Privileges that the login lacks on its database, where the engine tells them one by one. */
	readonly lacking?: readonly string[] | undefined;
	/** True where the server takes no table without a primary key; the product's tables have them. */
	readonly wantsPrimaryKeys?: boolean | undefined;
	/** True where the answers ask for TLS and the server takes the same login without it. */
	readonly takesPlainLogin?: boolean | undefined;
};

/** What migrations have made of a database. */
export type DatabaseSchema = {
	/** Tables outside the system schemas. */
	readonly tables: number;
	/** The revision that Alembic keeps in the database; undefined where there is none, or the login may not read it. */
	readonly revision?: string | undefined;
};

/** What a database holds, for the comparison of two of them. All is of one moment. */
export type DatabaseContents = {
	/** Tables outside the system schemas with their exact numbers of rows, by name; `schema.table` for one outside of `public`. */
	readonly tables: readonly {readonly name: string; readonly rows: number}[];
	/** As in DatabaseSchema. */
	readonly revision?: string | undefined;
	/** What it takes on the server's disk, as the server tells it: MySQL estimates. */
	readonly bytes: number;
	/** True where a restore began and did not come to its end: what is there is a part, and no server may be started on it. */
	readonly isHalfRestored: boolean;
};

/** One statement for the DBA; `sql` has placeholders instead of passwords, `shown` is for people. */
export type DatabaseStatement = {
	/** Whether it makes `target`, or sets what is there. */
	readonly action: 'create' | 'update';
	readonly target: string;
	readonly sql: string;
	readonly shown: string;
	/** The database it must run in; absent when any will do. */
	readonly database?: string | undefined;
};

/**
 * Databases that are made to be dropped. Each has an account of its own name. Which of them are the drill's is kept on the server itself,
 * and written there before anything is made: a name that is not marked so is never touched.
 */
export type ScratchPort = {
	/** Names that are marked as the drill's. Leaves no trace. */
	readonly left: (admin: DatabaseLogin, signal: AbortSignal) => Promise<readonly string[]>;
	/**
	 * Marks a name as the drill's, before database and account are made.
	 * @throws ProblemError `scratch-not-ours` where something of that name is there already
	 */
	readonly claim: (admin: DatabaseLogin, name: string, signal: AbortSignal) => Promise<void>;
	/** Says that database and account of a claimed name are made. */
	readonly made: (admin: DatabaseLogin, name: string, signal: AbortSignal) => Promise<void>;
	/**
	 * Drops database and account of a name, and its mark. Nothing happens where nothing is there.
	 * @throws ProblemError `scratch-not-ours` where they are not marked as the drill's
	 */
	readonly drop: (admin: DatabaseLogin, name: string, signal: AbortSignal) => Promise<void>;
	/** SQL for the DBA: an administrator who may make and drop databases of the drill, and not read others. Its password is left open. */
	readonly script: () => readonly string[];
};

/**
 * A database engine. All calls throw ProblemError area `database`: unreachable, TLS, password wrong, no such database, privileges.
 */
export type DatabasePort = {
	/** Logs in and looks; @throws ProblemError, also for a server that is too old. */
	readonly probe: (login: DatabaseLogin, signal: AbortSignal) => Promise<DatabaseFacts>;
	/** Tables and revision of the login's own database; @throws ProblemError */
	readonly schema: (login: DatabaseLogin, signal: AbortSignal) => Promise<DatabaseSchema>;
	/** Counts what the login's own database holds; each table gets ten minutes. @throws ProblemError */
	readonly contents: (login: DatabaseLogin, signal: AbortSignal) => Promise<DatabaseContents>;
	/**
	 * A few values of the workspace's own secrets as they lie in its table `secret`, encrypted, for `keyOpens` of source/zenml; empty where
	 * there is no such table or no value in it. @throws ProblemError
	 */
	readonly storedSecrets: (login: DatabaseLogin, signal: AbortSignal) => Promise<readonly string[]>;
	/** What the product needs and the server or database of these facts does not give; undefined when it does. */
	readonly judge: (facts: DatabaseFacts, login: DatabaseLogin) => Problem | undefined;
	/**
	 * Refuses an administrator who cannot make one of these databases, whatever their passwords: a pooler in between, a right that is
	 * lacking, a database of somebody else's. @throws ProblemError
	 */
	readonly refuseAdmin: (
		admin: DatabaseLogin,
		needed: readonly Omit<NeededDatabase, 'password'>[],
		signal: AbortSignal,
	) => Promise<void>;
	/** What an admin would have to do so that the database is as it is needed; empty when nothing. Without a password no login is tried. */
	readonly missing: (
		admin: DatabaseLogin,
		needed: PlannedDatabase,
		signal: AbortSignal,
	) => Promise<readonly DatabaseStatement[]>;
	/** Does it; idempotent. The password is set only for a role that is created, or when it does not log in. */
	readonly provision: (
		admin: DatabaseLogin,
		needed: NeededDatabase,
		options: {readonly signal: AbortSignal; readonly onStatement: (shown: string) => void},
	) => Promise<void>;
	/** The same as SQL for a DBA to run, passwords left as a variable of the engine's own client. */
	readonly script: (needed: Omit<NeededDatabase, 'password'>) => readonly string[];
	/** Databases of a drill, which are made to be dropped. */
	readonly scratch: ScratchPort;
};
