import {createHash, randomBytes} from 'node:crypto';
import type {IncomingMessage} from 'node:http';
import {setImmediate as turn} from 'node:timers/promises';
import {describe, expect, test} from 'vitest';
import {codeOf} from '../../source/http/fault.ts';
import {bodyOf, closedPort, failureOf, holdingServer, open, ringBody, serve, serveRaw} from './support.ts';

const mebi = 1024 * 1024;
const bytes = randomBytes(9_000_000);
const hashOf = async (chunks: AsyncIterable<Buffer>): Promise<string> => {
	const hash = createHash('sha256');
	for await (const chunk of chunks) hash.update(chunk);
	return hash.digest('hex');
};
const hash = createHash('sha256').update(bytes).digest('hex');

describe('an answer', () => {
	test('is read whole, with its status, its headers and how long it asks to wait', async () => {
		const {url} = await serve((_request, response) =>
			response.writeHead(429, {'retry-after': '7', 'x-odd': 'yes'}).end('slow down'),
		);
		expect(await open()({url})).toMatchObject({
			status: 429,
			headers: {'x-odd': 'yes'},
			retryAfterMs: 7000,
			body: Buffer.from('slow down'),
		});
	});

	test('comes from an address whose user name cannot be decoded, too', async () => {
		const {url} = await serve((request, response) => response.end(String(request.headers.authorization)));
		const odd = new URL(url.href.replace('http://', 'http://%zz:%zz@'));
		expect((await open()({url: odd})).body.toString()).toBe('undefined');
	});

	test('longer than the bound is given up; streamed, it is handed on piece by piece, one at a time', async () => {
		const {url} = await serve((_request, response) => void response.writeHead(200).end(bytes));
		const client = open();
		expect(await failureOf(client({url}))).toMatchObject({kind: 'length', stage: 'receive'});
		const got = createHash('sha256');
		let [under, most] = [0, 0];
		const answer = await client({
			url,
			receive: async (chunk) => {
				most = Math.max(most, ++under);
				await turn();
				got.update(chunk);
				under--;
			},
		});
		expect(got.digest('hex')).toBe(hash);
		expect(most).toBe(1);
		expect(answer).toMatchObject({status: 200, body: Buffer.alloc(0)});
	});

	test('that is a refusal is read whole though there is a receiver', async () => {
		const {url} = await serve((_request, response) => void response.writeHead(404).end('gone'));
		const receive = (): void => {
			throw new Error('not for the receiver');
		};
		expect((await open()({url, receive})).body.toString()).toBe('gone');
	});

	test('is not waited for longer than the bounds on silence and on the whole', async () => {
		const {url} = await serve((request, response) => {
			if (request.url === '/silent') return;
			response.writeHead(200).write('x');
			if (request.url === '/half') return;
			const timer = setInterval(() => response.write('x'), 5);
			response.once('close', () => clearInterval(timer));
		});
		const at = (path: string) => new URL(path, url);
		expect(await failureOf(open({timeouts: {answer: 30}})({url: at('/silent')}))).toMatchObject({
			kind: 'silence',
			stage: 'answer',
			waitedMs: 30,
		});
		expect(await failureOf(open({timeouts: {stall: 30}})({url: at('/half')}))).toMatchObject({
			kind: 'silence',
			stage: 'receive',
		});
		expect(await failureOf(open({timeouts: {whole: 60}})({url: at('/drips')}))).toMatchObject({
			kind: 'slowness',
			stage: 'receive',
			waitedMs: 60,
		});
		expect(await failureOf(open({timeouts: {total: 60}})({url: at('/silent')}))).toMatchObject({
			kind: 'slowness',
			stage: 'answer',
		});
	});

	test('that is streamed has no bound on the whole, and a slow receiver is no silence', async () => {
		const {url} = await serve((_request, response) => {
			response.writeHead(200);
			let left = 20;
			const timer = setInterval(() => {
				if (left-- > 0) response.write('x');
				else response.end();
			}, 5);
			response.once('close', () => clearInterval(timer));
		});
		let size = 0;
		await open({timeouts: {whole: 1, stall: 2000}})({
			url,
			receive: async (chunk) => {
				size += chunk.length;
			},
		});
		expect(size).toBe(20);
		const whole = await serve((_request, response) => void response.writeHead(206).end(randomBytes(300_000)));
		let slow = 0;
		await open({timeouts: {stall: 50}})({
			url: whole.url,
			receive: async (chunk) => {
				if (slow === 0) await new Promise((next) => setTimeout(next, 120));
				slow += chunk.length;
			},
		});
		expect(slow).toBe(300_000);
	});

	test('that breaks off fails with the connection; what a receiver throws ends it as it is', async () => {
		const {url} = await serve((_request, response) => {
			response.writeHead(200, {'content-length': bytes.length});
			response.write(bytes.subarray(0, 100_000), () => setTimeout(() => response.destroy(), 20));
		});
		const failure = await failureOf(open()({url, receive: () => {}}));
		expect(failure).toMatchObject({kind: 'connection', stage: 'receive'});
		expect(codeOf(failure.cause)).toBe('ECONNRESET');
		const full = (): void => {
			throw new Error('disk full');
		};
		await expect(open()({url, receive: full})).rejects.toThrow('disk full');
	});
});

describe('connections', () => {
	test('are kept for the next request, also after a refusal', async () => {
		const {url, connections} = await serve((request, response) => {
			request.resume().on('end', () => response.writeHead(request.url === '/404' ? 404 : 200).end('x'));
		});
		const client = open();
		for (const path of ['/', '/404', '/']) await client({url: new URL(path, url)});
		await client({url, method: 'PUT', body: bodyOf(bytes)});
		await client({url, method: 'HEAD'});
		expect(connections()).toBe(1);
	});

	test('that cannot be made fail with their code, and in time', async () => {
		const refused = await failureOf(open()({url: await closedPort()}));
		expect(refused).toMatchObject({kind: 'connection', stage: 'connect', sentBytes: 0});
		expect(codeOf(refused.cause)).toBe('ECONNREFUSED');
		const mute = await serveRaw(() => {}, 'https');
		const silent = await failureOf(open({timeouts: {connect: 30}})({url: mute}));
		expect(silent).toMatchObject({kind: 'connection', stage: 'handshake', waitedMs: 30});
		expect(codeOf(silent.cause)).toBe('ETIMEDOUT');
	});

	test('end with the signal, and its reason is what is thrown, at every stage', async () => {
		const {url} = await serve((request, response) => {
			if (request.url === '/answers') response.writeHead(200).write('x');
			else request.resume();
		});
		const stop = new AbortController();
		const reason = new Error('stopped');
		const call = {url, signal: stop.signal};
		const running = [
			open()(call),
			open()({...call, url: new URL('/answers', url)}),
			open()({...call, method: 'PUT', body: bodyOf(bytes.subarray(0, 10))}),
			open()({...call, url: await serveRaw(() => {}, 'https')}),
		];
		const ended = Promise.allSettled(running);
		await new Promise((next) => setTimeout(next, 50));
		stop.abort(reason);
		expect(await ended).toEqual(running.map(() => ({status: 'rejected', reason})));
		await expect(open()(call)).rejects.toBe(reason);
	});
});

describe('a body', () => {
	const sink = async () => {
		const seen: {readonly headers: IncomingMessage['headers']; readonly hash: string}[] = [];
		const server = await serve(async (request, response) => {
			seen.push({headers: request.headers, hash: await hashOf(request)});
			response.writeHead(201).end();
		});
		return {...server, seen};
	};

	test('arrives whole with its length, and how far it came is told', async () => {
		const {url, seen} = await sink();
		const told: number[] = [];
		const chunks = [bytes.subarray(0, mebi), bytes.subarray(mebi, 3 * mebi), bytes.subarray(3 * mebi)];
		await open({aheadBytes: mebi})({
			url,
			method: 'PUT',
			body: {...bodyOf(...chunks), onSent: (sent) => told.push(sent)},
		});
		expect(seen).toMatchObject([{hash, headers: {'content-length': String(bytes.length)}}]);
		expect(told).toEqual([...told].sort((a, b) => a - b));
		expect(told.at(-1)).toBe(bytes.length);
	});

	test('that is empty has its length told, where the method may have one', async () => {
		const {url, seen} = await sink();
		for (const method of ['POST', 'PUT', 'PATCH', 'GET', 'DELETE'] as const) await open()({url, method});
		expect(seen.map(({headers}) => headers['content-length'])).toEqual(['0', '0', '0', undefined, undefined]);
	});

	test('that is large asks for leave, goes out without it after a while, and asks for none where none is waited for', async () => {
		const expects: (string | undefined)[] = [];
		const start = (grants: boolean) =>
			serve(() => {}, {
				more: (server) => {
					const answer = async (
						request: IncomingMessage,
						response: {writeHead: (status: number) => {end: () => void}},
					) => {
						expects.push(request.headers.expect);
						await hashOf(request);
						response.writeHead(201).end();
					};
					server.on('request', answer);
					server.on('checkContinue', (request, response) => {
						if (grants) response.writeContinue();
						void answer(request, response);
					});
				},
			});
		const put = {method: 'PUT', body: bodyOf(bytes)} as const;
		await open()({...put, url: (await start(true)).url});
		await open({timeouts: {leave: 20}})({...put, url: (await start(false)).url});
		await open({timeouts: {leave: undefined}})({...put, url: (await start(false)).url});
		await open()({url: (await start(true)).url, method: 'PUT', body: bodyOf(bytes.subarray(0, 1000))});
		expect(expects).toEqual(['100-continue', '100-continue', undefined, undefined]);
	});

	test('is not sent on once an answer has come, and that answer counts', async () => {
		const {url, connections} = await serve((request, response) => {
			if (request.method === 'GET') return void response.end('next');
			request.once('data', () => {
				request.pause();
				response.writeHead(413).end('too large');
			});
			return undefined;
		});
		let given = 0;
		const client = open({timeouts: {leave: undefined}});
		const answer = await client({
			url,
			method: 'PUT',
			body: {
				length: 400 * mebi,
				chunks: async function* () {
					for (; given < 400; given++) yield bytes.subarray(0, mebi);
				},
			},
		});
		expect(answer).toMatchObject({status: 413, body: Buffer.from('too large')});
		expect(given).toBeLessThan(400);
		// The connection on which it was left half-way is not used again.
		expect((await client({url})).body.toString()).toBe('next');
		expect(connections()).toBe(2);
	});

	test('fails by silence where the server takes no more, or does not confirm it', async () => {
		const {url} = await serve((request) => void (request.url === '/takes' ? request.resume() : request.pause()));
		const put = {method: 'PUT', body: bodyOf(...Array.from({length: 40}, () => bytes.subarray(0, mebi)))} as const;
		const options = {timeouts: {leave: undefined, stall: 60}};
		const stuck = await failureOf(open(options)({...put, url}));
		expect(stuck).toMatchObject({kind: 'silence', stage: 'send'});
		expect(stuck.sentBytes).toBeGreaterThan(0);
		const unconfirmed = await failureOf(
			open({timeouts: {...options.timeouts, stall: 5000, commit: 40}})({...put, url: new URL('/takes', url)}),
		);
		expect(unconfirmed).toMatchObject({kind: 'silence', stage: 'confirm', sentBytes: 40 * mebi, waitedMs: 40});
		const refusedLeave = await failureOf(
			open({timeouts: {leave: 5000, answer: 30}})({...put, url: await serveRaw(() => {})}),
		);
		expect(refusedLeave).toMatchObject({kind: 'silence', stage: 'leave'});
	});

	test('whose source fails ends the exchange with what it threw', async () => {
		const {url} = await sink();
		const broken = {
			length: 10,
			chunks: async function* () {
				yield Buffer.from('12345');
				throw new Error('cannot be read');
			},
		};
		await expect(open()({url, method: 'PUT', body: broken})).rejects.toThrow('cannot be read');
	});

	test('never has more bytes under way than it may when its next chunk is asked for, however slowly they are taken', async () => {
		const {url, take} = await holdingServer();
		const ring = ringBody(64, 2, mebi);
		const sending = open({aheadBytes: mebi})({url, method: 'PUT', body: ring.body});
		expect(await ring.untilFull()).toBeLessThan(63);
		take();
		expect((await sending).body.toString()).toBe(ring.digest());
		expect(ring.most()).toBe(mebi);
	});

	test('has none under way then, where nothing is said', async () => {
		const {url, take} = await holdingServer();
		const ring = ringBody(64, 1, mebi);
		const sending = open()({url, method: 'PUT', body: ring.body});
		await ring.untilFull();
		take();
		expect((await sending).body.toString()).toBe(ring.digest());
		expect(ring.most()).toBe(0);
	});
});

test('a request carries the headers it is given', async () => {
	const {url} = await serve((request, response) => void response.end(request.headers.authorization));
	expect((await open()({url, headers: {authorization: 'Basic x'}})).body.toString()).toBe('Basic x');
});
