import {gzipSync} from 'node:zlib';
import {describe, expect, test} from 'vitest';
import {configOf, hex, layer, modern, problemOf} from '../helpers.ts';
import {archive, called, keysOf, ociLayout, readMembers, types} from './oci.ts';

const takeOut =
	'Take it out of the archive on the connected side; where the install needs it, save it there in another form.';
const saveAnew =
	'Save it anew: skopeo copy docker://NAME:VERSION docker-archive:FILE:NAME:VERSION. Carried in again, it stays as it is.';

type Layout = ReturnType<typeof ociLayout>;
const schema1 = 'application/vnd.docker.distribution.manifest.v1+prettyjws';

const forms: readonly (readonly [string, (oci: Layout) => Promise<object>, string, string])[] = [
	[
		'a manifest of schema 1',
		async (oci) => oci.put({schemaVersion: 1, name: 'app', tag: '1', fsLayers: [], history: []}, schema1),
		"Its manifest is of Docker's schema 1, which registries and container runtimes do not take any more.",
		'Pull it with a current Docker or skopeo, which turn it into schema 2, save that, and carry it in; or take it out.',
	],
	[
		'an artifact manifest',
		async (oci) => oci.put({mediaType: 'application/vnd.oci.artifact.manifest.v1+json', blobs: []}, types.manifest),
		'Its manifest is an artifact manifest, which OCI 1.1 took back before its release.',
		takeOut,
	],
	[
		'layers by SHA-512',
		async (oci) => {
			const {config} = await oci.image('a');
			return oci.manifest(config, [{mediaType: types.layer, digest: `sha512:${'0'.repeat(128)}`, size: 1}]);
		},
		`It names a part by sha512:${'0'.repeat(93)}…; only sha256: digests are read, as most registries do.`,
		saveAnew,
	],
	[
		'an index five deep',
		async (oci) => {
			let {at} = await oci.image('a');
			for (let depth = 0; depth < 5; depth++) at = oci.index([at]);
			return at;
		},
		'It is an index within more than 4 other indexes.',
		saveAnew,
	],
	[
		'1,001 layers',
		async (oci) => {
			const {config, layers} = await oci.image('a');
			return oci.manifest(config, Array(1001).fill(layers[0]));
		},
		'It lists 1001 layers; 1000 are the most that are read.',
		takeOut,
	],
	[
		'something else',
		async (oci) => oci.put({schemaVersion: 3}, 'a/b'),
		'It is neither an image nor an index of images; its media type: a/b.',
		takeOut,
	],
	[
		'no JSON',
		async (oci) => oci.put(Buffer.from('<html>'), types.manifest),
		'It is called a manifest, but is no JSON object.',
		takeOut,
	],
	[
		'a manifest of five MiB',
		async (oci) => oci.put(Buffer.alloc(5 * 1024 * 1024, ' '), types.manifest),
		'Its manifest has 5242880 bytes; 4.0 MiB is the most that makes sense.',
		takeOut,
	],
];

describe('a form that cannot be pushed', () => {
	test.each(forms)('%s is told as what it is, beside whole images too', async (_what, build, cause, fix) => {
		const oci = ociLayout();
		const whole = called((await oci.image('whole')).at, 'v/whole:1');
		const strange = called(await build(oci), 'v/app:1') as never;
		for (const entries of [[strange], [whole, strange]]) {
			expect(await problemOf(readMembers(oci.with(entries)))).toMatchObject({
				code: 'bundle-image-unsupported',
				message: `v/app:1 in ${archive} cannot be used.`,
				cause,
				fix,
			});
		}
	});

	test('foreign layers that were not saved are told as such; saved ones are layers', async () => {
		const oci = ociLayout();
		const base = await layer('windows');
		const at = oci.put(base, 'application/vnd.oci.image.layer.nondistributable.v1.tar');
		const config = oci.put(configOf({reference: '', layers: [base]}), types.config);
		const entries = [called(oci.manifest(config, [at]), 'v/app:1')];
		expect(keysOf(await readMembers(oci.with(entries)))).toEqual(['app:1']);
		oci.drop(at);
		expect(await problemOf(readMembers(oci.with(entries)))).toMatchObject({
			code: 'bundle-image-unsupported',
			cause: `Its layer ${at.digest} is a foreign layer, as Windows images have: tools that save an image leave it at its vendor.`,
			fix: takeOut,
		});
	});

	test('1,001 images in one list are counted, in both kinds of lists', async () => {
		const cause = 'It lists 1001 images; 1000 are the most that are read from one list.';
		const told = {code: 'bundle-image-unsupported', cause, fix: 'Save the images in several archives.'};
		const oci = ociLayout();
		const {at} = await oci.image('a');
		expect(await problemOf(readMembers(oci.with(Array(1001).fill(at))))).toMatchObject(told);
		const saved = modern([{reference: 'v/app:1', layers: [await layer('a')]}]);
		const [entry] = JSON.parse(String(saved['manifest.json']));
		const many = {...saved, 'manifest.json': JSON.stringify(Array(1001).fill(entry))};
		expect(await problemOf(readMembers(many))).toMatchObject(told);
	});

	test('an index.json that lists nothing', async () => {
		expect(await problemOf(readMembers(ociLayout().with([])))).toMatchObject({
			code: 'bundle-image-unsupported',
			message: `${archive} holds no image.`,
			cause: 'Its index.json lists nothing.',
			fix: 'Save the images anew: what wrote it had none to save.',
		});
	});
});

/** As Docker 25.0 wrote some archives: `manifest.json` and the configuration agree, the OCI manifest does not. */
const docker25 = async (change: (layers: readonly unknown[]) => readonly unknown[]) => {
	const saved = modern([{reference: 'v/app:1', layers: [await layer('base'), await layer('app')]}]);
	const index = JSON.parse(String(saved['index.json']));
	const [entry] = index.manifests;
	const manifest = JSON.parse(String(saved[`blobs/${entry.digest.replace(':', '/')}`]));
	const bytes = Buffer.from(JSON.stringify({...manifest, layers: change(manifest.layers)}));
	const at = {...entry, digest: `sha256:${hex(bytes)}`, size: bytes.length};
	return {
		...saved,
		[`blobs/sha256/${hex(bytes)}`]: bytes,
		'index.json': JSON.stringify({...index, manifests: [at]}),
	};
};

describe('the layers of a manifest and of its configuration', () => {
	test('are refused in another order', async () => {
		const [base, app] = [hex(await layer('base')), hex(await layer('app'))];
		const members = await docker25((layers) => [...layers].reverse());
		expect(await problemOf(readMembers(members))).toMatchObject({
			code: 'bundle-layers-differ',
			message: expect.stringMatching(/^The lists of the layers of 1 \(sha256:\w+\) in images\/x\.tar do not agree\.$/u),
			cause: `Its manifest has sha256:${app} as layer 1, its configuration sha256:${base}: the tool that saved it wrote them in another order.`,
			fix: saveAnew,
		});
	});

	test.each([
		['none', 0],
		['one too few', 1],
	])('are refused where the manifest lists %s', async (_what, count) => {
		const members = await docker25((layers) => layers.slice(0, count));
		const told = {
			code: 'bundle-layers-differ',
			cause: `Its manifest lists ${count} layers, its configuration 2: the tool that saved it wrote a wrong list.`,
			fix: saveAnew,
		};
		expect(await problemOf(readMembers(members))).toMatchObject(told);
		const {'manifest.json': _, ...layout} = members;
		expect(await problemOf(readMembers(layout))).toMatchObject(told);
	});

	test('of Docker may be compressed though they are called raw', async () => {
		const oci = ociLayout();
		const base = await layer('base');
		const config = oci.put(configOf({reference: '', layers: [base]}), types.config);
		const packed = oci.put(gzipSync(base), 'application/vnd.docker.image.rootfs.diff.tar');
		expect(keysOf(await readMembers(oci.with([called(oci.manifest(config, [packed]), 'v/app:1')])))).toEqual(['app:1']);
		const lying = oci.put(gzipSync(base), types.layer);
		const members = oci.with([called(oci.manifest(config, [lying]), 'v/app:1')]);
		expect((await problemOf(readMembers(members))).code).toBe('bundle-layers-differ');
	});
});

describe('an image for several platforms', () => {
	const attested = async () => {
		const oci = ociLayout();
		const [amd64, arm64] = [await oci.image('a'), await oci.image('b', 'arm64')];
		const note = oci.put({os: 'unknown', architecture: 'unknown', rootfs: {diff_ids: []}}, types.config);
		const attestation = oci.manifest(note, []);
		const index = oci.index([
			{...amd64.at, platform: {os: 'linux', architecture: 'amd64'}},
			{...arm64.at, platform: {os: 'linux', architecture: 'arm64'}},
			{
				...attestation,
				platform: {os: 'unknown', architecture: 'unknown'},
				annotations: {
					'vnd.docker.reference.type': 'attestation-manifest',
					'vnd.docker.reference.digest': amd64.at.digest,
				},
			},
		]);
		return {oci, amd64, arm64, attestation, note, index};
	};

	test('is taken whole without the attestations that Docker did not save, and that is said', async () => {
		const {oci, amd64, arm64, attestation, index} = await attested();
		oci.drop(attestation);
		const {images, notes} = await readMembers(oci.with([called(index, 'v/app:1')]), {platform: 'all'});
		const made = JSON.parse(String(images[0]?.manifest.bytes));
		expect(made.manifests.map(({digest}: {digest: string}) => digest)).toEqual([amd64.at.digest, arm64.at.digest]);
		expect(images[0]?.manifest.digest).toBe(`sha256:${hex(images[0]?.manifest.bytes ?? '')}`);
		expect(images[0]?.children?.map(({digest}) => digest)).toEqual([amd64.at.digest, arm64.at.digest]);
		expect(notes).toEqual([
			`An attestation of app:1 in ${archive} was not saved: an index without is made, and its digest is not the vendor's.`,
		]);
	});

	test('keeps its bytes where its attestations are there, and loses those without their parts', async () => {
		const {oci, attestation, note, index} = await attested();
		const entries = [called(index, 'v/app:1')];
		const whole = await readMembers(oci.with(entries), {platform: 'all'});
		expect([whole.images[0]?.manifest.digest, whole.notes]).toEqual([index.digest, []]);
		expect(whole.images[0]?.children?.map(({digest}) => digest)).toContain(attestation.digest);
		oci.drop(note);
		const less = await readMembers(oci.with(entries), {platform: 'all'});
		expect([less.images[0]?.children?.length, less.notes.length]).toEqual([2, 1]);
	});

	test('of which amd64 is named but lost is not taken for another platform in its place', async () => {
		const {oci, amd64, index} = await attested();
		oci.drop(amd64.config);
		const members = oci.with([called(index, 'v/app:1')]);
		for (const platform of [undefined, 'linux/amd64']) {
			expect(await problemOf(readMembers(members, {platform}))).toMatchObject({
				code: 'bundle-platform-missing',
				message: `${archive} does not hold app:1 for linux/amd64.`,
				cause: `Its index names linux/amd64, but ${amd64.config.digest} of it is not in the archive: it was not saved, or was lost on the way.`,
			});
		}
		const {images, notes} = await readMembers(members, {platform: 'linux/arm64'});
		expect(images[0]?.platform.architecture).toBe('arm64');
		expect(notes).toEqual([
			`app:1 in ${archive} was left out for linux/amd64: ${amd64.config.digest} of it is not there.`,
		]);
	});
});

describe('an image without a name', () => {
	test('is given one, be it saved by its id, with a tag alone, with a name without a tag, or with nothing', async () => {
		const oci = ociLayout();
		const {at} = await oci.image('a');
		const name = 'v.example.com/app:1.0';
		for (const entry of [at, called(at, '7'), called(at, `v/app@sha256:${hex('a')}`), called(at, 'v/app')]) {
			const read = await readMembers(oci.with([entry]), {name});
			expect([keysOf(read), read.usedName, read.notes]).toEqual([['app:1.0'], true, []]);
		}
		const saved = modern([{reference: 'v/app:1', layers: [await layer('a')]}]);
		const [entry] = JSON.parse(String(saved['manifest.json']));
		const byId = {...saved, 'manifest.json': JSON.stringify([{...entry, RepoTags: null}])};
		const read = await readMembers(byId, {name});
		expect([keysOf(read), read.usedName]).toEqual([['app:1.0'], true]);
	});

	test('keeps the one it has, and two without one are not called the same', async () => {
		const oci = ociLayout();
		const [one, other] = [await oci.image('a'), await oci.image('b')];
		const read = await readMembers(oci.with([called(one.at, 'v/own:1')]), {name: 'v/app:1'});
		expect([keysOf(read), read.usedName]).toEqual([['own:1'], false]);
		const both = readMembers(oci.with([one.at, other.at]), {name: 'v/app:1'});
		expect((await problemOf(both)).code).toBe('bundle-image-twice');
	});

	test('but a tag is called after its folder or file, and that is said', async () => {
		const oci = ociLayout();
		const {at} = await oci.image('a');
		const read = await readMembers(oci.with([called(at, `1.0@sha256:${hex('a')}`)]));
		expect(keysOf(read)).toEqual(['x:1.0']);
		expect(read.notes).toEqual([
			`${archive} gives its image the tag 1.0 alone: it is called x:1.0 after its folder or file.`,
		]);
	});

	test('with a tag that fits no folder is refused with the tag', async () => {
		const oci = ociLayout();
		const {at} = await oci.image('a');
		expect(await problemOf(readMembers(oci.with([called(at, '-')])))).toMatchObject({
			code: 'bundle-image-unnamed',
			cause: `Its index.json carries the tag "-" alone, and ${archive} is not the name of an image.`,
			nextSteps: ['`registry push` and `bundle create` take the name of an image without one: --name NAME:VERSION'],
		});
	});
});
