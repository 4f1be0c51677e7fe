import {type ChildProcess, spawn} from 'node:child_process';
import type {Readable} from 'node:stream';
import {formatBytes} from '../../base/units.ts';

/** A program that is run for what it says. */
export type Program = {
	readonly command: string;
	readonly args: readonly string[];
	readonly env: Readonly<Record<string, string>>;
};

/** The bounds of a program: how long it may take, and, once it is told to end, before it is killed; ms. */
export type Bounds = {readonly timeoutMs: number; readonly graceMs: number; readonly mostBytes: number};

/** How long what it left open is still read after its end, ms: a helper in the background may keep its output for ever. */
const drainMs = 500;

/** Ends a program with all that it started: it leads a process group of its own. */
const endGroup = ({pid}: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): void => {
	if (pid === undefined) return;
	try {
		process.kill(-pid, signal);
	} catch {
		// It is over already.
	}
};

/** Gathers what a stream says, up to a bound. */
const gather = (stream: Readable, most: number, onTooMuch: () => void): (() => string) => {
	const chunks: Buffer[] = [];
	let size = 0;
	stream.on('data', (chunk: Buffer) => {
		size += chunk.length;
		if (size <= most) chunks.push(chunk);
		else onTooMuch();
	});
	// What breaks off is over.
	stream.on('error', () => undefined);
	return () => Buffer.concat(chunks).toString('utf8');
};

/** Resolves when a program is over and its output is read, or somebody else keeps that open. Rejects where it cannot be started. */
const ending = (child: ChildProcess): Promise<number | null> =>
	new Promise((resolve, reject) => {
		child.once('error', reject);
		child.once('close', (code) => resolve(code));
		child.once('exit', (code) => setTimeout(() => resolve(code), drainMs).unref());
	});

const failure = (words: string, said: string): Error =>
	new Error([said.trim(), words].filter((line) => line !== '').join('\n'));

/**
 * Runs a program without input, in a process group of its own, and answers what it wrote to its standard output. It is ended with
 * all that it started when it takes or says too much, or the signal aborts; that is waited for.
 * @throws the error of `spawn`; an error with its last words and why it failed; the signal's reason
 */
export const runProgram = async (
	{command, args, env}: Program,
	{timeoutMs, graceMs, mostBytes}: Bounds,
	signal: AbortSignal,
): Promise<string> => {
	signal.throwIfAborted();
	const child = spawn(command, [...args], {env, detached: true, stdio: 'pipe'});
	// It is asked nothing. Ignoring its input would take /dev/null, which a chroot may lack.
	child.stdin.on('error', () => undefined).end();
	const timers: NodeJS.Timeout[] = [];
	let stopped: string | undefined;
	const stop = (words: string): void => {
		if (stopped !== undefined) return;
		stopped = words;
		endGroup(child, 'SIGTERM');
		timers.push(setTimeout(() => endGroup(child, 'SIGKILL'), graceMs));
	};
	const tooMuch = (): void => stop(`It said more than ${formatBytes(mostBytes)} and was ended.`);
	const [output, said] = [gather(child.stdout, mostBytes, tooMuch), gather(child.stderr, mostBytes, tooMuch)];
	const abort = (): void => stop('It was ended.');
	signal.addEventListener('abort', abort, {once: true});
	const late = `It did not end within ${timeoutMs / 1000} s and was ended; it may be waiting for input.`;
	timers.push(setTimeout(() => stop(late), timeoutMs));
	try {
		const code = await ending(child);
		signal.throwIfAborted();
		if (stopped !== undefined) throw failure(stopped, said());
		if (code !== 0) throw failure(said() === '' ? `It ended with exit code ${code ?? 'of a signal'}.` : '', said());
		return output();
	} finally {
		for (const timer of timers) clearTimeout(timer);
		signal.removeEventListener('abort', abort);
		if (stopped !== undefined) endGroup(child, 'SIGKILL');
		child.stdout.destroy();
		child.stderr.destroy();
	}
};
