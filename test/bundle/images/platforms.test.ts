import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {describe, expect, test} from 'vitest';
import {openTar} from '../../../source/archive/open-tar.ts';
import {tarTree} from '../../../source/archive/tree.ts';
import {type ReadOptions, readImages} from '../../../source/bundle/images/read-archive.ts';
import {createBundlePort} from '../../../source/bundle/open/bundle.ts';
import {
	bundleFiles,
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

const indexType = 'application/vnd.oci.image.index.v1+json';
const manifestType = 'application/vnd.oci.image.manifest.v1+json';

type Parts = {
	readonly architecture: string;
	readonly variant?: string;
	/** The manifest is there, but not its layers. */
	readonly named?: boolean;
};

/** Blobs of one image for one platform, and the descriptor of its manifest. */
const build = async ({architecture, variant, named}: Parts) => {
	const members: Record<string, Member> = {};
	const put = (bytes: Buffer, mediaType: string) => {
		members[`blobs/sha256/${hex(bytes)}`] = bytes;
		return {mediaType, digest: `sha256:${hex(bytes)}`, size: bytes.length};
	};
	const layers = [await layer(`${architecture}${variant ?? ''}`)];
	const config = JSON.parse(String(configOf({reference: '', layers, architecture})));
	const configAt = put(Buffer.from(JSON.stringify({...config, ...(variant && {variant})})), manifestType);
	const layersAt = layers.map((bytes) => put(gzipSync(bytes), 'application/vnd.oci.image.layer.v1.tar+gzip'));
	if (named) for (const {digest} of layersAt) delete members[`blobs/sha256/${digest.slice(7)}`];
	const manifest = Buffer.from(
		JSON.stringify({
			schemaVersion: 2,
			mediaType: manifestType,
			config: {...configAt, mediaType: 'application/vnd.oci.image.config.v1+json'},
			layers: layersAt,
		}),
	);
	const platform = {os: 'linux', architecture, ...(variant && {variant})};
	return {members, descriptor: {...put(manifest, manifestType), platform}, layers: layersAt};
};

/** An OCI layout with one image for several platforms: an index in the index, or its manifests side by side. */
const layoutOf = async (list: readonly Parts[], form: 'index' | 'flat' = 'index') => {
	const built = await Promise.all(list.map(build));
	const inner = Buffer.from(
		JSON.stringify({schemaVersion: 2, mediaType: indexType, manifests: built.map(({descriptor}) => descriptor)}),
	);
	const annotations = {'io.containerd.image.name': 'vendor.example.com/app:1.0'};
	const root = {mediaType: indexType, digest: `sha256:${hex(inner)}`, size: inner.length, annotations};
	const manifests = form === 'index' ? [root] : built.map(({descriptor}) => ({...descriptor, annotations}));
	const members: Record<string, Member> = Object.assign({}, ...built.map((one) => one.members));
	if (form === 'index') members[`blobs/sha256/${hex(inner)}`] = inner;
	members['index.json'] = JSON.stringify({schemaVersion: 2, manifests});
	members['oci-layout'] = '{"imageLayoutVersion":"1.0.0"}';
	return {members, built, index: root.digest};
};

const read = async (members: Readonly<Record<string, Member>>, options?: ReadOptions) => {
	const file = join(await temporary(), 'x.tar');
	const bytes = await tarOf(members);
	await writeFile(file, bytes);
	const label = 'images/app.tar';
	const tree = tarTree(label, await openTar({file, offset: 0, size: bytes.length, label}, never));
	return (await readImages(tree, never, options)).images;
};

const both = [{architecture: 'arm64'}, {architecture: 'amd64'}];

describe.each(['index', 'flat'] as const)('an image for several platforms, as an OCI layout (%s)', (form) => {
	test('gives the wished platform; amd64 where nothing was wished', async () => {
		const {members, built} = await layoutOf(both, form);
		for (const [platform, at] of [
			['linux/arm64', 0],
			['linux/arm64/v8', 0],
			['linux/amd64', 1],
			[undefined, 1],
		] as const) {
			const [image, ...more] = await read(members, {platform});
			expect(more).toEqual([]);
			expect(image).toMatchObject({name: 'app', tag: '1.0', manifest: {digest: built[at]?.descriptor.digest}});
			expect(image?.platform.architecture).toBe(both[at]?.architecture);
			expect(image?.children).toBeUndefined();
			expect(image?.blobs).toHaveLength(2);
		}
	});

	test('gives them all, to be pushed before the index', async () => {
		const {members, built, index} = await layoutOf(both, form);
		const [image, ...more] = await read(members, {platform: 'all'});
		expect(more).toEqual([]);
		expect(image?.manifest).toMatchObject({mediaType: indexType, digest: `sha256:${hex(image?.manifest.bytes ?? '')}`});
		if (form === 'index') expect(image?.manifest.digest).toBe(index);
		const named = JSON.parse(String(image?.manifest.bytes)).manifests.map(({digest}: {digest: string}) => digest);
		expect(named).toEqual(built.map(({descriptor}) => descriptor.digest));
		expect(image?.children?.map(({digest}) => digest)).toEqual(named);
		expect(image?.platforms?.map(({architecture}) => architecture)).toEqual(['arm64', 'amd64']);
		expect(image?.blobs).toHaveLength(4);
		expect((await read(members, {platform: 'all'}))[0]?.manifest.bytes).toEqual(image?.manifest.bytes);
	});

	test('refuses a platform that is not there by naming those that are', async () => {
		const {members} = await layoutOf(both, form);
		const problem = await problemOf(read(members, {platform: 'linux/s390x'}));
		expect(problem).toMatchObject({code: 'bundle-platform-missing', location: {file: 'images/app.tar'}});
		expect(problem.message).toContain('linux/s390x');
		expect(problem.cause).toContain('linux/arm64, linux/amd64');
		expect(problem.answers).toContain('bundle.platform');
	});
});

test('variants are told apart', async () => {
	const list = [
		{architecture: 'arm', variant: 'v6'},
		{architecture: 'arm', variant: 'v7'},
	];
	const {members, built} = await layoutOf(list);
	const [image] = await read(members, {platform: 'linux/arm/v7'});
	expect(image?.manifest.digest).toBe(built[1]?.descriptor.digest);
	expect(image?.platform).toEqual({os: 'linux', architecture: 'arm', variant: 'v7'});
	expect((await problemOf(read(members, {platform: 'linux/arm/v8'}))).cause).toContain('linux/arm/v6, linux/arm/v7');
});

test('an index of which a platform is not whole cannot be taken as a whole, but the platforms that are can', async () => {
	const {members, built} = await layoutOf([...both, {architecture: 'ppc64le', named: true}]);
	expect((await read(members, {platform: 'linux/amd64'}))[0]?.manifest.digest).toBe(built[1]?.descriptor.digest);
	const problem = await problemOf(read(members, {platform: 'all'}));
	expect(problem).toMatchObject({code: 'bundle-platform-missing'});
	expect(problem.message).toContain('linux/ppc64le');
	expect(problem.message).not.toContain('amd64');
	expect((await problemOf(read(members, {platform: 'linux/ppc64le'}))).code).toBe('bundle-platform-missing');
});

test('blobs that a differential bundle left out are named, and cannot be opened', async () => {
	const {members, built} = await layoutOf(both);
	const [gone] = built[1]?.layers ?? [];
	if (!gone) throw new Error('The image has no layer.');
	delete members[`blobs/sha256/${gone.digest.slice(7)}`];
	expect((await problemOf(read(members, {platform: 'linux/amd64'}))).code).toBe('bundle-platform-missing');
	const omitted = new Map([[gone.digest, gone.size]]);
	const [image] = await read(members, {platform: 'linux/amd64', omitted});
	const blob = image?.blobs.find(({digest}) => digest === gone.digest);
	expect(blob).toMatchObject({omitted: true, size: gone.size});
	expect(await problemOf(Promise.resolve().then(() => blob?.open()))).toMatchObject({code: 'bundle-blob-omitted'});
	const wrong = new Map([[gone.digest, gone.size + 1]]);
	expect((await problemOf(read(members, {platform: 'linux/amd64', omitted: wrong}))).code).toBe(
		'bundle-platform-missing',
	);
});

test('an archive of docker save with an index inside gives the other platforms too', async () => {
	const {members, built, index} = await layoutOf(both);
	const {config, layers} = JSON.parse(String(members[`blobs/sha256/${built[1]?.descriptor.digest.slice(7)}`]));
	const at = (digest: string) => `blobs/${digest.replace(':', '/')}`;
	const manifest = [
		{
			Config: at(config.digest),
			RepoTags: ['vendor.example.com/app:1.0'],
			Layers: layers.map(({digest}: {digest: string}) => at(digest)),
		},
	];
	const saved = {...members, 'manifest.json': JSON.stringify(manifest)};
	expect((await read(saved))[0]?.manifest.digest).toBe(built[1]?.descriptor.digest);
	expect((await read(saved, {platform: 'linux/arm64'}))[0]?.manifest.digest).toBe(built[0]?.descriptor.digest);
	expect((await read(saved, {platform: 'all'}))[0]?.manifest.digest).toBe(index);
	expect((await problemOf(read(saved, {platform: 'linux/s390x'}))).code).toBe('bundle-platform-missing');
});

test('an archive of docker save for one platform is refused where another is wished', async () => {
	const members = modern([{reference: 'v/app:1', layers: [await layer('base')], architecture: 'arm64'}]);
	const {'index.json': _, ...classicOnly} = members;
	for (const form of [members, classicOnly]) {
		expect(await read(form, {platform: 'linux/arm64'})).toHaveLength(1);
		expect(await read(form, {platform: 'all'})).toHaveLength(1);
		expect((await problemOf(read(form, {platform: 'linux/amd64'}))).cause).toContain('linux/arm64');
	}
});

test('the folder images/ may be an OCI layout itself, with archives beside it', async () => {
	const directory = await temporary();
	const {'images/zenml-client.tar': client = Buffer.alloc(0), ...files} = await bundleFiles();
	const {members} = await layoutOf(both);
	const blobs = Object.fromEntries(
		Object.entries(members).map(([name, bytes]) => [`images/${name}`, Buffer.from(bytes as Buffer)]),
	);
	await writeFiles(directory, {...files, ...blobs, 'images/zenml-client.tar': client});
	const port = createBundlePort({path: directory, platform: 'linux/amd64'});
	const {images} = await port.open(never);
	expect(images.map(({name}) => name)).toEqual([
		'app',
		'zenml',
		'zenml-pro-api',
		'zenml-pro-dashboard',
		'zenml-pro-server',
	]);
	await port.verify({signal: never, onProgress: () => {}});
});

test('an OCI layout in images/ whose images have only tags is refused, for it is named after none', async () => {
	const directory = await temporary();
	const {members, built} = await layoutOf([{architecture: 'amd64'}], 'flat');
	const annotations = {'org.opencontainers.image.ref.name': '1.0'};
	members['index.json'] = JSON.stringify({manifests: [{...built[0]?.descriptor, annotations}]});
	const layout = Object.entries(members).map(([name, bytes]) => [`images/${name}`, Buffer.from(bytes as Buffer)]);
	await writeFiles(directory, {...(await bundleFiles()), ...Object.fromEntries(layout)});
	expect((await problemOf(createBundlePort({path: directory}).open(never))).code).toBe('bundle-image-unnamed');
});
