import {Writable} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import type {WebSocket} from 'ws';
import {printable} from '../../base/printable.ts';
import {createLineTeller} from '../objects/log-lines.ts';
import {stdinEnd, stdinFrames} from './channels.ts';
import {framed} from './framing.ts';

type Sending = {
	readonly socket: WebSocket;
	readonly isFramed: boolean;
	readonly onSent: () => void;
	/** The program has ended: no more is sent but the end. */
	readonly signal: AbortSignal;
};

/** Sends messages one by one, no faster than the connection takes them. What is written to a socket that has ended goes nowhere. */
const createSender = ({socket, onSent}: Sending) => {
	let last = Promise.resolve();
	return (message: Buffer): Promise<void> => {
		last = last.then(
			() =>
				new Promise((resolve) => {
					onSent();
					// Why it failed is told by the socket itself, which then ends.
					socket.send(message, (error) => {
						if (!error) resolve();
					});
				}),
		);
		return last;
	};
};

/** Sends all of a stdin and then its end. @throws what the stdin throws; its end is not sent then */
export const sendStdin = async (stdin: NodeJS.ReadableStream, sending: Sending): Promise<void> => {
	const {isFramed, signal} = sending;
	const send = createSender(sending);
	const sendAll = async (messages: readonly Buffer[]): Promise<void> => {
		for (const message of messages) if (!signal.aborted) await send(message);
	};
	const sink = new Writable({
		write: (chunk: Buffer, _encoding, done) => {
			sendAll(stdinFrames(chunk)).then(() => done(), done);
		},
	});
	try {
		await (isFramed ? pipeline(stdin, framed(), sink, {signal}) : pipeline(stdin, sink, {signal}));
	} catch (error) {
		if (!signal.aborted) throw error;
	}
	if (!isFramed) await send(stdinEnd);
};

/** Lines of stderr that are kept: the last ones. */
const mostLines = 200;

/** Collects the last lines of a program's stderr, cleaned. @param isEnd takes a line that is none of the program's own */
export const createStderr = (isEnd: (line: string) => boolean) => {
	const lines: string[] = [];
	const decoder = new TextDecoder();
	const teller = createLineTeller((line) => {
		if (isEnd(line)) {
			// Its own line was begun before it, whatever the program had said last.
			if (lines.at(-1) === '') lines.pop();
			return;
		}
		lines.push(printable(line.replace(/\r$/u, '')));
		if (lines.length > mostLines) lines.shift();
	});
	return {
		take: (bytes: Buffer): void => teller.take(decoder.decode(bytes, {stream: true})),
		lines: (): readonly string[] => {
			teller.take(decoder.decode());
			teller.end();
			return [...lines];
		},
	};
};

/** Gives a program's stdout on, and keeps the socket from reading while it is not taken. */
export const createStdout = (
	into: NodeJS.WritableStream | undefined,
	{
		socket,
		deaf,
		fail,
	}: {
		readonly socket: WebSocket;
		readonly deaf: (on: boolean) => void;
		readonly fail: (error: unknown) => void;
	},
) => {
	const closed = (): void => fail(new Error('The stream that takes the output was closed.'));
	const drained = (): void => {
		deaf(false);
		socket.resume();
	};
	into?.on('error', fail);
	into?.on('close', closed);
	into?.on('drain', drained);
	return {
		take: (bytes: Buffer): void => {
			if (into === undefined || into.write(bytes)) return;
			deaf(true);
			socket.pause();
		},
		stop: (): void => {
			into?.off('error', fail);
			into?.off('close', closed);
			into?.off('drain', drained);
		},
	};
};
