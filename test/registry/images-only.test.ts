import {createHash} from 'node:crypto';
import {appendFile, readdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {openImages} from '../../source/bundle/open/images-only.ts';
import {publicKeyLine} from '../../source/minisign/public-key.ts';
import {generateSigningKey} from '../../source/minisign/secret-key.ts';
import {writeMinisig} from '../../source/minisign/write-minisig.ts';
import {imageOf, never, noise, problemOf, temporary} from './helpers.ts';
import {writeLayout} from './on-disk.ts';

const image = imageOf('api', [noise('layer', 100_000)]);
const off = {signature: {mode: 'off' as const}};

/** A bundle of images alone with a signature over its checksums. */
const signed = async () => {
	const folder = await temporary();
	await writeLayout(join(folder, 'images'), [image]);
	const lines: string[] = [];
	for (const entry of await readdir(join(folder, 'images'), {recursive: true, withFileTypes: true})) {
		if (!entry.isFile()) continue;
		const file = join(entry.parentPath, entry.name);
		const hex = createHash('sha256')
			.update(await readFile(file))
			.digest('hex');
		lines.push(`${hex}  ${file.slice(folder.length + 1)}\n`);
	}
	const sums = Buffer.from(lines.sort((a, b) => (a.slice(66) < b.slice(66) ? -1 : 1)).join(''));
	const key = generateSigningKey();
	await writeFile(join(folder, 'SHA256SUMS'), sums);
	await writeFile(join(folder, 'SHA256SUMS.minisig'), writeMinisig(sums, key, 'by us'));
	const signature = {mode: 'require' as const, publicKey: publicKeyLine(key.public)};
	return {folder, layer: join(folder, 'images/blobs/sha256', image.blobs[1]?.digest.slice(7) ?? ''), signature};
};

describe('images without the rest of a bundle', () => {
	test('are found with the digests they have, in a signed bundle that is whole', async () => {
		const {folder, signature} = await signed();
		const {images} = await openImages(folder, {signature}, never);
		expect(images.map(({manifest}) => manifest.digest)).toEqual([image.manifest.digest]);
		expect(images[0]?.blobs.map(({digest}) => digest)).toEqual(image.blobs.map(({digest}) => digest));
	});

	test('are refused when a file is not the one that was signed', async () => {
		const {folder, layer, signature} = await signed();
		await appendFile(layer, 'x');
		expect((await problemOf(openImages(folder, {signature}, never))).code).toBe('bundle-signature-broken');
	});

	test('are refused without a signature where one is required', async () => {
		const folder = await writeLayout(join(await temporary(), 'layout'), [image]);
		const {signature} = await signed();
		expect((await problemOf(openImages(folder, {signature}, never))).code).toBe('bundle-signature-missing');
		expect((await openImages(folder, off, never)).images).toHaveLength(1);
	});

	test('a folder without any, and a path that is not there, are told apart', async () => {
		const empty = await temporary();
		expect((await problemOf(openImages(empty, off, never))).code).toBe('bundle-layout');
		expect((await problemOf(openImages(join(empty, 'none'), off, never))).code).toBe('bundle-not-found');
	});

	test('bytes are the same from any offset, whichever way they are read', async () => {
		const bytes = noise('long', 5 * 1024 * 1024 + 12_345);
		const folder = await writeLayout(join(await temporary(), 'layout'), [imageOf('long', [bytes])]);
		const blob = (await openImages(folder, off, never)).images[0]?.blobs[1];
		for (const offset of [0, 1, 1024 * 1024, 3_000_001, bytes.length - 1, bytes.length]) {
			const parts: Buffer[] = [];
			let before: {readonly chunk: Buffer; readonly copy: Buffer} | undefined;
			for await (const chunk of blob?.scan?.(offset) ?? []) {
				// The chunk before this one may still be on its way.
				if (before) expect(before.chunk.equals(before.copy)).toBe(true);
				before = {chunk, copy: Buffer.from(chunk)};
				parts.push(before.copy);
			}
			expect(Buffer.concat(parts).equals(bytes.subarray(offset))).toBe(true);
		}
	});
});
