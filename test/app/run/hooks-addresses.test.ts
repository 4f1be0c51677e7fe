import {writeFile} from 'node:fs/promises';
import type {RequestListener} from 'node:http';
import {createServer} from 'node:https';
import path from 'node:path';
import {afterEach, beforeAll, beforeEach, expect, test} from 'vitest';
import {type Authority, createAuthority, type Issued} from '../../../rehearsal/authority/index.ts';
import {scratch} from '../../helm/lab.ts';
import {freePort, listening} from '../../helpers/loopback.ts';
import {makeContext} from '../../helpers/world.ts';
import {fine, runWith, warningsIn} from './hooks-stage.ts';

let folder = '';
let remove: () => Promise<void>;
let authority: Authority;
let good: Issued;
beforeAll(async () => {
	authority = await createAuthority({name: 'Internal CA'});
	good = await authority.issue({hosts: ['localhost'], ips: ['127.0.0.1']});
});
beforeEach(async () => {
	({folder, remove} = await scratch());
	await writeFile(path.join(folder, 'ca.crt'), authority.caPem);
});
afterEach(async () => remove());

type Heard = {
	readonly method: string;
	readonly url: string;
	readonly headers: NodeJS.Dict<unknown>;
	readonly body: string;
};

/** A receiver; `answer` says what it answers, once it has read all. */
const receiver = async (answer: RequestListener = (_request, response) => response.end('ok'), pair: Issued = good) => {
	const heard: Heard[] = [];
	const port = await listening(
		createServer({cert: pair.cert, key: pair.key}, (request, response) => {
			let body = '';
			request.on('data', (part) => {
				body += part;
			});
			request.on('end', () => {
				heard.push({method: request.method ?? '', url: request.url ?? '', headers: request.headers, body});
				answer(request, response);
			});
		}),
	);
	return {url: `https://localhost:${port}/hooks/zenml?room=ops`, port, heard};
};

const textsIn = (report: Awaited<ReturnType<typeof runWith>>) => warningsIn(report.log).map(({text}) => text);

test('an address gets the same JSON as a post, with the header that says who calls', async () => {
	const {url, heard} = await receiver();
	const context = makeContext(folder, {TOKEN: 'Bearer swordfish-swordfish'});
	const report = await runWith(folder, {started: {url}, finished: {url}, headerValue: 'env:TOKEN'}, [fine], {context});
	expect(textsIn(report)).toEqual([]);
	expect(heard).toHaveLength(2);
	for (const {method, url: asked, headers, body} of heard) {
		expect([method, asked]).toEqual(['POST', '/hooks/zenml?room=ops']);
		expect(headers).toMatchObject({
			authorization: 'Bearer swordfish-swordfish',
			'content-type': 'application/json',
			'content-length': String(Buffer.byteLength(body)),
		});
		expect(JSON.parse(body)).toMatchObject({format: 1, site: 'zenml-pro.corp.internal'});
	}
	expect(heard.map(({body}) => JSON.parse(body).event).sort()).toEqual(['finished', 'started']);
	expect(JSON.stringify(report.log)).not.toContain('swordfish');
});

test('the header may have another name, and another CA may count than that of the site', async () => {
	const other = await createAuthority({name: 'CA of the chat'});
	const pair = await other.issue({hosts: ['localhost'], ips: ['127.0.0.1']});
	const {url, heard} = await receiver(undefined, pair);
	const ca = path.join(folder, 'chat.crt');
	await writeFile(ca, other.caPem);
	const context = makeContext(folder, {TOKEN: 'swordfish-swordfish'});
	const hooks = {finished: {url}, ca, header: 'X-Api-Key', headerValue: 'env:TOKEN'};
	expect(textsIn(await runWith(folder, hooks, [fine], {context}))).toEqual([]);
	expect(heard[0]?.headers).toMatchObject({'x-api-key': 'swordfish-swordfish'});
	expect(heard[0]?.headers.authorization).toBeUndefined();
});

test('before the first change, an address is only knocked at', async () => {
	const {url, heard} = await receiver();
	expect(textsIn(await runWith(folder, {problem: {url}}, [fine]))).toEqual([]);
	expect(heard).toEqual([]);
});

test.each<readonly [what: string, answer: RequestListener, words: RegExp]>([
	[
		'that sends elsewhere',
		(_request, response) => response.writeHead(307, {location: 'https://elsewhere.corp/'}).end(),
		/: it answered 307 and names another address, which is not followed\. /u,
	],
	[
		'that refuses',
		(_request, response) => response.writeHead(403).end('no such \u001B[2Jroom'),
		/: it answered 403\. /u,
	],
	['that never answers', () => undefined, /did not answer|had not answered/u],
	[
		'that floods',
		(_request, response) => {
			const more = (): void => {
				while (response.write('x'.repeat(65_536)));
			};
			response.on('drain', more);
			response.on('error', () => undefined);
			more();
		},
		/answered with more than 1 MiB/u,
	],
])('an address %s is told, and the run is done all the same', async (_what, answer, words) => {
	const {url, heard} = await receiver(answer);
	const report = await runWith(folder, {started: {url}, timeoutSeconds: 1}, [fine]);
	expect(report).toMatchObject({outcome: 'done', exitCode: 0});
	expect(textsIn(report)).toEqual([expect.stringMatching(words)]);
	expect(heard).toHaveLength(1);
	expect(JSON.stringify(report.log)).not.toContain('\\u001b');
});

test('an address that cannot be reached, known or trusted is told before it is called', async () => {
	const stranger = await createAuthority({name: 'Some other CA'});
	const {port} = await receiver(undefined, await stranger.issue({hosts: ['localhost']}));
	const closed = await freePort();
	const report = await runWith(
		folder,
		{
			waiting: {url: `https://localhost:${closed}/`},
			problem: {url: `https://localhost:${port}/`},
			finished: {url: 'https://no-such-host.invalid/'},
		},
		[fine],
	);
	expect(report.outcome).toBe('done');
	expect(textsIn(report)).toEqual(
		expect.arrayContaining([
			expect.stringMatching(
				/^hooks\.waiting\.url: https:\/\/localhost:\d+ cannot be reached\. The host answers, but nothing listens/u,
			),
			expect.stringMatching(
				/^hooks\.problem\.url: The certificate that https:\/\/localhost:\d+ shows is not from the given CA\./u,
			),
			expect.stringMatching(/^hooks\.finished\.url: .*no-such-host\.invalid/u),
		]),
	);
});

test('a CA or a header that cannot be read is told once for each address, and stops nothing', async () => {
	const {url, heard} = await receiver();
	const report = await runWith(folder, {finished: {url}, headerValue: 'env:NOT_THERE'}, [fine]);
	expect(report.outcome).toBe('done');
	expect(textsIn(report)).toEqual([expect.stringMatching(/^hooks\.finished\.url: .*NOT_THERE/u)]);
	const without = await runWith(folder, {finished: {url}, ca: path.join(folder, 'no.crt')}, [fine]);
	expect(textsIn(without)).toEqual([expect.stringMatching(/^hooks\.finished\.url: .*no\.crt/u)]);
	expect(heard).toEqual([]);
});
