import {execFileSync, spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync} from 'node:fs';
import {writeFile} from 'node:fs/promises';
import net from 'node:net';
import {homedir} from 'node:os';
import {delimiter, join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {expect, onTestFinished, test} from 'vitest';
import {client, imageOf, makeCertificates, never, noise, problemOf, push, temporary} from './helpers.ts';

/** The CNCF distribution registry of Debian's package `docker-registry`, where it is at hand. */
const binary = [...(process.env.PATH ?? '').split(delimiter), join(homedir(), '.cache/zenml-airgap')]
	.map((folder) => join(folder, 'docker-registry'))
	.find((path) => existsSync(path));

const freePort = async (): Promise<number> => {
	const server = net.createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const {port} = server.address() as net.AddressInfo;
	server.close();
	await once(server, 'close');
	return port;
};

const start = async (tls?: {readonly key: string; readonly cert: string}) => {
	const directory = await temporary();
	const port = await freePort();
	const file = join(directory, 'config.yml');
	const certificate = tls ? `, tls: {certificate: ${directory}/cert.pem, key: ${directory}/key.pem}` : '';
	await writeFile(join(directory, 'cert.pem'), tls?.cert ?? '');
	await writeFile(join(directory, 'key.pem'), tls?.key ?? '');
	await writeFile(
		file,
		`version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: ${directory}/data}}\nhttp: {addr: '127.0.0.1:${port}'${certificate}}\n`,
	);
	const child = spawn(binary ?? '', ['serve', file], {stdio: 'ignore'});
	onTestFinished(async () => {
		if (child.exitCode !== null) return;
		child.kill();
		await once(child, 'exit');
	});
	for (let attempt = 0; attempt < 200; attempt++) {
		const socket = net.connect(port, '127.0.0.1');
		const open = await Promise.race([
			once(socket, 'connect').then(() => true),
			once(socket, 'error').then(
				() => true,
				() => false,
			),
		]).catch(() => false);
		socket.destroy();
		if (open) return `127.0.0.1:${port}`;
		await sleep(25);
	}
	throw new Error('docker-registry did not start.');
};

test.skipIf(binary === undefined)(
	'an image is pushed to docker-registry, mounted to a second repository, and found again',
	async () => {
		expect(execFileSync(binary ?? '', ['--version']).toString()).toContain('docker');
		const host = await start();
		const registry = client(host);
		const image = imageOf('api', [noise('base', 5_000_000), noise('api', 1000), Buffer.alloc(1024)]);
		await registry.ping(never);
		await registry.checkPush('zenml/api', never);
		expect(await registry.manifestDigest('zenml/api', '1.0', never)).toBeUndefined();
		const first = await push(registry, image, 'zenml/api');
		expect(first).toMatchObject({digest: image.manifest.digest, present: 0});
		expect(await registry.manifestDigest('zenml/api', '1.0', never)).toBe(image.manifest.digest);
		expect(await push(client(host), image, 'zenml/api')).toMatchObject({uploadedBytes: 0, present: image.blobs.length});
		const other = imageOf('server', [noise('base', 5_000_000), noise('server', 10)]);
		expect(await push(client(host), other, 'zenml/server', {mountFrom: () => ['zenml/api']})).toMatchObject({
			mounted: 1,
		});
		expect((await problemOf(client(host).checkPush('zenml/UPPER', never))).area).toBe('registry');
	},
);

test.skipIf(binary === undefined)('an image is pushed to docker-registry over TLS with a private CA', async () => {
	const {ca, key, cert} = await makeCertificates({ip: '127.0.0.1'});
	const host = await start({key, cert});
	const image = imageOf('api', [noise('base', 3_000_000)]);
	const registry = client(host, {plainHttp: false, ca});
	expect(await push(registry, image, 'zenml/api')).toMatchObject({digest: image.manifest.digest});
	expect((await problemOf(client(host, {plainHttp: false}).ping(never))).code).toBe('registry-untrusted');
	expect((await problemOf(client(host).ping(never))).code).toBe('registry-wants-tls');
});
