import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile} from 'node:fs/promises';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import pg from 'pg';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {createAuthority} from '../../../rehearsal/authority/index.ts';
import {type RunningPostgres, startPostgres} from '../../../rehearsal/postgres/index.ts';
import {findServers} from '../../../rehearsal/postgres/leftover.ts';
import {chooseOwner} from '../../../rehearsal/servers/owner.ts';

const adminPassword = 'rehearsal-admin-5f0c';
const starter = fileURLToPath(new URL('starter.ts', import.meta.url));
let folder: string;
let data: string;
let log: string;
const running: RunningPostgres[] = [];

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'zenml-airgap-postgres-test-'));
	await chmod(folder, 0o755);
	data = join(folder, 'data');
	log = join(folder, 'postgres.log');
});

afterAll(async () => {
	for (const server of running) await server.stop();
	expect(await findServers(data)).toEqual([]);
	await rm(folder, {recursive: true, force: true});
});

const start = async (more: Partial<Parameters<typeof startPostgres>[0]> = {}) => {
	const server = await startPostgres({dataDirectory: data, adminPassword, log, ...more});
	running.push(server);
	return server;
};

const query = async (port: number, sql: string, more: object = {}): Promise<readonly unknown[][]> => {
	const client = new pg.Client({
		host: '127.0.0.1',
		port,
		user: 'postgres',
		password: adminPassword,
		database: 'postgres',
		ssl: false,
		...more,
	});
	await client.connect();
	try {
		return (await client.query({text: sql, rowMode: 'array'})).rows as unknown[][];
	} finally {
		await client.end();
	}
};

const gone = async () => {
	await expect.poll(async () => findServers(data), {timeout: 20_000}).toEqual([]);
};

/** A process of its own that starts the server and waits; resolves once the server answers. */
const startInChild = async () => {
	const child = spawn(process.execPath, [starter, data, log], {
		stdio: ['pipe', 'pipe', 'inherit'],
		env: {...process.env, ADMIN_PASSWORD: adminPassword},
	});
	const [line] = (await once(child.stdout, 'data')) as [Buffer];
	const {port, pid} = JSON.parse(line.toString()) as {port: number; pid: number};
	return {child, port, pid};
};

test('a server starts on loopback as a user other than root, keeps its data over a restart and leaves no process', async () => {
	const first = await start();
	expect((await stat(data)).uid).toBe(chooseOwner().uid);
	expect((await stat(data)).uid).not.toBe(0);
	expect(await query(first.port, 'SHOW server_encoding')).toEqual([['UTF8']]);
	await query(first.port, 'CREATE TABLE kept AS SELECT 42 AS answer');
	expect(await findServers(data)).toContain(first.pid);
	await first.stop();
	await first.stop();
	expect(await findServers(data)).toEqual([]);
	const second = await start();
	expect(await query(second.port, 'SELECT answer FROM kept')).toEqual([[42]]);
	await second.stop();
});

test('logins are checked: a wrong password and an unknown database are refused by the server', async () => {
	const server = await start();
	await expect(query(server.port, 'SELECT 1', {password: 'wrong'})).rejects.toMatchObject({code: '28P01'});
	await expect(query(server.port, 'SELECT 1', {database: 'nowhere'})).rejects.toMatchObject({code: '3D000'});
	await server.stop();
});

test('TLS uses the given certificate, and the private key is readable by its user alone', async () => {
	const authority = await createAuthority({name: 'Database CA'});
	const {cert, key} = await authority.issue({hosts: ['db.example.internal'], ips: ['127.0.0.1']});
	const server = await start({tls: {cert, key, ca: authority.caPem}});
	expect(server.caPem).toBe(authority.caPem);
	const sql = 'SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()';
	expect(await query(server.port, sql, {ssl: {ca: authority.caPem}})).toEqual([[true, 'TLSv1.3']]);
	await expect(
		query(server.port, sql, {ssl: {ca: (await createAuthority({name: 'Another'})).caPem}}),
	).rejects.toMatchObject({code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'});
	expect((await stat(join(data, 'server.key'))).mode & 0o077).toBe(0);
	await server.stop();
});

test('the server ends when the process that started it is killed with SIGKILL', async () => {
	const {child, port} = await startInChild();
	expect(await query(port, 'SELECT 1')).toEqual([[1]]);
	child.kill('SIGKILL');
	await once(child, 'exit');
	await gone();
	expect(await readFile(log, 'utf8')).toContain('received fast shutdown request');
});

test('a start after everything was killed with SIGKILL finds the data and a new server', async () => {
	const {child, pid, port} = await startInChild();
	await query(port, 'CREATE TABLE survivors AS SELECT 7 AS answer');
	process.kill(pid, 'SIGKILL');
	child.kill('SIGKILL');
	await once(child, 'exit');
	expect(await readFile(join(data, 'postmaster.pid'), 'utf8')).toContain(String(pid));
	const server = await start();
	expect(await query(server.port, 'SELECT answer FROM survivors')).toEqual([[7]]);
	await server.stop();
});

test('a server that still runs on the folder is replaced, not joined', async () => {
	const {child, pid} = await startInChild();
	const server = await start();
	expect(server.pid).not.toBe(pid);
	expect(await findServers(data)).not.toContain(pid);
	child.kill('SIGKILL');
	await once(child, 'exit');
	expect(await query(server.port, 'SELECT 1')).toEqual([[1]]);
	await server.stop();
});

test('a stale postmaster.pid whose number belongs to another program does not keep the server from starting', async () => {
	await writeFile(join(data, 'postmaster.pid'), `${process.pid}\n${data}\n1\n5432\n\n127.0.0.1\n\n`);
	const server = await start();
	expect(server.pid).not.toBe(process.pid);
	await server.stop();
});

test('a port that is taken is told with the words of the log, and a stop of the start ends the server', async () => {
	const other = createServer().listen(0, '127.0.0.1');
	await once(other, 'listening');
	const {port} = other.address() as {port: number};
	await expect(start({port})).rejects.toMatchObject({
		problem: {
			code: 'rehearsal-postgres-start-failed',
			evidence: expect.arrayContaining([expect.stringContaining('Address already in use')]),
		},
	});
	other.close();
	await expect(start({signal: AbortSignal.abort()})).rejects.toMatchObject({name: 'AbortError'});
	expect(await findServers(data)).toEqual([]);
});

test('a folder with other contents is refused and left as it was', async () => {
	const other = join(folder, 'other');
	await mkdir(other);
	await writeFile(join(other, 'thesis.txt'), 'mine');
	await expect(startPostgres({dataDirectory: other, adminPassword, log})).rejects.toMatchObject({
		problem: {code: 'rehearsal-folder-not-empty', area: 'prerequisites'},
	});
	expect(await readFile(join(other, 'thesis.txt'), 'utf8')).toBe('mine');
});

test('a start with another administrator password says so and leaves no process', async () => {
	await expect(startPostgres({dataDirectory: data, adminPassword: 'another', log})).rejects.toMatchObject({
		problem: {
			code: 'rehearsal-postgres-start-failed',
			cause: 'The data folder was made with another administrator password.',
		},
	});
	expect(await findServers(data)).toEqual([]);
});

test('the administrator password is in no file beside the data and not in the log', async () => {
	expect(await readFile(log, 'utf8')).not.toContain(adminPassword);
	await expect(stat(`${data}.password`)).rejects.toMatchObject({code: 'ENOENT'});
});
