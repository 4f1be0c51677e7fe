import type {ProblemError} from '../base/problem.ts';
import {startDirect} from '../base/programs/direct-program.ts';
import type {Ending} from '../base/programs/keeper.ts';
import {startKept} from '../base/programs/kept-program.ts';
import {type Command, helmFailure} from './failures.ts';
import {notStarted} from './not-started.ts';
import {mostAnswerBytes, readAnswer, readLines} from './output.ts';
import {helmProblems} from './problems.ts';

/** How long helm gets after SIGTERM to mark its release as failed, in ms; then it is killed. */
export const helmGraceMs = 15_000;

export type Invocation = Command & {
	readonly args: readonly string[];
	/** Given on stdin, then stdin is closed. */
	readonly input?: string | undefined;
	/** File in which a helm that changes something is written down while it is at work; without one it only reads. */
	readonly record?: string | undefined;
	readonly signal: AbortSignal;
	readonly onLine?: ((line: string) => void) | undefined;
	/** Takes secrets out of everything helm says. */
	readonly mask?: ((text: string) => string) | undefined;
	/** What a failure means, where it is not one of the cluster; `said` is masked. */
	readonly failure?: ((said: string) => ProblemError) | undefined;
};

/** Runs the program and answers its standard output. */
export type Runner = (invocation: Invocation) => Promise<string>;

const same = (text: string): string => text;

/** The operating system's words for a program that was not started, as an error. */
const startError = ({errno, message = ''}: Ending): Error | undefined =>
	errno === undefined ? undefined : Object.assign(new Error(message), {code: errno});

/** What a program that ended badly is a sign of; `said` is masked. */
const problemOf = (binary: string, invocation: Invocation, ending: Ending, said: string): ProblemError => {
	const error = startError(ending);
	const words = said.trim() === '' ? (ending.message ?? endingInWords(ending)) : said;
	return (
		(error && notStarted(error, binary)) ??
		invocation.failure?.(words) ??
		helmFailure(invocation, words, ending.exitCode)
	);
};

const endingInWords = ({exitCode, signal}: Ending): string =>
	signal === undefined ? `it ended with exit code ${exitCode ?? 'unknown'}` : `it was ended by ${signal}`;

/** What a program says, and what of it is needed later. */
const listen = ({onLine, mask = same}: Invocation, onTooLong: () => void) => {
	const [output, errors] = [readLines(mask, onLine), readLines(mask, onLine)];
	const answer = readAnswer(onTooLong);
	return {
		onOutput: (chunk: Buffer): void => {
			answer.take(chunk);
			output.take(chunk);
		},
		onErrors: errors.take,
		/** Everything that it said before it failed, as far as it is kept. A secret may have several lines. */
		said: (): string => {
			for (const reader of [output, errors]) reader.end();
			return mask([...output.lines(), ...errors.lines()].join('\n'));
		},
		answer,
	};
};

/** Which helm is run, and where it is from, for people. */
export type FoundHelm = {readonly file: string; readonly origin: string};

/** The program by its name or path, or whoever finds it when it is first needed. */
export type Binary = string | ((signal: AbortSignal) => Promise<FoundHelm>);

/** @throws what finding it throws */
export const foundHelm = async (binary: Binary, signal: AbortSignal): Promise<FoundHelm> =>
	typeof binary === 'string' ? {file: binary, origin: binary} : binary(signal);

/**
 * Makes a function that runs helm. An aborted signal sends SIGTERM, waits for the end of the process, and throws the
 * signal's reason. When this process ends, however it does, a helm that changes something is ended in the same way.
 * @param options.graceMs how long helm gets after SIGTERM before it is killed, ms
 */
export const createRunner = (
	binary: Binary,
	environment: Readonly<Record<string, string>>,
	{graceMs = helmGraceMs}: {readonly graceMs?: number} = {},
): Runner => {
	return async (invocation) => {
		const {args, input = '', record, signal} = invocation;
		signal.throwIfAborted();
		let stop = (): void => undefined;
		const {onOutput, onErrors, said, answer} = listen(invocation, () => stop());
		const {file} = await foundHelm(binary, signal);
		const order = {binary: file, args, input, graceMs, environment, onOutput, onErrors};
		const kept = record === undefined ? startDirect(order) : startKept({...order, record});
		stop = kept.stop;
		signal.addEventListener('abort', stop, {once: true});
		const ending = await kept.ended.finally(() => signal.removeEventListener('abort', stop));
		signal.throwIfAborted();
		if (answer.isTooLong())
			throw helmProblems.error('helm-answer-too-long', {what: invocation.what, mebibytes: mostAnswerBytes / 2 ** 20});
		if (ending.exitCode === 0) return answer.text().replace(/\r?\n$/u, '');
		throw problemOf(file, invocation, ending, said());
	};
};
