import {appendFile, chmod, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {connect, createServer, type Socket} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {type Authority, createAuthority} from '../../rehearsal/authority/index.ts';
import {startPostgres} from '../../rehearsal/postgres/index.ts';
import type {ProblemCode} from '../../source/base/problem.ts';
import {withConnection} from '../../source/database/postgres/connect.ts';
import {createPostgres} from '../../source/database/postgres/index.ts';
import type {DatabaseLogin} from '../../source/database/types.ts';
import {listening} from '../helpers/loopback.ts';
import {adminPassword, caught} from './server.ts';

const postgres = createPostgres({connectTimeoutMs: 5000, statementTimeoutMs: 5000});
const {signal} = new AbortController();
let folder = '';
let server: Awaited<ReturnType<typeof startPostgres>>;
let admin: DatabaseLogin;
let authority: Authority;

/** A certificate that a client shows. */
const cardFor = async (name: string, by = authority) => {
	const {cert, key} = await by.issue({hosts: [name], purpose: 'client', alternativeNames: false});
	return {certificate: cert, key};
};

const code = (name: ProblemCode): ProblemCode => name;
const execute = async (...statements: readonly string[]): Promise<void> => {
	const limits = {connectTimeoutMs: 5000, statementTimeoutMs: 5000};
	await withConnection({login: admin, limits, signal}, async (query) => {
		for (const statement of statements) await query(statement);
	});
};

/** The server, with TLS and a rule for each kind of login. */
const start = async () => {
	authority = await createAuthority({name: 'Database CA'});
	const pair = await authority.issue({hosts: ['db.example.internal'], ips: ['127.0.0.1']});
	await writeFile(join(folder, 'clients.pem'), authority.caPem, {mode: 0o644});
	server = await startPostgres({
		dataDirectory: join(folder, 'data'),
		adminPassword,
		log: join(folder, 'log'),
		tls: {...pair, ca: authority.caPem},
		settings: {ssl_ca_file: join(folder, 'clients.pem')},
		rules: [
			'hostssl all with_card 127.0.0.1/32 scram-sha-256 clientcert=verify-ca',
			'hostssl all card_only 127.0.0.1/32 cert',
			'host all by_ident 127.0.0.1/32 ident',
			'host all ghost,sleeper 127.0.0.1/32 trust',
			'host all stranger 127.0.0.1/32 reject',
			'host all all 127.0.0.1/32 scram-sha-256',
		],
	});
	const {host, port} = server;
	const password = adminPassword;
	admin = {
		...{host, port, tls: 'require', username: 'postgres', password, database: 'postgres'},
		from: 'database.admin',
	};
};

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'zenml-airgap-logins-test-'));
	await chmod(folder, 0o755);
	await start();
	await execute('CREATE ROLE sleeper NOLOGIN', "CREATE ROLE calm LOGIN PASSWORD 'canary-calm'");
	await execute(
		...['with_card', 'card_only', 'by_ident'].map((name) => `CREATE ROLE ${name} LOGIN PASSWORD 'canary-x'`),
	);
});

afterAll(async () => {
	await server.stop();
	await rm(folder, {recursive: true, force: true});
});

const refusedAs = async (username: string, more: Partial<DatabaseLogin> = {}) => {
	const login = {...admin, username, password: 'canary-x', from: 'controlPlane.database', ...more};
	return caught(postgres.probe(login, signal));
};

describe('a login that is not authorized (28000) is told by what refused it', () => {
	const passwordLine =
		'Ask the database admin for a line with scram-sha-256 for this role and database in pg_hba.conf, before that one, then a reload.';

	test.each(['with_card', 'card_only'])('a client certificate is wanted: %s', async (role) => {
		expect(await refusedAs(role)).toMatchObject({
			problem: {
				code: code('database-client-certificate'),
				area: 'database',
				who: 'database admin',
				message: `The database server ${server.host}:${server.port} wants a client certificate from role ${role}.`,
				cause:
					'Its pg_hba.conf has this role show a certificate (clientcert, or the method cert), and the answers name none.',
				fix: 'Name one in database.clientCertificate and database.clientKey, or ask the database admin for a line without it.',
				answers: ['database.clientCertificate', 'database.clientKey'],
				evidence: ['28000: connection requires a valid client certificate'],
			},
		});
	});

	test('a client certificate lets its role in, with its password or instead of it', async () => {
		const clientCertificate = await cardFor('card_only');
		for (const username of ['with_card', 'card_only']) {
			const login = {...admin, username, password: 'canary-x', clientCertificate};
			expect(await postgres.probe(login, signal)).toMatchObject({product: 'PostgreSQL'});
		}
		expect(await refusedAs('with_card', {clientCertificate, password: 'canary-wrong'})).toMatchObject({
			problem: {code: code('database-password')},
		});
	});

	test('a client certificate of another role, or of another CA, is refused as such', async () => {
		expect(await refusedAs('card_only', {clientCertificate: await cardFor('somebody')})).toMatchObject({
			problem: {
				code: code('database-client-certificate'),
				message: `The database server ${server.host}:${server.port} does not take the client certificate for role card_only.`,
				cause:
					'Its pg_hba.conf has the certificate name the role: the common name must be that of the role, or be mapped to it in pg_ident.conf.',
				fix: 'Name a certificate for this role in database.clientCertificate, or ask the database admin to map it.',
			},
		});
		const stranger = await createAuthority({name: 'Other CA'});
		expect(await refusedAs('with_card', {clientCertificate: await cardFor('with_card', stranger)})).toMatchObject({
			problem: {
				code: code('database-client-certificate'),
				message: `The database server ${server.host}:${server.port} does not trust the client certificate of the answers.`,
				answers: ['database.clientCertificate'],
			},
		});
	});

	test('another check than that of the password failed', async () => {
		expect(await refusedAs('by_ident')).toMatchObject({
			problem: {
				code: code('database-login-refused'),
				message: `The database server ${server.host}:${server.port} refuses role by_ident: its login by ident failed.`,
				cause: 'Its pg_hba.conf has this role checked by ident, which does not ask for the password of the answers.',
				fix: passwordLine,
				evidence: ['28000: Ident authentication failed for user "by_ident"'],
			},
		});
	});

	test('there is no such role, or it may not log in', async () => {
		expect(await refusedAs('ghost')).toMatchObject({
			problem: {
				code: code('database-role-missing'),
				who: 'database admin',
				message: `There is no role ghost on ${server.host}:${server.port}.`,
				cause: 'The server asked for no password, and then found no role of that name.',
				fix: 'Create it with the SQL that this tool shows, or correct the name.',
				answers: ['controlPlane.database.username'],
			},
		});
		expect(await refusedAs('sleeper')).toMatchObject({
			problem: {code: code('database-role-without-login'), cause: 'The role has no LOGIN attribute.'},
		});
	});

	test('pg_hba.conf rejects it', async () => {
		expect(await refusedAs('stranger')).toMatchObject({problem: {code: code('database-not-admitted')}});
	});
});

describe('sessions that may change nothing are refused as soon as they are looked at', () => {
	test('by a setting of the role', async () => {
		await execute('ALTER ROLE calm SET default_transaction_read_only = on');
		expect(await refusedAs('calm', {password: 'canary-calm'})).toMatchObject({
			problem: {
				code: code('database-read-only'),
				area: 'database',
				who: 'database admin',
				message: `The database server ${server.host}:${server.port} takes no changes.`,
				cause: 'Sessions of role calm in database postgres are read-only (default_transaction_read_only).',
				fix: 'Ask the database admin to turn that setting off for the server, the database and the role.',
			},
		});
	});

	test('by the server, which is a standby: for the administrator too, before any statement', async () => {
		await server.stop();
		await appendFile(join(folder, 'data', 'standby.signal'), '');
		await chmod(join(folder, 'data', 'standby.signal'), 0o644);
		await start();
		try {
			const standby = {
				problem: {
					code: code('database-read-only'),
					message: `The database server ${server.host}:${server.port} takes no changes.`,
					cause: 'It is a standby: it repeats another server, or is being recovered.',
					fix: 'Name the primary in database.host, or an address that always leads to it.',
					answers: ['database.host', 'database.port'],
				},
			};
			expect(await caught(postgres.probe(admin, signal))).toMatchObject(standby);
			const needed = {database: 'zenml', username: 'zenml', password: 'canary-z'};
			expect(await caught(postgres.missing(admin, needed, signal))).toMatchObject(standby);
			expect(await caught(postgres.refuseAdmin(admin, [needed], signal))).toMatchObject(standby);
		} finally {
			await server.stop();
			await rm(join(folder, 'data', 'standby.signal'));
			await start();
		}
	});
});

describe('a connection pooler in front of the server', () => {
	/** Passes everything on, but tells another process number at login, as poolers do. */
	const pooler = async (): Promise<number> =>
		listening(
			createServer((client: Socket) => {
				const behind = connect(server.port, server.host);
				client.pipe(behind);
				behind.on('error', () => client.destroy());
				behind.on('data', (piece: Buffer) => {
					const at = piece.indexOf(Buffer.from([0x4b, 0, 0, 0, 12]));
					if (at >= 0) piece.writeUInt32BE(0x7fff_fff0, at + 5);
					client.write(piece);
				});
				behind.on('end', () => client.end());
			}),
		);

	const needed = {database: 'pooled', username: 'pooled_user', password: 'canary-p', from: 'controlPlane.database'};

	test('is seen, and no role is made through it', async () => {
		const port = await pooler();
		const login: DatabaseLogin = {...admin, port, tls: 'disable'};
		expect(await postgres.probe(login, signal)).toMatchObject({isPooled: true});
		expect(await postgres.probe(admin, signal)).toMatchObject({isPooled: false});
		const refusal = {
			problem: {
				code: code('database-pooler'),
				area: 'database',
				who: 'database admin',
				message: `What answers at 127.0.0.1:${port} is a connection pooler, not PostgreSQL itself.`,
				cause:
					'It lets in only the roles and databases that it is told of, and these are still to be made: role pooled_user, database pooled.',
				fix: 'Name the PostgreSQL server itself in database.host and database.port, or leave database.admin out and have the database admin make them and add them to the pooler.',
				answers: ['database.host', 'database.port'],
			},
		};
		expect(await caught(postgres.refuseAdmin(login, [needed], signal))).toMatchObject(refusal);
		const shown: string[] = [];
		const options = {signal, onStatement: (text: string) => shown.push(text)};
		expect(await caught(postgres.provision(login, needed, options))).toMatchObject(refusal);
		expect(shown).toEqual([]);
	});

	test('is borne with where everything is there', async () => {
		await postgres.provision(admin, needed, {signal, onStatement: () => undefined});
		const login: DatabaseLogin = {...admin, port: await pooler(), tls: 'disable'};
		await expect(postgres.refuseAdmin(login, [needed], signal)).resolves.toBeUndefined();
		expect(await postgres.missing(login, needed, signal)).toEqual([]);
	});
});
