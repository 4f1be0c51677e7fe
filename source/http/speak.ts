import type {Line} from './line.ts';
import type {Manner} from './manner.ts';
import type {Body, Call} from './types.ts';

/** Small enough that a slow line still shows a byte moved within the bound on silence. */
const pieceBytes = 256 * 1024;

/** Large bodies ask for leave first: a refusal then costs nothing. */
export const asksLeave = (body: Body, {timeouts}: Manner): boolean =>
	body.length > pieceBytes && timeouts.leave !== undefined;

export const headersOf = ({method, headers}: Call, body: Body, asks: boolean): Readonly<Record<string, string>> => ({
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
				line.watch.rest();
				await bandwidth.take(piece.length, signal);
			}
			if (!outflow.flows()) return;
			line.watch.expect('send', timeouts.stall);
			outflow.write(piece);
			await outflow.untilAhead(aheadBytes);
		}
		if (!outflow.flows()) return;
	}
	await outflow.untilAhead(0);
};

/** Says everything that is to be said: head, body, end. */
export const speak = async (line: Line, body: Body, manner: Manner, signal: AbortSignal): Promise<void> => {
	const {timeouts} = manner;
	await line.connected;
	if (asksLeave(body, manner)) {
		line.watch.expect('leave', timeouts.answer);
		await leaveToSend(line, timeouts.leave ?? 0);
	}
	if (!line.outflow.flows()) return;
	await sendBody(line, body, manner, signal);
	if (!line.outflow.flows()) return;
	if (body.length > 0) line.watch.expect('confirm', timeouts.commit);
	else line.watch.expect('answer', timeouts.answer);
	line.request.end();
};
