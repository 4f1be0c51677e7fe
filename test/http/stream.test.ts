import {expect, test} from 'vitest';
import {openStream} from '../../source/http/exchange.ts';
import {failureOf, never, serve} from './support.ts';

const manner = {connect: () => ({agent: false}), timeouts: {answer: 5000}} as const;

test('an answer that goes on as long as there is something to tell is read as it comes, until it is closed', async () => {
	let gone = false;
	const {url} = await serve((_request, response) => {
		response.writeHead(200).write('one ');
		setTimeout(() => response.write('two '), 50);
		response.once('close', () => {
			gone = true;
		});
	});
	const {status, read, close} = await openStream({method: 'GET', url, signal: never}, manner);
	let text = '';
	for await (const chunk of read()) {
		text += chunk.toString();
		if (text.endsWith('two ')) break;
	}
	close();
	expect({status, text}).toEqual({status: 200, text: 'one two '});
	await expect.poll(() => gone).toBe(true);
});

test('who waits for more of it may bound the silence; the signal ends it with its reason', async () => {
	const {url} = await serve((_request, response) => void response.writeHead(200).write('x'));
	const drain = async (chunks: AsyncIterable<Buffer>): Promise<void> => {
		for await (const _chunk of chunks);
	};
	const silent = await openStream({method: 'GET', url, signal: never}, manner);
	expect(await failureOf(drain(silent.read(30)))).toMatchObject({kind: 'silence', stage: 'receive', waitedMs: 30});
	const stop = new AbortController();
	const stopped = await openStream({method: 'GET', url, signal: stop.signal}, manner);
	const draining = drain(stopped.read());
	const reason = new Error('stopped');
	stop.abort(reason);
	await expect(draining).rejects.toBe(reason);
});
