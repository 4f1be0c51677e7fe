import {errnoWords} from '../../base/errno.ts';
import {printable} from '../../base/printable.ts';
import type {ProblemError} from '../../base/problem.ts';
import type {CaseOf} from '../../base/problem-table.ts';
import {cutTo} from '../../base/text.ts';
import {addressOf} from '../access.ts';
import {answerPaths} from '../answer-paths.ts';
import {withoutPassword} from '../failure.ts';
import type {DatabaseLogin} from '../types.ts';
import {dumpProblems} from './problems.ts';
import type {Ended} from './runner.ts';

/** A program that the operating system does not start. */
export const notStarted = (program: string, error: unknown): ProblemError =>
	dumpProblems.error('dump-program', {program, words: errnoWords(error, 'run')}, {error});

type Case = CaseOf<typeof dumpProblems.table, 'dump-failed'>;

/** SQLSTATE of our own refusal to empty a database with objects of others, see empty-postgres.ts. */
export const othersState = 'ZAG01';

/**
 * What words of the programs and servers mean; the first that fits counts. SQLSTATEs (PostgreSQL documentation, appendix A) are told by
 * psql, numbers of errors by the programs of MySQL and MariaDB; the rest are the English words of both, which a server of another
 * language does not say: then it is `other`, with the words as evidence.
 */
const signs: readonly (readonly [RegExp, Case | 'incomplete'])[] = [
	[/server version mismatch|unsupported version \([\d.]+\) in file header/iu, 'version mismatch'],
	[
		/unexpected end of file|could not read from input file|does not appear to be a valid archive|input file is too short|did not find magic string/iu,
		'incomplete',
	],
	[new RegExp(`\\b${othersState}\\b`, 'u'), 'objects of others'],
	[
		/No space left on device|\b53100\b|Disk full|\((?:1021|1114|3675)\b|ERROR (?:1021|1114)\b|table .* is full/iu,
		'server full',
	],
	[
		/\b55P03\b|lock timeout|lock wait timeout|could not obtain lock|\b40P01\b|deadlock|\(1205\)|ERROR 1205\b/iu,
		'locked',
	],
	[/password authentication failed|\b28P01\b|using password|\(1045\)|ERROR 1045\b|pg_hba\.conf/iu, 'login'],
	[/certificate|SSL error|TLS\/SSL error|SSL connection error|server does not support SSL|\b2026\b/iu, 'TLS'],
	[
		/server closed the connection|terminating connection|\b57P0[123]\b|\b08006\b|Lost connection|server has gone away|Connection reset|connection .*(?:lost|closed)|\b(?:2006|2013|4031|1927|1053)\b/iu,
		'connection lost',
	],
	[
		/could not connect|Connection refused|Can't connect|could not translate host name|Unknown .*host|timeout expired|No route to host|\b(?:2002|2003|2005)\b/iu,
		'unreachable',
	],
	[/max_allowed_packet|\(1153\)|ERROR 1153\b/iu, 'too large'],
	[/definition has changed|\(1412\)|could not open relation/iu, 'changed'],
	[
		/permission denied|must be owner|\b42501\b|access denied|command denied|insufficient privileges|\((?:1044|1142|1227|1370)\)|ERROR (?:1044|1142|1227|1370|1419)\b/iu,
		'permission',
	],
	[
		/unrecognized option|unknown option|unknown variable|invalid option|unrecognized configuration parameter|\b42704\b/iu,
		'unknown option',
	],
];

/** What broke off, and what it said. */
export type Broken = {
	readonly login: DatabaseLogin;
	readonly work: 'dump' | 'restore';
	readonly product: 'PostgreSQL' | 'MySQL';
	readonly silenceMs: number;
	readonly ended: Ended;
};

/** The longest line that is told, letters, and how many. */
const [longest, mostLines] = [400, 12];

const incomplete = ({login, product}: Broken, evidence: readonly string[]): ProblemError =>
	dumpProblems.error(
		'dump-incomplete',
		{case: product, database: login.database, server: addressOf(login)},
		{evidence},
	);

/** The problem of a program that ended badly. */
export const brokenOff = (broken: Broken): ProblemError => {
	const {login, work, silenceMs, ended} = broken;
	const evidence = ended.stderr
		.map((line) => cutTo(printable(withoutPassword(line, login)), longest))
		.slice(-mostLines);
	const text = evidence.join('\n');
	const sign = ended.wasSilent ? 'silent' : (signs.find(([words]) => words.test(text))?.[1] ?? 'other');
	if (sign === 'incomplete') return incomplete(broken, evidence);
	const facts = {
		case: sign,
		work,
		database: login.database,
		server: addressOf(login),
		role: login.username,
		words: evidence.find((line) => line.includes(othersState)) ?? '',
		minutes: Math.round(silenceMs / 60_000),
		ending: ended.exitCode === undefined ? 'a signal' : `exit code ${ended.exitCode}`,
	};
	return dumpProblems.error('dump-failed', facts, {
		evidence,
		answers: sign === 'login' ? answerPaths(login.from, ['username', 'password']) : [],
	});
};

/** The problem of a dump whose end did not come. */
export const withoutEnd = (login: DatabaseLogin): ProblemError =>
	dumpProblems.error('dump-incomplete', {case: 'MySQL', database: login.database, server: addressOf(login)});
