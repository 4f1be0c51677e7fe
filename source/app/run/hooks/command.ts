import {constants} from 'node:fs';
import {access, stat} from 'node:fs/promises';
import {errnoWords} from '../../../base/errno.ts';
import type {Ending} from '../../../base/programs/keeper.ts';
import {startKept} from '../../../base/programs/kept-program.ts';
import {wordsOf} from '../../../base/shell.ts';
import {cutTo} from '../../../base/text.ts';
import {formatBytes} from '../../../base/units.ts';
import type {Context} from '../../base/context.ts';
import type {Failure, HookEvent} from './types.ts';

/** How a call is made. */
export type CallHow = {
	readonly payload: string;
	readonly timeoutMs: number;
	/** Ends it. */
	readonly signal: AbortSignal;
	/** Hears what went wrong, as soon as that is known. */
	readonly fail: (failure: Failure) => void;
};

/** More than a hook has to say, bytes, and what of it is kept for the log, characters. */
const mostBytes = 65_536;
const mostKept = 2000;

/** After SIGTERM, before it is killed, ms. */
const graceMs = 1000;

/** What a program needs to find others and to write its language; nothing else of the operator's environment is its business. */
const handedOn = ['HOME', 'LANG', 'LC_ALL', 'TZ'] as const;
const usualPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The environment of a hook: small, and without anything that the operator put there for this program. */
export const hookEnvironment = (
	environment: Context['environment'],
	event: HookEvent,
): Readonly<Record<string, string>> => ({
	...Object.fromEntries(
		handedOn.flatMap((name) => {
			const value = environment[name];
			return value === undefined ? [] : [[name, value]];
		}),
	),
	PATH: usualPath,
	ZENML_AIRGAP_HOOK: event,
});

const programOf = (command: string): string => wordsOf(command)?.[0] ?? '';

/** What is wrong with a command before it is called; undefined where nothing is. */
export const lookAtCommand = async (command: string): Promise<Failure | undefined> => {
	const program = programOf(command);
	try {
		if (!(await stat(program)).isFile()) return {kind: 'not a program', words: `${program} is no file`};
		await access(program, constants.X_OK);
		return undefined;
	} catch (error) {
		const {code} = error as NodeJS.ErrnoException;
		if (code === 'EACCES') return {kind: 'not a program', words: `${program} may not be run by this user`};
		if (code === 'ENOENT') return {kind: 'not there', words: `there is no ${program}`};
		return {kind: 'not there', words: `${program} cannot be looked at: ${errnoWords(error, 'read')}`};
	}
};

const failureOf = async (command: string, {exitCode, signal, errno, message}: Ending): Promise<Failure | undefined> => {
	if (exitCode === 0) return undefined;
	if (errno !== undefined) {
		const seen = await lookAtCommand(command);
		return seen ?? {kind: 'not started', words: `the system does not start it (${errno})`, said: message ?? ''};
	}
	if (signal !== undefined) return {kind: 'signal', words: `it was ended by ${signal}`};
	if (exitCode !== undefined) return {kind: 'exit code', words: `it ended with exit code ${exitCode}`};
	return {kind: 'not started', words: 'it could not be started', said: message ?? ''};
};

/**
 * Runs a command once, with the payload on its standard input, no shell, and a group of its own that ends with it, and with this
 * program however that ends. Resolves when it is over.
 */
export const callCommand = async (
	command: string,
	environment: Readonly<Record<string, string>>,
	{payload, timeoutMs, signal, fail}: CallHow,
): Promise<void> => {
	const [binary = '', ...args] = wordsOf(command) ?? [];
	let [bytes, said]: [number, string] = [0, ''];
	let isEnded = false;
	const hear = (chunk: Buffer): void => {
		bytes += chunk.length;
		if (said.length <= mostKept) said += chunk.toString('utf8', 0, mostKept + 1);
		if (bytes > mostBytes) end({kind: 'too much', words: `it said more than ${formatBytes(mostBytes)} and was ended`});
	};
	const program = startKept({
		...{binary, args, environment, graceMs},
		input: payload,
		whole: true,
		onOutput: hear,
		onErrors: hear,
	});
	const end = (why: Failure): void => {
		if (!isEnded) fail({...why, said: cutTo(said, mostKept)});
		isEnded = true;
		program.stop();
	};
	const late = (): void => end({kind: 'too late', words: `it did not end within ${timeoutMs / 1000} s and was ended`});
	const timer = setTimeout(late, timeoutMs);
	const stop = (): void => end({kind: 'too late', words: 'it had not ended when the run was over, and was ended'});
	signal.addEventListener('abort', stop, {once: true});
	try {
		const failure = await failureOf(command, await program.ended);
		if (failure && !isEnded) fail({said: cutTo(said, mostKept), ...failure});
	} finally {
		clearTimeout(timer);
		signal.removeEventListener('abort', stop);
	}
};
