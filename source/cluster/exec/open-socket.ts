import type {IncomingMessage} from 'node:http';
import {WebSocket} from 'ws';
import {HttpFailure} from '../../http/failure.ts';
import type {Identity} from '../login/identity.ts';

/** A WebSocket that is asked for. */
export type SocketCall = {
	readonly url: URL;
	readonly protocols: readonly string[];
	/** How long it is waited for the server's yes or no, ms. */
	readonly timeoutMs: number;
	readonly signal: AbortSignal;
};

/** An answer that opens no WebSocket; `body` is its beginning. Status 101 is one that agrees on none of the protocols. */
export type Declined = {readonly status: number; readonly body: string};

/** What came of it. The socket is paused, so that nothing is lost before somebody listens. */
export type Opened = {readonly socket: WebSocket; readonly declined?: never} | {readonly declined: Declined};

/** Of an answer that is none, bytes. */
const mostBody = 64 * 1024;

/** The longest message that is taken, bytes: Kubernetes sends 32 KiB at once. */
const mostInMessage = 4 * 1024 * 1024;

/** How long a connection may be idle before the operating system asks whether it is still there, ms. */
const keepAliveMs = 30_000;

/** Bodies of refusals are short; what comes after the bound is of no interest. */
const beginningOf = async (response: IncomingMessage): Promise<string> => {
	const chunks: Buffer[] = [];
	let bytes = 0;
	for await (const chunk of response as AsyncIterable<Buffer>) {
		chunks.push(chunk);
		bytes += chunk.length;
		if (bytes >= mostBody) break;
	}
	return Buffer.concat(chunks).subarray(0, mostBody).toString('utf8');
};

const addressOf = (url: URL): URL => {
	const address = new URL(url);
	address.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
	return address;
};

/** Decides by the events of a socket that is being opened. */
const decide = (socket: WebSocket, settle: (opened: Opened) => void, fail: (error: unknown) => void): void => {
	let agreed = false;
	socket.on('upgrade', ({socket: line}: IncomingMessage) => {
		agreed = true;
		line.setKeepAlive(true, keepAliveMs);
	});
	socket.on('open', () => {
		socket.pause();
		settle({socket});
	});
	socket.on('unexpected-response', (_request: unknown, response: IncomingMessage) => {
		const {statusCode: status = 0} = response;
		beginningOf(response).then((body) => settle({declined: {status, body}}), fail);
	});
	socket.on('error', (error: Error) => {
		if (agreed) settle({declined: {status: 101, body: error.message}});
		else fail(error);
	});
};

/**
 * Opens a WebSocket with the identity and trust of a kubeconfig (RFC 6455). Redirects are not followed, and nothing is compressed.
 * @throws the error of node where there is no connection; HttpFailure `silence`; the reason of the signal
 */
export const openSocket = async (
	{url, protocols, timeoutMs, signal}: SocketCall,
	identity: Identity,
): Promise<Opened> => {
	signal.throwIfAborted();
	const socket = new WebSocket(addressOf(url), protocols, {
		rejectUnauthorized: true,
		...identity,
		headers: {'User-Agent': 'zenml-airgap', ...(identity.headers as Record<string, string>)},
		perMessageDeflate: false,
		followRedirects: false,
		maxPayload: mostInMessage,
	});
	const {promise, resolve, reject} = Promise.withResolvers<Opened>();
	const abort = (): void => reject(signal.reason);
	const timer = setTimeout(() => {
		reject(new HttpFailure('silence', {stage: 'answer', sentBytes: 0, waitedMs: timeoutMs}));
	}, timeoutMs);
	signal.addEventListener('abort', abort, {once: true});
	decide(socket, resolve, reject);
	try {
		const opened = await promise;
		if (opened.declined) socket.terminate();
		return opened;
	} catch (error) {
		socket.terminate();
		throw error;
	} finally {
		clearTimeout(timer);
		signal.removeEventListener('abort', abort);
	}
};
