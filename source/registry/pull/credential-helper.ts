import {spawn} from 'node:child_process';
import type {ProblemError} from '../../base/problem.ts';
import {registryProblem} from '../problems.ts';

/** What a helper keeps for one registry. User `<token>` means that the secret is an identity token. */
export type HelperLogin = {readonly username: string; readonly secret: string};

/** A helper that asks a person, or waits for a network that is not there, must not hold up everything. */
const helperMs = 60_000;
/** One that does not end when it is asked to. */
const killMs = 2000;
/** What it left running (an agent, a daemon) may keep its output open for ever; what itself said is read by then. */
const graceMs = 250;
/** A token of the clouds has some kilobytes. */
const mostBytes = 1024 * 1024;
const notFound = 'credentials not found in native keychain';

/**
 * No word that the helper said goes into a problem, on whichever output: a broken helper prints tokens in any form. How to hear it is told.
 */
const fail = (name: string, server: string, cause: string, error?: unknown): ProblemError =>
	registryProblem(
		{
			code: 'registry-credential-helper',
			message: `The credential helper docker-credential-${name} gave no login for ${server}.`,
			cause,
			fix: 'Run the helper by hand to see what it says; mend it, or take it out of the configuration file and log in anew.',
			nextSteps: [`echo ${server} | docker-credential-${name} get >/dev/null`],
		},
		error === undefined ? undefined : {cause: error},
	);

const parse = (name: string, server: string, stdout: string): HelperLogin => {
	try {
		const value: unknown = JSON.parse(stdout);
		const {Username: username, Secret: secret} = (value ?? {}) as Record<string, unknown>;
		if (typeof username === 'string' && typeof secret === 'string') return {username, secret};
	} catch {
		// Told below: the text itself may hold the secret, so that no part of it goes into the problem.
	}
	throw fail(name, server, 'Its answer is not JSON with Username and Secret.');
};

type Ended = {
	readonly stdout: string;
	readonly exitCode: number | null;
	readonly signal: NodeJS.Signals | null;
	readonly stopped: 'timeout' | 'too long' | undefined;
};

/** Runs a program and reads what it says on standard output; its standard error is not read. @throws what `spawn` does */
const run = (
	program: string,
	input: string,
	env: Readonly<Record<string, string | undefined>>,
	signal: AbortSignal,
	timeoutMs: number,
): Promise<Ended> =>
	new Promise((resolve, reject) => {
		const child = spawn(program, ['get'], {env, stdio: ['pipe', 'pipe', 'ignore']});
		const chunks: Buffer[] = [];
		let size = 0;
		let stopped: Ended['stopped'];
		const timers: NodeJS.Timeout[] = [];
		const kill = () => {
			child.kill();
			timers.push(setTimeout(() => child.kill('SIGKILL'), killMs));
		};
		const stop = (why: Ended['stopped']) => {
			stopped ??= why;
			kill();
		};
		const clear = () => {
			for (const timer of timers) clearTimeout(timer);
			signal.removeEventListener('abort', kill);
		};
		timers.push(setTimeout(() => stop('timeout'), timeoutMs));
		signal.addEventListener('abort', kill, {once: true});
		child.stdout.on('data', (chunk: Buffer) => {
			size += chunk.length;
			if (size <= mostBytes) chunks.push(chunk);
			else if (stopped === undefined) stop('too long');
		});
		// One that ends without reading its input may still have answered.
		child.stdin.on('error', () => {});
		child.stdin.end(input);
		child.once('error', (error) => {
			clear();
			reject(error);
		});
		child.once('exit', () => {
			clear();
			timers.push(setTimeout(() => child.stdout.destroy(), graceMs));
		});
		child.once('close', (exitCode, endSignal) => {
			clear();
			resolve({stdout: Buffer.concat(chunks).toString('utf8'), exitCode, signal: endSignal, stopped});
		});
	});

const startFailures: Readonly<Record<string, string>> = {
	ENOENT: 'There is no such program in the PATH.',
	EACCES: 'The program may not be executed.',
};

/**
 * Runs `docker-credential-NAME get` (protocol of docker/docker-credential-helpers): the server on standard input, JSON on
 * standard output; errors are words on standard output and exit code 1. Its end is waited for, not that of what it left running.
 * @param environment of the helper; its PATH is searched for it
 * @returns undefined when the helper has no login for that server
 * @throws ProblemError `registry-credential-helper`; the signal's reason when it is aborted
 */
export const askHelper = async (
	name: string,
	server: string,
	environment: Readonly<Record<string, string | undefined>>,
	signal: AbortSignal,
	timeoutMs = helperMs,
): Promise<HelperLogin | undefined> => {
	signal.throwIfAborted();
	if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/u.test(name)) {
		throw fail(name.slice(0, 100), server, 'That is not the name of a helper: it has no path and no spaces.');
	}
	const ended = await run(`docker-credential-${name}`, server, environment, signal, timeoutMs).catch(
		(error: NodeJS.ErrnoException) => {
			const code = error.code ?? error.message;
			throw fail(name, server, startFailures[code] ?? `The operating system says ${code}.`, error);
		},
	);
	if (signal.aborted) throw signal.reason;
	const {stdout, exitCode, stopped} = ended;
	if (stopped === 'timeout') throw fail(name, server, `It did not answer within ${timeoutMs / 1000} s.`);
	if (stopped === 'too long') throw fail(name, server, 'Its answer is longer than any login.');
	if (exitCode === 0) return parse(name, server, stdout);
	if (stdout.includes(notFound)) return undefined;
	const how =
		exitCode === null ? `It was ended by ${ended.signal ?? 'the system'}.` : `It ended with exit code ${exitCode}.`;
	throw fail(name, server, how);
};
