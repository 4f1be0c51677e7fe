import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {manyWorkspaces} from './many.ts';
import {install} from './program.ts';
import {clearWorld, database, mysql} from './world.ts';

const workspaces = 20;
let folder = '';
let many: Awaited<ReturnType<typeof manyWorkspaces>> | undefined;

beforeAll(async () => {
	await clearWorld();
	folder = await mkdtemp(join(tmpdir(), 'lab-numbers-'));
}, 180_000);
afterAll(async () => {
	await rm(folder, {recursive: true, force: true});
	await many?.end();
});

/** How many connections of others PostgreSQL had at most while it was watched: looked at every few milliseconds. */
const watchPostgres = async () => {
	const client = await database();
	let most = 0;
	let isOver = false;
	const count =
		"select count(*)::int as n from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()";
	const watching = (async () => {
		while (!isOver) {
			most = Math.max(most, (await client.query(count)).rows[0].n);
			await sleep(5);
		}
		await client.end();
	})();
	return async (): Promise<number> => {
		isOver = true;
		await watching;
		return most;
	};
};

/** The same of MySQL, which counts by itself; the connection that asks is left out. */
const watchMysql = async () => {
	const connection = await mysql();
	await connection.query('flush status');
	return async (): Promise<number> => {
		const [rows] = await connection.query("show status like 'Max_used_connections'");
		await connection.end();
		return Number((rows as {Value: string}[])[0]?.Value) - 1;
	};
};

it(`the checks of one control plane and ${workspaces} workspaces use five connections to a server at most`, async () => {
	many = await manyWorkspaces('numbers', workspaces, folder);
	const {answers} = many;
	const counts = {postgres: await watchPostgres(), mysql: await watchMysql()};
	const {output} = await install(folder, {args: ['--answers', answers, '--until', 'prerequisites']});
	const most = {postgres: await counts.postgres(), mysql: await counts.mysql()};
	const [, state = '', seconds = ''] = /\] Prerequisites: (.*) \((.*?)\)/u.exec(output) ?? [];
	console.log(
		`step 2 with ${workspaces} workspaces: ${seconds} (${state}); connections at most ${JSON.stringify(most)}`,
	);
	expect(state, output.slice(-3000)).toMatch(/^ok/u);
	expect(most.mysql).toBeGreaterThan(0);
	for (const one of Object.values(most)) expect(one).toBeLessThanOrEqual(5);
});
