import {chmod, mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {type Authority, createAuthority} from '../../rehearsal/authority/index.ts';
import {startPostgres} from '../../rehearsal/postgres/index.ts';
import {withConnection} from '../../source/database/postgres/connect.ts';
import type {DatabaseLogin, NeededDatabase} from '../../source/database/types.ts';

/** Passwords that must be seen nowhere but in a login. */
export const adminPassword = "canary-admin-7f'4\\b";
export const rolePassword = "canary-role-é'\\-91c";

/** A real server with TLS that logs every statement. */
export const startServer = async () => {
	const folder = await mkdtemp(join(tmpdir(), 'zenml-airgap-database-test-'));
	await chmod(folder, 0o755);
	const log = join(folder, 'postgres.log');
	const authority: Authority = await createAuthority({name: 'Database CA'});
	const pair = await authority.issue({hosts: ['db.example.internal'], ips: ['127.0.0.1']});
	const server = await startPostgres({
		dataDirectory: join(folder, 'data'),
		adminPassword,
		log,
		tls: {...pair, ca: authority.caPem},
		settings: {log_statement: 'all', log_min_duration_statement: '0', log_connections: 'on', max_connections: '40'},
		rules: [
			'host all plain_only 127.0.0.1/32 reject',
			'hostssl all tls_only 127.0.0.1/32 scram-sha-256',
			'host all tls_only 127.0.0.1/32 reject',
			'host all all 127.0.0.1/32 scram-sha-256',
		],
	});
	const admin: DatabaseLogin = {
		host: server.host,
		port: server.port,
		tls: 'verify-full',
		ca: authority.caPem,
		username: 'postgres',
		password: adminPassword,
		database: 'postgres',
		from: 'database.admin',
	};
	const needed = (name: string): NeededDatabase => ({
		database: name,
		username: `${name}_user`,
		password: rolePassword,
		from: 'controlPlane.database',
	});
	return {
		admin,
		authority,
		needed,
		/** Runs statements as a superuser, one after the other. */
		execute: async (...statements: readonly string[]): Promise<void> => {
			const limits = {connectTimeoutMs: 5000, statementTimeoutMs: 5000};
			const {signal} = new AbortController();
			await withConnection({login: admin, limits, signal}, async (query) => {
				for (const statement of statements) await query(statement);
			});
		},
		readLog: async () => readFile(log, 'utf8'),
		/** The login of the role of a needed database on this server. */
		login: (of: NeededDatabase): DatabaseLogin => ({...admin, ...of}),
		stop: async () => {
			await server.stop();
			await rm(folder, {recursive: true, force: true});
		},
	};
};

/** What was thrown. */
export const caught = async (promise: Promise<unknown>): Promise<unknown> =>
	promise.then(
		() => {
			throw new Error('Nothing was thrown');
		},
		(error: unknown) => error,
	);
