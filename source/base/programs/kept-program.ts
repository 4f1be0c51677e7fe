import {setTimeout as sleep} from 'node:timers/promises';
import {execa} from 'execa';
import * as z from 'zod';
import {processOf} from '../self/parts.ts';
import type {Ending, Order} from './keeper.ts';

/** What is asked of a keeper; `input` is the program's standard input. */
export type KeptOrder = Omit<Order, 'bytes'> & {
	readonly input: string;
	readonly environment: Readonly<Record<string, string>>;
	readonly onOutput: (chunk: Buffer) => void;
	readonly onErrors: (chunk: Buffer) => void;
};

export type KeptProgram = {
	/** Settles when the program and its keeper have ended. Empty where the keeper was killed and could not tell. */
	readonly ended: Promise<Ending>;
	/** SIGTERM for the program, and after its grace SIGKILL for it and all it started. */
	readonly stop: () => void;
};

/** Beyond the program's grace, ms: a keeper that has not ended then is killed with its group. */
const keeperGraceMs = 5000;

const endingSchema = z.object({
	exitCode: z.number().optional(),
	signal: z.string().optional(),
	errno: z.string().optional(),
	message: z.string().optional(),
});

const endingIn = (text: string): Ending => {
	try {
		return endingSchema.parse(JSON.parse(text));
	} catch {
		return {};
	}
};

const keeper = {name: 'program-keeper', source: new URL('./keeper.ts', import.meta.url)} as const;

/** To the group that a process leads, as long as anybody of it is left. @returns whether anybody was */
const signalGroup = (pid: number | undefined, signal: 'SIGTERM' | 'SIGKILL' | 0): boolean => {
	try {
		return pid !== undefined && process.kill(-pid, signal);
	} catch {
		return false;
	}
};

/** How often it is looked whether anybody of a group is left, ms. */
const lookMs = 50;

/** Ends what a keeper that was killed alone has left behind. */
const endGroup = async (pid: number | undefined, graceMs: number): Promise<void> => {
	signalGroup(pid, 'SIGTERM');
	for (let waited = 0; waited < graceMs && signalGroup(pid, 0); waited += lookMs) await sleep(lookMs);
	signalGroup(pid, 'SIGKILL');
};

/**
 * Starts a program below a keeper, which outlives this process for as long as it takes to end it: a pipe that this process holds
 * open tells it that we are alive, so kill -9 is heard as well. In a session of its own it hears nothing of what a terminal
 * or a kill of the process group does to us.
 */
export const startKept = ({environment, input, onOutput, onErrors, ...order}: KeptOrder): KeptProgram => {
	const {program, words} = processOf(keeper);
	const child = execa(program, words, {
		env: environment,
		extendEnv: false,
		stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
		detached: true,
		cleanup: false,
		buffer: false,
		reject: false,
	});
	let told = '';
	let timer: NodeJS.Timeout | undefined;
	child.stdout.on('data', onOutput);
	child.stderr.on('data', onErrors);
	child.stdio[3]?.on('data', (chunk: Buffer) => {
		if (told.length < 4096) told += chunk.toString('utf8');
	});
	// A keeper that is gone by then says so by its end.
	child.stdin.on('error', () => undefined);
	const bytes = Buffer.byteLength(input);
	child.stdin.write(`${JSON.stringify({...order, bytes})}\n${input}`);
	const ended = (async (): Promise<Ending> => {
		const {isTerminated, exitCode, originalMessage} = await child;
		clearTimeout(timer);
		if (isTerminated) await endGroup(child.pid, order.graceMs);
		const ending = endingIn(told);
		if (ending.exitCode !== undefined || ending.signal !== undefined || ending.errno !== undefined) return ending;
		return {exitCode, message: originalMessage};
	})();
	return {
		ended,
		stop: () => {
			child.stdin.end();
			timer ??= setTimeout(() => signalGroup(child.pid, 'SIGKILL'), order.graceMs + keeperGraceMs);
		},
	};
};
