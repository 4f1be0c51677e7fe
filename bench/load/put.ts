/** Puts blobs to a registry as they are, with nothing but node:http: no look first; hashed only where that is asked for. Run by itself; reads jobs as JSON from standard input. */
import {createHash} from 'node:crypto';
import {createReadStream} from 'node:fs';
import {Agent, type IncomingMessage, request} from 'node:http';
import {pipeline} from 'node:stream/promises';
import type {StoredBlob} from './sets.ts';

const connections = 4;
const highWaterMark = 1024 * 1024;

let input = '';
for await (const chunk of process.stdin) input += String(chunk);
const {host, blobs, hashed} = JSON.parse(input) as {
	readonly host: string;
	readonly blobs: readonly StoredBlob[];
	readonly hashed: boolean;
};
const agent = new Agent({keepAlive: true, maxSockets: connections});

async function* bytesOf({file, offset, size, digest}: StoredBlob): AsyncGenerator<Buffer> {
	const hash = createHash('sha256');
	for await (const chunk of createReadStream(file, {start: offset, end: offset + size - 1, highWaterMark})) {
		hash.update(chunk as Buffer);
		yield chunk as Buffer;
	}
	if (`sha256:${hash.digest('hex')}` !== digest) throw new Error(`${digest} has other bytes`);
}

const send = async (method: string, path: string, body?: StoredBlob): Promise<IncomingMessage> => {
	const headers = {'content-length': body?.size ?? 0, ...(body ? {'content-type': 'application/octet-stream'} : {})};
	const [hostname, port] = host.split(':');
	const {promise, resolve, reject} = Promise.withResolvers<IncomingMessage>();
	const out = request({agent, hostname, port, method, path, headers}, resolve).on('error', reject);
	if (body && body.size > 0) {
		const {file, offset, size} = body;
		const bare = () => createReadStream(file, {start: offset, end: offset + size - 1, highWaterMark});
		await pipeline(hashed ? bytesOf(body) : bare(), out);
	} else out.end();
	const response = await promise;
	response.resume();
	return response;
};

const queue = [...blobs].sort((a, b) => b.size - a.size);
const work = async (): Promise<void> => {
	for (let blob = queue.shift(); blob; blob = queue.shift()) {
		const started = await send('POST', '/v2/bench/put/blobs/uploads/');
		const {pathname, search} = new URL(started.headers.location ?? '', `http://${host}`);
		const done = await send('PUT', `${pathname}${search ? `${search}&` : '?'}digest=${blob.digest}`, blob);
		if (done.statusCode !== 201) throw new Error(`${blob.digest}: the registry answers ${done.statusCode}`);
	}
};
await Promise.all(Array.from({length: connections}, work));
agent.destroy();
