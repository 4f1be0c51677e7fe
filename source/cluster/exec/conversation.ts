import type {WebSocket} from 'ws';
import {parseAnswer} from '../answer.ts';
import type {PodExec} from '../types.ts';
import {readFrame} from './channels.ts';
import {createFarewell} from './farewell.ts';
import {endIn} from './framing.ts';
import type {ExecProblems} from './problems.ts';
import {type ExecTiming, watchSilence} from './silence.ts';
import {createStderr, createStdout, sendStdin} from './streams.ts';

/** What a command left: what it said itself of its end, what the cluster says of it, and the last lines of its stderr. */
export type Left = {
	readonly said: ReturnType<typeof endIn>;
	readonly status: unknown;
	readonly stderr: readonly string[];
};

/** What a conversation needs beside its socket. */
export type Manner = {
	readonly exec: PodExec;
	/** With this the command says itself how it ended; undefined for one without stdin. */
	readonly mark: string | undefined;
	/** The stdin goes in pieces with their lengths. */
	readonly isFramed: boolean;
	readonly timing: ExecTiming;
	readonly problems: ExecProblems;
};

/** Codes of the library for messages that are no WebSocket's, or too long. */
const isProtocolError = (error: Error & {code?: unknown}): boolean => String(error.code).startsWith('WS_ERR_');

/** Hears a socket to its end. */
const hear = (
	socket: WebSocket,
	{problems}: Manner,
	on: {
		readonly frame: (frame: NonNullable<ReturnType<typeof readFrame>>) => void;
		readonly closed: (code: number) => void;
		readonly fail: (error: unknown) => void;
	},
): void => {
	socket.on('message', (message: Buffer, isBinary: boolean) => {
		const frame = isBinary ? readFrame(message) : undefined;
		if (frame) on.frame(frame);
		else on.fail(problems.unreadable(message.subarray(0, 200).toString('latin1')));
	});
	socket.on('close', on.closed);
	socket.on('error', (error: Error) => {
		on.fail(isProtocolError(error) ? problems.unreadable(error.message) : problems.closed(error));
	});
};

/**
 * Carries a command's streams over an open socket until the cluster has said how it ended. The socket is closed afterwards, whatever
 * became of it; a stdin that was not read to its end is destroyed.
 * @throws ProblemError `exec-broken`, `kubernetes-unreadable`; what the streams throw; the reason of the signal
 */
export const converse = async (socket: WebSocket, manner: Manner): Promise<Left> => {
	const {exec, mark, isFramed, timing, problems} = manner;
	const over = new AbortController();
	const {promise, resolve, reject} = Promise.withResolvers<Left>();
	// What goes wrong after the abort that was told first is nobody's concern.
	promise.catch(() => undefined);
	let said: Left['said'];
	let status: unknown;
	const isOver = (): boolean => said !== undefined || status !== undefined;
	const fail = (error: unknown): void => reject(error);
	const farewell = createFarewell(socket, timing.farewellMs);
	const part = (): void => {
		over.abort();
		farewell.begin();
	};
	const stderr = createStderr((line) => {
		const end = mark === undefined ? undefined : endIn(line, mark);
		said ??= end;
		// The rest of the output is on its way, and the cluster's own words of the end; stdin is wanted by nobody any more.
		if (end !== undefined) part();
		return end !== undefined;
	});
	const silence = watchSilence(socket, timing, (ms) => fail(problems.silent(ms)));
	const deaf = (on: boolean): void => {
		silence.deaf(on);
		farewell.deaf(on);
	};
	const stdout = createStdout(exec.stdout, {socket, deaf, fail});
	const take = {
		nothing: () => undefined,
		stdout: stdout.take,
		stderr: stderr.take,
		status: (bytes: Buffer): void => {
			status ??= parseAnswer(bytes.toString('utf8'));
			socket.close(1000);
			part();
		},
	};
	hear(socket, manner, {
		frame: ({of, bytes}) => {
			silence.heard();
			farewell.heard();
			take[of](bytes);
		},
		closed: (code) => {
			const lines = stderr.lines();
			if (isOver()) resolve({said, status, stderr: lines});
			else fail(problems.closed(new Error(`The connection ended with code ${code}.`)));
		},
		fail: (error) => {
			if (!isOver()) fail(error);
		},
	});
	const abort = (): void => fail(exec.signal.reason);
	exec.signal.addEventListener('abort', abort, {once: true});
	if (exec.stdin) sendStdin(exec.stdin, {socket, isFramed, onSent: silence.sent, signal: over.signal}).catch(fail);
	socket.resume();
	try {
		exec.signal.throwIfAborted();
		return await promise;
	} finally {
		over.abort();
		silence.stop();
		stdout.stop();
		farewell.stop();
		exec.signal.removeEventListener('abort', abort);
		socket.terminate();
	}
};
