import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {gzipSync, zstdCompressSync} from 'node:zlib';
import {describe, expect, test} from 'vitest';
import {bundleFiles, checksumLines, hex, layer, type Member, modern, tarOf, temporary, writeFiles} from '../helpers.ts';
import {inspect} from '../made.ts';

/** An archive of one image whose layers are compressed, in this order. */
const saved = async (pack: (bytes: Buffer) => Buffer, swap: boolean): Promise<Record<string, Member>> => {
	const layers = [await layer('base'), await layer('app')];
	const stored = layers.map(pack);
	const {'manifest.json': _, ...members} = modern([
		{reference: 'zenmldocker/zenml:0.95.1', layers, stored: swap ? stored.toReversed() : stored},
	]);
	const index = JSON.parse(String(members['index.json']));
	index.manifests[0].annotations = {'io.containerd.image.name': 'zenmldocker/zenml:0.95.1'};
	return {...members, 'index.json': JSON.stringify(index)};
};

const bundleWith = async (members: Record<string, Member>, sums = false): Promise<string> => {
	const folder = await temporary();
	const files = {...(await bundleFiles()), 'images/zenml-client.tar': await tarOf(members)};
	await writeFiles(folder, {...files, ...(sums && {SHA256SUMS: checksumLines(files)})});
	return folder;
};

describe.each([
	['gzip', (bytes: Buffer) => gzipSync(bytes)],
	['zstd', (bytes: Buffer) => zstdCompressSync(bytes)],
] as const)('layers compressed with %s', (_name, pack) => {
	test.each([false, true])('that are what the configuration says are whole, with checksums: %s', async (sums) => {
		const found = await inspect(await bundleWith(await saved(pack, false), sums));
		expect([found.refusals, found.damages]).toEqual([[], []]);
	});

	test.each([false, true])('in another order are not called whole, with checksums: %s', async (sums) => {
		const {refusals, damages} = await inspect(await bundleWith(await saved(pack, true), sums));
		expect(damages.map(({file, reason}) => [file, reason])).toEqual([['images/zenml-client.tar', 'contents']]);
		expect(refusals[0]?.problem).toMatchObject({
			code: 'bundle-checksum-mismatch',
			message: 'A layer in images/zenml-client.tar is not the one that its image names.',
			cause: expect.stringMatching(
				new RegExp(
					`^It unpacks to sha256:(?:${hex(await layer('base'))}|${hex(await layer('app'))}), the configuration of the image says sha256:`,
					'u',
				),
			),
			fix: 'Save the image anew: skopeo copy docker://NAME:VERSION docker-archive:FILE:NAME:VERSION. Carried in again, it stays as it is.',
		});
	});

	test('that were damaged are to be carried in again', async () => {
		const members = await saved(pack, false);
		const stored = pack(await layer('app'));
		const folder = await bundleWith(members);
		const file = join(folder, 'images/zenml-client.tar');
		const bytes = await readFile(file);
		const at = bytes.indexOf(stored) + stored.length - 6;
		bytes[at] = (bytes[at] ?? 0) ^ 1;
		await writeFile(file, bytes);
		const {damages} = await inspect(folder);
		expect(damages.map((one) => one.file)).toEqual(['images/zenml-client.tar']);
		expect(damages[0]?.problem.fix).toMatch(/^Carry images\/zenml-client\.tar in again/u);
	});
});
