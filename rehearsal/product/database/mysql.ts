import {type Connection, type ConnectionOptions, createConnection} from 'mysql2/promise';
import {isErrno} from '../../../source/base/errno.ts';
import type {Row, Sql, StoreConfig} from './types.ts';

type Tls = NonNullable<StoreConfig['ssl']>;

const tlsOptions = ({ca, rejectUnauthorized = true, checksName = false, cert, key}: Tls) => ({
	rejectUnauthorized,
	verifyIdentity: checksName,
	...(ca && {ca: [...ca]}),
	...(cert !== undefined && key !== undefined && {cert, key}),
});

const connect = async ({ssl, ...config}: StoreConfig): Promise<Connection> => {
	const options: ConnectionOptions = {
		host: config.host,
		port: config.port,
		user: config.user,
		password: config.password ?? '',
		connectTimeout: config.connectionTimeoutMillis,
		...(config.database !== '' && {database: config.database}),
		...(ssl && {ssl: tlsOptions(ssl) as NonNullable<ConnectionOptions['ssl']>}),
	};
	const connection = await createConnection(options);
	// As with PostgreSQL: an event that nobody hears would end the process.
	connection.on('error', () => undefined);
	return connection;
};

/** Goes on in clear text where the server offers no TLS, as PyMySQL does even where a CA is given. */
const connectOpenly = async (config: StoreConfig): Promise<Connection> => {
	try {
		return await connect(config);
	} catch (error) {
		if (!isErrno(error, 'HANDSHAKE_NO_SSL_SUPPORT')) throw error;
		const {ssl: _, ...plain} = config;
		return connect(plain);
	}
};

/** Logs in at MySQL, as PyMySQL would. */
export const connectMysql = async (config: StoreConfig): Promise<Sql> => {
	const connection = await (config.ssl ? connectOpenly(config) : connect(config));
	return {
		engine: 'mysql',
		query: async (text, values = []) => {
			const [rows] = await connection.query(text, [...values]);
			return Array.isArray(rows) ? (rows as readonly Row[]) : [];
		},
		end: () => connection.end().catch(() => undefined),
	};
};
