import {type Problem, ProblemError, ProblemsError} from '../../../base/problem.ts';
import {shellWord} from '../../../base/shell.ts';
import {isReadOnce} from '../answer-pipe.ts';

/** How this program was called, as far as its next commands have to be called so too: copied, they find the same site. */
export type Called = {
	/** Options by which answers are found, with their values, as words of a shell. */
	readonly answers: readonly string[];
	/** The option of the state folder, the same way. */
	readonly state: readonly string[];
	/** The words that rehearse a plan instead of going through it; absent for a real run. */
	readonly rehearse?: string | undefined;
};

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

/** Plans that a rehearsal knows by another name than the command has. */
const rehearsed: Readonly<Record<string, string>> = {
	install: '',
	upgrade: ' upgrade',
	backup: ' backup',
	'backup schedule': ' schedule',
	drill: ' drill',
	'drill failover': ' failover',
};

/** One word of an argument; a sentence may go on behind it. */
const operand = String.raw` [^\s;,"'\x60]*[^\s;,.:"'\x60]`;

/** Longer names first: `backup escrow` is no `backup`. */
const names = [...answering.map(([command, operands]) => `${command}${operand.repeat(operands)}`), ...reading]
	.sort((one, other) => other.length - one.length)
	.join('|');

/** A call of this program, and what follows it up to the end of its line. */
const call = new RegExp(String.raw`(?<![\w/-])zenml-airgap (${names})(?![\w-])(?=([^\n]*))`, 'gu');

const flagsFor = (command: string, rest: string, {answers, state}: Called): readonly string[] => [
	...(reading.includes(command) || rest.includes('--answers') ? [] : answers),
	...(rest.includes('--state-dir') ? [] : state),
];

/** A text whose commands of this program are called as it was itself. */
export const asCalled = (text: string, called: Called): string =>
	text.replaceAll(call, (_whole, command: string, rest: string) => {
		const plan = called.rehearse === undefined ? undefined : rehearsed[command];
		const program = plan === undefined ? `zenml-airgap ${command}` : `${called.rehearse}${plan}`;
		return [program, ...flagsFor(command, rest, called)].join(' ');
	});

/**
 * How a command of this program is called that asks the install of a run, from another shell or later. A rehearsal's world has answers of its
 * own, which are in its state folder.
 */
export const askingInstall =
	({called}: {readonly called?: Called | undefined}, stateDirectory: string) =>
	(command: string): string => {
		if (called === undefined) return command;
		const inWorld = {answers: [], state: ['--state-dir', shellWord(stateDirectory)]};
		return asCalled(command, called.rehearse === undefined ? called : inWorld);
	};

/** Any value with all its texts so. */
export const calledDeep = <T>(value: T, called: Called): T => {
	if (called.answers.length + called.state.length === 0 && called.rehearse === undefined) return value;
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
export const calledBy = (given: unknown): Called => {
	if (given === null || typeof given !== 'object') return {answers: [], state: []};
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
	};
};
