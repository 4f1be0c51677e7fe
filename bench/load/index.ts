import {execFileSync} from 'node:child_process';
import {rmSync} from 'node:fs';
import {mkdtemp, rm} from 'node:fs/promises';
import {availableParallelism, cpus, homedir, loadavg, tmpdir} from 'node:os';
import path from 'node:path';
import {parseArgs} from 'node:util';
import {root} from '../setting.ts';
import type {Bench, Row} from './bench.ts';
import {clientsOf} from './clients.ts';
import {fetchPeers} from './peers.ts';
import {makeProtection} from './registry.ts';
import {rows} from './rows.ts';
import {type ImageSet, makeBundle, makeImages, writeArchive, writeLayout} from './sets.ts';

const usage = `npm run bench -- load [ROW…] [--runs 5] [--size 1500] [--big 15000] [--dist DIR] [--json]
  ROW      some of: ${Object.keys(rows).join(' ')}; all by default
  --runs   how often each is done; the table has medians
  --size   MB of the set of four images
  --big    MB of the set for the row big, which is pushed once
  --dist   a build of the program; by default one is made
`;

const once = <T>(make: () => Promise<T>): (() => Promise<T>) => {
	let made: Promise<T> | undefined;
	return () => {
		made ??= make();
		return made;
	};
};

const shown = (all: readonly Row[]): string => {
	const head = ['Figure', 'Measured', 'Target', '', 'How'];
	const lines = all.map(({what, measured, target, met, note}) => [
		what,
		measured,
		target,
		met === undefined ? '' : met ? 'met' : 'MISSED',
		note,
	]);
	const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
	return [line(head), '|---|---|---|---|---|', ...lines.map(line)].join('\n');
};

const whole = (text: string | undefined, name: string): number => {
	const value = Number(text);
	if (Number.isInteger(value) && value > 0) return value;
	throw new Error(`--${name} must be a whole number above 0`);
};

const parse = (words: readonly string[]) => {
	const {values, positionals} = parseArgs({
		args: [...words],
		allowPositionals: true,
		options: {
			runs: {type: 'string', default: '5'},
			size: {type: 'string', default: '1500'},
			big: {type: 'string', default: '15000'},
			dist: {type: 'string'},
			json: {type: 'boolean', default: false},
		},
	});
	const unknown = positionals.filter((name) => !(name in rows));
	if (unknown.length > 0) throw new Error(`there is no row ${unknown.join(', ')}`);
	return {
		names: positionals.length > 0 ? positionals : Object.keys(rows),
		runs: whole(values.runs, 'runs'),
		size: whole(values.size, 'size'),
		bigSize: whole(values.big, 'big'),
		dist: values.dist,
		json: values.json,
	};
};

/** Loading images, measured side by side. Returns the exit code: 1 when a target is missed, 2 for words not understood. */
export const load = async (words: readonly string[]): Promise<number> => {
	let asked: ReturnType<typeof parse>;
	try {
		asked = parse(words);
	} catch (error) {
		process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
		return 2;
	}
	const say = (line: string): void => void process.stderr.write(`${line}\n`);
	const {names, runs, size, bigSize, json} = asked;
	const peers = await fetchPeers(process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache'), say);
	for (const reason of peers.absent) say(`left out: ${reason}`);
	const folder = await mkdtemp(path.join(tmpdir(), 'zenml-airgap-load-'));
	// The folder holds gigabytes. Whoever writes into it is ended before, when this process is told to end.
	process.once('exit', () => rmSync(folder, {recursive: true, force: true, maxRetries: 20, retryDelay: 50}));
	const stop = (): void => process.exit(130);
	process.once('SIGINT', stop).once('SIGTERM', stop);
	try {
		const dist = path.resolve(asked.dist ?? path.join(folder, 'dist'));
		if (asked.dist === undefined)
			execFileSync(process.execPath, ['scripts/build.mjs', '--out', dist], {cwd: root, stdio: 'ignore'});
		const program = [process.execPath, path.join(dist, 'cli.js')];
		const charts = path.join(root, 'rehearsal/charts');
		const layers = path.join(folder, 'layers');
		const images = once(() => {
			say(`making the set of ${size} MB`);
			return makeImages(layers, size);
		});
		const layout = once(async (): Promise<ImageSet> => {
			const all = await images();
			say('compressing it');
			const set = await writeLayout(path.join(folder, 'bundle/images'), all, 'gzip');
			await makeBundle(path.join(folder, 'bundle'), charts, all);
			return set;
		});
		const bench: Bench = {
			folder,
			program,
			charts,
			peers,
			clients: clientsOf(peers, program),
			protection: await makeProtection(path.join(folder, 'protection')),
			runs,
			size,
			bigSize,
			say,
			images,
			archive: once(async () => writeArchive(path.join(folder, 'bundle.tar'), await images(), layers)),
			layout,
		};
		const all: Row[] = [];
		const [before = 0] = loadavg();
		for (const name of names) all.push(...((await rows[name]?.(bench)) ?? []));
		const machine = {
			processor: cpus()[0]?.model.trim() ?? 'unknown processor',
			cores: availableParallelism(),
			node: process.version,
			registry: `docker-registry ${peers.registry.version}`,
			loadBefore: before,
			date: new Date().toISOString().slice(0, 10),
		};
		if (json)
			process.stdout.write(`${JSON.stringify({machine, runs, size, bigSize, absent: peers.absent, rows: all})}\n`);
		else {
			const told = `${machine.processor}, ${machine.cores} cores, Node ${machine.node}, ${machine.registry} on loopback, load ${before.toFixed(1)} at the start, ${machine.date}`;
			process.stdout.write(`${shown(all)}\n\n${told}\n`);
		}
		return all.some(({met}) => met === false) ? 1 : 0;
	} finally {
		await rm(folder, {recursive: true, force: true});
	}
};
