import {createPrivateKey, X509Certificate} from 'node:crypto';
import {connect, createServer} from 'node:tls';
import {expect, test} from 'vitest';
import {authorityFrom, createAuthority} from '../../../rehearsal/authority/index.ts';

const handshake = async (pair: {cert: string; key: string}, ca: string, servername: string) => {
	const server = createServer({cert: pair.cert, key: pair.key}, (socket) => socket.end('hello'));
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	try {
		const {port} = server.address() as {port: number};
		return await new Promise<string>((resolve, reject) => {
			const socket = connect({host: '127.0.0.1', port, servername, ca}, () => resolve(socket.getProtocol() ?? ''));
			socket.on('error', reject);
			socket.resume();
		});
	} finally {
		server.close();
	}
};

test('a certificate of the authority passes a verified TLS handshake for its hosts only', async () => {
	const authority = await createAuthority({name: 'Rehearsal CA'});
	const pair = await authority.issue({hosts: ['a.example.internal', '*.b.example.internal'], ips: ['127.0.0.1']});
	expect(await handshake(pair, authority.caPem, 'a.example.internal')).toBe('TLSv1.3');
	expect(await handshake(pair, authority.caPem, 'x.b.example.internal')).toBe('TLSv1.3');
	await expect(handshake(pair, authority.caPem, 'c.example.internal')).rejects.toMatchObject({
		code: 'ERR_TLS_CERT_ALTNAME_INVALID',
	});
	expect(new X509Certificate(pair.cert).checkIP('127.0.0.1')).toBe('127.0.0.1');
});

test('an authority that was written down goes on issuing under the same root', async () => {
	const authority = await createAuthority({name: 'Rehearsal CA'});
	const again = await authorityFrom(JSON.parse(JSON.stringify(authority)));
	expect(again.caPem).toBe(authority.caPem);
	expect(
		await handshake(await again.issue({hosts: ['a.example.internal']}), authority.caPem, 'a.example.internal'),
	).toBe('TLSv1.3');
});

test('what an intermediate issues carries the intermediate and leads to the root', async () => {
	const root = await createAuthority({name: 'Root'});
	const pair = await (await root.intermediate({name: 'Intermediate'})).issue({hosts: ['a.example.internal']});
	expect(pair.cert.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
	expect(await handshake(pair, root.caPem, 'a.example.internal')).toBe('TLSv1.3');
});

test('an expired certificate is refused by a client as expired', async () => {
	const authority = await createAuthority({name: 'Rehearsal CA'});
	const pair = await authority.issue({
		hosts: ['a.example.internal'],
		validFrom: new Date(Date.now() - 10 * 86_400_000),
		days: 5,
	});
	await expect(handshake(pair, authority.caPem, 'a.example.internal')).rejects.toMatchObject({
		code: 'CERT_HAS_EXPIRED',
	});
});

test('RSA keys have the length asked for', async () => {
	const authority = await createAuthority({name: 'Rehearsal CA'});
	const pair = await authority.issue({hosts: ['a.example.internal'], key: {rsaBits: 2048}});
	const key = createPrivateKey(pair.key);
	expect(key.asymmetricKeyDetails?.modulusLength).toBe(2048);
	expect(new X509Certificate(pair.cert).checkPrivateKey(key)).toBe(true);
});
