import {execFile, execFileSync} from 'node:child_process';
import {createServer, type Server} from 'node:net';
import {promisify} from 'node:util';
import {afterEach, describe, expect, it} from 'vitest';
import {type ProbeKind, probeSpec} from '../../source/cluster/probe/scripts.ts';
import {discovery, makePki, startServer, type TestServer} from './server.ts';

const pythonVersion = (): string => {
	try {
		return execFileSync('python3', ['--version'], {encoding: 'utf8'});
	} catch {
		return '';
	}
};
const [, minor = '0'] = /^Python 3\.(\d+)/u.exec(pythonVersion()) ?? [];
const hasPython = Number(minor) >= 10;

const run = async (kind: ProbeKind, args: Record<string, unknown>): Promise<Record<string, unknown>> => {
	const {script, env} = probeSpec(kind, args);
	const {stdout} = await promisify(execFile)('python3', ['-c', script], {env: {PATH: process.env.PATH, ...env}});
	const lines = stdout.trimEnd().split('\n');
	expect(lines).toHaveLength(1);
	return JSON.parse(lines[0] ?? '') as Record<string, unknown>;
};

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

	it('tells an open port from a closed one, and an unknown host from both', async () => {
		const server = createServer((socket) => socket.end());
		listeners.push(server);
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		const {port} = server.address() as {port: number};
		expect(await run('tcp', {host: '127.0.0.1', port})).toEqual({ok: true});
		await new Promise((resolve) => server.close(resolve));
		listeners.pop();
		expect(await run('tcp', {host: '127.0.0.1', port})).toMatchObject({kind: 'refused'});
		expect(await run('tcp', {host: 'no-such-host.invalid', port})).toMatchObject({kind: 'dns'});
		const {ca} = await makePki();
		expect(await run('https', {url: `https://127.0.0.1:${port}`, ca})).toMatchObject({kind: 'refused'});
	});
});
