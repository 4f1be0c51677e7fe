/** An account with its database, as a component needs them. */
export type NeededAccount = {
	readonly username: string;
	readonly database: string;
	/** `control plane` */
	readonly label: string;
	/** SQL for the client of the engine; the password is a variable in it. */
	readonly script: readonly string[];
	/** Where the password is, in words: `generated, in the Secret …`. */
	readonly source: string;
	/** The install makes it; there is none before its step secrets. */
	readonly isGenerated: boolean;
	/** Only where it was asked for: it is written to a file of its own. */
	readonly password?: string | undefined;
};

/** A server that the database admin has something to do on. */
export type NeededServer = {
	readonly engine: 'postgresql' | 'mysql';
	readonly host: string;
	readonly port: number;
	readonly tls: 'verify-full' | 'require' | 'disable';
	/** The login of the answers that makes all of this: then it is for reading, and nobody needs to run it. */
	readonly admin?: string | undefined;
	/** Connections that the pods of its components may open together, a rollout included. */
	readonly connections: number;
	/** Namespaces whose pods log in. */
	readonly namespaces: readonly string[];
	/** The namespace of the pods that make scheduled backups; undefined without them. */
	readonly backups?: string | undefined;
	/** The namespace of the pods that dump and restore by hand, and whether only where the jump host lacks the programs; undefined where none does. */
	readonly dumps?: {readonly namespace: string; readonly isIfNeeded: boolean} | undefined;
	/** Is the control plane among those that log in? Its chart has no key for TLS. */
	readonly ofControlPlane: boolean;
	/** Where the CA lies that its certificate is compared with, as a file of the operator's host and the answer that names it. */
	readonly ca: {readonly file: string; readonly answer: string};
	/** Its certificates, lines of PEM; undefined where they are not needed or could not be read. */
	readonly caPem?: readonly string[] | undefined;
	/** True where the logins show a client certificate. */
	readonly showsCertificate?: boolean | undefined;
	readonly accounts: readonly NeededAccount[];
};

/** A client certificate and its key, as the checks of whoever keeps the server name them. */
export const clientFiles = {certificate: 'client.crt', key: 'client.key'} as const;

/** A name as part of a file's name. */
const asFile = (name: string): string => name.replaceAll(/[^\w.-]/gu, '_');

/** `postgres.corp_5432.sql` */
export const sqlFile = ({host, port}: Pick<NeededServer, 'host' | 'port'>): string => `${asFile(host)}_${port}.sql`;

/** The file that holds the password of an account: the bare word for psql, a statement for the mysql client. */
export const passwordFile = (engine: NeededServer['engine'], username: string): string =>
	`${asFile(username)}.password${engine === 'mysql' ? '.sql' : ''}`;

/** The CA of a server as it lies beside the SQL, where the answers ask for a look at the certificate. */
export const caFile = ({host, port}: Pick<NeededServer, 'host' | 'port'>): string => `${asFile(host)}_${port}-ca.crt`;
