import {createHash} from 'node:crypto';
import {setTimeout as sleep} from 'node:timers/promises';
import {expect, onTestFinished, test} from 'vitest';
import {createTransport, defaultTimeouts} from '../../source/registry/transport.ts';
import {fake, never, noise, problemOf, sha256} from './helpers.ts';

const context = {registry: 'test', what: 'read'};
const open = (timeouts = {}) => {
	const transport = createTransport({sockets: 2, timeouts: {...defaultTimeouts, ...timeouts}});
	onTestFinished(transport.close);
	return transport.call;
};
const bytes = noise('answer', 9_000_000);

test('an answer longer than the bound is streamed to a receiver piece by piece, one at a time', async () => {
	const host = await fake((_request, response) => void response.writeHead(200).end(bytes));
	const hash = createHash('sha256');
	let under = 0;
	let most = 0;
	let size = 0;
	const answer = await open()({
		method: 'GET',
		url: new URL(`http://${host}/`),
		signal: never,
		context,
		receive: async (chunk) => {
			most = Math.max(most, ++under);
			await sleep(0);
			hash.update(chunk);
			size += chunk.length;
			under--;
		},
	});
	expect({size, most}).toEqual({size: bytes.length, most: 1});
	expect(`sha256:${hash.digest('hex')}`).toBe(sha256(bytes));
	expect(most).toBe(1);
	expect(answer).toMatchObject({status: 200, body: Buffer.alloc(0)});
});

test('a receiver that is slower than the stall bound is waited for', async () => {
	const host = await fake((_request, response) => void response.writeHead(206).end(noise('x', 300_000)));
	let size = 0;
	await open({stall: 50})({
		method: 'GET',
		url: new URL(`http://${host}/`),
		signal: never,
		context,
		receive: async (chunk) => {
			if (size === 0) await sleep(200);
			size += chunk.length;
		},
	});
	expect(size).toBe(300_000);
});

test('an answer that comes a byte at a time is given up, though it never stands still; one that is streamed is not', async () => {
	const host = await fake((_request, response) => {
		response.writeHead(200);
		let left = 30;
		const timer = setInterval(() => {
			if (left-- > 0) response.write('x');
			else response.end();
		}, 20);
		response.once('close', () => clearInterval(timer));
	});
	const call = {method: 'GET', url: new URL(`http://${host}/`), signal: never, context} as const;
	const transport = open({stall: 10_000, whole: 200});
	expect(await problemOf(transport(call))).toMatchObject({
		code: 'registry-stalled',
		cause: expect.stringContaining('was not done with it'),
	});
	let size = 0;
	await transport({
		...call,
		receive: (chunk) => {
			size += chunk.length;
		},
	});
	expect(size).toBe(30);
});

test('a refusal is read whole though there is a receiver', async () => {
	const host = await fake((_request, response) => void response.writeHead(404).end('gone'));
	const answer = await open()({
		method: 'GET',
		url: new URL(`http://${host}/`),
		signal: never,
		context,
		receive: () => {
			throw new Error('not for the receiver');
		},
	});
	expect(answer.body.toString()).toBe('gone');
});

test('what a receiver throws ends the call, and a broken answer is a dropped line', async () => {
	const host = await fake((_request, response) => {
		response.writeHead(200, {'content-length': bytes.length});
		response.write(bytes.subarray(0, 1_000_000));
		setTimeout(() => response.destroy(), 50);
	});
	const ask = (receive: (chunk: Buffer) => void) =>
		open()({method: 'GET', url: new URL(`http://${host}/`), signal: never, context, receive});
	await expect(
		ask(() => {
			throw new Error('disk full');
		}),
	).rejects.toThrow('disk full');
	expect((await problemOf(ask(() => {}))).code).toBe('registry-line-dropped');
});
