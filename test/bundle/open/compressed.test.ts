import {execFileSync} from 'node:child_process';
import {readdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {gzipSync, zstdCompressSync} from 'node:zlib';
import {describe, expect, test} from 'vitest';
import {createBundlePort} from '../../../source/bundle/open/bundle.ts';
import type {Bundle} from '../../../source/bundle/types.ts';
import {contentOf} from '../../archive/helpers.ts';
import {bundleFiles, checksumLines, hex, never, problemOf, temporary, writeFiles} from '../helpers.ts';

const compressions = [
	['gzip', '.gz', gzipSync],
	['zstd', '.zst', zstdCompressSync],
] as const;

const portOf = async (path: string) => createBundlePort({path, workDirectory: join(await temporary(), 'work')});

/** Reads every blob of a bundle, from its start and from its middle, against its digest. */
const expectReadable = async ({images}: Bundle): Promise<void> => {
	for (const blob of images.flatMap((image) => image.blobs)) {
		const whole = await contentOf(blob.open());
		expect(`sha256:${hex(whole)}`).toBe(blob.digest);
		expect(await contentOf(blob.open(blob.size >> 1))).toEqual(whole.subarray(blob.size >> 1));
	}
};

describe.each(compressions)('with %s', (_algorithm, suffix, compress) => {
	test('compressed image archives are read and verified as they lie, and give the same images', async () => {
		const plain = await temporary();
		const packed = await temporary();
		const files = await bundleFiles();
		await writeFiles(plain, files);
		const compressed = Object.fromEntries(
			Object.entries(files).map(([name, bytes]) =>
				name.startsWith('images/') ? [`${name}${suffix}`, compress(bytes)] : [name, bytes],
			),
		);
		await writeFiles(packed, {...compressed, SHA256SUMS: checksumLines(compressed)});
		const expected = await (await portOf(plain)).open(never);
		const port = await portOf(packed);
		const bundle = await port.open(never);
		expect(bundle.digest).toBe(expected.digest);
		expect(bundle.warnings).toEqual([]);
		await expectReadable(bundle);
		await port.verify({signal: never, onProgress: () => {}});
		expect((await readdir(join(packed, 'images'))).sort()).toEqual(
			Object.keys(compressed)
				.flatMap((name) => /^images\/(.*)$/u.exec(name)?.[1] ?? [])
				.sort(),
		);
	});

	test('a whole bundle in one compressed tar is read in place, with compressed archives in it too', async () => {
		const [directory, elsewhere] = [await temporary(), await temporary()];
		const {'images/zenml-client.tar': client = Buffer.alloc(0), ...files} = await bundleFiles();
		await writeFiles(join(directory, 'b'), {...files, [`images/zenml-client.tar${suffix}`]: compress(client)});
		const packed = compress(execFileSync('tar', ['-cf', '-', '-C', directory, 'b'], {maxBuffer: 1 << 26}));
		await writeFile(join(elsewhere, `b.tar${suffix}`), packed);
		const port = await portOf(join(elsewhere, `b.tar${suffix}`));
		const bundle = await port.open(never);
		expect(bundle.digest).toBe((await (await portOf(directory)).open(never)).digest);
		await expectReadable(bundle);
		await port.verify({signal: never, onProgress: () => {}});
		expect(await readdir(elsewhere)).toEqual([`b.tar${suffix}`]);
	});

	test('a changed byte in a layer of a compressed archive is found, with and without checksum lines', async () => {
		for (const checksums of [true, false]) {
			const directory = await temporary();
			const files = await bundleFiles();
			const name = `images/zenml-pro-dashboard.tar${suffix}`;
			const {'images/zenml-pro-dashboard.tar': archive = Buffer.alloc(0), ...others} = files;
			const sums = checksumLines({...others, [name]: compress(archive)});
			const bad = Buffer.from(archive);
			bad[bad.indexOf('zenml-pro-dashboard-0.13.18vendor')] = 0x21;
			await writeFiles(directory, {...others, [name]: compress(bad), ...(checksums ? {SHA256SUMS: sums} : {})});
			const problem = await problemOf((await portOf(directory)).verify({signal: never, onProgress: () => {}}));
			expect(problem).toMatchObject({code: 'bundle-checksum-mismatch', location: {file: name}});
		}
	});
});
