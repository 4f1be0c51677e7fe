import {isIP} from 'node:net';
import {checkServerIdentity, TLSSocket} from 'node:tls';
import {type Connection, type ConnectionOptions, createConnection} from 'mysql2/promise';
import {isErrno} from '../../../source/base/errno.ts';
import type {Row, Sql, StoreConfig} from './types.ts';

type Tls = NonNullable<StoreConfig['ssl']>;

const tlsOptions = ({ca, rejectUnauthorized = true, checksName = false, cert, key}: Tls, host: string) => ({
	rejectUnauthorized,
	// The driver compares no address with the certificate: that is done below.
	verifyIdentity: checksName && isIP(host) === 0,
	...(ca && {ca: [...ca]}),
	...(cert !== undefined && key !== undefined && {cert, key}),
});

/** Ends a connection to an address that the certificate of the server is not for. */
const refuseOtherName = async (connection: Connection, host: string): Promise<void> => {
	const {stream} = (connection as unknown as {readonly connection: {readonly stream: unknown}}).connection;
	if (isIP(host) === 0 || !(stream instanceof TLSSocket)) return;
	const error = checkServerIdentity(host, stream.getPeerCertificate());
	if (!error) return;
	connection.destroy();
	throw error;
};

const connect = async ({ssl, ...config}: StoreConfig): Promise<Connection> => {
	const options: ConnectionOptions = {
		host: config.host,
		port: config.port,
		user: config.user,
		password: config.password ?? '',
		connectTimeout: config.connectionTimeoutMillis,
		...(config.database !== '' && {database: config.database}),
		...(ssl && {ssl: tlsOptions(ssl, config.host) as NonNullable<ConnectionOptions['ssl']>}),
	};
	const connection = await createConnection(options);
	// As with PostgreSQL: an event that nobody hears would end the process.
	connection.on('error', () => undefined);
	if (ssl?.checksName) await refuseOtherName(connection, config.host);
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
