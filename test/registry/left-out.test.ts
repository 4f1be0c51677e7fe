import {execFileSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {layer, modern, tarOf, writeFiles} from '../bundle/helpers.ts';
import {ociLayout} from '../bundle/images/oci.ts';
import {imageOf, noise, serve, temporary} from './helpers.ts';
import {writeLayout} from './on-disk.ts';
import {setting, start} from './push-command.ts';

type Listed = {manifests: {digest: string; annotations: Record<string, string>}[]};
const listOf = async (layout: string): Promise<Listed> =>
	JSON.parse(await readFile(join(layout, 'index.json'), 'utf8'));
const blobOf = (layout: string, digest: string): string => join(layout, 'blobs', 'sha256', digest.slice(7));

/** Puts what is no image into a layout. */
const putArtifact = async (layout: string): Promise<void> => {
	const oci = ociLayout();
	const at = oci.manifest(oci.put({}, 'application/vnd.cncf.helm.config.v1+json'), []);
	await writeFiles(layout, oci.members as Record<string, Buffer>);
	const list = await listOf(layout);
	const annotations = {'io.containerd.image.name': 'v/chart:1'};
	await writeFile(
		join(layout, 'index.json'),
		JSON.stringify({...list, manifests: [...list.manifests, {...at, annotations}]}),
	);
};

describe('registry push counts all that it finds', () => {
	test('and tells what it left out, and why', async () => {
		const server = await serve({users: []});
		const {layout, state} = await setting();
		await putArtifact(layout);
		const words = ['--bundle', layout, '--to', `${server.host}/a`, '--plain-http', '--state-dir', state];
		const {code, out, err} = await start(words).result();
		expect([code, out]).toEqual([
			0,
			expect.stringMatching(/^3 of 4 images at 127\.0\.0\.1:\d+, by digest; 1 left out; [\d.]+ KiB sent\.\n$/u),
		]);
		const why = 'it is an artifact (application/vnd.cncf.helm.config.v1+json), no image';
		expect(err).toContain(`v/chart:1 in images/images was left out: ${why}.`);
		const {out: json} = await start([...words, '--json']).result();
		expect(JSON.parse(json)).toMatchObject({of: 4, leftOut: [{archive: 'images/images', name: 'v/chart:1', why}]});
	});

	test('and sends nothing where one of the images is not whole', async () => {
		const server = await serve({users: []});
		const {layout, state} = await setting();
		const [first] = (await listOf(layout)).manifests;
		const file = blobOf(layout, first?.digest ?? '');
		const bytes = await readFile(file);
		await writeFile(file, Buffer.concat([bytes.subarray(0, 9), Buffer.from('X'), bytes.subarray(10)]));
		const words = ['--bundle', layout, '--to', `${server.host}/a`, '--plain-http', '--state-dir', state];
		const {code, err} = await start(words).result();
		expect(code).not.toBe(0);
		expect(err).toContain('A manifest of vendor.example.com/api:1.0 in images/images is not what its name says.');
		expect(server.counters.requests).toBe(0);
	});
});

describe('registry push --name', () => {
	const byId = async (): Promise<string> => {
		const saved = modern([{reference: 'v/app:1', layers: [await layer('a')]}]);
		const [entry] = JSON.parse(String(saved['manifest.json']));
		const file = join(await temporary(), 'x.tar');
		await writeFile(file, await tarOf({...saved, 'manifest.json': JSON.stringify([{...entry, RepoTags: null}])}));
		return file;
	};

	test('names what was saved without a name', async () => {
		const server = await serve({users: []});
		const words = ['--bundle', await byId(), '--to', `${server.host}/a`, '--plain-http'];
		expect((await start(words).result()).err).toContain('--name NAME:VERSION');
		expect(await start([...words, '--name', 'zenml-pro-api:0.13']).result()).toMatchObject({code: 0});
		expect(await server.has('a/zenml-pro-api', '0.13')).toBe(true);
	});

	test.each([
		['zenml-pro-api', 'It is not a name and a tag.'],
		['A:b:c', 'It is not a name and a tag.'],
	])('%s is refused before anything is read', async (name, cause) => {
		const words = ['--bundle', '/nowhere', '--to', 'localhost:1/a', '--name', name];
		const {code, err} = await start(words).result();
		expect([code, err]).toEqual([2, expect.stringContaining(cause)]);
		expect(err).toContain('Give both, such as --name zenml-pro-api:0.13.18');
	});

	test('is refused where every image has a name of its own', async () => {
		const layout = await writeLayout(join(await temporary(), 'x'), [imageOf('api', [noise('a', 100)])]);
		const words = ['--bundle', layout, '--to', 'localhost:1/a', '--plain-http', '--name', 'v/app:1'];
		const {code, err} = await start(words).result();
		expect([code, err]).toEqual([2, expect.stringContaining('Every image there carries a name of its own.')]);
		expect(err).toContain('Leave --name out: it is for an archive that carries none.');
	});
});

const skopeo = ['/usr/bin/skopeo', '/usr/local/bin/skopeo'].find(existsSync);

describe.skipIf(skopeo === undefined)('a layout that skopeo made', () => {
	const copy = (from: string, to: string): void => {
		execFileSync(skopeo ?? '', ['--insecure-policy', 'copy', '--quiet', from, to], {stdio: 'pipe'});
	};

	test('is pushed, and refused by the same blob that skopeo misses', async () => {
		const server = await serve({users: []});
		const folder = await temporary();
		const names = ['one', 'two'] as const;
		for (const name of names) {
			const tar = join(folder, `${name}.tar`);
			await writeFile(tar, await tarOf(modern([{reference: `v.example.com/${name}:1`, layers: [await layer(name)]}])));
			copy(`docker-archive:${tar}`, `oci:${join(folder, 'layout')}:v.example.com/${name}:1`);
		}
		const layout = join(folder, 'layout');
		const words = ['--bundle', layout, '--to', `${server.host}/a`, '--plain-http'];
		expect(await start(words).result()).toMatchObject({code: 0, out: expect.stringContaining('2 of 2 images')});
		const [, second] = (await listOf(layout)).manifests;
		const manifest = JSON.parse(await readFile(blobOf(layout, second?.digest ?? ''), 'utf8'));
		const lost: string = manifest.layers[0].digest;
		execFileSync('rm', [blobOf(layout, lost)]);
		expect(() => copy(`oci:${layout}:v.example.com/two:1`, `dir:${join(folder, 'out')}`)).toThrow(lost.slice(7));
		const {code, err} = await start(words).result();
		expect(code).not.toBe(0);
		expect(err).toContain(`does not hold the layer ${lost} of v.example.com/two:1.`);
	});

	test('with a tag alone is called after its folder, and that is said; --name gives another', async () => {
		const server = await serve({users: []});
		const folder = await temporary();
		const tar = join(folder, 'one.tar');
		await writeFile(tar, await tarOf(modern([{reference: 'v.example.com/one:1', layers: [await layer('one')]}])));
		copy(`docker-archive:${tar}`, `oci:${join(folder, 'out')}:7`);
		const words = ['--bundle', join(folder, 'out'), '--to', `${server.host}/a`, '--plain-http'];
		const first = await start(words).result();
		expect(first.code).toBe(0);
		expect(first.err).toContain(
			'images/out gives its image the tag 7 alone: it is called out:7 after its folder or file.',
		);
		expect((await start([...words, '--name', 'one:1']).result()).code).toBe(0);
		expect(await server.has('a/one', '1')).toBe(true);
	});
});
