import {describe, expect, test} from 'vitest';
import {hex, layer, modern, problemOf} from '../helpers.ts';
import {archive, called, keysOf, ociLayout, readMembers, types} from './oci.ts';

const three = async () => {
	const oci = ociLayout();
	const images = [await oci.image('a'), await oci.image('b'), await oci.image('c')] as const;
	const entries = images.map(({at}, number) => called(at, `v.example.com/app${number}:1`));
	return {oci, images, entries};
};

describe('of three images in a layout, one that is not whole refuses the archive by its name', () => {
	test.each(['layer', 'configuration', 'manifest'] as const)('where its %s is not there', async (part) => {
		const {oci, images, entries} = await three();
		const [, {config, layers, at}] = images;
		const gone = {layer: layers[0] ?? at, configuration: config, manifest: at}[part];
		oci.drop(gone);
		expect(await problemOf(readMembers(oci.with(entries)))).toMatchObject({
			code: 'bundle-archive-incomplete',
			message: `${archive} does not hold the ${part} ${gone.digest} of v.example.com/app1:1.`,
			location: {file: archive},
		});
	});

	test('where one byte of its manifest was flipped', async () => {
		const {oci, images, entries} = await three();
		const {at} = images[1];
		oci.flip(at);
		expect(await problemOf(readMembers(oci.with(entries)))).toMatchObject({
			code: 'bundle-digest-mismatch',
			message: `A manifest of v.example.com/app1:1 in ${archive} is not what its name says.`,
			cause: expect.stringContaining(`Its name promises ${at.digest}, its bytes have sha256:`),
			fix: `Carry ${archive} in again from the connected side and try again.`,
		});
	});

	test('where the manifest of one of its platforms was flipped', async () => {
		const oci = ociLayout();
		const [amd64, arm64] = [await oci.image('a'), await oci.image('b', 'arm64')];
		const index = oci.index([amd64.at, arm64.at]);
		oci.flip(arm64.at);
		const problem = await problemOf(readMembers(oci.with([called(index, 'v/app:1')])));
		expect(problem).toMatchObject({code: 'bundle-digest-mismatch', cause: expect.stringContaining(arm64.at.digest)});
	});

	test('where it is an index of which no platform is whole', async () => {
		const {oci, entries} = await three();
		const lost = await oci.image('lost');
		oci.drop(lost.config);
		const index = called(oci.index([lost.at]), 'v/lost:1');
		expect((await problemOf(readMembers(oci.with([...entries, index])))).message).toBe(
			`${archive} does not hold the configuration ${lost.config.digest} of v/lost:1.`,
		);
	});

	test('where the end of the archive is missing, and with it the layer', async () => {
		const {oci, images, entries} = await three();
		oci.drop(images[2].layers[0] ?? images[2].at);
		const {indexTar} = await import('../../../source/archive/tar-index.ts');
		const {tarTree} = await import('../../../source/archive/tree.ts');
		const {readImages} = await import('../../../source/bundle/images/read-archive.ts');
		const {sliceOf} = await import('../../archive/helpers.ts');
		const {never, tarOf} = await import('../helpers.ts');
		const cut = (await tarOf(oci.with(entries))).subarray(0, -1024);
		const tree = tarTree(archive, await indexTar(await sliceOf(cut), never));
		expect(await problemOf(readImages(tree, never))).toMatchObject({
			code: 'bundle-archive-truncated',
			cause: `Its end is missing, and with it the layer ${images[2].layers[0]?.digest} of v.example.com/app2:1.`,
		});
	});
});

describe('two different images that would have one name', () => {
	test.each([
		['the same last part of their paths', 'a.example.com/one/app:1', 'b.example.com/two/app:1'],
		['the same full name', 'v/app:1', 'v/app:1'],
		['a tag alone', '1', '1'],
		['a name and a digest', `v/app:1@sha256:${hex('a')}`, `w/app:1@sha256:${hex('b')}`],
	])('are both named and refused where they have %s', async (_what, first, second) => {
		const oci = ociLayout();
		const [one, other] = [await oci.image('one'), await oci.image('other')];
		const members = oci.with([called(one.at, first), called(other.at, second)]);
		const problem = await problemOf(readMembers(members));
		expect(problem).toMatchObject({
			code: 'bundle-image-twice',
			cause: `They are ${first} (${one.at.digest}) and ${second} (${other.at.digest}); only the last part of the path and the tag go on to the registry.`,
			fix: 'Take one of the two out, or save it under another name or tag.',
		});
		expect(problem.message).toMatch(
			/^images\/x\.tar holds two different images that would both be called (app|x):1\.$/u,
		);
	});

	test('are refused as well where they are for different platforms, or one is an index', async () => {
		const oci = ociLayout();
		const [amd64, arm64] = [await oci.image('one'), await oci.image('other', 'arm64')];
		const two = oci.with([called(amd64.at, 'a/app:1'), called(arm64.at, 'b/app:1')]);
		expect((await problemOf(readMembers(two))).code).toBe('bundle-image-twice');
		const index = oci.index([(await oci.image('third')).at, arm64.at]);
		const mixed = oci.with([called(amd64.at, 'a/app:1'), called(index, 'a/app:1')]);
		expect((await problemOf(readMembers(mixed))).code).toBe('bundle-image-twice');
	});

	test('are refused in an archive of docker save', async () => {
		const [base, app] = [await layer('base'), await layer('app')];
		const members = modern([
			{reference: 'a/app:1', layers: [base]},
			{reference: 'b/app:1', layers: [app]},
		]);
		expect(await problemOf(readMembers(members))).toMatchObject({
			code: 'bundle-image-twice',
			cause: expect.stringMatching(/^They are a\/app:1 \(sha256:\w+\) and b\/app:1 \(sha256:\w+\);/u),
		});
	});

	test('are one where their digest is the same', async () => {
		const oci = ociLayout();
		const {at} = await oci.image('one');
		const twice = [called(at, 'a.example.com/one/app:1'), called(at, 'b.example.com/two/app:1')];
		expect(keysOf(await readMembers(oci.with(twice)))).toEqual(['app:1']);
		const index = called(oci.index([at]), 'c/app:1');
		expect(keysOf(await readMembers(oci.with([...twice, index])))).toEqual(['app:1']);
	});
});

describe('what is no image', () => {
	const artifactOf = (oci: ReturnType<typeof ociLayout>, config: string, layerType: string) =>
		oci.manifest(oci.put({os: '', architecture: '', rootfs: {diff_ids: []}}, config), [
			oci.put(Buffer.from('x'), layerType),
		]);

	test.each([
		['a chart', 'application/vnd.cncf.helm.config.v1+json', 'application/vnd.cncf.helm.chart.content.v1.tar+gzip'],
		['a signature', types.config, 'application/vnd.dev.cosign.simplesigning.v1+json'],
		['a file of oras', 'application/vnd.oci.empty.v1+json', 'text/plain'],
	])('%s beside images is listed as left out, with why', async (_what, config, layerType) => {
		const {oci, entries} = await three();
		const artifact = artifactOf(oci, config, layerType);
		const read = await readMembers(oci.with([...entries, called(artifact, 'v/chart:1')]));
		expect(keysOf(read)).toEqual(['app0:1', 'app1:1', 'app2:1']);
		const type = config === types.config ? layerType : config;
		expect(read.leftOut).toEqual([{archive, name: 'v/chart:1', why: `it is an artifact (${type}), no image`}]);
	});

	test('alone is refused by what it is', async () => {
		const oci = ociLayout();
		const artifact = artifactOf(oci, 'application/vnd.cncf.helm.config.v1+json', 'a/b');
		expect(await problemOf(readMembers(oci.with([called(artifact, 'v/chart:1')])))).toMatchObject({
			code: 'bundle-image-unsupported',
			message: `${archive} holds no image.`,
			cause:
				'It holds only what no container can be started from: v/chart:1 (it is an artifact (application/vnd.cncf.helm.config.v1+json), no image).',
			fix: 'Save the image itself, by its name and version.',
		});
	});

	test('an untagged manifest that a named index names too, as oras lists it, is not told of twice', async () => {
		const oci = ociLayout();
		const [amd64, arm64] = [await oci.image('a'), await oci.image('b', 'arm64')];
		const index = called(oci.index([amd64.at, arm64.at]), 'v/app:1');
		const read = await readMembers(oci.with([index, amd64.at, arm64.at]));
		expect([keysOf(read), read.leftOut]).toEqual([['app:1'], []]);
	});

	test('an image without a name beside named ones is refused', async () => {
		const {oci, entries} = await three();
		const {at} = await oci.image('unnamed');
		expect((await problemOf(readMembers(oci.with([...entries, at])))).code).toBe('bundle-image-unnamed');
	});
});

describe('an archive of docker save whose indexes name more than its list', () => {
	test('gives the other image too where it has a name, and is refused where it has none', async () => {
		const oci = ociLayout();
		const other = await oci.image('other');
		const saved = modern([{reference: 'v/app:1', layers: [await layer('app')]}]);
		const index = JSON.parse(String(saved['index.json']));
		const withMore = (entry: object) => ({
			...saved,
			...oci.members,
			'index.json': JSON.stringify({...index, manifests: [...index.manifests, entry]}),
		});
		expect(keysOf(await readMembers(withMore(called(other.at, 'v/other:2'))))).toEqual(['app:1', 'other:2']);
		expect(await problemOf(readMembers(withMore(called(other.at, '2'))))).toMatchObject({
			code: 'bundle-image-unnamed',
			cause: `Its index.json lists ${other.at.digest}, which manifest.json does not, and gives it no name.`,
		});
	});

	test('is refused where a byte of a manifest was flipped, though the list would do without it', async () => {
		const saved = modern([{reference: 'v/app:1', layers: [await layer('app')]}]);
		const {digest} = JSON.parse(String(saved['index.json'])).manifests[0];
		const name = `blobs/${digest.replace(':', '/')}`;
		const bytes = Buffer.from(saved[name] as Buffer);
		bytes[5] = 0;
		expect((await problemOf(readMembers({...saved, [name]: bytes}))).code).toBe('bundle-digest-mismatch');
	});
});
