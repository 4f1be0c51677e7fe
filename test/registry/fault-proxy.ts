import {once} from 'node:events';
import http, {type IncomingMessage, type ServerResponse} from 'node:http';
import {setTimeout as sleep} from 'node:timers/promises';
import {onTestFinished} from 'vitest';
import {listening} from '../helpers/loopback.ts';

/** What goes wrong with a request that fits. Counts of bytes are of its body. */
export type Fault = {
	readonly method: string;
	readonly path: RegExp;
	/** How many requests it meets; 1 by default. */
	times?: number;
	readonly does:
		| {readonly kind: 'drop' | 'stall'; readonly after: number}
		/** Answers by itself, once that many bytes were handed on. */
		| {
				readonly kind: 'answer';
				readonly after: number;
				readonly status: number;
				readonly headers?: Record<string, string>;
				readonly body?: string;
		  }
		/** Adds to the end of the `Range` of the answer. */
		| {readonly kind: 'range'; readonly add: number}
		/** Changes a byte of the answer. */
		| {readonly kind: 'change'};
};

export type Seen = {readonly method: string; readonly path: string; readonly range: string | undefined; bytes: number};

const hopByHop = new Set(['connection', 'expect', 'keep-alive', 'transfer-encoding']);
const headersOf = (message: IncomingMessage): Record<string, string | string[]> =>
	Object.fromEntries(
		Object.entries(message.headers).filter(
			(entry): entry is [string, string | string[]] => entry[1] !== undefined && !hopByHop.has(entry[0]),
		),
	);

/** A proxy before a real registry that plays faults; it ends with the test. `seen` is what came in, in order. */
export const startProxy = async (target: string) => {
	const faults: Fault[] = [];
	const seen: Seen[] = [];
	const pace: {bytesPerSecond?: number} = {};
	const [host, port] = target.split(':');
	const agent = new http.Agent({keepAlive: true});
	const take = (request: IncomingMessage): Fault['does'] | undefined => {
		const length = Number(request.headers['content-length'] ?? 0);
		const fault = faults.find(
			({method, path, times = 1, does}) =>
				times > 0 &&
				method === request.method &&
				path.test(request.url ?? '') &&
				// A body that is shorter never comes to that point.
				(!('after' in does) || does.after === 0 || length > does.after),
		);
		if (fault) fault.times = (fault.times ?? 1) - 1;
		return fault?.does;
	};

	/** How many bytes of an upload a registry says that it has. */
	const arrived = async (path: string): Promise<number> => {
		const answer = await fetch(`http://${target}${path.replace(/\?.*$/u, '')}`, {headers: {connection: 'close'}});
		await answer.arrayBuffer();
		return Number(answer.headers.get('range')?.split('-')[1] ?? -1) + 1;
	};
	/**
	 * What was handed on is with the registry before the line goes; it flushes when it likes. A registry that keeps
	 * nothing of a broken upload never says so: that one is waited for no longer than a client that hears nothing waits.
	 */
	const untilArrived = async ({path, range, bytes}: Seen): Promise<void> => {
		const wanted = Number(range?.split('-')[0] ?? 0) + bytes;
		for (const end = Date.now() + 1000; Date.now() < end && (await arrived(path)) < wanted; ) await sleep(20);
	};

	const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
		const does = take(request);
		const {socket} = request;
		let sprung = false;
		const entry: Seen = {
			method: request.method ?? '',
			path: request.url ?? '',
			range: request.headers['content-range'],
			bytes: 0,
		};
		seen.push(entry);
		const upstream = http.request({
			host,
			port,
			agent,
			method: request.method,
			path: request.url,
			headers: headersOf(request),
		});
		const answered = once(upstream, 'response') as Promise<[IncomingMessage]>;
		// It may come while the body still goes out, or never.
		let early = false;
		answered.then(
			() => {
				early = true;
			},
			() => {},
		);
		upstream.on('error', () => {
			if (!sprung) socket.destroy();
		});
		const after = does && 'after' in does ? does.after : Number.POSITIVE_INFINITY;
		const spring = async (): Promise<void> => {
			if (!does || !('after' in does)) return;
			sprung = true;
			if (after > 0) await untilArrived(entry);
			upstream.destroy();
			if (does.kind === 'drop') socket.destroy();
			if (does.kind === 'stall') request.pause();
			if (does.kind !== 'answer') return;
			response.writeHead(does.status, {connection: 'close', ...does.headers});
			response.end(does.body ?? '');
		};
		if (after === 0) return spring();
		for await (const piece of request) {
			const chunk = piece as Buffer;
			const rest = chunk.subarray(0, after - entry.bytes);
			entry.bytes += rest.length;
			if (pace.bytesPerSecond) await sleep((rest.length / pace.bytesPerSecond) * 1000);
			if (!upstream.write(rest)) await Promise.race([once(upstream, 'drain'), answered]);
			if (early) break;
			if (entry.bytes >= after) {
				const stalled = does?.kind === 'stall';
				await spring();
				if (stalled) await once(socket, 'close');
				return;
			}
		}
		upstream.end();
		const [answer] = await answered;
		const parts: Buffer[] = [];
		for await (const chunk of answer) parts.push(chunk as Buffer);
		const body = Buffer.concat(parts);
		const headers = headersOf(answer);
		if (does?.kind === 'range' && typeof headers.range === 'string')
			headers.range = `0-${Number(headers.range.split('-')[1]) + does.add}`;
		if (does?.kind === 'change') body[0] = 32;
		response.writeHead(answer.statusCode ?? 500, headers);
		response.end(request.method === 'HEAD' ? undefined : body);
	};
	const listener = (request: IncomingMessage, response: ServerResponse) => {
		const {socket} = request;
		handle(request, response).catch(() => socket.destroy());
	};
	const server = http.createServer(listener);
	server.on('checkContinue', (request, response) => {
		response.writeContinue();
		listener(request, response);
	});
	server.requestTimeout = 0;
	onTestFinished(() => agent.destroy());
	return {host: `127.0.0.1:${await listening(server)}`, faults, seen, pace};
};
