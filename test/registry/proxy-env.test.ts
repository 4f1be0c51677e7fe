import http from 'node:http';
import net from 'node:net';
import {expect, test} from 'vitest';
import {proxyText, proxyWay} from '../../source/registry/pull/proxies.ts';
import {listening} from '../helpers/loopback.ts';
import {client, makeCertificates, never, problemOf, serve} from './helpers.ts';
import {setting, start} from './push-command.ts';

/** A proxy that opens tunnels to one host whatever is asked for, or answers with a status. */
const tunnel = async (to: string | number) => {
	const seen: string[] = [];
	const server = http.createServer((_request, response) => response.writeHead(400).end());
	server.on('connect', (request, socket: net.Socket) => {
		seen.push(String(request.url));
		if (typeof to === 'number') return socket.end(`HTTP/1.1 ${to} No\r\n\r\n`);
		const [host, port] = to.split(':');
		const through = net.connect(Number(port), host, () => socket.write('HTTP/1.1 200 OK\r\n\r\n'));
		socket.once('close', () => through.destroy());
		through.on('error', () => socket.destroy());
		return through.pipe(socket).pipe(through);
	});
	return {host: `127.0.0.1:${await listening(server)}`, seen};
};

test('a push goes through HTTPS_PROXY as Helm and skopeo do, save for hosts, domains and networks of NO_PROXY', async () => {
	const {ca, key, cert} = await makeCertificates({dns: 'registry.test'});
	const server = await serve({tls: {key, cert}});
	const way = await tunnel(server.host);
	const open = (more: Record<string, string> = {}) =>
		client('registry.test', {plainHttp: false, ca, proxyEnv: {HTTPS_PROXY: `http://op:word@${way.host}`, ...more}});
	const registry = open();
	await registry.ping(never);
	expect(registry.proxy).toBe(way.host);
	expect(way.seen).toEqual(['registry.test:443']);
	for (const list of ['test', '.test', 'registry.test', 'registry.test:443', '*']) {
		const direct = open({NO_PROXY: list});
		expect(direct.proxy).toBeUndefined();
		// Its name is known to the proxy alone.
		expect((await problemOf(direct.ping(never))).code).toBe('registry-unreachable');
	}
	expect(way.seen).toHaveLength(1);
});

test('a proxy that refuses a push is named as the proxy, without its login', async () => {
	const way = await tunnel(403);
	const proxyEnv = {HTTPS_PROXY: `http://op:secret-word@${way.host}`};
	const problem = await problemOf(client('registry.test', {plainHttp: false, proxyEnv}).ping(never));
	expect(problem).toMatchObject({code: 'registry-proxy'});
	expect(problem.cause).toContain(way.host);
	expect(JSON.stringify(problem)).not.toContain('secret-word');
});

test('a proxy that is none of HTTP is refused, unless the registry needs none', () => {
	const environment = {HTTPS_PROXY: 'socks5://127.0.0.1:1080', NO_PROXY: '10.0.0.0/8'};
	expect(proxyWay(new URL('https://10.0.0.7:5000/'), environment).proxy).toBeUndefined();
	expect(() => proxyWay(new URL('https://registry.test/'), environment)).toThrow(
		expect.objectContaining({problem: expect.objectContaining({code: 'registry-proxy'})}),
	);
});

test('registry push and registry inventory both say that they go through a proxy, and which', async () => {
	const way = await tunnel(502);
	const {layout, state, folder} = await setting();
	const env = {HTTPS_PROXY: `http://${way.host}`};
	const push = await start(['--bundle', layout, '--to', 'registry.test/zenml', '--state-dir', state], env).result();
	expect(push.code).toBe(6);
	expect(push.err).toContain(proxyText('registry.test', way.host));
	expect(push.err).toContain('registry-proxy');
	const words = ['--registry', 'registry.test/zenml', '--out', `${folder}/inventory.json`];
	const inventory = await start(words, env, 'inventory').result();
	expect(inventory.code).toBe(6);
	expect(inventory.err).toContain(proxyText('registry.test', way.host));
	expect(way.seen.length).toBeGreaterThanOrEqual(2);
});
