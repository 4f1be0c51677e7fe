import {ExecaError, execa} from 'execa';
import {ProblemError} from '../base/problem.ts';
import {oldestHelm} from './dialect.ts';
import {helmFailure} from './failures.ts';

/** How long helm gets after SIGTERM to mark its release as failed, in ms; then it is killed. */
export const helmGraceMs = 15_000;

export type Invocation = {
	/** The command in the operator's words, for messages. */
	readonly what: string;
	readonly args: readonly string[];
	/** Given on stdin, then stdin is closed. */
	readonly input?: string;
	readonly signal: AbortSignal;
	readonly onLine?: (line: string) => void;
	/** Takes secrets out of everything helm says. */
	readonly mask?: (text: string) => string;
};

export type Runner = (invocation: Invocation) => Promise<string>;

const missing = (binary: string, code: string): ProblemError =>
	new ProblemError({
		code: 'helm-missing',
		area: 'prerequisites',
		message: `The helm program cannot be started: ${binary}`,
		cause:
			code === 'EACCES'
				? 'The file is there but may not be executed.'
				: code === 'ENOEXEC'
					? 'The file is not a program for this machine.'
					: 'There is no such program on this host, or not in its PATH.',
		fix: `Copy Helm ${oldestHelm} or newer to this host and set helm.binary to its path.`,
		answers: ['helm.binary'],
	});

const notStarted: readonly string[] = ['ENOENT', 'EACCES', 'ENOEXEC', 'ENOTDIR', 'EISDIR'];

/**
 * Makes a function that runs helm and answers its stdout. An aborted signal sends SIGTERM, waits for the end of the
 * process, and throws the signal's reason.
 */
export const createRunner =
	(binary: string, environment: Readonly<Record<string, string>>, graceMs = helmGraceMs): Runner =>
	async ({what, args, input, signal, onLine, mask = (text) => text}) => {
		signal.throwIfAborted();
		const tell = onLine
			? function* (line: unknown) {
					const text = mask(String(line)).trimEnd();
					if (text !== '') onLine(text);
					yield line;
				}
			: undefined;
		try {
			const {stdout} = await execa(binary, [...args], {
				env: environment,
				extendEnv: false,
				input: input ?? '',
				cancelSignal: signal,
				forceKillAfterDelay: graceMs,
				stripFinalNewline: true,
				...(tell ? {stdout: tell, stderr: tell} : {}),
			});
			return typeof stdout === 'string' ? stdout : '';
		} catch (error) {
			if (signal.aborted) throw signal.reason ?? error;
			if (!(error instanceof ExecaError)) throw error;
			if (error.code !== undefined && notStarted.includes(error.code)) throw missing(binary, error.code);
			const said = mask([error.stdout, error.stderr].filter((text) => typeof text === 'string').join('\n'));
			const words = said.trim() === '' ? mask(error.originalMessage ?? '') : said;
			throw helmFailure(what, words, error.exitCode);
		}
	};
