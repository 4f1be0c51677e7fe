import type {IncomingMessage} from 'node:http';
import {HttpFailure} from './failure.ts';
import type {Line} from './line.ts';
import {retryAfterOf} from './retry-after.ts';
import type {Head} from './types.ts';

export const headOf = ({statusCode = 0, headers}: IncomingMessage): Head => ({
	status: statusCode,
	headers,
	retryAfterMs: retryAfterOf(headers['retry-after'], Date.now()),
});

/**
 * The body of an answer; the line is closed at its end. Nothing is read, and nothing expected of the server, while the reader is busy
 * with a chunk.
 */
export async function* chunksOf(
	line: Line,
	response: IncomingMessage,
	stall: number | undefined,
): AsyncGenerator<Buffer> {
	const chunks = response[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>;
	for (;;) {
		line.watch.expect('receive', stall);
		const next = await chunks.next().catch((error: unknown) => {
			throw line.watch.reason(error);
		});
		line.watch.check();
		if (next.done) break;
		line.watch.rest();
		yield next.value;
	}
	if (!response.complete) throw line.watch.reason(Object.assign(new Error('closed'), {code: 'ECONNRESET'}));
	line.close(true);
}

/** Reads a body whole. @throws HttpFailure `length` where it is longer than so many bytes; what its source throws */
export const readWhole = async (chunks: AsyncIterable<Buffer>, mostBytes: number): Promise<Buffer> => {
	const parts: Buffer[] = [];
	let size = 0;
	for await (const chunk of chunks) {
		size += chunk.length;
		if (size > mostBytes) throw new HttpFailure('length', {stage: 'receive', sentBytes: 0});
		parts.push(chunk);
	}
	return Buffer.concat(parts);
};
