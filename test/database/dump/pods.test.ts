import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, readdir, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {pipeline} from 'node:stream/promises';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {
	createDumps,
	createPodRunner,
	type PodPrograms,
	type PodShell,
	type ProgramsImage,
} from '../../../source/database/dump/index.ts';
import type {DumpPort} from '../../../source/database/dump/types.ts';
import {withConnection} from '../../../source/database/postgres/connect.ts';
import {createPostgres} from '../../../source/database/postgres/index.ts';
import {clientsOf} from '../../helpers/database-clients.ts';
import {refusalOf} from '../../steps/world.ts';
import {startServer} from '../server.ts';
import {dumped, factsOf, never, restored} from './dumping.ts';

const folder = await mkdtemp(join(tmpdir(), 'zenml-airgap-dump-test-'));
const bin = await clientsOf('PostgreSQL', join(folder, 'bin'));
afterAll(async () => rm(folder, {recursive: true, force: true}));

/** A shell of this host in the place of that of a pod; every command that it is given. */
const shellOf = (search: string): {readonly shell: PodShell; readonly commands: string[]} => {
	const commands: string[] = [];
	return {
		commands,
		shell: async ({command, stdin, stdout, signal}) => {
			commands.push(command.join('\n'));
			const [program = '', ...args] = command;
			const child = spawn(program, args, {env: {PATH: search}, signal, stdio: 'pipe'});
			let said = '';
			child.stderr.on('data', (chunk: Buffer) => {
				said += chunk.toString('utf8');
			});
			let failed: unknown;
			child.stdin.on('error', () => undefined);
			stdin?.once('error', (error: unknown) => {
				if (child.exitCode === null && !child.stdin.destroyed) failed = error;
			});
			if (stdin) pipeline(stdin, child.stdin).catch(() => undefined);
			else child.stdin.end();
			const out = stdout ? pipeline(child.stdout, stdout as never, {end: false}) : child.stdout.resume();
			const [code] = (await once(child, 'close')) as [number | null];
			await out;
			// As `exec` of the cluster's port: what the streams throw.
			if (failed !== undefined) throw failed;
			return {exitCode: code ?? 1, stderr: said.split('\n').filter((line) => line !== '')};
		},
	};
};

const image = 'registry.corp/zenml/client-tools:1.0';
const podsOf = (found: ProgramsImage, shell: PodShell, lent: string[] = []): PodPrograms => ({
	image: async () => found,
	lend: (one) => async (work) => {
		lent.push(one);
		return work(createPodRunner(shell));
	},
});

describe.skipIf(bin === undefined)('programs in a pod', () => {
	const postgres = createPostgres({connectTimeoutMs: 5000});
	const {shell, commands} = shellOf(`${bin}:/usr/bin:/bin`);
	let server: Awaited<ReturnType<typeof startServer>>;
	let dumps: DumpPort;

	beforeAll(async () => {
		server = await startServer();
		dumps = createDumps({
			folder: join(folder, 'private'),
			environment: {PATH: '/nowhere'},
			cluster: podsOf({image}, shell),
		});
	});
	afterAll(async () => server?.stop());

	const filled = async (name: string) => {
		const needed = server.needed(name);
		await postgres.provision(server.admin, needed, {signal: never, onStatement: () => undefined});
		const login = server.login(needed);
		const access = {login, limits: {connectTimeoutMs: 5000, statementTimeoutMs: 20_000}, signal: never};
		await withConnection(access, (query) =>
			query('CREATE TABLE run AS SELECT i, repeat(md5(i::text), 40) AS body FROM generate_series(1, 5000) i'),
		);
		return login;
	};

	const foldersOfPods = async () =>
		(await readdir('/tmp')).filter((name) => /^zenml-airgap-[0-9a-f]{16}$/u.test(name)).sort();

	test('dump and restore as those of this host do, and leave neither a file nor a secret in a command', async () => {
		// Killed programs of others on this host may have left some.
		const there = await foldersOfPods();
		const login = await filled('in_pods');
		const tools = await dumps.tools(login, factsOf(await postgres.probe(login, never)), never);
		expect(tools).toMatchObject({where: 'cluster', image, product: 'PostgreSQL', engine: 'postgresql'});
		const dump = await dumped(dumps, login, tools);
		const before = await postgres.contents(login, never);
		let told = 0;
		await restored(dumps, login, tools, dump, {
			onBytes: (bytes) => {
				told = bytes;
			},
		});
		expect(told).toBeGreaterThan(0);
		expect(told).toBeLessThanOrEqual(dump.length);
		expect((await postgres.contents(login, never)).tables).toEqual(before.tables);
		expect(commands.length).toBeGreaterThan(4);
		expect(commands.join('\n')).not.toContain('canary');
		expect(await foldersOfPods()).toEqual(there);
	});

	test('a program that breaks off is told as one of this host', async () => {
		const login = await filled('broken_in_pods');
		const tools = await dumps.tools(login, factsOf(await postgres.probe(login, never)), never);
		expect(await refusalOf(dumped(dumps, {...login, password: 'canary-wrong'}, tools))).toMatchObject({
			code: 'dump-failed',
			cause: 'The server refuses the login of broken_in_pods_user to the program.',
		});
		expect(await refusalOf(restored(dumps, login, tools, Buffer.from('no dump')))).toMatchObject({
			code: 'dump-incomplete',
		});
	});
});

test('what this host lacks is told where the cluster has nothing either', async () => {
	const options = {folder: join(folder, 'private'), environment: {PATH: '/nowhere'}};
	const {shell} = shellOf('/nowhere-else');
	const empty = createDumps({
		...options,
		cluster: podsOf({image}, async () => shell({command: ['/bin/true'], signal: never})),
	});
	const login = {host: 'db', port: 1, tls: 'disable', username: 'u', password: 'p', database: 'd'} as const;
	expect(await refusalOf(empty.tools(login, {product: 'MariaDB', version: '10.11.2'}, never))).toMatchObject({
		code: 'dump-tools-missing',
		message: 'No program here can dump and restore databases of MariaDB 10.11.2.',
		cause: 'Neither mariadb-dump nor mysqldump was found on the search path.',
		fix: 'Install mariadb-client on this host, or carry the client tools in the bundle: bundle create --client-tools.',
		answers: ['backup.tools'],
	});
	const helped = createDumps({...options, helps: ['Fetch them.']});
	const mysql = {product: 'MySQL', version: '8.4.0'} as const;
	for (const asked of [helped.look(mysql, never), helped.tools(login, mysql, never)])
		expect(await refusalOf(asked)).toMatchObject({code: 'dump-tools-missing', nextSteps: ['Fetch them.']});
	const none = createDumps({...options, where: 'cluster'});
	expect(await refusalOf(none.tools(login, {product: 'MySQL', version: '8.4.0'}, never))).toMatchObject({
		cause: 'The answers have them run in the cluster (backup.tools), and no image with client tools is known.',
		fix: 'Set backup.tools to auto or host, or name the image in backup.toolsImage.',
	});
});

describe('where the programs are', () => {
	const login = {host: 'db', port: 1, tls: 'disable', username: 'u', password: 'p', database: 'd'} as const;
	const facts = {product: 'MySQL', version: '8.4.0'} as const;
	const at = (found: ProgramsImage, where: 'auto' | 'cluster' | 'host', lent: string[] = []) =>
		createDumps({
			folder: join(folder, 'private'),
			environment: {PATH: '/nowhere'},
			where,
			cluster: podsOf(found, async () => ({exitCode: 0, stderr: []}), lent),
		});

	test('a look names the image and starts no pod', async () => {
		const lent: string[] = [];
		expect(await at({image}, 'auto', lent).look(facts, never)).toEqual({where: 'cluster', image});
		expect(await at({image}, 'cluster', lent).look(facts, never)).toEqual({where: 'cluster', image});
		expect(await refusalOf(at({image}, 'host', lent).look(facts, never))).toMatchObject({code: 'dump-tools-missing'});
		expect(lent).toEqual([]);
	});

	test('a pod is started once to look at its programs, not for each database', async () => {
		const lent: string[] = [];
		const shell: PodShell = async ({command, stdout}) => {
			const said = command.includes('--version')
				? 'mysqldump  Ver 9.7.0 for Linux'
				: command.includes('mysqldump')
					? '/bin/mysqldump'
					: '/bin/mysql';
			stdout?.write(`${said}\n`);
			return {exitCode: 0, stderr: []};
		};
		const dumps = createDumps({
			folder: join(folder, 'private'),
			environment: {PATH: '/nowhere'},
			cluster: podsOf({image}, shell, lent),
		});
		const first = await dumps.tools(login, facts, never);
		expect(first).toMatchObject({where: 'cluster', image, program: '/bin/mysqldump', version: '9.7.0'});
		expect(await dumps.tools(login, facts, never)).toBe(first);
		expect(lent).toEqual([image]);
	});

	test('a bundle that cannot be read is told with what helps, beside what this host lacks', async () => {
		const gone = {unreadable: 'There is no bundle.'};
		const refusal = {
			code: 'dump-tools-missing',
			message: 'No program here can dump and restore databases of MySQL 8.4.0.',
			cause: 'The bundle, which may carry an image with client tools, cannot be read: There is no bundle.',
			fix: 'Name the image at the internal registry in backup.toolsImage, put the bundle back, or install mysql-client on this host.',
			answers: ['backup.tools', 'backup.toolsImage', 'bundle.path'],
		};
		expect(await refusalOf(at(gone, 'auto').tools(login, facts, never))).toMatchObject({
			...refusal,
			evidence: ['Neither mysqldump was found on the search path.'],
		});
		expect(await refusalOf(at(gone, 'cluster').look(facts, never))).toMatchObject(refusal);
	});

	test('a bundle without client tools leaves what this host lacks', async () => {
		expect(await refusalOf(at({}, 'auto').tools(login, facts, never))).toMatchObject({
			cause: 'Neither mysqldump was found on the search path.',
		});
		expect(await refusalOf(at({}, 'cluster').tools(login, facts, never))).toMatchObject({
			cause: 'The answers have them run in the cluster (backup.tools), and no image with client tools is known.',
		});
	});
});
