import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {build} from 'esbuild';
import {type Figure, median, quantile, shown, spread} from './figures.ts';
import {root, type Setting} from './setting.ts';
import {openTerminal, plain, type Terminal} from './terminal.ts';

const runs = 3;
const lines = 10_000;
const overMs = 2000;

/** A key, and what the title of the log pane says when it was obeyed; only cells that change are drawn anew. The cycle ends where it began. */
const cycle: ReadonlyArray<readonly [keys: string, fits: RegExp]> = [
	['v', /warn and up/u],
	['v', /error and up/u],
	['v', /debug and up/u],
	['v', /info and up/u],
	['\u001B[5~', /held, info/u],
	['G', /newest, info/u],
];

/** Between an answer and the next key, ms: faster than anybody types. */
const pauseMs = 25;

/** The screens with the flood, as one file and with React's production code, as the program is built. */
const bundle = async (folder: string): Promise<string> => {
	const outfile = path.join(folder, 'flood-program.mjs');
	await build({
		entryPoints: [path.join(root, 'bench/flood-program.ts')],
		outfile,
		bundle: true,
		platform: 'node',
		format: 'esm',
		target: 'node22.15',
		jsx: 'automatic',
		define: {'process.env.NODE_ENV': '"production"'},
		banner: {js: "import {createRequire} from 'node:module';const require = createRequire(import.meta.url);"},
		alias: {'react-devtools-core': path.join(root, 'scripts/empty.mjs')},
		logLevel: 'warning',
	});
	return outfile;
};

const pressKeys = async (terminal: Terminal): Promise<readonly number[]> => {
	const latencies: number[] = [];
	const begun = performance.now();
	for (let turn = 0; performance.now() - begun < overMs; turn += 1) {
		const [keys, fits] = cycle[turn % cycle.length] ?? ['G', /newest/u];
		terminal.forget();
		const pressed = performance.now();
		terminal.write(keys);
		latencies.push((await terminal.until((drawn) => fits.test(plain(drawn)), `${fits} was shown`)) - pressed);
		await sleep(pauseMs);
	}
	return latencies;
};

type Told = {readonly held: number; readonly floodMs: number; readonly maxRssKb: number};

const once = async (setting: Setting, file: string, run: number) => {
	const logFile = path.join(setting.folder, `flood-${run}.jsonl`);
	const terminal = await openTerminal([process.execPath, file, String(lines), String(overMs), logFile], setting);
	const page = async (words: RegExp, what: string): Promise<void> => {
		await terminal.until((drawn) => words.test(plain(drawn)), what);
		terminal.forget();
	};
	await page(/Begin/u, 'the first page');
	terminal.write('\r');
	await page(/Start/u, 'the review');
	terminal.write('\r');
	await page(/flood line/u, 'the first line of the flood');
	const latencies = await pressKeys(terminal);
	await terminal.until((drawn) => drawn.includes('FLOOD {'), 'the flood ended');
	await terminal.end();
	const told = JSON.parse(/FLOOD (\{.*\})/u.exec(terminal.drawn())?.[1] ?? '') as Told;
	const written = (await readFile(logFile, 'utf8')).split('\n').filter((line) => line.includes('flood line')).length;
	if (written !== lines) throw new Error(`${written} of ${lines} lines are in the log file`);
	return {latencies, told};
};

/** Keys pressed while 10,000 log lines arrive in 2 s, and the memory of the process that draws them. */
export const flood = async (setting: Setting): Promise<readonly Figure[]> => {
	const file = await bundle(setting.folder);
	const results: Awaited<ReturnType<typeof once>>[] = [];
	for (let run = 0; run < runs; run += 1) results.push(await once(setting, file, run));
	const keys = results.flatMap(({latencies}) => latencies);
	const seconds = results.map(({told}) => told.floodMs / 1000);
	const memory = results.map(({told}) => told.maxRssKb / 1024);
	return [
		{
			name: `Slowest key in a flood of ${lines} lines in ${overMs / 1000} s`,
			value: Math.max(...keys),
			limit: 100,
			unit: 'ms',
			note: `${keys.length} keys in ${runs} runs, p50 ${shown(median(keys), 'ms')}, p95 ${shown(quantile(keys, 0.95), 'ms')}`,
		},
		{
			name: 'Peak memory (RSS) in the flood',
			value: Math.max(...memory),
			limit: 200,
			unit: 'MB',
			note: `largest of ${spread(memory, 'MB')}`,
		},
		{
			name: 'The flood itself',
			value: median(seconds),
			limit: 2.1,
			unit: 's',
			note: `median of ${spread(seconds, 's')}`,
		},
	];
};
