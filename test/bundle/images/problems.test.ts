import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {Readable} from 'node:stream';
import {gzipSync} from 'node:zlib';
import {expect, test} from 'vitest';
import {indexTar} from '../../../source/archive/tar-index.ts';
import {tarTree} from '../../../source/archive/tree.ts';
import type {ProblemCode} from '../../../source/base/problem.ts';
import {compressImage} from '../../../source/bundle/images/compress.ts';
import {requireSpace} from '../../../source/bundle/images/compress-layer.ts';
import {type ReadOptions, readImages} from '../../../source/bundle/images/read-archive.ts';
import {sliceOf} from '../../archive/helpers.ts';
import {classic, configOf, hex, layer, type Member, modern, never, problemOf, tarOf, temporary} from '../helpers.ts';

const file = 'images/x.tar';
const carryAgain = `Carry ${file} in again from the connected side and try again.`;
const saveAgain = 'Save the image again by name and version: docker save NAME:VERSION > FILE, not by its id.';

const takeOut =
	'Take it out of the archive on the connected side; where the install needs it, save it there in another form.';

type Members = Record<string, Member>;

const read = async (members: Members, options?: ReadOptions) =>
	(await readImages(tarTree(file, await indexTar(await sliceOf(await tarOf(members)), never)), never, options)).images;

const image = async (stored?: (bytes: Buffer) => Buffer) => {
	const layers = [await layer('base'), await layer('app')];
	return {reference: 'v/app:1', layers, ...(stored && {stored: layers.map(stored)})};
};

/** The list of an archive of `docker save`, changed. */
const listed = (members: Members, change: Record<string, unknown>): Members => {
	const [entry] = JSON.parse(String(members['manifest.json']));
	return {...members, 'manifest.json': JSON.stringify([{...entry, ...change}])};
};
const entryOf = (members: Members) => JSON.parse(String(members['manifest.json']))[0];

/** Without the list, so that the archive is an OCI layout; its image is named by what is given. */
const layoutOf = async (annotations: Record<string, string>): Promise<Members> => {
	const {'manifest.json': _, ...members} = modern([await image()]);
	const index = JSON.parse(String(members['index.json']));
	index.manifests[0].annotations = annotations;
	return {...members, 'index.json': JSON.stringify(index)};
};

/** An index in the index that names manifests which are not there. */
const indexOf = (count: number, seed: number): Buffer => {
	const manifests = Array.from({length: count}, (_, number) => ({
		mediaType: 'a/b',
		digest: `sha256:${hex(`${seed} ${number}`)}`,
		size: 1,
	}));
	return Buffer.from(JSON.stringify({schemaVersion: 2, manifests}));
};
const blobs = (list: readonly Buffer[]): Members =>
	Object.fromEntries(list.map((bytes) => [`blobs/sha256/${hex(bytes)}`, bytes]));
const named = (list: readonly Buffer[]): string =>
	JSON.stringify({
		schemaVersion: 2,
		manifests: list.map((bytes) => ({mediaType: 'a/b', digest: `sha256:${hex(bytes)}`, size: bytes.length})),
	});

const sample = async () => {
	const [found] = await read(modern([await image()]));
	if (!found) throw new Error('The archive holds no image.');
	return found;
};

type Case = readonly [
	what: string,
	code: ProblemCode,
	told: {readonly message?: string; readonly cause: string; readonly fix: string},
	raise: () => Promise<unknown>,
];

const refusals: readonly Case[] = [
	[
		'a list of images that is something else',
		'bundle-archive-damaged',
		{
			message: `manifest.json in ${file} cannot be used.`,
			cause: 'It is not the list of images that `docker save` writes.',
			fix: carryAgain,
		},
		async () => read({...modern([await image()]), 'manifest.json': '[]'}),
	],
	[
		'a list that names a file outside',
		'bundle-archive-unsafe',
		{
			message: `${file} cannot be used.`,
			cause: 'manifest.json names a file outside the archive.',
			fix: carryAgain,
		},
		async () => read(listed(modern([await image()]), {Layers: ['../layer.tar']})),
	],
	[
		'a configuration that is something else',
		'bundle-archive-damaged',
		{
			message: `x.json in ${file} cannot be used.`,
			cause: 'It is not an image configuration: os, architecture or rootfs.diff_ids are missing or malformed.',
			fix: carryAgain,
		},
		async () => read({...listed(modern([await image()]), {Config: 'x.json'}), 'x.json': '{"os":"linux"}'}),
	],
	[
		'a configuration that is not what its name says',
		'bundle-digest-mismatch',
		{
			message: `The image configuration in ${file} is not what its name says.`,
			cause: `Its name promises sha256:${'0'.repeat(64)}, its bytes have sha256:${hex('{"os":"linux","architecture":"amd64","rootfs":{"diff_ids":[]}}')}.`,
			fix: carryAgain,
		},
		async () => {
			const name = `${'0'.repeat(64)}.json`;
			const config = '{"os":"linux","architecture":"amd64","rootfs":{"diff_ids":[]}}';
			return read({...listed(classic([await image()]), {Config: name}), [name]: config});
		},
	],
	[
		'another number of layers than the configuration has',
		'bundle-archive-damaged',
		{
			message: `${file} contradicts itself about its layers.`,
			cause: 'manifest.json lists 1 layers, the image configuration 2.',
			fix: carryAgain,
		},
		async () => {
			const members = classic([await image()]);
			return read(listed(members, {Layers: entryOf(members).Layers.slice(1)}));
		},
	],
	[
		'a layer that is not there',
		'bundle-archive-incomplete',
		{
			message: `${file} does not hold the layer gone/layer.tar.`,
			cause: 'The archive is whole but lacks a part that it names, or it was not made by `docker save`.',
			fix: carryAgain,
		},
		async () => read(listed(classic([await image()]), {Layers: ['gone/layer.tar', 'gone/layer.tar']})),
	],
	[
		'layers in another order than in the configuration',
		'bundle-digest-mismatch',
		{
			message: `${file} contradicts itself about a layer.`,
			cause: `The layer list says sha256:${hex(await layer('app'))} where the image configuration says sha256:${hex(await layer('base'))}.`,
			fix: carryAgain,
		},
		async () => {
			const {'index.json': _, ...members} = modern([await image()]);
			return read(listed(members, {Layers: [...entryOf(members).Layers].reverse()}));
		},
	],
	[
		'a compressed layer with another content',
		'bundle-digest-mismatch',
		{
			message: `${file} contradicts itself about a layer.`,
			cause: `${hex('v/app:1 0')}/layer.tar unpacks to sha256:${hex('other')}, the image configuration says sha256:${hex(await layer('base'))}.`,
			fix: carryAgain,
		},
		async () => read(classic([await image(() => gzipSync('other'))])),
	],
	[
		'a blob of another size than its manifest says',
		'bundle-digest-mismatch',
		{
			message: `${file} contradicts itself about sha256:${hex(await layer('app'))}.`,
			cause: `The manifest says ${(await layer('app')).length} bytes, the archive holds 3.`,
			fix: carryAgain,
		},
		async () => read({...modern([await image()]), [`blobs/sha256/${hex(await layer('app'))}`]: 'abc'}),
	],
	[
		'an index that leads to too many manifests',
		'bundle-archive-damaged',
		{
			message: `${file} is not an image archive.`,
			cause: 'Its index.json leads to more than 5000 manifests, or to more than 64.0 MiB of them.',
			fix: carryAgain,
		},
		async () => {
			const list = [1, 2, 3, 4, 5, 6].map((seed) => indexOf(1000, seed));
			return read({...blobs(list), 'index.json': named(list)});
		},
	],
	[
		'an index without a manifest that is there',
		'bundle-archive-incomplete',
		{
			message: `${file} does not hold the manifest sha256:${hex('gone')} of sha256:${hex('gone')}.`,
			cause: 'The archive is whole but lacks a part that it names, or it was not made by `docker save`.',
			fix: carryAgain,
		},
		async () => read({'index.json': named([Buffer.from('gone')])}),
	],
	[
		'an index that is none',
		'bundle-image-unsupported',
		{
			message: `index.json in ${file} cannot be used.`,
			cause: 'It is neither an image nor an index of images; its media type: none.',
			fix: takeOut,
		},
		async () => read({'index.json': '{"manifests":1}'}),
	],
	[
		'an index whose images lack layers',
		'bundle-archive-incomplete',
		{
			message: `${file} does not hold the layer sha256:${hex(await layer('app'))} of v/app:1.`,
			cause: 'The archive is whole but lacks a part that it names, or it was not made by `docker save`.',
			fix: carryAgain,
		},
		async () => {
			const members = await layoutOf({'io.containerd.image.name': 'v/app:1'});
			delete members[`blobs/sha256/${hex(await layer('app'))}`];
			return read(members);
		},
	],
	[
		'an image that was saved by its id',
		'bundle-image-unnamed',
		{
			message: `${file} does not say which image it holds.`,
			cause: 'It was saved by image id, so it carries no name and no tag.',
			fix: saveAgain,
		},
		async () => read(listed(modern([await image()]), {RepoTags: null})),
	],
	[
		'an image without a tag',
		'bundle-image-unnamed',
		{cause: 'It is called "v/app", which has no tag.', fix: saveAgain},
		async () => read(listed(modern([await image()]), {RepoTags: ['v/app']})),
	],
	[
		'a layout whose images have no name',
		'bundle-image-unnamed',
		{cause: 'Its index.json carries neither io.containerd.image.name nor a tag.', fix: saveAgain},
		async () => read(await layoutOf({})),
	],
	[
		'a platform that is not there',
		'bundle-platform-missing',
		{
			message: `${file} does not hold app:1 for linux/s390x.`,
			cause: 'It holds it for linux/amd64 only.',
			fix: 'Set bundle.platform to a platform that it holds (linux/amd64) if the nodes are of that kind; else have a bundle made with linux/s390x.',
		},
		async () => read(modern([await image()]), {platform: 'linux/s390x'}),
	],
	[
		'a blob that was left out',
		'bundle-blob-omitted',
		{
			message: `The bundle does not hold sha256:${hex(await layer('app'))}.`,
			cause:
				'It is a differential bundle: what the registry was said to have already was left out, but the registry lacks this.',
			fix: 'Load the bundle that it was made against first, or have a whole bundle made.',
		},
		async () => {
			const bytes = await layer('app');
			const members = modern([await image()]);
			delete members[`blobs/sha256/${hex(bytes)}`];
			const [found] = await read(members, {omitted: new Map([[`sha256:${hex(bytes)}`, bytes.length]])});
			return found?.blobs.find(({omitted}) => omitted)?.open();
		},
	],
	[
		'a layer that has rotted when it is compressed',
		'bundle-checksum-mismatch',
		{
			message: `The layer sha256:${hex(await layer('base'))} is not what it should be.`,
			cause: `Its bytes have sha256:${hex('rotten')}: they were changed or lost on the way.`,
			fix: `Carry sha256:${hex(await layer('base'))} in again from the connected side and try again.`,
		},
		async () => {
			const found = await sample();
			const rotten = {
				...found,
				blobs: found.blobs
					.slice(1, 2)
					.map((blob) => ({...blob, size: 6, open: () => Readable.from([Buffer.from('rotten')])})),
			};
			return compressImage(rotten, {algorithm: 'gzip', folder: await temporary(), signal: never});
		},
	],
	[
		'too little space for compressed layers',
		'compress-no-space',
		{
			message: 'There is not enough space in /spool to compress the layers.',
			cause: 'Up to 2.0 KiB are needed, 1.0 KiB are free.',
			fix: 'Free some space there, or push the layers as they are: set bundle.compress to none.',
		},
		async () => requireSpace('/spool', 2048, 1024),
	],
	[
		'a folder for compressed layers that cannot be made',
		'compress-unwritable',
		{
			cause: 'Making it fails: A part of the path is a file, not a folder.',
			fix: 'Name another folder with --state-dir, or push the layers as they are: set bundle.compress to none.',
		},
		async () => {
			const taken = join(await temporary(), 'file');
			await writeFile(taken, '');
			return compressImage(await sample(), {algorithm: 'gzip', folder: join(taken, 'spool'), signal: never});
		},
	],
];

test.each(refusals)('%s is refused as %s, with its cause and the way out', async (_what, code, told, raise) => {
	expect(await problemOf(raise())).toMatchObject({code, area: 'bundle', ...told});
});

test('an index whose platforms are not all there is taken for none of the others', async () => {
	const {'manifest.json': _, ...members} = modern([{...(await image()), reference: 'v/app:1'}]);
	const [whole] = JSON.parse(String(members['index.json'])).manifests;
	const lost = {mediaType: 'a/b', digest: `sha256:${'1'.repeat(64)}`, size: 1};
	const inner = Buffer.from(
		JSON.stringify({
			schemaVersion: 2,
			manifests: [
				whole,
				{...lost, platform: {os: 'linux', architecture: 'ppc64le'}},
				{...lost, digest: `sha256:${'2'.repeat(64)}`},
			],
		}),
	);
	const at = {mediaType: 'a/b', digest: `sha256:${hex(inner)}`, size: inner.length};
	const annotations = {'io.containerd.image.name': 'v/app:1'};
	const index = JSON.stringify({schemaVersion: 2, manifests: [{...at, annotations}]});
	const problem = await problemOf(read({...members, ...blobs([inner]), 'index.json': index}, {platform: 'all'}));
	const wanted = `linux/ppc64le, sha256:${'2'.repeat(12)}`;
	expect(problem).toMatchObject({
		code: 'bundle-platform-missing' satisfies ProblemCode,
		message: `${file} does not hold app:1 for ${wanted}.`,
		cause: `Its index names ${wanted}, whose manifest or layers are not in the archive; without them the index cannot be pushed.`,
	});
});

test('an attestation, and an artifact that is no image, are passed over', async () => {
	const found = modern([await image()]);
	const attestation = Buffer.from(
		JSON.stringify({os: 'unknown', architecture: 'unknown', rootfs: {type: 'layers', diff_ids: []}}),
	);
	const manifestOf = (mediaType: string) =>
		Buffer.from(
			JSON.stringify({
				schemaVersion: 2,
				config: {mediaType, digest: `sha256:${hex(attestation)}`, size: attestation.length},
				layers: [],
			}),
		);
	const others = ['application/vnd.oci.image.config.v1+json', 'application/vnd.cncf.helm.config.v1+json'].map(
		manifestOf,
	);
	const {'manifest.json': _, ...members} = found;
	const index = JSON.parse(String(members['index.json']));
	const list = [...index.manifests, ...JSON.parse(named(others)).manifests].map((entry) => ({
		...entry,
		annotations: {'io.containerd.image.name': 'v/app:1'},
	}));
	const images = await read({
		...members,
		...blobs([attestation, ...others]),
		'index.json': JSON.stringify({schemaVersion: 2, manifests: list}),
	});
	expect(images).toHaveLength(1);
	expect(images[0]?.platform).toEqual({os: 'linux', architecture: 'amd64'});
});

test('an image under several names is one image with each of them', async () => {
	const tags = ['v/app:1', 'mirror.example.com/app:1', 'v/app:2'];
	const images = await read(listed(modern([await image()]), {RepoTags: tags}));
	expect(images.map(({name, tag, source}) => [name, tag, source])).toEqual([
		['app', '1', 'v/app:1'],
		['app', '2', 'v/app:2'],
	]);
	expect(configOf(await image()).length).toBe(images[0]?.blobs[0]?.size);
});
