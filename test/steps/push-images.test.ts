import {rm} from 'node:fs/promises';
import path from 'node:path';
import {expect, test} from 'vitest';
import type {RegistryPort} from '../../source/registry/types.ts';
import {imagesStep} from '../../source/steps/images/index.ts';
import {pushImages} from '../../source/steps/images/push-images.ts';
import {reportPush} from '../../source/steps/images/push-progress.ts';
import type {PushFailure, PushTarget} from '../../source/steps/images/types.ts';
import type {World} from '../../source/steps/world.ts';
import {client, fake, imageOf, never, noise, push, serve, sha256, temporary} from '../registry/helpers.ts';

const targetsOf = (host: string, count: number): readonly PushTarget[] =>
	Array.from({length: count}, (_, index) => {
		const image = imageOf(`image-${index}`, [noise(`${index}`, 100)]);
		return {image, repository: `zenml/${image.name}`, reference: `${host}/zenml/${image.name}:1.0`};
	});
const quiet = {signal: never, onProgress: () => {}, onImage: () => {}};

test('of hundreds of images only some are under way at once, and all get there', async () => {
	const targets = targetsOf('registry.example.com', 300);
	let [running, most] = [0, 0];
	const push: RegistryPort['push'] = async ({manifest}) => {
		running++;
		most = Math.max(most, running);
		await new Promise((resolve) => setImmediate(resolve));
		running--;
		return {digest: manifest.digest, uploadedBytes: 1, mounted: 0, present: 0};
	};
	const report = await pushImages({push} as RegistryPort, targets, quiet);
	expect(new Set(report.done)).toEqual(new Set(targets.map(({reference}) => reference)));
	expect(report).toMatchObject({failures: [], notTried: []});
	// More than one port has connections by default, and far from all.
	expect(most).toBeGreaterThan(9);
	expect(most).toBeLessThanOrEqual(32);
});

test('a cause that all images share is met by those under way, and the others are not tried', async () => {
	const requests: string[] = [];
	const host = await fake((request, response) => {
		requests.push(`${request.method} ${request.url}`);
		response.writeHead(401, {'www-authenticate': 'Basic realm="r"'}).end();
	});
	const targets = targetsOf(host, 300);
	const report = await pushImages(client(host), targets, quiet);
	expect(report.done).toEqual([]);
	expect(report.failures[0]).toMatchObject({code: 'registry-unauthorized'});
	expect(report.failures.length + report.notTried.length).toBe(300);
	// A wrong password that goes out for each image would lock the account.
	expect(requests.length).toBeLessThan(60);
});

test('of an image that did not get there only what was taken counts among all bytes', () => {
	const wholes: number[] = [];
	const report = (detail: Parameters<World['report']>[0]): void => {
		if (detail.kind === 'progress' && detail.whole) wholes.push(detail.done);
	};
	const layer = noise('large', 1000);
	const image = imageOf('api', [layer]);
	const target = {image, repository: 'zenml/api', reference: 'registry.example.com/zenml/api:1.0'};
	const {onProgress, onImage} = reportPush({report} as unknown as World, [target]);
	const digest = sha256(layer);
	onProgress(target, {digest, done: 1000, total: 1000});
	onProgress(target, {digest, done: 400, total: 1000});
	onImage(target, {code: 'registry-line-dropped', cause: 'The line broke.'} as PushFailure);
	expect(wholes).toEqual([0, 1000, 400]);
});

test('a layer that another image brought counts in the row of each image, as among all bytes', () => {
	const rows = new Map<string, number>();
	const report = (detail: Parameters<World['report']>[0]): void => {
		if (detail.kind === 'progress') rows.set(detail.label, detail.done / (detail.total ?? 1));
	};
	const shared = noise('shared', 900);
	const images = [imageOf('api', [shared]), imageOf('server', [shared, noise('own', 100)])];
	const targets = images.map((image) => ({image, repository: image.name, reference: `r/${image.name}:1.0`}));
	const {onProgress} = reportPush({report} as unknown as World, targets);
	const [api, server] = targets;
	if (!api || !server) throw new Error('two images were made');
	for (const {digest, size} of server.image.blobs)
		if (digest !== sha256(shared)) onProgress(server, {digest, done: size, total: size});
	expect(rows.get('push server:1.0')).toBeLessThan(0.5);
	for (const {digest, size} of api.image.blobs) onProgress(api, {digest, done: size, total: size});
	expect(rows.get('push server:1.0')).toBe(1);
	expect(rows.get('all images')).toBe(1);
});

test.each(['none', 'zstd'])(
	'a layer that the registry lost under the right tag is seen by the step: compress %s',
	async (compress) => {
		const dataDirectory = await temporary();
		const server = await serve({dataDirectory});
		const registry = client(server.host);
		const image = imageOf('api', [noise('a', 500), noise('b', 500)]);
		// Another manifest of the same configuration, as compressing makes it.
		const bytes = Buffer.from(`${image.manifest.bytes.toString('utf8')}\n`);
		const other = {...image, manifest: {...image.manifest, bytes, digest: sha256(bytes)}};
		await push(registry, compress === 'none' ? image : other, 'zenml/api');
		const answers = {registry: {host: server.host, prefix: 'zenml'}, bundle: {compress}};
		const world = {
			answers,
			registry,
			signal: never,
			bundle: {open: async () => ({images: [image]})},
		} as unknown as World;
		expect(await imagesStep.check(world)).toMatchObject({status: 'ok'});
		const lost = image.blobs[1]?.digest.slice('sha256:'.length) ?? '';
		await rm(path.join(dataDirectory, 'repositories/zenml/api/_blobs', lost));
		expect(await imagesStep.check(world)).toEqual({
			status: 'todo',
			changes: [
				{
					action: 'push',
					target: `${server.host}/zenml/api:1.0`,
					detail: 'the registry has the tag, but lacks 1 of its layers and manifests',
				},
			],
		});
	},
);
