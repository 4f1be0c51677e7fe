import type {DatabaseEngine, DatabaseFacts, DatabaseLogin} from '../types.ts';

/** The programs that dump and restore a database: pg_dump with pg_restore and psql, or mysqldump with mysql, of one package. */
export type DumpTools = {
	readonly engine: DatabaseEngine;
	readonly where: 'host' | 'cluster';
	/** The image that they are in, of those in the cluster. */
	readonly image?: string;
	/** The program that dumps, with its path; its companions lie beside it. */
	readonly program: string;
	/** Its version, `18.6`. */
	readonly version: string;
	/** Whose client it is: MySQL's and MariaDB's have the same names and other options. */
	readonly product: DatabaseFacts['product'];
	/** The version of the server that they were found for. */
	readonly serverVersion: string;
};

/** What dump and restore have in common. `onBytes` hears how many bytes of the dump have passed in all. */
type Moving = {
	readonly tools: DumpTools;
	readonly onBytes: (bytes: number) => void;
	readonly signal: AbortSignal;
};

/**
 * Dumps of one database by its own tools. A dump of PostgreSQL is in pg_dump's custom format, compressed; one of MySQL is SQL as
 * mysqldump writes it.
 */
export type DumpPort = {
	/**
	 * The tools of this host that fit a server of these facts, or the image whose tools will be taken: it is not started for this, so
	 * whether they fit is not yet known. Leaves no trace.
	 * @throws ProblemError `dump-tools-missing`, which says what to add
	 */
	readonly look: (
		facts: Pick<DatabaseFacts, 'product' | 'version'>,
		signal: AbortSignal,
	) => Promise<DumpTools | {readonly where: 'cluster'; readonly image: string; readonly program?: undefined}>;
	/**
	 * The tools that fit a server of these facts. Where they are in an image, a pod of it is started to look at them.
	 * @throws ProblemError `dump-tools-missing`, which says what to add
	 */
	readonly tools: (
		login: DatabaseLogin,
		facts: Pick<DatabaseFacts, 'product' | 'version'>,
		signal: AbortSignal,
	) => Promise<DumpTools>;
	/**
	 * Streams a dump of one moment into `into`, which it does not end.
	 * @throws ProblemError `dump-failed` and others of dump/problems.ts: what was written then is no dump; the error of `into`
	 */
	readonly dump: (login: DatabaseLogin, options: Moving & {readonly into: NodeJS.WritableStream}) => Promise<void>;
	/**
	 * Replaces what the database holds by the dump: all of it, also tables that the dump does not have. Nobody else may work on it
	 * meanwhile: sessions of its own role that something killed has left there are ended, and told to `onLine`. Broken off it leaves a PostgreSQL database as it was; one of MySQL is then marked (`isHalfRestored` of its contents)
	 * until a restore comes to its end.
	 * @throws ProblemError `restore-blocked` before anything is taken away; `dump-failed`, `dump-incomplete` and others of
	 * dump/problems.ts; the error of `from`
	 */
	readonly restore: (
		login: DatabaseLogin,
		options: Moving & {readonly from: NodeJS.ReadableStream; readonly onLine?: ((text: string) => void) | undefined},
	) => Promise<void>;
};
