import type {StoreConfig, StoreTarget} from './types.ts';

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

/** What a pod has to check the database's certificate with. */
export type PodTrust = {
	/** The CA certificates that were given to the pod. */
	readonly trust: readonly string[];
	/** Files in the pod, by path. */
	readonly files?: ReadonlyMap<string, string>;
};

const first = (environment: Environment, keys: readonly string[]): string | undefined =>
	keys.map((key) => environment[key]).find((value) => value !== undefined && value !== '');

const usualPort = (driver: string): string => (driver === 'mysql' ? '3306' : '5432');

const urlFromParts = (environment: Environment): string | undefined => {
	const part = (name: string): string | undefined =>
		first(environment, [`ZENML_CLOUD_DATABASE_${name}`, `ZENML_CLOUD_DB_${name}`]);
	const host = part('HOST');
	if (!host) return undefined;
	const driver = part('TYPE') === 'mysql' ? 'mysql' : 'postgresql';
	const user = encodeURIComponent(part('USERNAME') ?? part('USER') ?? '');
	const password = part('PASSWORD');
	const database = part('NAME') ?? part('DATABASE') ?? '';
	const login = `${user}${password ? `:${encodeURIComponent(password)}` : ''}`;
	return `${driver}://${login}@${host}:${part('PORT') ?? usualPort(driver)}/${database}`;
};

/** A PEM text, or the text of the file whose path is given (`ssl_ca` takes either). */
const pemOf = (value: string | undefined, {files}: PodTrust): string | undefined =>
	value?.includes('-----BEGIN ') ? value : files?.get(value ?? '');

/**
 * TLS as PyMySQL does it (`_create_ssl_ctx`): without a CA nothing is checked; with one the chain always is, and the
 * name where the server certificate is to be verified.
 */
const mysqlTls = (environment: Environment, pod: PodTrust): Pick<StoreConfig, 'ssl'> => {
	if (environment.ZENML_STORE_SSL?.toLowerCase() !== 'true') return {};
	const ca = pemOf(environment.ZENML_STORE_SSL_CA, pod);
	const cert = pemOf(environment.ZENML_STORE_SSL_CERT, pod);
	const key = pemOf(environment.ZENML_STORE_SSL_KEY, pod);
	const checksName = environment.ZENML_STORE_SSL_VERIFY_SERVER_CERT?.toLowerCase() === 'true';
	return {
		ssl: {
			...(ca === undefined ? {rejectUnauthorized: false} : {ca: [ca], checksName}),
			...(cert !== undefined && key !== undefined && {cert, key}),
		},
	};
};

/** TLS as libpq takes it in the URL. */
const libpqTls = (url: URL, {trust}: PodTrust): Pick<StoreConfig, 'ssl'> => {
	const mode = url.searchParams.get('sslmode');
	if (mode === 'verify-full' || mode === 'verify-ca') return {ssl: {ca: [...trust]}};
	return mode === 'require' ? {ssl: {rejectUnauthorized: false}} : {};
};

/**
 * Reads the store of a server from its environment: `ZENML_STORE_URL` and `ZENML_STORE_PASSWORD` as the workspace
 * server takes them (zenml 0.93 to 0.98, `sql_zen_store.py`), or the control plane's. Undefined when there is none: the
 * server then uses SQLite.
 */
export const storeOf = (environment: Environment, pod: PodTrust): StoreTarget | undefined => {
	const text = first(environment, names.url) ?? urlFromParts(environment);
	if (text === undefined || text.startsWith('sqlite')) return undefined;
	const url = new URL(text.replace(/^(postgres(ql)?|mysql)(\+[a-z0-9]+)?:/u, (_, scheme: string) => `${scheme}:`));
	const driver = url.protocol.startsWith('postgres') ? 'postgresql' : url.protocol.replace(':', '');
	const port = url.port || usualPort(driver);
	const password = url.password ? decodeURIComponent(url.password) : first(environment, names.password);
	return {
		driver,
		shown: `${url.hostname}:${port}${url.pathname} as ${decodeURIComponent(url.username)}`,
		config: {
			host: url.hostname,
			port: Number(port),
			user: decodeURIComponent(url.username),
			database: url.pathname.slice(1),
			connectionTimeoutMillis: 5000,
			...(password === undefined ? {} : {password}),
			...(driver === 'mysql' ? mysqlTls(environment, pod) : libpqTls(url, pod)),
		},
	};
};
