import {createServer, type Server} from 'node:net';
import {afterEach, describe, expect, it} from 'vitest';
import {discovery, makePki, startServer, type TestServer} from './server.ts';
import {hasPython, runScript as run} from './support/python.ts';

const listeners: (Server | TestServer)[] = [];
afterEach(async () => {
	for (const listener of listeners.splice(0))
		await ('kubeconfig' in listener ? listener.close() : new Promise((resolve) => listener.close(resolve)));
});

describe.skipIf(!hasPython)('a probe script, run by python3 (left out where there is no Python 3.10)', () => {
	it('looks names up; unknown ones have no address', async () => {
		const found = await run('dns', {names: ['localhost', 'no-such-host.invalid']});
		expect(found.localhost).toContain('127.0.0.1');
		expect(found['no-such-host.invalid']).toEqual([]);
	});

	it('opens an HTTPS address with the given CA and tells the status', async () => {
		const server = await startServer(discovery);
		listeners.push(server);
		expect(await run('https', {url: `${server.url}/version?x=1`, ca: server.pki.ca})).toEqual({status: 200});
		expect(server.seen).toEqual(['GET /version?x=1']);
	});

	it('connects to the given address but asks for and checks the name of the URL', async () => {
		const server = await startServer(discovery);
		listeners.push(server);
		const {port, pki} = server;
		const known = {url: `https://localhost:${port}/version`, address: '127.0.0.1', ca: pki.ca};
		expect(await run('https', known)).toEqual({status: 200});
		const other = await run('https', {...known, url: `https://zenml.lab.invalid:${port}/version`});
		expect(other).toMatchObject({kind: 'certificate'});
		expect(other.error).toContain('zenml.lab.invalid');
	});

	it('trusts nothing but the given CA', async () => {
		const server = await startServer(discovery);
		listeners.push(server);
		const {ca} = await makePki();
		expect(await run('https', {url: server.url, ca})).toMatchObject({kind: 'certificate'});
	});

	it('without a password tells an open port from a closed one, and an unknown host from both', async () => {
		const server = createServer((socket) => socket.end());
		listeners.push(server);
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		const {port} = server.address() as {port: number};
		const unknown = {engine: 'mysql', tls: 'require', username: 'x', database: 'x', files: {password: '/nowhere'}};
		const open = async (host: string) => run('database', {...unknown, host, port});
		expect(await open('127.0.0.1')).toEqual({ok: true});
		await new Promise((resolve) => server.close(resolve));
		listeners.pop();
		expect(await open('127.0.0.1')).toMatchObject({kind: 'refused'});
		expect(await open('no-such-host.invalid')).toMatchObject({kind: 'dns'});
		const {ca} = await makePki();
		expect(await run('https', {url: `https://127.0.0.1:${port}`, ca})).toMatchObject({kind: 'refused'});
	});
});
