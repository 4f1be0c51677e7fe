import {readdir, rename, rm, stat, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {Readable} from 'node:stream';
import {gunzipSync, gzipSync, zstdDecompressSync} from 'node:zlib';
import {describe, expect, test} from 'vitest';
import {indexTar} from '../../../source/archive/tar-index.ts';
import {tarTree} from '../../../source/archive/tree.ts';
import {compressImage} from '../../../source/bundle/images/compress.ts';
import {findLayer, requireSpace} from '../../../source/bundle/images/compress-layer.ts';
import {readImages} from '../../../source/bundle/images/read-archive.ts';
import type {Blob} from '../../../source/oci/descriptor.ts';
import type {Image} from '../../../source/oci/image.ts';
import {classic, hex, layer, modern, never, problemOf, tarOf, temporary} from '../helpers.ts';

const read = async (bytes: Buffer): Promise<Image> => {
	const file = join(await temporary(), 'x.tar');
	await writeFile(file, bytes);
	const index = await indexTar({file, offset: 0, size: bytes.length, label: 'images/x.tar'}, never);
	const {
		images: [image],
	} = await readImages(tarTree('images/x.tar', index), never);
	if (!image) throw new Error('The archive holds no image.');
	return image;
};

const contentOf = async (blob: Blob, offset = 0): Promise<Buffer> => {
	const chunks: Buffer[] = [];
	for await (const chunk of blob.open(offset)) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks);
};

const layersOf = (
	image: Image,
): ReadonlyArray<{readonly mediaType: string; readonly digest: string; readonly size: number}> =>
	JSON.parse(String(image.manifest.bytes)).layers;

const sample = async (form = modern) =>
	read(await tarOf(form([{reference: 'v/app:1', layers: [await layer('base'), await layer('app')]}])));

describe.each([
	['gzip', gunzipSync],
	['zstd', zstdDecompressSync],
] as const)('raw layers compressed with %s', (algorithm, decompress) => {
	test('give back the same bytes, and the manifest names them by digest, size and media type', async () => {
		for (const form of [modern, classic]) {
			const image = await sample(form);
			const folder = join(await temporary(), 'spool');
			const small = await compressImage(image, {algorithm, folder, signal: never});
			expect(small.manifest.digest).toBe(`sha256:${hex(small.manifest.bytes)}`);
			expect(small.manifest.digest).not.toBe(image.manifest.digest);
			expect(small.blobs[0]).toEqual(image.blobs[0]);
			expect(layersOf(small)).toEqual(
				small.blobs.slice(1).map(({mediaType, digest, size}) => ({mediaType, digest, size})),
			);
			for (const [index, blob] of small.blobs.entries()) {
				const bytes = await contentOf(blob);
				expect(`sha256:${hex(bytes)}`).toBe(blob.digest);
				expect(bytes.length).toBe(blob.size);
				expect(await contentOf(blob, 7)).toEqual(bytes.subarray(7));
				if (index === 0) continue;
				expect(blob.mediaType).toBe(`application/vnd.oci.image.layer.v1.tar+${algorithm}`);
				expect(`sha256:${hex(decompress(bytes))}`).toBe(image.blobs[index]?.digest);
			}
		}
	});

	test('a folder that cannot be made is told as such', async () => {
		const asked = {algorithm, folder: '/dev/null/compressed', signal: never} as const;
		expect((await problemOf(compressImage(await sample(), asked))).code).toBe('compress-unwritable');
	});
});

describe.each(['gzip', 'zstd'] as const)('raw layers compressed with %s', (algorithm) => {
	test('are the same each time, and what an earlier run made is taken again', async () => {
		const image = await sample();
		const [one, two] = [await temporary(), await temporary()];
		const first = await compressImage(image, {algorithm, folder: one, signal: never});
		expect((await compressImage(image, {algorithm, folder: two, signal: never})).manifest.bytes).toEqual(
			first.manifest.bytes,
		);
		const before = await Promise.all(
			(await readdir(one)).sort().map(async (name) => (await stat(join(one, name))).ino),
		);
		const closed = {
			...image,
			blobs: image.blobs.map((blob) => ({
				...blob,
				open: (): Readable => {
					throw new Error('It was read again.');
				},
			})),
		};
		const again = await compressImage(closed, {algorithm, folder: one, signal: never});
		expect(again.manifest.digest).toBe(first.manifest.digest);
		expect(
			await Promise.all((await readdir(one)).sort().map(async (name) => (await stat(join(one, name))).ino)),
		).toEqual(before);
	});

	test('are made anew where the kept file is not what its name says', async () => {
		const image = await sample();
		const folder = await temporary();
		const first = await compressImage(image, {algorithm, folder, signal: never});
		for (const name of await readdir(folder)) await writeFile(join(folder, name), 'rotten');
		const again = await compressImage(image, {algorithm, folder, signal: never});
		expect(again.manifest.digest).toBe(first.manifest.digest);
		for (const blob of again.blobs) expect(`sha256:${hex(await contentOf(blob))}`).toBe(blob.digest);
		expect(await readdir(folder)).toHaveLength(2);
	});
});

describe.each(['gzip', 'zstd'] as const)('raw layers compressed with %s', (algorithm) => {
	test('are made once where images that share them are compressed side by side', async () => {
		const base = await layer('base');
		const images = await Promise.all(
			['a', 'b', 'c'].map(async (name) =>
				read(await tarOf(modern([{reference: `v/${name}:1`, layers: [base, await layer(name)]}]))),
			),
		);
		let opened = 0;
		const counted = images.map((image) => ({
			...image,
			blobs: image.blobs.map((blob) => ({
				...blob,
				open: (from?: number) => {
					opened++;
					return blob.open(from);
				},
			})),
		}));
		const folder = await temporary();
		await Promise.all(counted.map((image) => compressImage(image, {algorithm, folder, signal: never})));
		expect(opened).toBe(4);
		expect(await readdir(folder)).toHaveLength(4);
	});
});

test('layers that are compressed already, and an image that has no others, stay as they are', async () => {
	const layers = [await layer('base'), await layer('app')];
	const packed = await read(
		await tarOf(modern([{reference: 'v/app:1', layers, stored: layers.map((bytes) => gzipSync(bytes))}])),
	);
	const folder = join(await temporary(), 'none');
	expect(await compressImage(packed, {algorithm: 'zstd', folder, signal: never})).toBe(packed);
	const mixed = await read(
		await tarOf(
			modern([{reference: 'v/app:1', layers, stored: [gzipSync(layers[0] ?? ''), layers[1] ?? Buffer.alloc(0)]}]),
		),
	);
	const result = await compressImage(mixed, {algorithm: 'zstd', folder, signal: never});
	expect(layersOf(result).map(({mediaType}) => mediaType.replace(/^.*\+/u, ''))).toEqual(['gzip', 'zstd']);
	expect(result.blobs[1]).toBe(mixed.blobs[1]);
});

test('an index of several platforms names the new manifests, and nothing else in it changes', async () => {
	const one = await sample();
	const two = await read(
		await tarOf(modern([{reference: 'v/app:1', layers: [await layer('base'), await layer('arm')]}])),
	);
	const entry = ({manifest}: Image, architecture: string) => ({
		mediaType: manifest.mediaType,
		digest: manifest.digest,
		size: manifest.bytes.length,
		platform: {os: 'linux', architecture},
	});
	const attestation = {
		mediaType: 'application/vnd.oci.image.manifest.v1+json',
		digest: `sha256:${'1'.repeat(64)}`,
		size: 2,
		annotations: {'vnd.docker.reference.digest': one.manifest.digest},
	};
	const bytes = Buffer.from(
		JSON.stringify({schemaVersion: 2, manifests: [entry(one, 'amd64'), entry(two, 'arm64'), attestation]}),
	);
	const mediaType = 'application/vnd.oci.image.index.v1+json';
	const image: Image = {
		...one,
		manifest: {mediaType, digest: `sha256:${hex(bytes)}`, bytes},
		children: [one.manifest, two.manifest],
		blobs: [...new Map([...one.blobs, ...two.blobs].map((blob) => [blob.digest, blob])).values()],
	};
	const small = await compressImage(image, {algorithm: 'zstd', folder: await temporary(), signal: never});
	const {manifests} = JSON.parse(String(small.manifest.bytes));
	const [first, second] = small.children ?? [];
	expect(manifests).toMatchObject([
		{digest: first?.digest, size: first?.bytes.length, platform: {architecture: 'amd64'}},
		{digest: second?.digest, size: second?.bytes.length, platform: {architecture: 'arm64'}},
		{digest: attestation.digest, annotations: {'vnd.docker.reference.digest': first?.digest}},
	]);
	for (const {bytes: child} of small.children ?? []) {
		for (const {digest} of JSON.parse(String(child)).layers) {
			expect(small.blobs.map((blob) => blob.digest)).toContain(digest);
		}
	}
});

test('a layer that is not what its digest says is refused, and nothing of it is kept', async () => {
	const image = await sample();
	const rotten = {
		...image,
		blobs: image.blobs.map((blob, index) =>
			index === 0 ? blob : {...blob, open: () => Readable.from([Buffer.alloc(blob.size, 'x')], {objectMode: false})},
		),
	};
	const folder = await temporary();
	const problem = await problemOf(compressImage(rotten, {algorithm: 'gzip', folder, signal: never}));
	expect(problem).toMatchObject({code: 'bundle-checksum-mismatch', area: 'bundle'});
	expect(await readdir(folder)).toEqual([]);
});

test('an aborted run leaves no half-made layer, and the next one goes on', async () => {
	const image = await sample();
	const folder = await temporary();
	const stop = new AbortController();
	const running = compressImage(image, {
		algorithm: 'gzip',
		folder,
		signal: stop.signal,
		onProgress: () => stop.abort(),
	});
	await expect(running).rejects.toThrow(expect.objectContaining({name: 'AbortError'}));
	expect((await readdir(folder)).filter((name) => name.endsWith('.partial'))).toEqual([]);
	const done = await compressImage(image, {algorithm: 'gzip', folder, signal: never});
	for (const blob of done.blobs) expect(`sha256:${hex(await contentOf(blob))}`).toBe(blob.digest);
});

test('a layer under another name is not taken for it', async () => {
	const image = await sample();
	const folder = await temporary();
	await compressImage(image, {algorithm: 'gzip', folder, signal: never});
	const [name = ''] = await readdir(folder);
	const other = name.replace(/^[0-9a-f]{64}/u, '0'.repeat(64)).replace(/[0-9a-f]{64}$/u, '1'.repeat(64));
	await rename(join(folder, name), join(folder, other));
	const at = {algorithm: 'gzip', level: 4, folder, signal: never} as const;
	expect(await findLayer(`sha256:${'0'.repeat(64)}`, at)).toBeUndefined();
	expect(await readdir(folder)).not.toContain(other);
	await rm(folder, {recursive: true});
});

test('too little space is refused before anything is written, with both numbers and the way round', async () => {
	const problem = await problemOf(Promise.resolve().then(() => requireSpace('/spool', 5 * 1024 ** 3, 1024 ** 3)));
	expect(problem).toMatchObject({code: 'compress-no-space', answers: ['bundle.compress']});
	expect(problem.cause).toBe('Up to 5.0 GiB are needed, 1.0 GiB are free.');
	const image = await sample();
	const huge = {...image, blobs: image.blobs.map((blob) => ({...blob, size: Number.MAX_SAFE_INTEGER}))};
	const folder = await temporary();
	expect((await problemOf(compressImage(huge, {algorithm: 'zstd', folder, signal: never}))).code).toBe(
		'compress-no-space',
	);
	expect(await readdir(folder)).toEqual([]);
});
