import {once} from 'node:events';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {PassThrough, Readable} from 'node:stream';
import {text} from 'node:stream/consumers';
import pg from 'pg';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {createAuthority} from '../../../rehearsal/authority/index.ts';
import {findPrograms, type Programs, runClientTool, type ToolIo} from '../../../rehearsal/client-tools/index.ts';
import {startMysql} from '../../../rehearsal/mysql/server.ts';
import {startPostgres} from '../../../rehearsal/postgres/index.ts';
import type {DatabaseLogin} from '../../../source/database/types.ts';
import {execute, programOf} from '../../helpers/mysql-server.ts';

const password = "canary-'7f\\4";
const host = 'postgres.rehearsal.internal';
const mysqlHost = 'mysql.rehearsal.internal';
const never = new AbortController().signal;
const network: ToolIo['network'] = {
	resolve: async (name) => ([host, mysqlHost].includes(name) ? ['127.0.0.1'] : []),
};
// A probe: without a way to Debian's archive there is nothing real to be tried.
const programs: Programs | undefined = await findPrograms({wanted: 'unpacked', postgresMajor: 18}).catch(
	() => undefined,
);
const mysqlProgram = programs && (await programOf('MySQL'));

let folder: string;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'zenml-airgap-client-tools-test-'));
});
afterAll(() => rm(folder, {recursive: true, force: true}));

const tool = async (command: readonly string[], more: Partial<ToolIo> & {readonly input?: string | Buffer} = {}) => {
	const {input, ...io} = more;
	const [stdout, stderr] = [new PassThrough(), new PassThrough()];
	const written = Promise.all([text(stdout), text(stderr)]);
	const code = await runClientTool(programs as Programs, command, {
		...{stdout, stderr, env: {}, signal: never, network, folder: join(folder, 'pod')},
		...(input !== undefined && {stdin: Readable.from([input])}),
		...io,
	});
	stdout.end();
	stderr.end();
	const [out, err] = await written;
	return {code, out, err};
};

describe.skipIf(!programs)('the programs of Debian’s packages', () => {
	test('say their versions, and what such an image lacks is not found', async () => {
		expect((await tool(['pg_dump', '--version'])).out).toMatch(/^pg_dump \(PostgreSQL\) 18\./u);
		expect((await tool(['mysqldump', '--version'])).out).toMatch(/Ver 9\./u);
		expect((await tool(['age', '--version'])).code).toBe(0);
		expect((await tool(['sh', '-c', 'curl --version | head -1'])).out).toMatch(/^curl \d/u);
		expect(await tool(['node', '--version'])).toMatchObject({code: 127, err: expect.stringContaining('not found')});
		expect(await tool(['sh', '-c', 'node --version'])).toMatchObject({code: 127});
	});

	test('only names of the played network are found, and nothing of this process’s environment', async () => {
		process.env.CANARY_OF_HOST = 'seen';
		const {out} = await tool(['sh', '-c', 'env; pwd']);
		delete process.env.CANARY_OF_HOST;
		expect(out).not.toContain('seen');
		const other = await tool(['pg_dump', '-h', 'deb.debian.org', '-U', 'x', 'x']);
		expect(other).toMatchObject({code: 1, err: expect.stringMatching(/could not translate host name/u)});
	});

	test('programs are looked for in the pod alone, and start by their full paths', async () => {
		const script =
			'for f in $(echo "$PATH" | tr : " ") /usr/lib/postgresql/*/bin; do [ -x "$f/$1" ] && echo "$f/$1"; done';
		const {out} = await tool(['sh', '-c', `${script}; true`, 'sh', 'pg_dump']);
		expect(out.trim().split('\n')).toEqual([join(folder, 'pod/bin/pg_dump')]);
		expect((await tool(['sh', '-c', 'exec "$1" --version', 'sh', out.trim()])).out).toMatch(/ 18\./u);
	});

	test('a file of one command is there for the next of the pod, and the input is its own', async () => {
		const kept = await tool(['sh', '-c', 'cat > "$TMPDIR/kept"; sha256sum < "$TMPDIR/kept"'], {input: 'abc'});
		expect(kept.out).toContain('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
		expect((await tool(['sh', '-c', 'cat "$TMPDIR/kept"'])).out).toBe('abc');
	});

	test('a signal ends the command and what it started', async () => {
		const stop = new AbortController();
		const stdout = new PassThrough();
		const running = tool(['sh', '-c', 'echo begun; sleep 1000'], {signal: stop.signal, stdout});
		await once(stdout, 'data');
		stop.abort();
		expect(await running).toMatchObject({code: 128 + 15});
	});
});

describe.skipIf(!programs)('PostgreSQL', () => {
	test('is dumped and restored over TLS that is verified, and a wrong login or CA is refused', async () => {
		const authority = await createAuthority({name: 'Database CA'});
		const other = await createAuthority({name: 'Another CA'});
		const pair = await authority.issue({hosts: [host], ips: ['127.0.0.1']});
		const server = await startPostgres({
			...{dataDirectory: join('/var/tmp', `zenml-airgap-ct-${process.pid}`), adminPassword: password},
			...{log: join(folder, 'postgres.log'), tls: {...pair, ca: authority.caPem}},
		});
		const query = async (database: string, sql: string) => {
			const client = new pg.Client({
				...{host: '127.0.0.1', port: server.port, user: 'postgres', password, database},
				ssl: {rejectUnauthorized: false},
			});
			await client.connect();
			return client.query({text: sql, rowMode: 'array'}).finally(() => client.end());
		};
		try {
			await query('postgres', 'CREATE DATABASE one');
			await query('postgres', 'CREATE DATABASE two');
			await query('one', "CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (1, 'é'), (2, NULL)");
			const env = {PGHOST: host, PGPORT: String(server.port), PGUSER: 'postgres', PGSSLMODE: 'verify-full'};
			const script = 'cat > "$TMPDIR/ca"; export PGSSLROOTCERT="$TMPDIR/ca"; exec "$@"';
			const sh = ['sh', '-c', script, 'sh'];
			const good = {env: {...env, PGPASSWORD: password}, input: authority.caPem};
			const dumped = await tool([...sh, 'pg_dump', '-Fp', '--no-owner', 'one'], good);
			expect(dumped).toMatchObject({code: 0, out: expect.stringContaining('CREATE TABLE public.t'), err: ''});
			const restored = await tool(['sh', '-c', 'psql -v ON_ERROR_STOP=1 -q -d two'], {
				env: {...env, PGPASSWORD: password, PGSSLMODE: 'require'},
				input: dumped.out,
			});
			expect(restored).toMatchObject({code: 0, err: ''});
			expect((await query('two', 'SELECT id, v FROM t ORDER BY id')).rows).toEqual([
				[1, 'é'],
				[2, null],
			]);
			const wrong = await tool([...sh, 'pg_dump', 'one'], {...good, env: {...env, PGPASSWORD: 'wrong'}});
			expect(wrong).toMatchObject({code: 1, err: expect.stringContaining('password authentication failed')});
			const untrusted = await tool([...sh, 'pg_dump', 'one'], {...good, input: other.caPem});
			expect(untrusted).toMatchObject({code: 1, err: expect.stringContaining('certificate verify failed')});
		} finally {
			await server.stop();
			await rm(join('/var/tmp', `zenml-airgap-ct-${process.pid}`), {recursive: true, force: true});
		}
	});
});

describe.skipIf(!mysqlProgram)('MySQL', () => {
	test('is dumped and restored over TLS that is verified by name, and a wrong login or name is refused', async () => {
		const authority = await createAuthority({name: 'Database CA'});
		const pair = await authority.issue({hosts: [mysqlHost]});
		const server = await startMysql({
			...{program: mysqlProgram as NonNullable<typeof mysqlProgram>, dataDirectory: join(folder, 'mysql')},
			...{adminPassword: password, log: join(folder, 'mysql.log'), tls: {...pair, ca: authority.caPem}},
		});
		const login: DatabaseLogin = {
			...{host: '127.0.0.1', port: server.port, tls: 'require' as const, username: 'root', password, database: 'mysql'},
		};
		try {
			await execute(login, 'CREATE DATABASE one', 'CREATE DATABASE two');
			await execute(login, 'CREATE TABLE one.t (id int PRIMARY KEY, v text)', "INSERT INTO one.t VALUES (1, 'é')");
			const script = 'cat > "$TMPDIR/ca.pem"; exec "$@"';
			const args = [`--host=${mysqlHost}`, `--port=${server.port}`, '--user=root', '--ssl-mode=VERIFY_IDENTITY'];
			const sh = (program: string) => ['sh', '-c', script, 'sh', program, ...args, '--ssl-ca=ca.pem'];
			const env = {MYSQL_PWD: password};
			const dumped = await tool([...sh('mysqldump'), '--single-transaction', '--no-tablespaces', 'one'], {
				...{env, input: authority.caPem},
			});
			expect(dumped).toMatchObject({code: 0, out: expect.stringContaining('CREATE TABLE `t`')});
			const restored = await tool(['mysql', ...args, '--ssl-ca=ca.pem', 'two'], {env, input: dumped.out});
			expect(restored).toMatchObject({code: 0});
			expect(await execute(login, 'SELECT id, v FROM two.t')).toHaveLength(1);
			const wrong = await tool([...sh('mysqldump'), 'one'], {env: {MYSQL_PWD: 'wrong'}, input: authority.caPem});
			expect(wrong).toMatchObject({code: 2, err: expect.stringContaining('Access denied')});
			const otherName = await tool(
				['mysql', '--host=localhost', '--protocol=tcp', ...args.slice(1), '--ssl-ca=ca.pem', '-e', 'SELECT 1'],
				{env},
			);
			expect(otherName).toMatchObject({code: 1, err: expect.stringContaining('SSL connection error')});
		} finally {
			await server.stop();
		}
	});
});
