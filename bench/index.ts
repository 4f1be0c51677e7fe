import {availableParallelism, cpus} from 'node:os';
import path from 'node:path';
import {again} from './again.ts';
import {dayTwo} from './day-two.ts';
import {dump} from './dump.ts';
import {type Figure, isMissed, table} from './figures.ts';
import {firstFrame} from './first-frame.ts';
import {flood} from './flood.ts';
import {rehearsal} from './rehearsal.ts';
import {root, type Setting, withSetting} from './setting.ts';

const all: Readonly<Record<string, (setting: Setting) => Promise<readonly Figure[]>>> = {
	'first-frame': firstFrame,
	rehearsal,
	again,
	'day-two': dayTwo,
	flood,
	dump,
};

const words = process.argv.slice(2);
if (words[0] === 'load') {
	const {load} = await import('./load/index.ts');
	const code = await load(words.slice(1));
	await new Promise<void>((written) => process.stdout.write('', () => written()));
	process.exit(code);
}
const at = words.indexOf('--dist');
const dist = at < 0 ? path.join(root, 'dist') : path.resolve(words[at + 1] ?? '');
const names = at < 0 ? words : words.toSpliced(at, 2);
const wanted = names.length === 0 ? Object.keys(all) : names;
const unknown = wanted.filter((name) => !(name in all));
if (unknown.length > 0) {
	process.stderr.write(`No benchmark ${unknown.join(', ')}; there are ${[...Object.keys(all), 'load'].join(', ')}.\n`);
	process.exit(2);
}
const figures = await withSetting(dist, async (setting) => {
	const done: Figure[] = [];
	for (const name of wanted) {
		process.stderr.write(`${name}\n`);
		done.push(...((await all[name]?.(setting)) ?? []));
	}
	return done;
});
const machine = `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${availableParallelism()} cores`;
const day = new Date().toISOString().slice(0, 10);
process.stdout.write(`${table(figures)}\n\n${machine}, Node ${process.version}, ${process.platform}, ${day}\n`);
process.exitCode = figures.some(isMissed) ? 1 : 0;
