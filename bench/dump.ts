import {execFileSync, spawnSync} from 'node:child_process';
import {chmodSync} from 'node:fs';
import {stat} from 'node:fs/promises';
import path from 'node:path';
import {build} from 'esbuild';
import {startPostgres} from '../rehearsal/postgres/index.ts';
import {createDumps} from '../source/database/dump/index.ts';
import {withConnection} from '../source/database/postgres/connect.ts';
import {createPostgres} from '../source/database/postgres/index.ts';
import type {DatabaseLogin} from '../source/database/types.ts';
import {clientsOf} from '../test/helpers/database-clients.ts';
import type {DumpOrder} from './dump-program.ts';
import {type Figure, median, shown, spread} from './figures.ts';
import {root, type Setting} from './setting.ts';

const runs = 3;

/** Rows of a kilobyte that does not compress: a dump of more than 500 MB. */
const rows = 850_000;

const password = 'password of the benchmark';
const signal = new AbortController().signal;

const bundle = async (folder: string): Promise<string> => {
	const outfile = path.join(folder, 'dump-program.mjs');
	await build({
		entryPoints: [path.join(root, 'bench/dump-program.ts')],
		outfile,
		bundle: true,
		platform: 'node',
		format: 'esm',
		target: 'node22.15',
		external: ['pg-native'],
		banner: {js: "import {createRequire} from 'node:module';const require = createRequire(import.meta.url);"},
		logLevel: 'warning',
	});
	return outfile;
};

const fill = async (login: DatabaseLogin): Promise<void> => {
	const limits = {connectTimeoutMs: 10_000, statementTimeoutMs: 600_000};
	await withConnection({login, limits, signal}, async (query) => {
		await query('CREATE TABLE run (id int PRIMARY KEY, body bytea NOT NULL)');
		const hashes = Array.from({length: 20}, (_none, index) => `sha256((i::text || '-${index}')::bytea)`).join(' || ');
		await query(`INSERT INTO run SELECT i, ${hashes} FROM generate_series(1, ${rows}) i`);
	});
};

const timed = (work: () => unknown): number => {
	const begun = performance.now();
	work();
	return performance.now() - begun;
};

const ours = (program: string, order: DumpOrder): {readonly ms: number; readonly maxRssKb: number} => {
	const ended = spawnSync(process.execPath, [program], {input: JSON.stringify(order), encoding: 'utf8'});
	if (ended.status !== 0) throw new Error(ended.stderr.slice(-2000));
	return JSON.parse(ended.stdout) as {ms: number; maxRssKb: number};
};

/** A dump and a restore of PostgreSQL beside the same programs, alone, with a file at their other end. */
export const dump = async ({folder}: Setting): Promise<readonly Figure[]> => {
	const bin = await clientsOf('PostgreSQL', path.join(folder, 'clients'));
	if (bin === undefined) throw new Error('the clients of PostgreSQL are not there: the tests of dumps fetch them');
	chmodSync(folder, 0o755);
	const server = await startPostgres({
		dataDirectory: path.join(folder, 'postgres'),
		adminPassword: password,
		log: path.join(folder, 'postgres.log'),
		settings: {max_wal_size: '4GB'},
	});
	try {
		const {host, port} = server;
		const login: DatabaseLogin = {host, port, tls: 'disable', username: 'postgres', password, database: 'postgres'};
		await fill(login);
		const dumps = createDumps({folder: path.join(folder, 'logins'), environment: {PATH: bin}, where: 'host'});
		const tools = await dumps.tools(login, await createPostgres().probe(login, signal), signal);
		const program = await bundle(folder);
		const file = path.join(folder, 'dump');
		const order = {login, tools, file, folder: path.join(folder, 'logins')};
		const env = {...process.env, PGHOST: host, PGPORT: String(port), PGUSER: 'postgres', PGPASSWORD: password};
		const bare = `'${tools.program}' -Fc --no-owner --no-acl -Z1 postgres | cat > '${file}.bare'`;
		const [mine, alone, back, backAlone]: [number[], number[], number[], number[]] = [[], [], [], []];
		const memory: number[] = [];
		for (let run = 0; run < runs; run += 1) {
			alone.push(timed(() => execFileSync('sh', ['-c', bare], {env})));
			const made = ours(program, {...order, work: 'dump'});
			const taken = ours(program, {...order, work: 'restore'});
			const words = `'${path.join(bin, 'pg_restore')}' --clean --if-exists --single-transaction --no-owner --no-acl -d postgres < '${file}.bare'`;
			backAlone.push(timed(() => execFileSync('sh', ['-c', words], {env})));
			mine.push(made.ms);
			back.push(taken.ms);
			memory.push(made.maxRssKb / 1024, taken.maxRssKb / 1024);
		}
		const {size} = await stat(file);
		const speed = (ms: number): string => `${(size / 1e6 / (ms / 1000)).toFixed(0)} MB/s`;
		const bare80 = (times: readonly number[]): number => Math.round((median(times) / 1000 / 0.8) * 10) / 10;
		return [
			{
				name: `Dump of PostgreSQL, ${(size / 1e6).toFixed(0)} MB`,
				value: median(mine) / 1000,
				limit: bare80(alone),
				unit: 's',
				note: `${speed(median(mine))}; pg_dump piped to a file ${shown(median(alone) / 1000, 's')}; median of ${spread(
					mine.map((ms) => ms / 1000),
					's',
				)}`,
			},
			{
				// Without a target: pg_restore alone commits what it has when its input breaks off at a place that it does not notice.
				name: 'Restore of it in one transaction',
				value: median(back) / 1000,
				unit: 's',
				note: `${speed(median(back))}; pg_restore --clean from a file ${shown(median(backAlone) / 1000, 's')}; median of ${spread(
					back.map((ms) => ms / 1000),
					's',
				)}`,
			},
			{
				name: 'Peak memory (RSS) of both',
				value: Math.max(...memory),
				limit: 200,
				unit: 'MB',
				note: `largest of ${spread(memory, 'MB')}`,
			},
		];
	} finally {
		await server.stop();
	}
};
