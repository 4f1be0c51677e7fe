import {PassThrough, Writable} from 'node:stream';
import type {WebSocket} from 'ws';
import {ApiError} from '../objects/errors.ts';
import type {Wanted} from './target.ts';
import {ExecError, type ExecPod} from './types.ts';

const [stdinChannel, stdoutChannel, stderrChannel, statusChannel, closeChannel] = [0, 1, 2, 3, 255];

/** Messages carry this much at most, as the kubelet reads it. */
const mostInFrame = 32 * 1024;

const frame = (channel: number, bytes: Buffer | string): Buffer =>
	Buffer.concat([Buffer.of(channel), Buffer.from(bytes)]);

/** Sends what is written to it on one channel, no faster than the client takes it. Once the client has gone it breaks, as a pipe does. */
const channelOf = (socket: WebSocket, channel: number, isAsked: boolean): Writable => {
	const stream = new Writable({
		write: (chunk: Buffer, _encoding, done) => {
			const send = (rest: Buffer): void => {
				if (rest.length === 0 || !isAsked) done();
				else
					socket.send(frame(channel, rest.subarray(0, mostInFrame)), (error) => {
						if (error) done();
						else send(rest.subarray(mostInFrame));
					});
			};
			send(chunk);
		},
	});
	socket.on('close', () => stream.destroy());
	return stream;
};

/** Why a client is sent away: a message that is none of the protocol. */
const badMessage = 1002;

/** Takes stdin from the messages, no faster than the program reads; its end is told by the newer protocol, or by the end of all. */
const takeStdin = (socket: WebSocket, {stdin: isAsked}: Wanted): PassThrough => {
	const stdin = new PassThrough();
	const isNewer = socket.protocol === 'v5.channel.k8s.io';
	if (!isAsked) stdin.end();
	stdin.on('drain', () => socket.resume());
	const take = (message: Buffer): boolean => {
		const [channel, about] = message;
		if (channel === closeChannel && isNewer) {
			if (message.length !== 2 || about !== stdinChannel) return false;
			stdin.end();
			return true;
		}
		if (channel !== stdinChannel || !isAsked || stdin.writableEnded) return false;
		if (!stdin.destroyed && !stdin.write(message.subarray(1))) socket.pause();
		return true;
	};
	socket.on('message', (message: Buffer, isBinary: boolean) => {
		if (!(isBinary && take(message))) socket.close(badMessage);
	});
	socket.on('close', () => stdin.end());
	socket.on('error', () => stdin.end());
	return stdin;
};

const success = {metadata: {}, status: 'Success'};

const nonZero = (code: number) => ({
	metadata: {},
	status: 'Failure',
	message: `command terminated with non-zero exit code: exit status ${code}`,
	reason: 'NonZeroExitCode',
	details: {causes: [{reason: 'ExitCode', message: String(code)}]},
});

const failed = (words: string) => {
	const said = `Internal error occurred: error executing command in container: failed to exec in container: ${words}`;
	const {status} = new ApiError(500, 'InternalError', `Internal error occurred: ${said}`, {causes: [{message: said}]});
	const {kind: _kind, apiVersion: _version, ...rest} = status;
	return rest;
};

const ended = (stream: Writable): Promise<void> => new Promise((resolve) => stream.end(resolve));

/** Runs a command over an open socket, and tells how it ended (apimachinery, pkg/util/remotecommand). */
export const talk = async (
	socket: WebSocket,
	wanted: Wanted,
	{execPod, signal}: {readonly execPod: ExecPod; readonly signal: AbortSignal},
): Promise<void> => {
	const stdin = takeStdin(socket, wanted);
	const stdout = channelOf(socket, stdoutChannel, wanted.stdout);
	const stderr = channelOf(socket, stderrChannel, wanted.stderr);
	let status: unknown;
	try {
		const {container, command, pod} = wanted;
		const code = await execPod(pod, {container, command, stdin, stdout, stderr, signal});
		// An API server may lose the code of a program that left its stdin (seen of 1.34: "Success" of an exit code 4).
		status = code === 0 || (wanted.stdin && !stdin.readableEnded) ? success : nonZero(code);
	} catch (error) {
		status = failed(error instanceof ExecError ? error.message : String(error));
	}
	// What is left of its stdin is read by nobody.
	stdin.destroy();
	socket.resume();
	await Promise.all([ended(stdout), ended(stderr)]);
	socket.send(frame(statusChannel, JSON.stringify(status)), () => socket.close(1000));
};

/** Refuses over an open socket, as the API server does with what the node says. */
export const refuse = (socket: WebSocket, {status}: ApiError): void => {
	socket.on('error', () => undefined);
	socket.send(frame(statusChannel, JSON.stringify(status)), () => socket.close(1000));
};
