import http from 'node:http';
import https from 'node:https';
import type {Socket} from 'node:net';
import * as tls from 'node:tls';
import type {Bandwidth} from './bandwidth.ts';
import {type Context, connectionProblem, notARegistry, stalled, unfinished, unusableClient} from './problems.ts';
import type {Answer} from './refusals.ts';

/** Upper bounds in milliseconds. `stall`: no byte moved; `answer`: all is sent, no response yet; `commit`: the same for a blob. */
export type Timeouts = {
	readonly connect: number;
	readonly answer: number;
	readonly stall: number;
	readonly commit: number;
	/** For the whole of an answer that is not streamed, from its head on: a byte now and then is no standstill, and no answer either. */
	readonly whole: number;
	/** How long to wait for leave to send a body before sending it anyway (RFC 9110 section 10.1.1 allows that). */
	readonly leave: number;
};

export const defaultTimeouts: Timeouts = {
	connect: 15_000,
	answer: 60_000,
	stall: 30_000,
	commit: 300_000,
	whole: 120_000,
	leave: 1000,
};

/** A body of known length. `chunks` is read once; `onSent` hears the bytes that left this process, absolute. */
export type Body = {
	readonly length: number;
	readonly chunks: () => AsyncIterable<Buffer>;
	readonly onSent?: (bytes: number) => void;
};

export type Call = {
	readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
	readonly url: URL;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: Body;
	/**
	 * Takes the body of a 200 or 206 piece by piece, with the answer's head; nothing more is read until it is done with a piece. The `body` of the
	 * Answer is then empty. Other statuses, and calls without it, are read whole and bounded.
	 */
	readonly receive?: (chunk: Buffer, head: Pick<Answer, 'status' | 'headers'>) => void | Promise<void>;
	readonly signal: AbortSignal;
	readonly context: Context;
};

/** The environment as far as proxies go. */
export type ProxyEnvironment = Readonly<Record<string, string | undefined>>;

export type Transport = (call: Call) => Promise<Answer>;

const maximumAnswer = 4 * 1024 * 1024;
/** Small enough that a slow line still shows a byte moved within the stall bound. */
const writeBytes = 256 * 1024;
/**
 * Bytes handed to the connection and not yet taken: keeps the line busy while the next piece is read and hashed. The memory of a blob's
 * chunk is used again on the strength of this bound (`scan` of a Blob).
 */
const writeAhead = 1024 * 1024;
const noBody: Body = {length: 0, chunks: async function* () {}};

/** Node brings its own list of authorities; an operator expects those of the host, and the one given, to count too. */
const trusted = (ca: string | undefined): string[] => {
	const known =
		typeof tls.getCACertificates === 'function'
			? [...tls.getCACertificates('default'), ...tls.getCACertificates('system')]
			: [...tls.rootCertificates];
	return [...new Set(ca === undefined ? known : [...known, ca])];
};

const secureContextOf = (
	ca: string | undefined,
	client: {readonly certificate: string; readonly key: string} | undefined,
): tls.SecureContext => {
	const ours = client ? {cert: client.certificate, key: client.key} : {};
	try {
		return tls.createSecureContext({ca: trusted(ca), ...ours});
	} catch (error) {
		throw client ? unusableClient(error) : error;
	}
};

/**
 * HTTP/1.1 over node's own agents: bodies are streamed with an exact length, memory stays bounded.
 * A response that comes before the body has gone out (413, 401) ends the sending and counts as the answer.
 * @throws ProblemError of area `registry`; an aborted signal throws its AbortError
 */
export const createTransport = (options: {
	readonly ca?: string;
	/** PEM, for a registry that asks who is calling; both or none. */
	readonly client?: {readonly certificate: string; readonly key: string};
	readonly sockets: number;
	readonly timeouts: Timeouts;
	/** Bounds what all connections send together. */
	readonly bandwidth?: Bandwidth;
	/** HTTP_PROXY, HTTPS_PROXY and NO_PROXY in either case; absent: no proxy. Node 22.21 and 24.5 or newer heed it. */
	readonly proxyEnv?: ProxyEnvironment;
}): {readonly call: Transport; readonly close: () => void} => {
	const {timeouts, bandwidth} = options;
	const pieceBytes = Math.min(writeBytes, bandwidth?.pieceBytes ?? writeBytes);
	// The number of transfers is bounded by the caller: a queue in here would look like a connection that hangs.
	const shared = {
		keepAlive: true,
		maxFreeSockets: options.sockets,
		scheduling: 'lifo',
		...(options.proxyEnv === undefined ? {} : {proxyEnv: options.proxyEnv}),
	} as const;
	const plain = new http.Agent(shared);
	let secure: https.Agent | undefined;
	const agentOf = (url: URL) => {
		if (url.protocol !== 'https:') return plain;
		// One context for all connections: reading every trusted certificate anew would cost each of them.
		secure ??= new https.Agent({...shared, secureContext: secureContextOf(options.ca, options.client)});
		return secure;
	};

	const call: Transport = ({method, url, headers, body = noBody, receive, signal, context}) => {
		signal.throwIfAborted();
		return new Promise<Answer>((resolve, reject) => {
			let sent = 0;
			let settled = false;
			let answered = false;
			let begun = false;
			let taking: Promise<void> | undefined;
			let timer: NodeJS.Timeout | undefined;
			let release = () => {};
			const asks = body.length > writeBytes;
			const hasLength = body.length > 0 || ['PUT', 'POST', 'PATCH'].includes(method);
			const request = (url.protocol === 'https:' ? https : http).request(url, {
				method,
				agent: agentOf(url),
				headers: {
					...headers,
					...(hasLength ? {'content-length': body.length} : {}),
					...(asks ? {expect: '100-continue'} : {}),
				},
			});
			const late = (ms: number, make: () => unknown) => {
				clearTimeout(timer);
				timer = setTimeout(() => fail(make()), ms);
			};
			const watch = (ms: number, reason: string) => late(ms, () => stalled(context, ms, reason));
			const settle = () => {
				if (settled) return false;
				settled = true;
				clearTimeout(timer);
				signal.removeEventListener('abort', abort);
				release();
				return true;
			};
			const fail = (error: unknown) => {
				if (!settle()) return;
				request.destroy();
				// The next attempt must not begin while the receiver still holds a piece of this one.
				void (taking ?? Promise.resolve()).finally(() => reject(error));
			};
			const abort = () => fail(signal.reason);
			signal.addEventListener('abort', abort, {once: true});

			request.on('error', (error) => {
				if (!answered) fail(connectionProblem(context, error, sent));
			});
			request.on('response', (response) => {
				answered = true;
				release();
				const parts: Buffer[] = [];
				let size = 0;
				const streams = receive && (response.statusCode === 200 || response.statusCode === 206) ? receive : undefined;
				const end = streams ? Number.POSITIVE_INFINITY : performance.now() + timeouts.whole;
				const rest = () => {
					const left = end - performance.now();
					if (left > timeouts.stall) watch(timeouts.stall, 'the rest of its answer');
					else late(Math.max(0, left), () => unfinished(context, timeouts.whole));
				};
				const hold = async (work: Promise<void>): Promise<void> => {
					response.pause();
					// A receiver that is slow is no line that stands still.
					clearTimeout(timer);
					const failed = await work.then(
						() => undefined,
						(error: unknown) => ({error}),
					);
					taking = undefined;
					if (failed) return fail(failed.error);
					if (settled) return;
					rest();
					response.resume();
				};
				const give = (chunk: Buffer, streamed: NonNullable<Call['receive']>): void => {
					try {
						const work = streamed(chunk, {status: response.statusCode ?? 0, headers: response.headers});
						if (work) taking = hold(work);
					} catch (error) {
						fail(error);
					}
				};
				rest();
				response.on('data', (chunk: Buffer) => {
					if (settled) return;
					rest();
					if (streams) return give(chunk, streams);
					size += chunk.length;
					if (size <= maximumAnswer) parts.push(chunk);
					else fail(notARegistry(context, 'Its answer is longer than any answer of a registry.'));
				});
				response.on('error', (error) => fail(connectionProblem(context, error, sent)));
				const ended = () => {
					if (!response.complete) {
						fail(connectionProblem(context, Object.assign(new Error('closed'), {code: 'ECONNRESET'}), sent));
						return;
					}
					if (!settle()) return;
					// A connection on which a body was left half-way cannot carry another request.
					if (!request.writableFinished) request.destroy();
					resolve({status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts)});
				};
				// A stream may end while its last piece is still held by the receiver, paused or not.
				response.on('close', () => void (taking ?? Promise.resolve()).then(ended));
			});

			const over = () => settled || answered;
			const write = async () => {
				let queued = 0;
				for await (const chunk of body.chunks()) {
					for (let at = 0; at < chunk.length && !over(); at += pieceBytes) {
						const piece = chunk.subarray(at, at + pieceBytes);
						if (bandwidth) {
							// Waiting for one's own turn is no stall.
							clearTimeout(timer);
							await bandwidth.take(piece.length, signal);
							if (over()) return;
						}
						queued += piece.length;
						watch(timeouts.stall, 'it to take more bytes');
						// An error of a write is the request's own error, which is heard above.
						request.write(piece, (error) => {
							if (error || over()) return;
							sent += piece.length;
							watch(timeouts.stall, 'it to take more bytes');
							body.onSent?.(sent);
							release();
						});
						while (queued - sent > writeAhead && !over()) {
							await new Promise<void>((next) => {
								release = next;
							});
						}
					}
					if (over()) return;
				}
				while (sent < queued && !over()) {
					await new Promise<void>((next) => {
						release = next;
					});
				}
				if (over()) return;
				const long = body.length > 0;
				watch(long ? timeouts.commit : timeouts.answer, long ? 'it to confirm the upload' : 'its answer');
				request.end();
			};
			const begin = () => {
				if (begun || over()) return;
				begun = true;
				// Without an answer a broken write also shows as the request's error; a broken read has no other way out.
				write().catch((error: unknown) => {
					if (!answered) fail(connectionProblem(context, error, sent));
				});
			};
			const connected = () => {
				if (!asks) return begin();
				watch(timeouts.answer, 'its leave to send');
				const anyway = setTimeout(begin, timeouts.leave);
				request.once('continue', begin);
				request.once('close', () => clearTimeout(anyway));
				request.flushHeaders();
			};
			late(timeouts.connect, () =>
				connectionProblem(context, Object.assign(new Error('no connection'), {code: 'ETIMEDOUT'})),
			);
			request.on('socket', (socket: Socket) => {
				if (!socket.connecting) connected();
				else socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', connected);
			});
		});
	};
	return {
		call,
		close: () => {
			plain.destroy();
			secure?.destroy();
		},
	};
};
