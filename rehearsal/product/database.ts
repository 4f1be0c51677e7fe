import type {ClientConfig} from 'pg';
import pg from 'pg';

/** How a pod reaches its database, read from its environment. */
export type StoreTarget = {readonly config: ClientConfig; readonly shown: string; readonly driver: string};

const names = {
	url: ['ZENML_STORE_URL', 'ZENML_CLOUD_STORE_URL', 'ZENML_CLOUD_DATABASE_URL', 'DATABASE_URL'],
	password: [
		'ZENML_STORE_PASSWORD',
		'ZENML_CLOUD_STORE_PASSWORD',
		'ZENML_CLOUD_DATABASE_PASSWORD',
		'DATABASE_PASSWORD',
	],
} as const;

type Environment = Readonly<Record<string, string>>;

const first = (environment: Environment, keys: readonly string[]): string | undefined =>
	keys.map((key) => environment[key]).find((value) => value !== undefined && value !== '');

const urlFromParts = (environment: Environment): string | undefined => {
	const part = (name: string): string | undefined =>
		first(environment, [`ZENML_CLOUD_DATABASE_${name}`, `ZENML_CLOUD_DB_${name}`]);
	const host = part('HOST');
	if (!host) return undefined;
	const driver = part('TYPE') === 'mysql' ? 'mysql' : 'postgresql';
	const user = encodeURIComponent(part('USERNAME') ?? part('USER') ?? '');
	const password = part('PASSWORD');
	const database = part('NAME') ?? part('DATABASE') ?? '';
	return `${driver}://${user}${password ? `:${encodeURIComponent(password)}` : ''}@${host}:${part('PORT') ?? '5432'}/${database}`;
};

/** Whether a connection is encrypted, whether the server's certificate is checked, and what it is checked against. */
type Encryption = {readonly ssl: 'checked' | 'unchecked' | 'preferred'; readonly ca: readonly string[]};

// Either in the URL as libpq takes it, or in the variables of the workspace chart.
const encryptionOf = (url: URL, environment: Environment): Encryption => {
	const mode = url.searchParams.get('sslmode');
	const {ZENML_STORE_SSL, ZENML_STORE_SSL_VERIFY_SERVER_CERT, ZENML_STORE_SSL_CA = ''} = environment;
	const ca = ZENML_STORE_SSL_CA.includes('BEGIN CERTIFICATE') ? [ZENML_STORE_SSL_CA] : [];
	if (mode === 'verify-full' || mode === 'verify-ca') return {ssl: 'checked', ca};
	if (mode === 'require') return {ssl: 'unchecked', ca};
	if (ZENML_STORE_SSL !== 'True') return {ssl: 'preferred', ca};
	return {ssl: ZENML_STORE_SSL_VERIFY_SERVER_CERT === 'True' ? 'checked' : 'unchecked', ca};
};

/** How the driver is told of each. */
const encryption: Readonly<Record<Encryption['ssl'], (ca: string[]) => Pick<ClientConfig, 'ssl'>>> = {
	checked: (ca) => ({ssl: {ca}}),
	unchecked: () => ({ssl: {rejectUnauthorized: false}}),
	preferred: () => ({}),
};

/**
 * Reads the store of a server from its environment: `ZENML_STORE_URL` and `ZENML_STORE_PASSWORD` as the workspace
 * server takes them (zenml 0.93, `sql_zen_store.py`), or the control plane's. Undefined when there is none: the server
 * then uses SQLite. `trust` are the CA certificates for `sslmode=verify-ca` and `verify-full`.
 */
export const storeOf = (environment: Environment, trust: readonly string[]): StoreTarget | undefined => {
	const text = first(environment, names.url) ?? urlFromParts(environment);
	if (text === undefined || text.startsWith('sqlite')) return undefined;
	const url = new URL(text.replace(/^(postgres(ql)?|mysql)(\+[a-z0-9]+)?:/u, (_, scheme: string) => `${scheme}:`));
	const {ssl, ca} = encryptionOf(url, environment);
	const password = url.password ? decodeURIComponent(url.password) : first(environment, names.password);
	return {
		driver: url.protocol.startsWith('postgres') ? 'postgresql' : url.protocol.replace(':', ''),
		shown: `${url.hostname}:${url.port || '5432'}${url.pathname} as ${decodeURIComponent(url.username)}`,
		config: {
			host: url.hostname,
			port: Number(url.port || 5432),
			user: decodeURIComponent(url.username),
			database: url.pathname.slice(1),
			connectionTimeoutMillis: 5000,
			...(password === undefined ? {} : {password}),
			...encryption[ssl]([...trust, ...ca]),
		},
	};
};

const connect = async (config: ClientConfig): Promise<pg.Client> => {
	const client = new pg.Client(config);
	// A server that stops breaks idle connections; the next query tells it, an unheard event would end the process.
	client.on('error', () => undefined);
	await client.connect();
	return client;
};

/** Asks for TLS and goes on without where the server has none, as libpq's `prefer`. */
const connectPreferably = async (config: ClientConfig): Promise<pg.Client> => {
	try {
		return await connect({...config, ssl: {rejectUnauthorized: false}});
	} catch (error) {
		if (/does not support SSL/u.test(String(error))) return connect(config);
		throw error;
	}
};

/** Logs in, runs the work on one connection and closes it. */
export const withDatabase = async <T>({config}: StoreTarget, work: (client: pg.Client) => Promise<T>): Promise<T> => {
	const client = await (config.ssl ? connect(config) : connectPreferably(config));
	try {
		return await work(client);
	} finally {
		await client.end().catch(() => undefined);
	}
};

/** The reason as libpq words it; codes of five signs are those of the server (PostgreSQL, "Error Codes"). */
const libpqReason = (error: unknown): string => {
	const {message, code = ''} = error as {message?: string; code?: string};
	if (code === 'ECONNREFUSED') return 'Connection refused';
	return /^[0-9A-Z]{5}$/u.test(code) ? `FATAL:  ${message}` : String(message);
};

/** The error as psycopg2 under SQLAlchemy prints it at the end of a traceback. */
export const databaseTraceback = (target: StoreTarget, error: unknown): readonly string[] => {
	const {host, port} = target.config;
	const what = `connection to server at "${host}", port ${port} failed: ${libpqReason(error)}`;
	return [
		'Traceback (most recent call last):',
		'  File "/opt/venv/lib/python3.12/site-packages/sqlalchemy/engine/base.py", line 146, in __init__',
		'    self._dbapi_connection = engine.raw_connection()',
		'  File "/opt/venv/lib/python3.12/site-packages/psycopg2/__init__.py", line 122, in connect',
		'    conn = _connect(dsn, connection_factory=connection_factory, **kwasync)',
		`sqlalchemy.exc.OperationalError: (psycopg2.OperationalError) ${what}`,
		'(Background on this error at: https://sqlalche.me/e/20/e3q8)',
	];
};
