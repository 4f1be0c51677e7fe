import {execFileSync} from 'node:child_process';
import {mkdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {gzipSync, zstdCompressSync} from 'node:zlib';
import {describe, expect, test} from 'vitest';
import type {Slice} from '../../../source/archive/slice.ts';
import {indexTar} from '../../../source/archive/tar-index.ts';
import {tarTree} from '../../../source/archive/tree.ts';
import {readImages} from '../../../source/bundle/images/read-archive.ts';
import {archivesOf} from '../../../source/bundle/layout/archives.ts';
import {
	classic,
	configOf,
	hex,
	layer,
	type Member,
	modern,
	never,
	problemOf,
	tarOf,
	temporary,
	writeFiles,
} from '../helpers.ts';

const read = async (bytes: Buffer, label = 'images/x.tar') => {
	const file = join(await temporary(), 'x.tar');
	await writeFile(file, bytes);
	const tree = tarTree(label, await indexTar({file, offset: 0, size: bytes.length, label}, never));
	return (await readImages(tree, never)).images;
};

const contentOf = async (
	blob: {readonly open: (offset?: number) => AsyncIterable<unknown>},
	offset = 0,
): Promise<Buffer> => {
	const chunks: Buffer[] = [];
	for await (const chunk of blob.open(offset)) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks);
};

describe('archives of docker save', () => {
	test('both forms of the same image give the same blobs, readable from any offset', async () => {
		const layers = [await layer('base'), await layer('app')];
		const image = {reference: 'host.example.com:5000/team/app:1.2', layers};
		const [old] = await read(await tarOf(classic([image])));
		const [now] = await read(await tarOf(modern([image])));
		expect(old).toMatchObject({name: 'app', tag: '1.2', source: image.reference, archive: 'images/x.tar'});
		expect(old?.blobs.map(({digest}) => digest)).toEqual(
			[configOf(image), ...layers].map((bytes) => `sha256:${hex(bytes)}`),
		);
		expect(now?.blobs.map(({digest, size}) => [digest, size])).toEqual(
			old?.blobs.map(({digest, size}) => [digest, size]),
		);
		for (const found of [old, now]) {
			for (const blob of found?.blobs ?? []) expect(`sha256:${hex(await contentOf(blob))}`).toBe(blob.digest);
			expect(await contentOf(found?.blobs[1] ?? {open: async function* () {}}, 700)).toEqual(layers[0]?.subarray(700));
			expect(`sha256:${hex(found?.manifest.bytes ?? '')}`).toBe(found?.manifest.digest);
		}
	});

	test('the manifest built for a classic archive is the same each time and names raw tars', async () => {
		const image = {reference: 'a/app:1', layers: [await layer('one')]};
		const bytes = await tarOf(classic([image]));
		const [first, second] = [await read(bytes), await read(bytes)];
		expect(first[0]?.manifest.bytes).toEqual(second[0]?.manifest.bytes);
		expect(JSON.parse(String(first[0]?.manifest.bytes))).toMatchObject({
			schemaVersion: 2,
			mediaType: 'application/vnd.oci.image.manifest.v1+json',
			layers: [{mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: `sha256:${hex(image.layers[0] ?? '')}`}],
		});
	});

	test('several images in one tar keep their own names and content, whatever the annotations of the index say', async () => {
		const base = await layer('base');
		const images = [
			{reference: 'v/api:1.0', layers: [base, await layer('api')]},
			{reference: 'v/dashboard:2.0', layers: [base, await layer('dashboard')]},
		];
		for (const form of [classic, modern]) {
			const found = await read(await tarOf(form(images)));
			expect(found.map(({name, tag}) => `${name}:${tag}`)).toEqual(['api:1.0', 'dashboard:2.0']);
			for (const [index, image] of found.entries()) {
				expect(image.blobs[0]?.digest).toBe(`sha256:${hex(configOf(images[index] ?? {reference: '', layers: []}))}`);
			}
		}
	});
});

describe('archives of docker save', () => {
	test('a link in place of a layer that occurs twice is followed', async () => {
		const [base, app] = [await layer('base'), await layer('app')];
		const image = {reference: 'v/app:1', layers: [base, app, base]};
		const config = configOf(image);
		const members = {
			'aaa/layer.tar': base,
			'bbb/layer.tar': app,
			'ccc/layer.tar': {symlink: '../aaa/layer.tar'},
			[`${hex(config)}.json`]: config,
			'manifest.json': JSON.stringify([
				{
					Config: `${hex(config)}.json`,
					RepoTags: ['v/app:1'],
					Layers: ['aaa/layer.tar', 'bbb/layer.tar', 'ccc/layer.tar'],
				},
			]),
		};
		const [found] = await read(await tarOf(members));
		expect(found?.blobs).toHaveLength(3);
		expect(JSON.parse(String(found?.manifest.bytes)).layers).toHaveLength(3);
		const [hard] = await read(await tarOf({...members, 'ccc/layer.tar': {link: 'aaa/layer.tar'}}));
		expect(hard?.manifest.digest).toBe(found?.manifest.digest);
	});

	test.each([
		['gzip', (bytes: Buffer) => gzipSync(bytes)],
		['zstd', (bytes: Buffer) => zstdCompressSync(bytes)],
	] as const)('layers compressed with %s stay compressed and are called so', async (name, compress) => {
		const layers = [await layer('base')];
		const image = {reference: 'v/app:1', layers, stored: layers.map(compress)};
		const [found] = await read(await tarOf(classic([image])));
		expect(found?.blobs[1]).toMatchObject({
			mediaType: `application/vnd.oci.image.layer.v1.tar+${name}`,
			digest: `sha256:${hex(image.stored[0] ?? '')}`,
		});
	});

	test.each([
		['other bytes', 'bundle-digest-mismatch', (bytes: Buffer) => gzipSync(Buffer.concat([bytes, Buffer.alloc(512)]))],
		['zeros behind it', 'bundle-archive-damaged', (bytes: Buffer) => Buffer.concat([gzipSync(bytes), Buffer.alloc(9)])],
	] as const)('a compressed layer of the classic form with %s is refused', async (_what, code, store) => {
		const layers = [await layer('base')];
		const image = {reference: 'v/app:1', layers, stored: layers.map(store)};
		await expect(read(await tarOf(classic([image])))).rejects.toMatchObject({problem: {code, area: 'bundle'}});
	});
});

describe('archives of docker save', () => {
	test('members may come in any order, and the old file `repositories` beside them changes nothing', async () => {
		const images = [
			{reference: 'v/api:1.0', layers: [await layer('base'), await layer('api')]},
			{reference: 'v/dashboard:2.0', layers: [await layer('base'), await layer('dashboard')]},
		];
		for (const form of [classic, modern]) {
			const members = Object.entries({...form(images), repositories: '{"v/api":{"1.0":"0"}}'});
			const expected = (await read(await tarOf(members))).map(({manifest}) => manifest.digest);
			expect(expected).toHaveLength(2);
			const byName = [...members].sort(([a], [b]) => (a < b ? 1 : -1));
			const turned = [...members.slice(3), ...members.slice(0, 3)];
			for (const order of [[...members].reverse(), byName, turned]) {
				expect((await read(await tarOf(order))).map(({manifest}) => manifest.digest)).toEqual(expected);
			}
		}
	});

	test('an archive that has nothing but `repositories`, as Docker before 1.10 wrote, is refused', async () => {
		const {'manifest.json': _, ...members} = classic([{reference: 'v/app:1', layers: [await layer('base')]}]);
		const old = {...members, repositories: '{"v/app":{"1":"0"}}'};
		await expect(read(await tarOf(old))).rejects.toMatchObject({problem: {code: 'bundle-archive-incomplete'}});
	});

	test("the archive's own manifest is used when its blobs are all there, else one is built", async () => {
		const image = {reference: 'v/app:1', layers: [await layer('base')]};
		const members = modern([image]);
		const own = Object.entries(members).find(([, bytes]) => Buffer.isBuffer(bytes) && bytes.includes('schemaVersion'));
		const [whole] = await read(await tarOf(members));
		expect(whole?.manifest.digest).toBe(`sha256:${own?.[0].slice(-64)}`);
		const {'index.json': _, ...rest} = members;
		const [built] = await read(await tarOf(rest));
		expect(built?.blobs.map(({digest}) => digest)).toEqual(whole?.blobs.map(({digest}) => digest));
	});

	test('names longer than a tar header are read in the GNU and the pax form', async () => {
		const image = {reference: 'v/app:1', layers: [await layer('base')]};
		const members: Record<string, Member> = {};
		const long = `${'folder-with-a-long-name/'.repeat(8)}layer.tar`;
		const config = configOf(image);
		members[long] = image.layers[0] ?? '';
		members[`${hex(config)}.json`] = config;
		members['manifest.json'] = JSON.stringify([{Config: `${hex(config)}.json`, RepoTags: ['v/app:1'], Layers: [long]}]);
		const directory = await temporary();
		await writeFiles(directory, members as Record<string, Buffer>);
		for (const format of ['gnu', 'pax', 'ustar']) {
			const bytes = execFileSync('tar', [`--format=${format}`, '-cf', '-', '-C', directory, '.'], {maxBuffer: 1 << 26});
			expect((await read(bytes))[0]?.blobs).toHaveLength(2);
		}
	});
});

describe('archives of docker save', () => {
	test('an image saved by its id is refused, because nobody knows its name', async () => {
		const members = classic([{reference: 'v/app:1', layers: [await layer('base')]}]);
		members['manifest.json'] = String(members['manifest.json']).replace('["v/app:1"]', 'null');
		await expect(read(await tarOf(members))).rejects.toMatchObject({problem: {code: 'bundle-image-unnamed'}});
	});
});

const layoutOf = async (name: string, annotations: Record<string, string>) => {
	const {'manifest.json': _, ...members} = modern([{reference: 'v/x:1', layers: [await layer(name)]}]);
	const index = JSON.parse(String(members['index.json']));
	index.manifests[0].annotations = annotations;
	return {...members, 'index.json': JSON.stringify(index)};
};

describe('OCI layouts', () => {
	test('a folder below images/ is an image, named by its annotation or by the folder', async () => {
		const directory = await temporary();
		const files = new Map<string, Slice>();
		const put = async (folder: string, members: Readonly<Record<string, Member>>) => {
			for (const [name, content] of Object.entries(members)) {
				if (typeof content !== 'string' && !Buffer.isBuffer(content)) continue;
				const path = `images/${folder}/${name}`;
				await mkdir(join(directory, path, '..'), {recursive: true});
				await writeFile(join(directory, path), content);
				const {length} = await readFile(join(directory, path));
				files.set(path, {file: join(directory, path), offset: 0, size: length, label: path});
			}
		};
		await put('one', await layoutOf('one', {'io.containerd.image.name': 'docker.io/v/api:3.1'}));
		await put('dashboard', await layoutOf('two', {'org.opencontainers.image.ref.name': '2.0'}));
		const trees = await archivesOf({path: directory, packed: false, files}, never);
		const images = (await Promise.all(trees.map((tree) => readImages(tree, never)))).flatMap((read) => read.images);
		expect(images.map(({name, tag}) => `${name}:${tag}`).sort()).toEqual(['api:3.1', 'dashboard:2.0']);
		expect(`sha256:${hex(await contentOf(images[0]?.blobs[1] ?? {open: async function* () {}}))}`).toBe(
			images[0]?.blobs[1]?.digest,
		);
	});
});

describe('OCI layouts', () => {
	test('of a multi-platform image whose other platforms were not saved, the whole one is taken', async () => {
		const members = modern([{reference: 'v/app:1', layers: [await layer('base')]}]);
		const {'manifest.json': _, ...rest} = members;
		const index = JSON.parse(String(rest['index.json']));
		const inner = Buffer.from(
			JSON.stringify({
				schemaVersion: 2,
				manifests: [
					{...index.manifests[0], digest: `sha256:${'0'.repeat(64)}`},
					{...index.manifests[0], annotations: undefined},
				],
			}),
		);
		const outer = {
			schemaVersion: 2,
			manifests: [
				{
					mediaType: 'application/vnd.oci.image.index.v1+json',
					digest: `sha256:${hex(inner)}`,
					size: inner.length,
					annotations: {'io.containerd.image.name': 'v/app:1'},
				},
			],
		};
		const [found] = await read(
			await tarOf({...rest, [`blobs/sha256/${hex(inner)}`]: inner, 'index.json': JSON.stringify(outer)}),
		);
		expect(found).toMatchObject({name: 'app', tag: '1', manifest: {digest: index.manifests[0].digest}});
	});

	test('indexes that name each other a million times are refused at once', async () => {
		const {'manifest.json': _, ...members} = modern([{reference: 'v/app:1', layers: [await layer('base')]}]);
		let [entry] = JSON.parse(String(members['index.json'])).manifests;
		for (let depth = 0; depth < 3; depth++) {
			const bytes = Buffer.from(JSON.stringify({schemaVersion: 2, manifests: Array(100).fill(entry)}));
			members[`blobs/sha256/${hex(bytes)}`] = bytes;
			const mediaType = 'application/vnd.oci.image.index.v1+json';
			entry = {mediaType, digest: `sha256:${hex(bytes)}`, size: bytes.length};
		}
		const index = JSON.stringify({schemaVersion: 2, manifests: [entry]});
		expect(await problemOf(tarOf({...members, 'index.json': index}).then((bytes) => read(bytes)))).toMatchObject({
			code: 'bundle-archive-damaged',
			cause: expect.stringContaining('more than 5000 times'),
		});
	});
});

describe('OCI layouts', () => {
	test('compressed layers are hashed once, however many names the image has', async () => {
		const plain = await layer('base');
		const members = classic([{reference: 'v/app:0', layers: [plain], stored: [gzipSync(plain)]}]);
		const [entry] = JSON.parse(String(members['manifest.json']));
		const names = Array.from({length: 100}, (_, index) => `v/app:${index}`);
		const list = JSON.stringify([{...entry, RepoTags: names}]);
		const images = await read(await tarOf({...members, 'manifest.json': list}));
		expect(images.map(({source}) => source)).toEqual(names);
		expect(new Set(images.flatMap(({blobs}) => blobs)).size).toBe(2);
	});
});
