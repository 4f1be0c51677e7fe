import {expect, test} from 'vitest';
import {answering, blobOf, collect, makeCertificates, never, noise, problemOf, sourceAt} from './support.ts';

const bytes = noise('layer', 3_000_000);
const blob = blobOf(bytes);
const path = `/v2/zenml/api/blobs/${blob.digest}`;

const startOf = (range: string | undefined): number => Number(/^bytes=(\d+)-$/u.exec(range ?? '')?.[1] ?? 0);

/** A registry that serves the blob, with ranges, and cuts the line after so many bytes of each answer in turn. */
const serving = (cuts: (number | undefined)[], options: {readonly ranges?: boolean; readonly stall?: boolean} = {}) =>
	answering((request, response, url) => {
		if (request.method !== 'GET' || url.pathname !== path) return false;
		const from = options.ranges === false ? 0 : startOf(request.headers.range);
		const rest = bytes.subarray(from);
		response.writeHead(from > 0 ? 206 : 200, {
			'content-length': rest.length,
			...(from > 0 ? {'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}`} : {}),
		});
		const cut = cuts.shift();
		if (cut === undefined) response.end(rest);
		else response.write(rest.subarray(0, cut), () => options.stall || setTimeout(() => response.destroy(), 20));
		return true;
	});

const read = (host: string, from = 0, options = {}) =>
	collect(sourceAt(host, options).readBlob({host, repository: 'zenml/api'}, blob, {from, signal: never}));

test('a blob is read whole, and from a byte on', async () => {
	const server = await serving([]);
	expect((await read(server.host)).equals(bytes)).toBe(true);
	expect((await read(server.host, 1_000_001)).equals(bytes.subarray(1_000_001))).toBe(true);
	expect((await read(server.host, bytes.length)).length).toBe(0);
	expect(server.requests.map(({headers}) => headers.range)).toEqual([undefined, 'bytes=1000001-']);
	expect(server.unexpected).toEqual([]);
});

test('a line that breaks is gone on with where it ended, as often as bytes move', async () => {
	// More breaks than the table has attempts: each of them moves more than a megabyte or so in all.
	const server = await serving([400_000, 400_000, 400_000, 400_000, 400_000, 400_000]);
	expect((await read(server.host, 0)).equals(bytes)).toBe(true);
	expect(server.requests.slice(1).every(({headers}) => startOf(headers.range) > 0)).toBe(true);
	expect(server.requests.length).toBe(7);
});

test('a registry that ignores ranges sends the whole, and no byte is given twice', async () => {
	const server = await serving([1_500_000], {ranges: false});
	expect((await read(server.host)).equals(bytes)).toBe(true);
	expect((await read(server.host, 123)).equals(bytes.subarray(123))).toBe(true);
	expect(server.requests.length).toBe(3);
});

test('a line on which nothing moves is given up and gone on with', async () => {
	const server = await serving([2_000_000], {stall: true});
	expect((await read(server.host)).equals(bytes)).toBe(true);
	expect(server.requests.length).toBe(2);
});

test('a line that breaks without moving on ends with its cause', async () => {
	const server = await serving(Array.from({length: 20}, () => 0));
	const problem = await problemOf(read(server.host));
	expect(problem).toMatchObject({code: 'registry-line-dropped'});
	expect(problem.fix).not.toContain('sent');
	expect(problem.answers).toBeUndefined();
	expect(server.requests.length).toBe(3);
});

test('a registry in trouble is asked again; a layer that it does not have is told', async () => {
	let answers = [503, 500];
	const server = await answering((_request, response) => {
		const status = answers.shift();
		if (status !== undefined) return void response.writeHead(status).end();
		response.writeHead(404).end('{"errors":[{"code":"BLOB_UNKNOWN","message":"unknown"}]}');
		return undefined;
	});
	expect(await problemOf(read(server.host))).toMatchObject({code: 'image-blob-missing'});
	expect(server.requests.length).toBe(3);
	answers = [];
});

test.each([
	['more', 200, {}, Buffer.concat([bytes, Buffer.alloc(10)]), 0],
	['less', 200, {}, bytes.subarray(5), 0],
	['another range', 206, {'content-range': `bytes 200-${bytes.length - 1}/${bytes.length}`}, bytes.subarray(200), 100],
	['a range without its place', 206, {}, bytes.subarray(100), 100],
] as const)('bytes that cannot be those of the blob are refused: %s', async (_name, status, headers, body, from) => {
	const server = await answering((_request, response) => {
		response.writeHead(status, {...headers, 'content-length': body.length}).end(body);
		return undefined;
	});
	expect(await problemOf(read(server.host, from))).toMatchObject({code: 'registry-blob-size'});
	expect(server.requests.length).toBe(1);
});

test('a reader that leaves ends the request, and one that is aborted throws the reason', async () => {
	let closed = 0;
	const endless = await answering((_request, response) => {
		response.writeHead(200, {'content-length': bytes.length});
		response.write(bytes.subarray(0, 2_500_000));
		response.on('close', () => closed++);
		return undefined;
	});
	const source = sourceAt(endless.host, {timeouts: {stall: 60_000}});
	const place = {host: endless.host, repository: 'zenml/api'};
	for await (const chunk of source.readBlob(place, blob, {from: 0, signal: never})) {
		expect(chunk.length).toBeGreaterThan(0);
		break;
	}
	await expect.poll(() => closed).toBe(1);
	const stop = new AbortController();
	const reason = new Error('enough');
	const reading = collect(source.readBlob(place, blob, {from: 0, signal: stop.signal}));
	setTimeout(() => stop.abort(reason), 50);
	await expect(reading).rejects.toBe(reason);
	await expect.poll(() => closed).toBe(2);
});

test('a download that is sent to another host is followed over TLS, without the login', async () => {
	const {ca, key, cert} = await makeCertificates({ip: '127.0.0.1'});
	const storage = await answering(
		(request, response, url) => {
			if (url.pathname !== '/bucket/layer' || request.headers.authorization !== undefined) return false;
			const from = startOf(request.headers.range);
			response.writeHead(from > 0 ? 206 : 200, {
				'content-length': bytes.length - from,
				'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}`,
			});
			response.end(bytes.subarray(from));
			return undefined;
		},
		{key, cert},
	);
	const registry = await answering(
		(request, response, url) => {
			if (url.pathname !== path) return false;
			if (request.headers.authorization === undefined) {
				response.writeHead(401, {'www-authenticate': 'Basic realm="x"'}).end();
			} else
				response.writeHead(307, {location: `https://${storage.host}/bucket/layer?signature=canary-signature`}).end();
			return undefined;
		},
		{key, cert},
	);
	const {host} = registry;
	const options = {
		plainHttp: [],
		ca: {[host]: ca},
		findLogin: async () => ({login: {username: 'op', password: async () => 'pw'}, source: 'a file'}),
	};
	expect((await read(host, 77, options)).equals(bytes.subarray(77))).toBe(true);
	expect(storage.unexpected).toEqual([]);
	expect(registry.requests.at(-1)?.headers.authorization).toMatch(/^Basic /u);
});

test('a storage host that refuses is told by its name alone', async () => {
	const {ca, key, cert} = await makeCertificates({ip: '127.0.0.1'});
	const storage = await answering((_request, response) => void response.writeHead(403).end('no'), {key, cert});
	const registry = await answering(
		(_request, response) =>
			void response.writeHead(307, {location: `https://${storage.host}/x?signature=canary-signature`}).end(),
		{key, cert},
	);
	const problem = await problemOf(read(registry.host, 0, {plainHttp: [], ca: {[registry.host]: ca}}));
	expect(problem).toMatchObject({code: 'registry-storage-refused'});
	expect(problem.cause).toContain(storage.host);
	expect(JSON.stringify(problem)).not.toContain('canary');
});

test.each([
	['to another host without TLS', 'http://storage.test/x?signature=canary-signature', 'not protected by TLS'],
	['to nowhere', undefined, 'does not say where'],
	['in a circle', path, 'more than 5 times'],
])('a redirect is not followed %s', async (_name, location, cause) => {
	const server = await answering((_request, response) => {
		response.writeHead(307, location === undefined ? {} : {location}).end();
		return undefined;
	});
	const problem = await problemOf(read(server.host));
	expect(problem).toMatchObject({code: 'registry-redirects'});
	expect(problem.cause).toContain(cause);
	expect(JSON.stringify(problem)).not.toContain('canary');
});

test('little lies in memory while a reader is slow', async () => {
	let sent = 0;
	const body = Buffer.alloc(24 * 1024 * 1024);
	const big = blobOf(body);
	const server = await answering((_request, response) => {
		response.writeHead(200, {'content-length': body.length});
		let at = 0;
		const write = (): void => {
			while (at < body.length) {
				const piece = body.subarray(at, at + 65_536);
				at += piece.length;
				sent = at;
				if (!response.write(piece)) return void response.once('drain', write);
			}
			response.end();
		};
		write();
		return undefined;
	});
	const stream = sourceAt(server.host)
		.readBlob({host: server.host, repository: 'zenml/api'}, big, {from: 0, signal: never})
		[Symbol.asyncIterator]();
	const first = await stream.next();
	for (let before = -1; before !== sent; ) {
		before = sent;
		await new Promise((resolve) => setTimeout(resolve, 200));
	}
	// Sockets of the system hold some megabytes of their own, on both sides.
	expect(sent).toBeLessThan(20 * 1024 * 1024);
	let length = (first.value as Buffer).length;
	for (let next = await stream.next(); !next.done; next = await stream.next()) length += next.value.length;
	expect(length).toBe(big.size);
});
