import path from 'node:path';
import {PassThrough} from 'node:stream';
import {printable} from '../../base/printable.ts';
import {cutTo, firstOf} from '../../base/text.ts';
import type {DatabaseFacts} from '../types.ts';
import {dumpProblems} from './problems.ts';
import type {Runner} from './run/runner.ts';
import type {DumpTools} from './types.ts';
import {byVersion, engineOf, fits, packages, versionIn} from './versions.ts';

type Server = Pick<DatabaseFacts, 'product' | 'version'>;

/** The programs that dump, by product; the first name is the one of today. */
const dumpers: Readonly<Record<Server['product'], readonly string[]>> = {
	PostgreSQL: ['pg_dump'],
	MySQL: ['mysqldump'],
	MariaDB: ['mariadb-dump', 'mysqldump'],
};

/** What is needed beside a program that dumps. */
const companions: Readonly<Record<string, readonly string[]>> = {
	pg_dump: ['pg_restore', 'psql'],
	mysqldump: ['mysql'],
	'mariadb-dump': ['mariadb'],
};

/** Programs of the same package as one that dumps; where a path has none, they are on the search path too. */
export const companionOf = (program: string, name: string): string => path.join(path.dirname(program), name);

/** How long a program may take to tell its version, ms, and how many letters of it are read. */
const [versionMs, mostLetters] = [20_000, 4096];

const wordsOf = async (runner: Runner, program: string, signal: AbortSignal): Promise<string> => {
	const stdout = new PassThrough();
	let words = '';
	stdout.on('data', (chunk: Buffer) => {
		words = `${words}${chunk.toString('utf8')}`.slice(0, mostLetters);
	});
	const limit = AbortSignal.any([signal, AbortSignal.timeout(versionMs)]);
	const order = {program, args: () => ['--version'], stdout, silenceMs: versionMs, signal: limit};
	const said = await runner.run(order).then(
		({stderr}) => stderr.join(' '),
		(error: unknown) => {
			signal.throwIfAborted();
			return error instanceof Error ? error.message : String(error);
		},
	);
	return words === '' ? said : words;
};

type Found = {readonly program: string; readonly product: Server['product']; readonly version: string};

/** Those that fit, the best first: for PostgreSQL the oldest that is new enough, else the newest. */
const inOrder = (found: readonly Found[], server: Server): readonly Found[] => {
	const sorted = found
		.filter(({product, version}) => product === server.product && fits(version, server))
		.toSorted((one, other) => byVersion(one.version, other.version));
	return server.product === 'PostgreSQL' ? sorted : sorted.toReversed();
};

const shown = (found: readonly Found[]): string =>
	firstOf(
		found.map(({program, product, version}) => `${program} (${product} ${version})`),
		5,
	);

/** Why none of them will do. */
const whyNone = (server: Server, found: readonly Found[], silent: readonly (readonly [string, string])[]): Error => {
	const {product, version} = server;
	const facts = {product, version, package: packages[product]};
	const [first] = silent;
	if (found.some((one) => one.product === product))
		return dumpProblems.error('dump-tools-missing', {case: 'too old', ...facts, found: shown(found)});
	if (found.length > 0)
		return dumpProblems.error('dump-tools-missing', {case: 'other product', ...facts, found: shown(found)});
	if (first !== undefined) {
		const words = cutTo(printable(first[1].trim()), 200);
		return dumpProblems.error('dump-tools-missing', {case: 'broken', ...facts, program: first[0], words});
	}
	return dumpProblems.error('dump-tools-missing', {
		case: 'absent',
		...facts,
		names: dumpers[product].join(' nor '),
	});
};

/** @throws ProblemError `dump-tools-missing`, case `incomplete` */
const refuseAlone = async (runner: Runner, {program}: Found, server: Server, signal: AbortSignal): Promise<void> => {
	const needed = companions[path.basename(program)] ?? [];
	const there = await runner.search(needed, signal);
	const missing = needed.find((name) => !there.includes(companionOf(program, name)));
	if (missing === undefined) return;
	const {product, version} = server;
	const facts = {case: 'incomplete', product, version, package: packages[product], program, missing} as const;
	throw dumpProblems.error('dump-tools-missing', facts);
};

/** The tools of one place that fit a server. @throws ProblemError `dump-tools-missing` */
export const findTools = async (runner: Runner, server: Server, signal: AbortSignal): Promise<DumpTools> => {
	const programs = await runner.search(dumpers[server.product], signal);
	const found: Found[] = [];
	const silent: (readonly [string, string])[] = [];
	for (const program of programs) {
		const words = await wordsOf(runner, program, signal);
		const version = versionIn(words);
		if (version) found.push({program, ...version});
		else silent.push([program, words]);
	}
	const [best] = inOrder(found, server);
	if (!best) throw whyNone(server, found, silent);
	await refuseAlone(runner, best, server, signal);
	return {
		engine: engineOf(server.product),
		where: runner.where,
		...best,
		serverVersion: server.version,
	};
};
