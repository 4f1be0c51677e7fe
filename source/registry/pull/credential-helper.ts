import {type ChildProcess, spawn} from 'node:child_process';
import {errnoWords, isErrno} from '../../base/errno.ts';
import {cutTo, isMap} from '../../base/text.ts';
import {pullProblems} from './problems.ts';

/** What a helper keeps for one registry. User `<token>` means that the secret is an identity token. */
export type HelperLogin = {readonly username: string; readonly secret: string};

/** A helper of Docker: `docker-credential-NAME`, and how it is run. */
export type Helper = {
	readonly name: string;
	/** Its PATH is searched for the helper. */
	readonly environment: Readonly<Record<string, string | undefined>>;
	readonly signal: AbortSignal;
	/** One that asks a person, or waits for a network that is not there, must not hold up everything. */
	readonly timeoutMs?: number | undefined;
};

const usualMs = 60_000;
/** For one that does not end when it is asked to. */
const killMs = 2000;
/** What it left running (an agent, a daemon) may keep its output open for ever; what itself said is read by then. */
const graceMs = 250;
/** A token of the clouds has some kilobytes. */
const mostBytes = 1024 * 1024;
const notFound = 'credentials not found in native keychain';

/** How a program ended. `stopped`: it was ended from here, and why. */
type Ended = {
	readonly stdout: string;
	readonly exitCode: number | null;
	readonly signal: NodeJS.Signals | null;
	readonly stopped: 'late' | 'long answer' | undefined;
};

/** Ends a program that may not want to. */
const createEnding = (child: ChildProcess) => {
	const timers: NodeJS.Timeout[] = [];
	return {
		after: (ms: number, then: () => void) => timers.push(setTimeout(then, ms)),
		kill: () => {
			child.kill();
			timers.push(setTimeout(() => child.kill('SIGKILL'), killMs));
		},
		clear: () => {
			for (const timer of timers) clearTimeout(timer);
		},
	};
};

/** Runs a program and reads what it says on standard output; its standard error is not heard. @throws what `spawn` does */
const run = ({name, environment, signal, timeoutMs = usualMs}: Helper, input: string): Promise<Ended> =>
	new Promise((resolve, reject) => {
		const child = spawn(`docker-credential-${name}`, ['get'], {env: environment, stdio: 'pipe'});
		const ending = createEnding(child);
		const chunks: Buffer[] = [];
		let size = 0;
		let stopped: Ended['stopped'];
		const stop = (why: Ended['stopped']): void => {
			if (stopped !== undefined) return;
			stopped = why;
			ending.kill();
		};
		ending.after(timeoutMs, () => stop('late'));
		signal.addEventListener('abort', ending.kill, {once: true});
		const clear = (): void => {
			ending.clear();
			signal.removeEventListener('abort', ending.kill);
		};
		child.stdout.on('data', (chunk: Buffer) => {
			size += chunk.length;
			if (size > mostBytes) stop('long answer');
			else chunks.push(chunk);
		});
		// Read and dropped: ignoring it would take /dev/null, which a chroot may lack.
		child.stderr.resume();
		// One that ends without reading its input may still have answered.
		child.stdin.on('error', () => {});
		child.stdin.end(input);
		child.once('error', (error) => {
			clear();
			reject(error);
		});
		child.once('exit', () => {
			clear();
			ending.after(graceMs, () => {
				for (const stream of [child.stdout, child.stderr]) stream.destroy();
			});
		});
		child.once('close', (exitCode, endSignal) => {
			clear();
			resolve({stdout: Buffer.concat(chunks).toString('utf8'), exitCode, signal: endSignal, stopped});
		});
	});

/** What a helper is asked, for its problems. */
type Question = {readonly helper: string; readonly server: string};

const parse = (question: Question, stdout: string): HelperLogin => {
	let value: unknown;
	try {
		value = JSON.parse(stdout);
	} catch {
		// Told below: the text itself may hold the secret, so that no part of it goes into the problem.
	}
	const {Username: username, Secret: secret} = isMap(value) ? value : {};
	if (typeof username === 'string' && typeof secret === 'string') return {username, secret};
	throw pullProblems.error('registry-credential-helper', {...question, case: 'other answer'});
};

/** @throws ProblemError `registry-credential-helper` */
const start = async (question: Question, helper: Helper): Promise<Ended> => {
	try {
		return await run(helper, question.server);
	} catch (error) {
		if (isErrno(error, 'ENOENT'))
			throw pullProblems.error('registry-credential-helper', {...question, case: 'not in PATH'}, {error});
		const words = errnoWords(error, 'run');
		throw pullProblems.error('registry-credential-helper', {...question, case: 'not started', words}, {error});
	}
};

/** @throws ProblemError `registry-credential-helper` */
const refuseStopped = (question: Question, {stopped}: Ended, timeoutMs: number): void => {
	if (stopped === undefined) return;
	const told = stopped === 'late' ? ({case: stopped, seconds: timeoutMs / 1000} as const) : ({case: stopped} as const);
	throw pullProblems.error('registry-credential-helper', {...question, ...told});
};

/**
 * Runs `docker-credential-NAME get` (protocol of docker/docker-credential-helpers): the server on standard input, JSON on
 * standard output; errors are words on standard output and exit code 1. Its end is waited for, not that of what it left running.
 * @returns undefined when the helper has no login for that server
 * @throws ProblemError `registry-credential-helper`; the signal's reason when it is aborted
 */
export const askHelper = async (helper: Helper, server: string): Promise<HelperLogin | undefined> => {
	const {name, signal, timeoutMs = usualMs} = helper;
	signal.throwIfAborted();
	const question = {helper: cutTo(name, 100), server};
	if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/u.test(name))
		throw pullProblems.error('registry-credential-helper', {...question, case: 'no name'});
	const ended = await start(question, helper);
	signal.throwIfAborted();
	refuseStopped(question, ended, timeoutMs);
	const {stdout, exitCode} = ended;
	if (exitCode === 0) return parse(question, stdout);
	if (stdout.includes(notFound)) return undefined;
	const how =
		exitCode === null
			? ({case: 'killed', signal: ended.signal ?? 'the system'} as const)
			: ({case: 'failed', exitCode} as const);
	throw pullProblems.error('registry-credential-helper', {...question, ...how});
};
