import {type Problem, ProblemError, ProblemsError} from '../../../base/problem.ts';
import {shellWord} from '../../../base/shell.ts';
import {type PlanEntry, plans} from '../../../plans/index.ts';
import {isReadOnce} from '../answer-pipe.ts';

/** How this program was called, as far as its next commands have to be called so too: copied, they find the same site. */
export type Called = {
	/** Options by which answers are found, with their values, as words of a shell. */
	readonly answers: readonly string[];
	/** The option of the state folder, the same way. */
	readonly state: readonly string[];
	/** The words that start this program here. */
	readonly program: Program;
	/** In a rehearsal, whose commands reach its world; absent for a real run. */
	readonly rehearsal?: Rehearsing | undefined;
};

/** How this program is started: as itself, or from a clone through npm. */
export type Program = 'zenml-airgap' | 'npm run cli --';

/** What the commands of a rehearsal are called with. */
export type Rehearsing = {
	/** The state folder of its world, as words of a shell: other commands find its answers there. */
	readonly state: readonly string[];
	/** No dump can be made of its MySQL: plans that begin with one need another world. */
	readonly mysqlIsPlayed: boolean;
};

/** How this program was started. */
export const programOf = ({startedByNpm}: {readonly startedByNpm: boolean}): Program =>
	startedByNpm ? 'npm run cli --' : 'zenml-airgap';

/** The words that rehearse: `npm start` does nothing else. */
export const rehearsing = (program: Program): string =>
	program === 'zenml-airgap' ? 'zenml-airgap rehearse' : 'npm start --';

/** Commands that find answers, with how many words of their own come first. */
export const answering: readonly (readonly [command: string, operands: number])[] = [
	['install', 0],
	['plan', 0],
	['verify', 0],
	['upgrade', 0],
	['back', 1],
	['backup', 0],
	['backup list', 0],
	['backup verify', 1],
	['backup status', 0],
	['backup schedule', 0],
	['backup escrow', 0],
	['restore', 0],
	['drill', 0],
	['drill failover', 0],
	['handover', 0],
	['secrets list', 0],
	['secrets show', 1],
];

/** Commands that only read what runs have left. */
export const reading: readonly string[] = ['status', 'report'];

/** Commands that name their files themselves, or need none. */
export const others: readonly string[] = [
	'answers',
	'bundle',
	'registry',
	'explain',
	'docs',
	'completion',
	'self-check',
];

/** The plan of a command, by whose name a rehearsal knows it. */
const rehearsed: Readonly<Record<string, PlanEntry>> = {
	install: plans.install,
	upgrade: plans.upgrade,
	backup: plans.backup,
	'backup schedule': plans.schedule,
	drill: plans.drill,
	'drill failover': plans.failover,
};

/** One word of an argument; a sentence may go on behind it. */
const operand = String.raw` [^\s;,"'\x60]*[^\s;,.:"'\x60]`;

/** Longer names first: `backup escrow` is no `backup`. */
const names = [
	...answering.map(([command, operands]) => `${command}${operand.repeat(operands)}`),
	...[...reading, ...others, 'rehearse'],
]
	.sort((one, other) => other.length - one.length)
	.join('|');

/** A call of this program, and what follows it up to the end of its line. */
const call = new RegExp(String.raw`(?<![\w/-])zenml-airgap (${names})(?![\w-])(?=([^\n]*))`, 'gu');

const flagsFor = (command: string, rest: string, {answers, state, rehearsal}: Called): readonly string[] => [
	// A played world has answers of its own, which lie in its state folder.
	...(reading.includes(command) || rest.includes('--answers') || rehearsal ? [] : answers),
	...(rest.includes('--state-dir') ? [] : (rehearsal?.state ?? state)),
];

/** A plan that is rehearsed in the same world, or in a new one where this one cannot. */
const rehearsedCall = (
	{id, dumps}: PlanEntry,
	{program, answers, state}: Called,
	{mysqlIsPlayed}: Rehearsing,
): string => {
	// An install is what a rehearsal plays where no plan is named.
	const plan = id === 'install' ? [] : [id];
	const anew = mysqlIsPlayed && dumps ? ['--fresh', '--mysql', 'unpacked', '--client-tools', 'unpacked'] : [];
	return [rehearsing(program), ...plan, ...answers, ...state, ...anew].join(' ');
};

const callOf = (command: string, rest: string, called: Called): string => {
	const {program, rehearsal} = called;
	if (command === 'rehearse') return rehearsing(program);
	if (others.includes(command)) return `${program} ${command}`;
	const plan = rehearsal && rehearsed[command];
	if (rehearsal && plan !== undefined) return rehearsedCall(plan, called, rehearsal);
	return [program, command, ...flagsFor(command, rest, called)].join(' ');
};

/** A text whose commands of this program are called as it was itself. */
export const asCalled = (text: string, called: Called): string =>
	text.replaceAll(call, (_whole, command: string, rest: string) => callOf(command, rest, called));

/** How a command of this program is called, from another shell or later; as it stands where nobody knows how this one was. */
export const calledAs =
	({called}: {readonly called?: Called | undefined}) =>
	(command: string): string =>
		called === undefined ? command : asCalled(command, called);

/** Any value with all its texts so. */
export const calledDeep = <T>(value: T, called: Called): T => {
	const {answers, state, program, rehearsal} = called;
	if (answers.length + state.length === 0 && program === 'zenml-airgap' && rehearsal === undefined) return value;
	const deep = (one: unknown): unknown => {
		if (typeof one === 'string') return asCalled(one, called);
		if (Array.isArray(one)) return one.map(deep);
		if (one === null || typeof one !== 'object') return one;
		return Object.fromEntries(Object.entries(one).map(([key, inner]) => [key, deep(inner)]));
	};
	return deep(value) as T;
};

/** A refusal whose commands are so; any other error as it is. */
export const errorAsCalled = (error: unknown, called: Called): unknown => {
	const told = (problem: Problem): Problem => calledDeep(problem, called);
	if (error instanceof ProblemsError) return new ProblemsError(error.problems.map(told));
	return error instanceof ProblemError ? error.with(told(error.problem)) : error;
};

const text = (given: Readonly<Record<string, unknown>>, key: string, flag: string): readonly string[] => {
	const value = given[key];
	return typeof value === 'string' ? [flag, shellWord(value)] : [];
};

/** What a command line gave its command, whatever the command, as far as it counts here. */
export const calledBy = (given: unknown, program: Program = 'zenml-airgap'): Called => {
	if (given === null || typeof given !== 'object') return {answers: [], state: [], program};
	const {options = given, ...others} = given as Readonly<Record<string, unknown>>;
	const all = {...others, ...(options as Readonly<Record<string, unknown>>)};
	const {answers, set} = all;
	const isFile = typeof answers === 'string' && !isReadOnce(answers);
	return {
		answers: [
			...(isFile ? ['--answers', shellWord(answers)] : []),
			...(Array.isArray(set) ? set.flatMap((one) => ['--set', shellWord(String(one))]) : []),
			...text(all, 'kubeconfig', '--kubeconfig'),
			...text(all, 'context', '--context'),
		],
		state: text(all, 'stateDir', '--state-dir'),
		program,
	};
};

/** A text whose commands for papers, each a line of its own, have these words, too. */
export const handoverWith = (text: string, words: string): string =>
	text
		.split('\n')
		.map((line) => (/^zenml-airgap handover(?: |$)/u.test(line) ? `${line} ${words}` : line))
		.join('\n');
