import type {IncomingMessage} from 'node:http';
import type {RequestOptions} from 'node:https';
import type {Bandwidth} from './bandwidth.ts';
import {HttpFailure} from './failure.ts';
import {type Line, openLine} from './line.ts';
import {retryAfterOf} from './retry-after.ts';
import type {Answer, Body, Call, Head, Timeouts} from './types.ts';

/** What holds for every exchange of a client. */
export type Manner = {
	/** Options of node for a request to that address: its agent, its trust. @throws HttpFailure `identity` */
	readonly connect: (url: URL) => RequestOptions;
	readonly timeouts: Timeouts;
	/** Of an answer that is read whole. */
	readonly mostBytes: number;
	/**
	 * Bytes of a body that may be handed to the connection and not yet taken when the next chunk is asked for: they keep the line busy
	 * while that is read. The memory of a body's chunks must stay as it is that long. None where nothing is said.
	 */
	readonly aheadBytes?: number | undefined;
	/** Bounds what all exchanges send together. */
	readonly bandwidth?: Bandwidth | undefined;
};

/** Small enough that a slow line still shows a byte moved within the bound on silence. */
const pieceBytes = 256 * 1024;

const noBody: Body = {length: 0, chunks: async function* () {}};

/** Large bodies ask for leave first: a refusal then costs nothing. */
const asksLeave = (body: Body, {timeouts}: Manner): boolean => body.length > pieceBytes && timeouts.leave !== undefined;

const headersOf = ({method, headers}: Call, body: Body, asks: boolean): Readonly<Record<string, string>> => ({
	...headers,
	...(body.length > 0 || ['PUT', 'POST', 'PATCH'].includes(method) ? {'content-length': String(body.length)} : {}),
	...(asks ? {expect: '100-continue'} : {}),
});

const piecesOf = (chunk: Buffer, length: number): readonly Buffer[] =>
	Array.from({length: Math.ceil(chunk.length / length)}, (_none, index) =>
		chunk.subarray(index * length, (index + 1) * length),
	);

/** Resolves when the server gives leave, answers, or is silent for so long that the body is sent anyway. */
const leaveToSend = (line: Line, ms: number): Promise<void> =>
	new Promise((resolve) => {
		const anyway = setTimeout(resolve, ms);
		const end = (): void => {
			clearTimeout(anyway);
			resolve();
		};
		for (const event of ['continue', 'response', 'close']) line.request.once(event, end);
		line.request.flushHeaders();
	});

/** Sends a body; stops early when an answer or a failure has made the rest useless. */
const sendBody = async (line: Line, body: Body, manner: Manner, signal: AbortSignal): Promise<void> => {
	const {bandwidth, timeouts, aheadBytes = 0} = manner;
	const {outflow} = line;
	const length = Math.min(pieceBytes, bandwidth?.pieceBytes ?? pieceBytes);
	for await (const chunk of body.chunks()) {
		for (const piece of piecesOf(chunk, length)) {
			// Waiting for one's own turn is no silence of the server.
			if (bandwidth) {
				line.rest();
				await bandwidth.take(piece.length, signal);
			}
			if (!outflow.flows()) return;
			line.expect('send', timeouts.stall);
			outflow.write(piece);
			await outflow.untilAhead(aheadBytes);
		}
		if (!outflow.flows()) return;
	}
	await outflow.untilAhead(0);
};

/** Says everything that is to be said: head, body, end. */
const speak = async (line: Line, body: Body, manner: Manner, signal: AbortSignal): Promise<void> => {
	const {timeouts} = manner;
	await line.connected;
	if (asksLeave(body, manner)) {
		line.expect('leave', timeouts.answer);
		await leaveToSend(line, timeouts.leave ?? 0);
	}
	if (!line.outflow.flows()) return;
	await sendBody(line, body, manner, signal);
	if (!line.outflow.flows()) return;
	if (body.length > 0) line.expect('confirm', timeouts.commit);
	else line.expect('answer', timeouts.answer);
	line.request.end();
};

const headOf = ({statusCode = 0, headers}: IncomingMessage): Head => ({
	status: statusCode,
	headers,
	retryAfterMs: retryAfterOf(headers['retry-after'], Date.now()),
});

/** Keeps the pieces of an answer, up to a bound. */
const createCollector = (line: Line, mostBytes: number) => {
	const parts: Buffer[] = [];
	let size = 0;
	return {
		take: (chunk: Buffer): void => {
			size += chunk.length;
			if (size > mostBytes) {
				throw new HttpFailure('length', {stage: 'receive', sentBytes: line.outflow.taken()});
			}
			parts.push(chunk);
		},
		whole: () => Buffer.concat(parts),
	};
};

const isStreamed = ({receive}: Call, {status}: Head): boolean =>
	receive !== undefined && (status === 200 || status === 206);

/** Reads an answer to its end. Nothing is read while a receiver holds a piece. */
const readAnswer = async (line: Line, call: Call, response: IncomingMessage, manner: Manner): Promise<Answer> => {
	const {timeouts, mostBytes} = manner;
	const head = headOf(response);
	const collector = createCollector(line, mostBytes);
	const streamed = isStreamed(call, head);
	if (!streamed && timeouts.total === undefined) line.expectEnd(timeouts.whole, timeouts.whole);
	const chunks = response[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>;
	for (;;) {
		line.expect('receive', timeouts.stall);
		const next = await chunks.next().catch((error: unknown) => {
			throw line.reason(error);
		});
		line.check();
		if (next.done) break;
		// A receiver that is slow is no line that stands still.
		line.rest();
		if (streamed) await call.receive?.(next.value, head);
		else collector.take(next.value);
	}
	if (!response.complete) throw line.reason(Object.assign(new Error('closed'), {code: 'ECONNRESET'}));
	return {...head, body: collector.whole()};
};

/**
 * One request and its answer over HTTP/1.1. Bodies are streamed with an exact length, and memory stays bounded. An answer that comes
 * before the body has gone out (413, 401) ends the sending and counts.
 * @throws HttpFailure; the reason of the signal when it is aborted; what a receiver or the source of a body throws
 */
export const exchange = async (call: Call, manner: Manner): Promise<Answer> => {
	const {signal, body = noBody} = call;
	const {timeouts} = manner;
	signal.throwIfAborted();
	const headers = headersOf(call, body, asksLeave(body, manner));
	const line = openLine({...call, headers}, manner.connect(call.url), (bytes) => {
		line.expect('send', timeouts.stall);
		body.onSent?.(bytes);
	});
	let whole = false;
	try {
		line.expect('connect', timeouts.connect);
		if (timeouts.total !== undefined) line.expectEnd(timeouts.total, timeouts.total);
		speak(line, body, manner, signal).catch((error: unknown) => {
			// What cannot be sent matters only as long as it is wanted.
			if (line.outflow.flows()) line.fail(error);
		});
		const response = await Promise.race([line.answered, line.broken]);
		const answer = await readAnswer(line, call, response, manner);
		whole = true;
		return answer;
	} finally {
		line.close(whole);
	}
};
