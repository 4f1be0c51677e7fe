import type {IncomingMessage} from 'node:http';
import {chunksOf, headOf, readWhole} from './answer.ts';
import {noBody} from './body.ts';
import {type Line, openLine} from './line.ts';
import type {ExchangeManner, Manner} from './manner.ts';
import {asksLeave, headersOf, speak} from './speak.ts';
import type {Answer, Call, Stream} from './types.ts';

/** Says everything, and waits for the answer to begin. Who gets the line must close it. */
const begin = async (
	call: Call,
	manner: Manner,
): Promise<{readonly line: Line; readonly response: IncomingMessage}> => {
	const {signal, body = noBody} = call;
	const {timeouts} = manner;
	signal.throwIfAborted();
	const headers = headersOf(call, body, asksLeave(body, manner));
	const line = openLine({...call, headers}, manner.connect(call.url), (bytes) => {
		line.watch.expect('send', timeouts.stall);
		body.onSent?.(bytes);
	});
	try {
		line.watch.expect('connect', timeouts.connect);
		if (timeouts.total !== undefined) line.watch.expectEnd(timeouts.total);
		speak(line, body, manner, signal).catch((error: unknown) => {
			// What cannot be sent matters only as long as it is wanted.
			if (line.outflow.flows()) line.watch.fail(error);
		});
		return {line, response: await Promise.race([line.answered, line.watch.broken])};
	} catch (error) {
		line.close(false);
		throw error;
	}
};

/**
 * One request, and its answer as it comes. Bodies are sent with an exact length, and memory stays bounded. An answer that comes before
 * the body has gone out (413, 401) ends the sending and counts.
 * @throws HttpFailure; the reason of the signal when it is aborted; what the source of a body throws
 */
export const openStream = async (call: Call, manner: Manner): Promise<Stream> => {
	const {line, response} = await begin(call, manner);
	return {
		...headOf(response),
		read: (stall) => chunksOf(line, response, stall),
		close: () => line.close(false),
	};
};

const exchangeOnce = async (call: Call, manner: ExchangeManner): Promise<Answer> => {
	const {timeouts, mostBytes} = manner;
	const {receive} = call;
	const {line, response} = await begin(call, manner);
	try {
		const head = headOf(response);
		const chunks = chunksOf(line, response, timeouts.stall);
		if (receive && (head.status === 200 || head.status === 206)) {
			for await (const chunk of chunks) await receive(chunk, head);
			return {...head, body: Buffer.alloc(0)};
		}
		if (timeouts.total === undefined && timeouts.whole !== undefined) line.watch.expectEnd(timeouts.whole);
		return {...head, body: await readWhole(chunks, mostBytes)};
	} finally {
		line.close(false);
	}
};

/** Does the server take no `Expect`? It is repeated without it then (RFC 9110 section 15.5.18). */
const refusesExpect = ({status}: Answer, {body = noBody}: Call, manner: Manner): boolean =>
	status === 417 && asksLeave(body, manner);

/**
 * One request and its whole answer over HTTP/1.1: see `openStream`. One that asked for leave and is refused for that is sent without.
 * @throws HttpFailure; the reason of the signal when it is aborted; what a receiver or the source of a body throws
 */
export const exchange = async (call: Call, manner: ExchangeManner): Promise<Answer> => {
	const {timeouts = manner.timeouts} = call;
	const own = {...manner, timeouts};
	const answer = await exchangeOnce(call, own);
	if (!refusesExpect(answer, call, own)) return answer;
	manner.onNoExpect?.(call.url);
	return exchangeOnce(call, {...own, timeouts: {...timeouts, leave: undefined}});
};
