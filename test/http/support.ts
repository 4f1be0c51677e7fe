import {createHash, randomBytes} from 'node:crypto';
import http, {type RequestListener, type Server} from 'node:http';
import https from 'node:https';
import net, {type Socket} from 'node:net';
import {onTestFinished} from 'vitest';
import {createHttpClient} from '../../source/http/client.ts';
import {HttpFailure} from '../../source/http/failure.ts';
import type {Body, Call, Timeouts} from '../../source/http/types.ts';
import {freePort, listening} from '../helpers/loopback.ts';

export const never = new AbortController().signal;

/** A server that answers as the test says, and ends with it. `connections` counts those that were opened. */
export const serve = async (
	listener: RequestListener,
	{tls, more = () => {}}: {readonly tls?: https.ServerOptions; readonly more?: (server: Server) => void} = {},
) => {
	const server = tls ? https.createServer(tls, listener) : http.createServer(listener);
	more(server);
	let opened = 0;
	server.on('connection', () => opened++);
	const port = await listening(server);
	return {url: new URL(`http${tls ? 's' : ''}://127.0.0.1:${port}/`), connections: () => opened};
};

/** A server of bare connections. */
export const serveRaw = async (onConnection: (socket: Socket) => void, protocol = 'http'): Promise<URL> => {
	const server = net.createServer(onConnection);
	return new URL(`${protocol}://127.0.0.1:${await listening(server)}/`);
};

/** A port on which nothing listens. */
export const closedPort = async (): Promise<URL> => new URL(`http://127.0.0.1:${await freePort()}/`);

const patient: Timeouts = {
	connect: 10_000,
	answer: 10_000,
	stall: 10_000,
	commit: 10_000,
	whole: 10_000,
	leave: 10_000,
};

type Options = Omit<Partial<Parameters<typeof createHttpClient>[0]>, 'timeouts'> & {
	readonly timeouts?: Partial<Timeouts>;
};

/** A client whose bounds never pass by themselves, save for those that the test gives. */
export const open = (options: Options = {}) => {
	const client = createHttpClient({
		sockets: 2,
		mostBytes: 4 * 1024 * 1024,
		...options,
		timeouts: {...patient, ...options.timeouts},
	});
	onTestFinished(client.close);
	return (call: Pick<Call, 'url'> & Partial<Call>) => client.exchange({method: 'GET', signal: never, ...call});
};

export const bodyOf = (...chunks: readonly Buffer[]): Body => ({
	length: chunks.reduce((sum, {length}) => sum + length, 0),
	chunks: async function* () {
		yield* chunks;
	},
});

/** The failure that an exchange ends with; anything else fails the test. */
export const failureOf = async (work: Promise<unknown>): Promise<HttpFailure> => {
	const error = await work.then(
		() => undefined,
		(reason: unknown) => reason,
	);
	if (error instanceof HttpFailure) return error;
	throw error ?? new Error('It did not fail.');
};

/** A server that takes nothing in until it is told to, and answers with the digest of what came. */
export const holdingServer = async () => {
	const gate = Promise.withResolvers<void>();
	const {url} = await serve(async (request, response) => {
		request.pause();
		await gate.promise;
		const hash = createHash('sha256');
		for await (const chunk of request) hash.update(chunk as Buffer);
		response.writeHead(201).end(hash.digest('hex'));
	});
	return {url, take: gate.resolve};
};

/**
 * A body whose chunks are the reader's as long as it holds no more than `held` of them, the newest included: the memory of older ones is
 * overwritten, as a ring of buffers does.
 */
export const ringBody = (count: number, held: number, chunkBytes: number) => {
	const hash = createHash('sha256');
	const own: Buffer[] = [];
	let [handed, taken, most, asked] = [0, 0, 0, 0];
	const body: Body = {
		length: count * chunkBytes,
		onSent: (sent) => {
			taken = sent;
		},
		chunks: async function* () {
			for (; asked < count; asked++) {
				most = Math.max(most, handed - taken);
				while (own.length >= held) own.shift()?.fill(0);
				const chunk = randomBytes(chunkBytes);
				hash.update(chunk);
				own.push(chunk);
				handed += chunkBytes;
				yield chunk;
			}
		},
	};
	return {
		body,
		digest: () => hash.digest('hex'),
		/** The most bytes that had been handed over and not taken when a chunk was asked for. */
		most: () => most,
		/** Resolves when no more chunks are asked for: the buffers of the system are full. @returns how many were */
		untilFull: async (): Promise<number> => {
			for (let before = -1; before !== asked; ) {
				before = asked;
				await new Promise((next) => setTimeout(next, 100));
			}
			return asked;
		},
	};
};
