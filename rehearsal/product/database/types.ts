/** Engines that a server of the product may be told of; another scheme of a URL is told as it is written. */
export type Engine = 'postgresql' | 'mysql';

/** How a pod reaches its database. */
export type StoreConfig = {
	readonly host: string;
	readonly port: number;
	readonly user: string;
	readonly database: string;
	readonly password?: string;
	readonly connectionTimeoutMillis: number;
	/** Without: as the driver does when nobody says anything of TLS. */
	readonly ssl?: {
		readonly ca?: readonly string[];
		readonly rejectUnauthorized?: boolean;
		/** Compare the certificate with the host, where it is checked at all. */
		readonly checksName?: boolean;
		readonly cert?: string;
		readonly key?: string;
	};
};

/** The store of a server, read from its environment. */
export type StoreTarget = {readonly config: StoreConfig; readonly shown: string; readonly driver: string};

export type Row = Readonly<Record<string, unknown>>;

/** A connection that is logged in; placeholders of values are written `?`. */
export type Sql = {
	readonly engine: Engine;
	readonly query: (text: string, values?: readonly string[]) => Promise<readonly Row[]>;
	readonly end: () => Promise<void>;
};
