import path from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {readInventory} from '../../../source/bundle/layout/inventory-file.ts';
import {createStage} from '../../app/stage.ts';
import {client} from '../helpers.ts';
import {dockerRegistry, startBinary} from '../real-registries.ts';
import {collect, digestOf, imageOf, never, noise, problemOf, sourceAt} from './support.ts';

test.skipIf(dockerRegistry === undefined)(
	'an image is pulled from docker-registry, and its inventory taken',
	async () => {
		const host = await startBinary(dockerRegistry ?? '');
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
	},
);
