import {type ChildProcessWithoutNullStreams, spawn} from 'node:child_process';
import {rmSync, writeFileSync} from 'node:fs';
import type {Readable, Writable} from 'node:stream';
import {birthNow, processPlace} from '../lock/process.ts';

/**
 * A program of its own: it starts another one (helm, or a hook of the operator) and ends it when the process that asked for it is gone,
 * however that ended. On its standard input come one line of JSON (an Order), as many bytes as it names, which are the program's input,
 * and then nothing: its end is the order to stop. The program is not started before its input is whole: half of helm's values are values, too.
 */
export type Order = {
	readonly binary: string;
	readonly args: readonly string[];
	/** Length of the program's standard input, bytes. */
	readonly bytes: number;
	/** How long the program gets after SIGTERM before it is killed, ms: helm closes its release. */
	readonly graceMs: number;
	/** True where nothing that it started may outlive it, though it ended by itself. */
	readonly whole?: boolean | undefined;
	/** File in which the program's process is written down while it is at work. */
	readonly record?: string | undefined;
};

/** How the program ended, or why it was not started; told on descriptor 3 as one line of JSON. */
export type Ending = {
	readonly exitCode?: number | undefined;
	readonly signal?: string | undefined;
	/** Code and words of the operating system's error. */
	readonly errno?: string | undefined;
	readonly message?: string | undefined;
};

const tell = (ending: Ending): void => {
	try {
		writeFileSync(3, `${JSON.stringify(ending)}\n`);
	} catch {
		// Nobody is there to hear it.
	}
};

/** Writes down which process is at work, so that a run that finds this one killed as well can still find it. */
const writeDown = (record: string, pid: number): void => {
	try {
		writeFileSync(record, JSON.stringify({pid, birth: birthNow(pid), ...processPlace()}), {mode: 0o600});
	} catch {
		// It is the second line of defence; a full disk must not stop the first one.
	}
};

/** Kills all that the program started: this process leads their group, and ends with them. */
const killGroup = (): void => {
	try {
		process.kill(-process.pid, 'SIGKILL');
	} catch {
		// It leads no group where it was not started as one.
	}
};

/** Not started at all: most errors come as an event, ENOEXEC and arguments that cannot be given are thrown. */
const refuse = (error: unknown): never => {
	const {code = 'UNKNOWN', message} = error as NodeJS.ErrnoException;
	tell({errno: code, message});
	process.exit(1);
};

const spawnProgram = ({binary, args}: Order): ChildProcessWithoutNullStreams => {
	try {
		return spawn(binary, args, {stdio: 'pipe'});
	} catch (error) {
		return refuse(error);
	}
};

const handOn = (from: Readable, to: Writable): void => {
	from.pipe(to, {end: false});
	// Helm dies of a closed pipe before it has marked its release as failed: what nobody reads is read here.
	to.on('error', () => {
		from.unpipe(to);
		from.resume();
	});
};

const start = (order: Order, input: Buffer): {readonly stop: () => void} => {
	const {graceMs, record, whole} = order;
	const program = spawnProgram(order);
	let stopping = false;
	const forget = (): void => {
		if (record !== undefined) rmSync(record, {force: true});
	};
	const end = (): void => {
		if (whole) killGroup();
		process.exit(0);
	};
	program.once('error', refuse);
	if (program.pid !== undefined && record !== undefined) writeDown(record, program.pid);
	program.stdin.on('error', () => undefined);
	program.stdin.end(input);
	handOn(program.stdout, process.stdout);
	handOn(program.stderr, process.stderr);
	program.once('exit', (code, signal) => {
		forget();
		tell({exitCode: code ?? undefined, signal: signal ?? undefined});
		if (stopping) killGroup();
		// What it started may still hold its output open.
		setTimeout(end, 1000);
	});
	program.once('close', end);
	return {
		stop: () => {
			if (stopping) return;
			stopping = true;
			program.kill('SIGTERM');
			setTimeout(() => program.kill('SIGKILL'), graceMs);
		},
	};
};

const keep = (): void => {
	let order: Order | undefined;
	let received = Buffer.alloc(0);
	let running: ReturnType<typeof start> | undefined;
	const stop = (): void => {
		if (running) running.stop();
		else process.exit(1);
	};
	const take = (chunk: Buffer): void => {
		if (running) return;
		received = Buffer.concat([received, chunk]);
		const end = order ? -1 : received.indexOf(10);
		if (end >= 0) {
			order = JSON.parse(received.toString('utf8', 0, end)) as Order;
			received = received.subarray(end + 1);
		}
		if (order && received.length >= order.bytes) running = start(order, received.subarray(0, order.bytes));
	};
	process.stdin.on('data', take);
	process.stdin.once('end', stop);
	process.stdin.once('error', stop);
	for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const) process.on(signal, stop);
};

keep();
