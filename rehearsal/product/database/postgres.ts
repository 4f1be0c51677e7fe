import pg from 'pg';
import type {Sql, StoreConfig} from './types.ts';

const connect = async (config: StoreConfig): Promise<pg.Client> => {
	const {ssl, ...rest} = config;
	const client = new pg.Client({...rest, ...(ssl && {ssl: {...ssl, ca: ssl.ca && [...ssl.ca]}})});
	// A server that stops breaks idle connections; the next query tells it, an unheard event would end the process.
	client.on('error', () => undefined);
	await client.connect();
	return client;
};

/** Asks for TLS and goes on without where the server has none, as libpq's `prefer`. */
const connectPreferably = async (config: StoreConfig): Promise<pg.Client> => {
	try {
		return await connect({...config, ssl: {rejectUnauthorized: false}});
	} catch (error) {
		if (/does not support SSL/u.test(String(error))) return connect(config);
		throw error;
	}
};

const numbered = (text: string): string => {
	let count = 0;
	return text.replaceAll('?', () => {
		count += 1;
		return `$${count}`;
	});
};

/** Logs in at PostgreSQL, as psycopg2 would. */
export const connectPostgres = async (config: StoreConfig): Promise<Sql> => {
	const client = await (config.ssl ? connect(config) : connectPreferably(config));
	return {
		engine: 'postgresql',
		query: async (text, values = []) => (await client.query(numbered(text), [...values])).rows,
		end: () => client.end().catch(() => undefined),
	};
};
