import {ExecaError, execa} from 'execa';
import type {ProblemError} from '../base/problem.ts';
import {type Command, helmFailure} from './failures.ts';
import {notStarted} from './not-started.ts';

/** How long helm gets after SIGTERM to mark its release as failed, in ms; then it is killed. */
const helmGraceMs = 15_000;

export type Invocation = Command & {
	readonly args: readonly string[];
	/** Given on stdin, then stdin is closed. */
	readonly input?: string | undefined;
	readonly signal: AbortSignal;
	readonly onLine?: ((line: string) => void) | undefined;
	/** Takes secrets out of everything helm says. */
	readonly mask?: ((text: string) => string) | undefined;
	/** What a failure means, where it is not one of the cluster; `said` is masked. */
	readonly failure?: ((said: string) => ProblemError) | undefined;
};

/** Runs the program and answers its standard output. */
export type Runner = (invocation: Invocation) => Promise<string>;

/** Hands on each line, masked, while the program goes on. */
const teller = (onLine: (line: string) => void, mask: (text: string) => string) =>
	function* (line: unknown) {
		const text = mask(String(line)).trimEnd();
		if (text !== '') onLine(text);
		yield line;
	};

const textOf = (output: unknown): string => (typeof output === 'string' ? output : '');

/** Everything that a program said before it failed, or why it was not run. */
const saidBy = ({stdout, stderr, originalMessage = ''}: ExecaError): string => {
	const said = [stdout, stderr].map(textOf).filter((text) => text !== '');
	return said.join('\n').trim() === '' ? originalMessage : said.join('\n');
};

const same = (text: string): string => text;

/**
 * Makes a function that runs helm. An aborted signal sends SIGTERM, waits for the end of the process, and throws the
 * signal's reason.
 * @param graceMs how long helm gets after SIGTERM before it is killed, ms
 */
export const createRunner = (
	binary: string,
	environment: Readonly<Record<string, string>>,
	graceMs = helmGraceMs,
): Runner => {
	const problemOf = (error: ExecaError, invocation: Invocation): ProblemError => {
		const {mask = same, failure} = invocation;
		const said = mask(saidBy(error));
		return notStarted(error, binary) ?? failure?.(said) ?? helmFailure(invocation, said, error.exitCode);
	};
	return async (invocation) => {
		const {args, input = '', signal, onLine, mask = same} = invocation;
		signal.throwIfAborted();
		const tell = onLine && teller(onLine, mask);
		try {
			const {stdout} = await execa(binary, [...args], {
				env: environment,
				extendEnv: false,
				input,
				cancelSignal: signal,
				forceKillAfterDelay: graceMs,
				stripFinalNewline: true,
				...(tell && {stdout: tell, stderr: tell}),
			});
			return textOf(stdout);
		} catch (error) {
			signal.throwIfAborted();
			throw error instanceof ExecaError ? problemOf(error, invocation) : error;
		}
	};
};
