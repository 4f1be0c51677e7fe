/**
 * Dumps or restores a database as a run does, in a process of its own. On its standard input comes one line of JSON; it prints how long
 * the work took and the most memory that it had.
 */
import {createReadStream, createWriteStream, readFileSync} from 'node:fs';
import {finished} from 'node:stream/promises';
import {createDumps} from '../source/database/dump/index.ts';
import type {DumpTools} from '../source/database/dump/types.ts';
import type {DatabaseLogin} from '../source/database/types.ts';

export type DumpOrder = {
	readonly work: 'dump' | 'restore';
	readonly login: DatabaseLogin;
	readonly tools: DumpTools;
	readonly file: string;
	readonly folder: string;
};

const {work, login, tools, file, folder} = JSON.parse(readFileSync(0, 'utf8')) as DumpOrder;
const dumps = createDumps({folder, environment: process.env, where: 'host'});
const common = {tools, onBytes: () => undefined, signal: new AbortController().signal};
const begun = performance.now();
if (work === 'dump') {
	const into = createWriteStream(file);
	await dumps.dump(login, {...common, into});
	into.end();
	await finished(into);
} else await dumps.restore(login, {...common, from: createReadStream(file)});
const ms = performance.now() - begun;
process.stdout.write(`${JSON.stringify({ms, maxRssKb: process.resourceUsage().maxRSS})}\n`);
