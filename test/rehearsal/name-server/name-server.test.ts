import {createSocket} from 'node:dgram';
import {Resolver} from 'node:dns/promises';
import {once} from 'node:events';
import {connect} from 'node:net';
import {decode, encode, RECURSION_DESIRED, streamDecode, streamEncode} from 'dns-packet';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {type RunningNameServer, startNameServer} from '../../../rehearsal/name-server/index.ts';

let server: RunningNameServer;
let resolver: Resolver;

beforeEach(async () => {
	server = await startNameServer();
	resolver = new Resolver({timeout: 2000, tries: 1});
	resolver.setServers([`${server.address}:${server.port}`]);
});

afterEach(async () => server.stop());

test('records can be made, changed and removed while it runs', async () => {
	await expect(resolver.resolve4('a.example.internal')).rejects.toMatchObject({code: 'ENOTFOUND'});
	server.set('a.example.internal', ['10.0.0.1', '10.0.0.2', 'fd00::1']);
	expect((await resolver.resolve4('a.example.internal')).toSorted()).toEqual(['10.0.0.1', '10.0.0.2']);
	expect(await resolver.resolve6('a.example.internal')).toEqual(['fd00::1']);
	server.set('a.example.internal', ['10.0.0.3']);
	expect(await resolver.resolve4('A.Example.Internal.')).toEqual(['10.0.0.3']);
	expect(server.entries()).toEqual({'a.example.internal': ['10.0.0.3']});
	await expect(resolver.resolve6('a.example.internal')).rejects.toMatchObject({code: 'ENODATA'});
	server.remove('a.example.internal');
	await expect(resolver.resolve4('a.example.internal')).rejects.toMatchObject({code: 'ENOTFOUND'});
});

test('it answers over TCP too, several questions on one connection', async () => {
	server.set('a.example.internal', ['10.0.0.1']);
	const socket = connect(server.port, server.address);
	const ask = (id: number, name: string) =>
		streamEncode({type: 'query', id, flags: RECURSION_DESIRED, questions: [{type: 'A', name}]});
	socket.write(Buffer.concat([ask(1, 'a.example.internal'), ask(2, 'b.example.internal')]));
	let received = Buffer.alloc(0);
	const replies: Buffer[] = [];
	for await (const part of socket) {
		received = Buffer.concat([received, part as Buffer]);
		while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
			const length = 2 + received.readUInt16BE(0);
			replies.push(received.subarray(0, length));
			received = received.subarray(length);
		}
		if (replies.length === 2) break;
	}
	const [first, second] = replies.map((reply) => streamDecode(reply));
	expect(first).toMatchObject({id: 1, rcode: 'NOERROR', flag_aa: true, flag_ra: false, answers: [{data: '10.0.0.1'}]});
	expect(second).toMatchObject({id: 2, rcode: 'NXDOMAIN', answers: []});
	socket.destroy();
});

test('a packet that is no DNS gets a format error and does not end the server', async () => {
	const client = createSocket('udp4');
	client.send(Buffer.from([0x12, 0x34, 1, 2, 3]), server.port, server.address);
	const [reply] = (await once(client, 'message')) as [Buffer];
	expect(decode(reply)).toMatchObject({id: 0x1234, rcode: 'FORMERR'});
	client.send(
		encode({type: 'query', id: 7, questions: [{type: 'A', name: 'x.internal'}]}),
		server.port,
		server.address,
	);
	const [next] = (await once(client, 'message')) as [Buffer];
	expect(decode(next)).toMatchObject({id: 7, rcode: 'NXDOMAIN'});
	client.close();
});

test('after stop the port is free again, and stop may be called twice', async () => {
	const {port} = server;
	await server.stop();
	await server.stop();
	const again = await startNameServer({port});
	expect(again.port).toBe(port);
	await expect(startNameServer({port})).rejects.toMatchObject({code: 'EADDRINUSE'});
	await again.stop();
});
