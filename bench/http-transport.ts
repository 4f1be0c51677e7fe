import {execFile} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {once} from 'node:events';
import {createServer, type RequestListener} from 'node:http';
import {createRequire} from 'node:module';
import type {AddressInfo} from 'node:net';
import {promisify} from 'node:util';
import {createHttpClient} from '../source/http/client.ts';
import type {Body} from '../source/http/types.ts';
import {median} from './figures.ts';

/** What our own exchange and undici do with the bodies of a push: `npx tsx bench/http-transport.ts [NAME…]`. */

const run = promisify(execFile);
const never = new AbortController().signal;
const mebibyte = 1024 * 1024;
const runs = 5;

/** It comes with the Kubernetes library; the program itself does not have it. */
type Undici = {
	readonly request: (
		url: URL,
		options: object,
	) => Promise<{readonly statusCode: number; readonly body: {readonly text: () => Promise<string>}}>;
	readonly Agent: new (options: object) => object;
};
const library = (): Undici => createRequire(import.meta.resolve('@kubernetes/client-node'))('undici') as Undici;

/** `asks` for leave before the body (`Expect: 100-continue`). */
type Manner = {readonly boundMs: number; readonly asks?: boolean};
type Put = (url: URL, body: Body, manner: Manner) => Promise<{readonly status: number; readonly text: string}>;

const ours: Put = async (url, body, {boundMs, asks}) => {
	const leave = asks ? boundMs : undefined;
	const bounds = {connect: boundMs, stall: boundMs, answer: boundMs, commit: boundMs, leave};
	const client = createHttpClient({sockets: 1, timeouts: bounds, mostBytes: mebibyte, aheadBytes: mebibyte});
	const {status, body: answer} = await client.exchange({method: 'PUT', url, body, signal: never});
	client.close();
	return {status, text: answer.toString()};
};

const theirs: Put = async (url, {length, chunks}, {boundMs, asks}) => {
	const {request, Agent} = library();
	const dispatcher = new Agent({headersTimeout: boundMs, bodyTimeout: boundMs});
	const headers = {'content-length': String(length), ...(asks && {expect: '100-continue'})};
	const answer = await request(url, {method: 'PUT', headers, body: chunks(), dispatcher});
	return {status: answer.statusCode, text: await answer.body.text()};
};

const clients: Readonly<Record<string, Put>> = {undici: theirs, ours};

/** A body out of three buffers that take turns, as blobs of a bundle are read. */
const ringBody = (count: number): Body => {
	const ring = Array.from({length: 3}, () => randomBytes(mebibyte));
	return {
		length: count * mebibyte,
		chunks: async function* () {
			for (let index = 0; index < count; index++) yield ring[index % 3] as Buffer;
		},
	};
};

const serving = async <T>(listener: RequestListener, work: (url: URL) => Promise<T>): Promise<T> => {
	const server = createServer(listener).listen(0, '127.0.0.1');
	await once(server, 'listening');
	try {
		return await work(new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`));
	} finally {
		server.closeAllConnections();
		server.close();
	}
};

/** How a PUT ends, in a few words, and after how long; one that does not end is left alone after 20 s. */
const outcome = async (put: Put, url: URL, body: Body, asks = false): Promise<string> => {
	const began = performance.now();
	const words = await Promise.race([
		put(url, body, {boundMs: 1000, asks}).then(
			({status, text}) => `${status} ${text}`,
			(error: Error) => `${error.name}: ${error.message}`,
		),
		new Promise<string>((resolve) => setTimeout(resolve, 20_000, 'still waiting').unref()),
	]);
	return `${words} (${((performance.now() - began) / 1000).toFixed(1)} s)`;
};

const each = async (work: (put: Put) => Promise<string>): Promise<string> => {
	const said: string[] = [];
	for (const [name, put] of Object.entries(clients)) said.push(`${name}: ${await work(put)}`);
	return said.join('; ');
};

const milliseconds = async (script: string): Promise<number> => {
	const took: number[] = [];
	for (let index = 0; index < runs * 2; index++) {
		const began = performance.now();
		await run(process.execPath, ['-e', script]);
		took.push(performance.now() - began);
	}
	return median(took);
};

const rows: Readonly<Record<string, () => Promise<string>>> = {
	/** What the module alone adds to a start. */
	importing: async () => {
		const where = JSON.stringify(createRequire(import.meta.resolve('@kubernetes/client-node')).resolve('undici'));
		const [bare, http, undici] = [
			await milliseconds(''),
			await milliseconds("require('node:http');require('node:https')"),
			await milliseconds(`require(${where})`),
		];
		return `undici: ${(undici - bare).toFixed(0)} ms; ours: ${(http - bare).toFixed(0)} ms`;
	},
	/** 1500 MiB over one connection, in processes of their own. */
	sending: async () => {
		const figures: string[] = [];
		for (const name of Object.keys(clients)) {
			const all: {readonly cpu: number; readonly peak: number}[] = [];
			for (let index = 0; index < runs; index++) {
				const {stdout} = await serving(
					(request, response) => void request.resume().on('end', () => response.end()),
					(url) =>
						run(process.execPath, [...process.execArgv, import.meta.filename, 'put', name, url.href], {
							env: {...process.env, NODE_NO_WARNINGS: '1'},
						}),
				);
				all.push(JSON.parse(stdout));
			}
			const [cpu, peak] = [median(all.map((one) => one.cpu)), median(all.map((one) => one.peak))];
			figures.push(`${name}: ${(cpu / 1000).toFixed(2)} s of processor, peak ${peak.toFixed(0)} MiB`);
		}
		return figures.join('; ');
	},
	/** A proxy says 413 as soon as it sees how long the body is, and reads no more. */
	refused: () =>
		each((put) =>
			serving(
				(request, response) => {
					request.pause();
					response.writeHead(413).end('too large');
				},
				(url) => outcome(put, url, ringBody(400)),
			),
		),
	/** A server that stops reading in the middle. All bounds are 1 s. */
	stalled: () =>
		each((put) =>
			serving(
				(request) => void request.pause(),
				(url) => outcome(put, url, ringBody(400)),
			),
		),
	/** A server that takes everything and never confirms it. All bounds are 1 s. */
	unconfirmed: () =>
		each((put) =>
			serving(
				(request) => void request.resume(),
				(url) => outcome(put, url, ringBody(4)),
			),
		),
	/** Leave is asked for before a large body, so that a refusal costs nothing. */
	leave: () =>
		each((put) =>
			serving(
				(request, response) => void request.resume().on('end', () => response.end(String(request.headers.expect))),
				(url) => outcome(put, url, ringBody(4), true),
			),
		),
};

const [first = '', ...words] = process.argv.slice(2);
if (first === 'put') {
	const [name = '', url = ''] = words;
	const before = process.cpuUsage();
	await clients[name]?.(new URL(url), ringBody(1500), {boundMs: 60_000});
	const {user, system} = process.cpuUsage(before);
	const peak = process.resourceUsage().maxRSS / 1024;
	process.stdout.write(JSON.stringify({cpu: (user + system) / 1000, peak}));
	process.exit(0);
}
for (const name of first === '' ? Object.keys(rows) : [first, ...words]) {
	process.stdout.write(`${name}: ${(await rows[name]?.()) ?? 'there is no such row'}\n`);
}
process.exit(0);
