import {mkdtemp, writeFile} from 'node:fs/promises';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {createAuthority} from '../../rehearsal/authority/index.ts';
import {startPlayedMysql} from '../../rehearsal/mysql/played/server.ts';
import {createMysql} from '../../source/database/mysql/index.ts';
import {createPostgres} from '../../source/database/postgres/index.ts';
import type {DatabaseEngine, DatabaseLogin, DatabasePort} from '../../source/database/types.ts';
import {startServer as startPostgresServer} from '../database/server.ts';
import {listening} from '../helpers/loopback.ts';
import {programOf, startServer as startMysqlServer} from '../helpers/mysql-server.ts';
import {hasPython, runScript} from './support/python.ts';

const {signal} = new AbortController();
const limits = {connectTimeoutMs: 5000, statementTimeoutMs: 20_000};
const ports: Readonly<Record<DatabaseEngine, DatabasePort>> = {
	mysql: createMysql(limits),
	postgresql: createPostgres(limits),
};
const programs = {MySQL: await programOf('MySQL'), MariaDB: await programOf('MariaDB')};
type Product = keyof typeof programs | 'PostgreSQL';

const engineOf = (product: Product): DatabaseEngine => (product === 'PostgreSQL' ? 'postgresql' : 'mysql');
const start = async (product: Product) => {
	if (product === 'PostgreSQL') return startPostgresServer();
	const program = programs[product];
	return program && startMysqlServer(program);
};

/** Puts the members of a Secret where a pod would find them, and runs the script there. */
const logIn = async (engine: DatabaseEngine, login: DatabaseLogin): Promise<Record<string, unknown>> => {
	const folder = await mkdtemp(join(tmpdir(), 'probe-'));
	const {host, port, tls, username, database, password, ca = '', clientCertificate: client} = login;
	const members = {password, ca, certificate: client?.certificate, key: client?.key};
	const files: Record<string, string> = {};
	for (const [name, text] of Object.entries(members)) {
		if (text === undefined) continue;
		files[name] = join(folder, name);
		await writeFile(files[name] ?? '', text);
	}
	const said = await runScript('database', {engine, host, port, tls, username, database, files});
	expect(JSON.stringify(said)).not.toContain('canary');
	return said;
};

const isLeftOut = (product: Product): boolean => product !== 'PostgreSQL' && !programs[product];

describe.each(['PostgreSQL', 'MySQL', 'MariaDB'] as const)('the script of a pod logs in to a real %s', (product) => {
	const engine = engineOf(product);
	const it = test.skipIf(!hasPython || isLeftOut(product));
	let server: Awaited<ReturnType<typeof start>>;
	let login: DatabaseLogin;
	const tries = async (more: Partial<DatabaseLogin> = {}) => logIn(engine, {...login, ...more});

	beforeAll(async () => {
		if (!hasPython) return;
		server = await start(product);
		if (!server) return;
		const needed = server.needed('base');
		login = server.login(needed);
		await ports[engine].provision(server.admin, needed, {signal, onStatement: () => undefined});
	}, 120_000);
	afterAll(async () => {
		await server?.stop();
	});

	it('over TLS that is checked', async () => {
		const facts = await ports[engine].probe(login, signal);
		const said = await tries({ca: `# Auto-geprüft: Zürich\n${login.ca}`});
		expect(said).toMatchObject({ok: true, tls: 'TLSv1.3'});
		expect(String(said.version)).toContain(facts.version.split(' ')[0]);
		expect(said).not.toHaveProperty('method');
	});

	it('over TLS that is not checked', async () => {
		const {caPem} = await createAuthority({name: 'Database CA'});
		expect(await tries({tls: 'require', ca: caPem})).toMatchObject({ok: true, tls: 'TLSv1.3'});
	});

	it('as nobody with a wrong password: the words and the number of the server', async () => {
		const refused = await tries({password: 'canary-wrong'});
		expect(refused).toMatchObject({kind: 'login', code: engine === 'mysql' ? 1045 : '28P01'});
		expect(refused.error).toContain('base_user');
	});

	it('with a password that the server has not seen since it started', async () => {
		const admin = server?.admin ?? login;
		expect(await logIn(engine, admin)).toMatchObject({ok: true});
		await server?.execute(...(engine === 'mysql' ? ['FLUSH PRIVILEGES'] : ['SELECT 1']));
		expect(await tries()).toMatchObject({ok: true, tls: 'TLSv1.3'});
	});

	it('of another CA, or under another name, not at all', async () => {
		const {caPem} = await createAuthority({name: 'Other CA'});
		expect(await tries({ca: caPem})).toMatchObject({kind: 'certificate'});
		expect(await tries({host: 'localhost'})).toMatchObject({kind: 'certificate', code: 62});
	});

	it('to a database that is not there', async () => {
		const admin = server?.admin ?? login;
		const code = engine === 'mysql' ? 1049 : '3D000';
		expect(await logIn(engine, {...admin, database: 'nowhere'})).toMatchObject({kind: 'login', code});
	});

	it('without TLS where the answers ask for none', async () => {
		const plain =
			engine === 'mysql'
				? ["CREATE USER 'plain'@'%' IDENTIFIED BY 'canary-é-plain'"]
				: ["CREATE ROLE plain LOGIN PASSWORD 'canary-é-plain'"];
		await server?.execute(...plain);
		const more = {username: 'plain', password: 'canary-é-plain', tls: 'disable'} as const;
		const database = engine === 'mysql' ? '' : 'postgres';
		// Once with the whole password, sealed with the key of the server, once with a proof.
		expect(await tries({...more, database})).toMatchObject({ok: true, tls: 'none'});
		expect(await tries({...more, database})).toMatchObject({ok: true, tls: 'none'});
	});
});

describe.skipIf(!hasPython)('the script of a pod (left out where there is no Python 3.10)', () => {
	const at = {host: '127.0.0.1', username: 'root', password: 'canary-root', database: 'mysql'};

	test('goes no further where TLS is asked for and not offered', async () => {
		const played = await startPlayedMysql({adminPassword: 'canary-root'});
		const {port} = played;
		const {caPem: ca} = await createAuthority({name: 'CA'});
		for (const tls of ['verify-full', 'require'] as const)
			expect(await logIn('mysql', {...at, port, tls, ca})).toMatchObject({kind: 'tls-not-offered'});
		await played.stop();
		const without = await listening(createServer((socket) => socket.once('data', () => socket.write('N'))));
		expect(await logIn('postgresql', {...at, port: without, tls: 'verify-full', ca})).toMatchObject({
			kind: 'tls-not-offered',
		});
	});

	test('shows the certificate of the client', async () => {
		const authority = await createAuthority({name: 'CA'});
		const pair = await authority.issue({hosts: ['db.example'], ips: ['127.0.0.1']});
		const played = await startPlayedMysql({adminPassword: 'canary-root', tls: {...pair, ca: authority.caPem}});
		const root: DatabaseLogin = {...at, port: played.port, tls: 'verify-full', ca: authority.caPem};
		const needed = {database: 'asks', username: 'asks', password: 'canary-asks', requires: 'certificate'} as const;
		const {cert: certificate, key} = await authority.issue({hosts: ['client.example'], purpose: 'client'});
		const clientCertificate = {certificate, key};
		const options = {signal, onStatement: () => undefined};
		await ports.mysql.provision({...root, clientCertificate}, needed, options);
		const asks = {...root, ...needed};
		expect(await logIn('mysql', asks)).toMatchObject({kind: 'login', code: 1045});
		expect(await logIn('mysql', {...asks, clientCertificate})).toMatchObject({ok: true});
		await played.stop();
	});

	test.each([
		['mysql', 'HTTP/1.1 400 Bad Request\r\n\r\n', 'more than a login takes'],
		['mysql', '\x05\0\0\0\x09old\0', 'does not greet as MySQL does'],
		['mysql', '\x3f\0\0\0\xff\x6a\x04Host 10.1.2.3 is not allowed to connect to this MySQL server', 'Host 10.1.2.3'],
		['postgresql', 'HTTP/1.1 400 Bad Request\r\n\r\n', 'does not answer as PostgreSQL does'],
		['postgresql', '', 'closed the connection'],
	] as const)('%s: what answers %j is told', async (engine, words, told) => {
		const port = await listening(
			createServer((socket) => {
				socket.write(words, 'latin1');
				if (engine === 'postgresql') socket.end();
			}),
		);
		const said = await logIn(engine, {...at, port, tls: 'disable'});
		expect(said.error).toContain(told);
		expect(said).not.toHaveProperty('ok');
	});

	test('tells a way to log in that it does not speak, and no failure', async () => {
		const asksForKerberos = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 7]);
		const port = await listening(createServer((socket) => socket.write(asksForKerberos)));
		expect(await logIn('postgresql', {...at, port, tls: 'disable'})).toEqual({
			ok: true,
			method: 'number 7',
			tls: 'none',
		});
	});
});
