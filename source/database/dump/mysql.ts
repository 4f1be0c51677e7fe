import path from 'node:path';
import {Readable} from 'node:stream';
import {addressOf} from '../access.ts';
import type {DatabaseLogin} from '../types.ts';
import {lookBeforeDump, markAndEmpty, unmark} from './empty-mysql.ts';
import {brokenOff, withoutEnd} from './failure.ts';
import {companionOf} from './find-tools.ts';
import {mysqlLogin, optionFile} from './login/mysql.ts';
import {dumpProblems} from './problems.ts';
import type {Runner} from './run/runner.ts';
import {dumpSilenceMs, restoreSilenceMs} from './silence.ts';
import type {DumpPort, DumpTools} from './types.ts';

type DumpOptions = Parameters<DumpPort['dump']>[1];
type RestoreOptions = Parameters<DumpPort['restore']>[1];

/**
 * Options of mysqldump. One snapshot instead of locks, rows as they come, and nothing that takes a privilege beyond the tables: LOCK
 * TABLES, PROCESS (tablespaces), RELOAD (GTIDs), SELECT on the server's own tables (statistics of columns). A date would make two dumps of
 * the same differ.
 */
const commonWords = [
	'--single-transaction',
	'--quick',
	'--skip-lock-tables',
	'--skip-add-locks',
	'--skip-dump-date',
	'--no-tablespaces',
	'--hex-blob',
	'--triggers',
	'--default-character-set=utf8mb4',
];

/** What only the program of MySQL knows. Statistics of columns are not there on servers before 8. */
const ofMysql = ['--set-gtid-purged=OFF', '--column-statistics=0'];

const wordsFor = ({product}: DumpTools, extras: {readonly hasRoutines: boolean; readonly hasEvents: boolean}) => [
	...commonWords,
	...(product === 'MySQL' ? ofMysql : []),
	...(extras.hasRoutines ? ['--routines'] : []),
	...(extras.hasEvents ? ['--events'] : []),
];

const fileWord = (folder: string): string => `--defaults-file=${folder}/${optionFile}`;

/** Dumps by mysqldump. @throws ProblemError `dump-of-a-half` */
export const dumpMysql = async (runner: Runner, login: DatabaseLogin, options: DumpOptions): Promise<void> => {
	const {tools, into, onBytes, signal} = options;
	const look = await lookBeforeDump(login, signal);
	if (look.isHalfRestored)
		throw dumpProblems.error('dump-of-a-half', {database: login.database, server: addressOf(login)});
	const ended = await runner.run({
		program: tools.program,
		files: (folder) => mysqlLogin(login, tools.product, folder),
		args: (folder) => [fileWord(folder), ...wordsFor(tools, look), '--', login.database],
		stdout: into,
		onBytes,
		silenceMs: dumpSilenceMs,
		signal,
	});
	if (ended.exitCode !== 0) throw brokenOff({login, work: 'dump', product: 'MySQL', silenceMs: dumpSilenceMs, ended});
};

/** The line that ends a dump that is whole. */
const lastWords = '-- Dump completed';

/** Hands a dump on, and keeps its end. */
const withEnd = (from: NodeJS.ReadableStream) => {
	let end = Buffer.alloc(0);
	const pass = async function* (): AsyncGenerator<Buffer> {
		for await (const chunk of from) {
			const bytes = Buffer.from(chunk);
			end = Buffer.concat([end, bytes.subarray(-256)]).subarray(-256);
			yield bytes;
		}
	};
	return {stream: Readable.from(pass()), isWhole: () => end.toString('latin1').includes(lastWords)};
};

/** Each name of a program that dumps has its own of the one that reads. */
const reader = ({program}: DumpTools): string =>
	companionOf(program, path.basename(program) === 'mariadb-dump' ? 'mariadb' : 'mysql');

/**
 * Restores by the engine's own client. Definitions are no part of transactions here, so a mark stands in the database from before the
 * first table goes until the last row of the dump is there. Commands of the client itself, e.g. for a shell, are turned off.
 */
export const restoreMysql = async (runner: Runner, login: DatabaseLogin, options: RestoreOptions): Promise<void> => {
	const {tools, from, onBytes, onLine, signal} = options;
	const {stream, isWhole} = withEnd(from);
	await markAndEmpty(login, {signal, onLine});
	const ended = await runner.run({
		program: reader(tools),
		files: (folder) => mysqlLogin(login, tools.product, folder),
		args: (folder) => [fileWord(folder), '--batch', '--binary-mode', `--database=${login.database}`],
		stdin: stream,
		onBytes,
		silenceMs: restoreSilenceMs,
		signal,
	});
	if (ended.exitCode !== 0)
		throw brokenOff({login, work: 'restore', product: 'MySQL', silenceMs: restoreSilenceMs, ended});
	if (!isWhole()) throw withoutEnd(login);
	await unmark(login, signal);
};
