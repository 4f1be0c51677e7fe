import {execFileSync} from 'node:child_process';
import {readFile, rm, truncate} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {client, imageOf, makeCertificates, never, noise, problemOf, push, temporary} from './helpers.ts';
import {dockerRegistry, startBinary} from './real-registries.ts';

test.skipIf(dockerRegistry === undefined)(
	'an image is pushed to docker-registry, mounted to a second repository, and found again',
	async () => {
		expect(execFileSync(dockerRegistry ?? '', ['--version']).toString()).toContain('docker');
		const host = await startBinary(dockerRegistry ?? '');
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

test.skipIf(dockerRegistry === undefined)(
	'a layer that docker-registry lost from its disk is sent again under the same tag; one cut short there, which it keeps, is told',
	async () => {
		const folder = await temporary();
		const host = await startBinary(dockerRegistry ?? '', undefined, folder);
		const image = imageOf('api', [noise('lost', 5000), noise('kept', 5000)]);
		await push(client(host), image, 'zenml/api');
		const lost = image.blobs[1]?.digest.slice('sha256:'.length) ?? '';
		const data = join(folder, 'data/docker/registry/v2');
		const blobFolder = join(data, 'blobs/sha256', lost.slice(0, 2), lost);
		await rm(blobFolder, {recursive: true});
		await rm(join(data, 'repositories/zenml/api/_layers/sha256', lost), {recursive: true});
		expect(await client(host).manifestDigest('zenml/api', '1.0', never)).toBe(image.manifest.digest);
		expect(await push(client(host), image, 'zenml/api')).toMatchObject({uploadedBytes: 5000, present: 2});
		expect((await readFile(join(blobFolder, 'data'))).length).toBe(5000);
		expect(await push(client(host), image, 'zenml/api')).toMatchObject({uploadedBytes: 0, present: 3});

		await truncate(join(blobFolder, 'data'), 100);
		const problem = await problemOf(push(client(host), image, 'zenml/api'));
		expect(problem).toMatchObject({code: 'registry-part-damaged', area: 'registry'});
		expect(problem.nextSteps[0]).toContain(`/${lost}/data`);
		await rm(join(blobFolder, 'data'));
		expect(await push(client(host), image, 'zenml/api')).toMatchObject({uploadedBytes: 5000, present: 2});
	},
);

test.skipIf(dockerRegistry === undefined)(
	'an image is pushed to docker-registry over TLS with a private CA',
	async () => {
		const {ca, key, cert} = await makeCertificates({ip: '127.0.0.1'});
		const host = await startBinary(dockerRegistry ?? '', {key, cert});
		const image = imageOf('api', [noise('base', 3_000_000)]);
		const registry = client(host, {plainHttp: false, ca});
		expect(await push(registry, image, 'zenml/api')).toMatchObject({digest: image.manifest.digest});
		expect((await problemOf(client(host, {plainHttp: false}).ping(never))).code).toBe('registry-untrusted');
		expect((await problemOf(client(host).ping(never))).code).toBe('registry-wants-tls');
	},
);
