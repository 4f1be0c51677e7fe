import {createServer, get, type IncomingMessage, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {expect, it} from 'vitest';
import {readLines} from '../../source/cluster/pods/watch-stream.ts';

const line = (name: string): string => `${JSON.stringify({type: 'ADDED', object: {metadata: {name}}})}\n`;

/** The names of what is read from a server that writes what it likes. */
const namesFrom = async (write: (response: ServerResponse) => void): Promise<readonly string[]> => {
	const server = createServer((_request, response) => write(response));
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const {port} = server.address() as AddressInfo;
	try {
		const response = await new Promise<IncomingMessage>((resolve) => get({host: '127.0.0.1', port}, resolve));
		const names: string[] = [];
		for await (const line of readLines(response))
			names.push(line.type === 'NONE' ? line.words : line.object.metadata.name);
		return names;
	} finally {
		server.closeAllConnections();
		server.close();
	}
};

it('lines are put together from pieces, whole letters of several bytes too', async () => {
	const bytes = Buffer.from(line('ä') + line('two'));
	const cut = bytes.indexOf(0xc3) + 1;
	const names = await namesFrom((response) => {
		response.write(bytes.subarray(0, cut));
		setTimeout(() => response.end(bytes.subarray(cut)), 5);
	});
	expect(names).toEqual(['ä', 'two']);
});

it('half a line at the end is dropped, and a broken connection is an end', async () => {
	const names = await namesFrom((response) => {
		response.write(`${line('one')}\n${line('two').slice(0, 10)}`);
		setTimeout(() => response.socket?.destroy(), 5);
	});
	expect(names).toEqual(['one']);
});

it('a line without an end is told, and is the end', async () => {
	const names = await namesFrom((response) => {
		response.write(line('one'));
		const piece = 'x'.repeat(1024 * 1024);
		const flood = setInterval(() => response.write(piece), 0);
		response.once('close', () => clearInterval(flood));
	});
	expect(names).toEqual(['one', 'A line of the watch does not end.']);
});

it.each([
	['no JSON', '<html>login</html>', 'A line of the watch is no JSON: <html>login</html>'],
	['half JSON', '{"type":"ADDED","object":{', 'A line of the watch is no JSON: {"type":"ADDED","object":{'],
	[
		'no object',
		'{"type":"ADDED","object":null}',
		'A line of the watch: object: Invalid input: expected object, received null',
	],
	[
		'another object',
		'{"type":"ADDED","object":{"metadata":{}}}',
		'A line of the watch: object.metadata.name: Invalid input: expected string, received undefined',
	],
	['null', 'null', 'A line of the watch: : Invalid input: expected object, received null'],
])('a line that is %s is told, and is the end', async (_what, text, words) => {
	expect(await namesFrom((response) => response.end(`${line('one')}${text}\n${line('two')}`))).toEqual(['one', words]);
});
