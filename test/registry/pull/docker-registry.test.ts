import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, readdirSync} from 'node:fs';
import {writeFile} from 'node:fs/promises';
import net from 'node:net';
import {homedir} from 'node:os';
import path from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {readInventory} from '../../../source/bundle/layout/inventory-file.ts';
import {createStage} from '../../app/stage.ts';
import {client} from '../helpers.ts';
import {collect, digestOf, imageOf, never, noise, problemOf, sourceAt, temporary} from './support.ts';

const cache = path.join(process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'zenml-airgap');
const lab = path.join(cache, 'lab');
/** The CNCF distribution registry of Debian's package `docker-registry`, where it is at hand. */
const binary = [
	...(process.env.PATH ?? '').split(path.delimiter),
	cache,
	...(existsSync(lab) ? readdirSync(lab).map((name) => path.join(lab, name, 'usr/bin')) : []),
]
	.map((folder) => path.join(folder, 'docker-registry'))
	.find((file) => existsSync(file));

const start = async (): Promise<string> => {
	const probe = net.createServer().listen(0, '127.0.0.1');
	await once(probe, 'listening');
	const host = `127.0.0.1:${(probe.address() as net.AddressInfo).port}`;
	probe.close();
	await once(probe, 'close');
	const folder = await temporary();
	const file = path.join(folder, 'config.yml');
	await writeFile(
		file,
		`version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: ${folder}/data}}\nhttp: {addr: '${host}'}\n`,
	);
	const child = spawn(binary ?? '', ['serve', file], {stdio: 'ignore'});
	onTestFinished(async () => {
		if (child.exitCode !== null) return;
		child.kill();
		await once(child, 'exit');
	});
	const registry = client(host);
	await expect
		.poll(
			() =>
				registry.ping(never).then(
					() => true,
					() => false,
				),
			{timeout: 10_000},
		)
		.toBe(true);
	return host;
};

test.skipIf(binary === undefined)('an image is pulled from docker-registry, and its inventory taken', async () => {
	const host = await start();
	const registry = client(host);
	const image = imageOf('api', [noise('base', 3_000_000), noise('top', 10)]);
	const tags = ['1.0', '1.1', '1.2'];
	for (const tag of tags) {
		await registry.push(image, {repository: 'zenml/zenml-pro-api', tag, signal: never, onProgress: () => {}});
	}
	await registry.push(imageOf('x', [noise('x', 9)]), {
		repository: 'other/x',
		tag: '1',
		signal: never,
		onProgress: () => {},
	});
	const source = sourceAt(host);
	const at = {host, repository: 'zenml/zenml-pro-api'};
	expect(await source.readManifest({...at, reference: '1.1'}, never)).toEqual(image.manifest);
	for (const blob of image.blobs) {
		const whole = await collect(source.readBlob(at, blob, {from: 0, signal: never}));
		expect(digestOf(whole)).toBe(blob.digest);
		const from = Math.floor(blob.size / 2);
		expect((await collect(source.readBlob(at, blob, {from, signal: never}))).equals(whole.subarray(from))).toBe(true);
	}
	expect(await source.referrers(at, image.manifest.digest, never)).toEqual([]);
	const absent = await problemOf(source.readManifest({...at, reference: '1.9'}, never));
	expect(absent).toMatchObject({code: 'image-not-found'});
	expect(absent.cause).toContain('1.0');
	const none = await problemOf(source.readManifest({host, repository: 'zenml/none', reference: '1'}, never));
	expect(none.code).toBe('image-not-found');
	const stage = await createStage();
	onTestFinished(stage.remove);
	const {code, err} = await stage.run(
		'registry',
		'inventory',
		'--registry',
		`${host}/zenml`,
		'--plain-http',
		'--out',
		'i.json',
	);
	expect([code, err]).toEqual([0, expect.stringContaining('zenml/zenml-pro-api')]);
	const {repositories} = await readInventory(path.join(stage.folder, 'i.json'));
	expect(repositories).toEqual([
		{
			name: 'zenml/zenml-pro-api',
			tags: tags.map((tag) => ({tag, digest: image.manifest.digest})),
			blobs: image.blobs.map(({digest, size}) => ({digest, size})).sort((a, b) => (a.digest < b.digest ? -1 : 1)),
		},
	]);
});
