import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {createMysql} from '../../source/database/mysql/index.ts';
import {createPostgres} from '../../source/database/postgres/index.ts';
import type {DatabaseLogin, DatabasePort, NeededDatabase} from '../../source/database/types.ts';
import {execute, programOf, startServer as startMysql} from '../helpers/mysql-server.ts';
import {code, refusalOf} from '../steps/world.ts';
import {rolePassword, startServer} from './server.ts';

const {signal} = new AbortController();
const programs = {MySQL: await programOf('MySQL'), MariaDB: await programOf('MariaDB')};

type Server = {
	readonly admin: DatabaseLogin;
	readonly port: DatabasePort;
	readonly run: (...statements: readonly string[]) => Promise<unknown>;
	readonly stop: () => Promise<void>;
};

const startOne = async (product: 'PostgreSQL' | 'MySQL' | 'MariaDB'): Promise<Server> => {
	if (product === 'PostgreSQL') {
		const {admin, execute: run, stop} = await startServer();
		return {admin, run, stop, port: createPostgres()};
	}
	const program = programs[product];
	if (!program) throw new Error(`no ${product}`);
	const server = await startMysql(program);
	const run = async (...statements: readonly string[]): Promise<void> => {
		for (const statement of statements) await execute(server.admin, statement);
	};
	return {admin: server.admin, run, stop: server.stop, port: createMysql()};
};

const products = (['PostgreSQL', 'MySQL', 'MariaDB'] as const).filter(
	(product) => product === 'PostgreSQL' || programs[product],
);

const needed = (name: string): NeededDatabase => ({database: name, username: name, password: rolePassword});

describe.each(products)('scratch databases on a real %s', (product) => {
	let server: Server;
	beforeAll(async () => {
		server = await startOne(product);
	}, 120_000);
	afterAll(async () => {
		await server?.stop();
	});

	const provision = async (name: string): Promise<void> => {
		const {port, admin} = server;
		await port.scratch.claim(admin, name, signal);
		await port.provision(admin, needed(name), {signal, onStatement: () => undefined});
		await port.scratch.made(admin, name, signal);
	};
	const loginOf = (name: string): DatabaseLogin => ({...server.admin, ...needed(name)});

	const quote = product === 'PostgreSQL' ? '"' : '`';
	const [open, close] = [`CREATE DATABASE ${quote}`, quote];

	test('are claimed, made, used and dropped, and nothing of them stays', async () => {
		const {port, admin} = server;
		expect(await port.scratch.left(admin, signal)).toEqual([]);
		await provision('zenml_drill_pro');
		await provision('zenml_drill_ws1');
		expect([...(await port.scratch.left(admin, signal))].sort()).toEqual(['zenml_drill_pro', 'zenml_drill_ws1']);
		expect(await port.probe(loginOf('zenml_drill_pro'), signal)).toMatchObject({canCreate: true, tables: 0});
		for (const name of ['zenml_drill_pro', 'zenml_drill_ws1']) await port.scratch.drop(admin, name, signal);
		expect(await port.scratch.left(admin, signal)).toEqual([]);
		await expect(port.probe(loginOf('zenml_drill_pro'), signal)).rejects.toThrow();
		// Once more changes nothing.
		await port.scratch.drop(admin, 'zenml_drill_pro', signal);
	});

	test('one that was only claimed is found, and dropped', async () => {
		const {port, admin} = server;
		await port.scratch.claim(admin, 'zenml_drill_pro', signal);
		expect(await port.scratch.left(admin, signal)).toEqual(['zenml_drill_pro']);
		await port.scratch.drop(admin, 'zenml_drill_pro', signal);
		expect(await port.scratch.left(admin, signal)).toEqual([]);
	});

	test('a database of that name which the drill did not make is neither taken nor dropped', async () => {
		const {port, admin, run} = server;
		await run(`${open}zenml_drill_pro${close}`);
		for (const act of [port.scratch.claim, port.scratch.drop]) {
			const problem = await refusalOf(act(admin, 'zenml_drill_pro', signal));
			expect(problem).toMatchObject({
				code: code('scratch-not-ours'),
				cause: 'It is not marked as a scratch database of the drill, so it is neither used nor dropped.',
				fix: 'Have the database admin look what it is, and rename it or drop it where nobody needs it; then start the drill again.',
			});
			expect(problem.message).toContain('a database "zenml_drill_pro"');
		}
		expect(await port.scratch.left(admin, signal)).toEqual([]);
		await run(`${open.replace('CREATE', 'DROP')}zenml_drill_pro${close}`);
	});

	test('an account of that name which the drill did not make is not taken', async () => {
		const {port, admin, run} = server;
		const account = product === 'PostgreSQL' ? 'zenml_drill_pro' : "'zenml_drill_pro'@'%'";
		const kind = product === 'PostgreSQL' ? 'ROLE' : 'USER';
		await run(`CREATE ${kind} ${account}`);
		expect(await refusalOf(port.scratch.claim(admin, 'zenml_drill_pro', signal))).toMatchObject({
			code: code('scratch-not-ours'),
		});
		await run(`DROP ${kind} ${account}`);
	});

	test('a name outside of the drill is a fault of the program', async () => {
		const {port, admin} = server;
		await expect(port.scratch.drop(admin, 'zenml_pro', signal)).rejects.toThrow(TypeError);
		await expect(port.scratch.claim(admin, 'zenml_drill_', signal)).rejects.toThrow(TypeError);
	});

	test('the SQL for the DBA names the drill alone', () => {
		const script = server.port.scratch.script().join('\n');
		expect(script).toContain('zenml_drill_admin');
	});
});
