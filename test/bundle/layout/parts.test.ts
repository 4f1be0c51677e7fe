import {rm, truncate, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {type PartsFile, partName, partsFileSchema} from '../../../source/bundle/layout/parts-file.ts';
import {createBundlePort} from '../../../source/bundle/open/bundle.ts';
import {bundleFiles, hex, never, problemOf, tarOf, temporary, writeFiles} from '../helpers.ts';

/** A bundle's tar cut into parts of `partSize` bytes, with the list of them. */
const cut = async (partSize: number) => {
	const directory = await temporary();
	const tar = await tarOf(await bundleFiles());
	await writeFile(join(directory, 'whole'), tar);
	const whole = await createBundlePort({path: join(directory, 'whole'), workDirectory: join(directory, 'work')}).open(
		never,
	);
	await rm(join(directory, 'whole'));
	const parts: PartsFile['parts'] = [];
	for (let at = 0; at < tar.length; at += partSize) {
		const bytes = tar.subarray(at, at + partSize);
		const file = partName('b.tar', parts.length + 1);
		await writeFile(join(directory, file), bytes);
		parts.push({file, size: bytes.length, digest: `sha256:${hex(bytes)}`});
	}
	const list: PartsFile = {formatVersion: 1, name: 'b.tar', size: tar.length, partSize, parts, bundle: whole.digest};
	await writeFile(join(directory, 'b.tar.parts.json'), JSON.stringify(partsFileSchema.parse(list)));
	return {directory, whole, list};
};

const portOf = async (path: string) => createBundlePort({path, workDirectory: join(await temporary(), 'work')});

describe('a bundle in parts', () => {
	test.each([1000, 513, 40_000])('of %i bytes is read and verified without joining them', async (partSize) => {
		const {directory, whole, list} = await cut(partSize);
		const paths = [
			join(directory, 'b.tar.parts.json'),
			directory,
			join(directory, 'b.tar.001'),
			join(directory, 'b.tar'),
		];
		for (const path of paths) {
			expect((await (await portOf(path)).open(never)).digest).toBe(whole.digest);
		}
		const port = await portOf(directory);
		const bundle = await port.open(never);
		for (const blob of bundle.images.flatMap(({blobs}) => blobs)) {
			const chunks: Buffer[] = [];
			for await (const chunk of blob.open()) chunks.push(chunk as Buffer);
			expect(`sha256:${hex(Buffer.concat(chunks))}`).toBe(blob.digest);
		}
		await port.verify({signal: never, onProgress: () => {}});
		expect(list.parts.length).toBeGreaterThan(1);
	});

	test('of which some are missing is refused, and they are named', async () => {
		const {directory} = await cut(20_000);
		await rm(join(directory, 'b.tar.002'));
		const problem = await problemOf((await portOf(directory)).open(never));
		expect(problem).toMatchObject({code: 'bundle-part-missing', area: 'bundle'});
		expect(problem.message).toContain('b.tar.002');
		expect(problem.message).not.toContain('b.tar.001');
		expect(problem.fix).toContain('b.tar.002');
	});

	test('of which one is too short is refused, and it is named', async () => {
		const {directory} = await cut(20_000);
		await truncate(join(directory, 'b.tar.001'), 19_999);
		const problem = await problemOf((await portOf(directory)).open(never));
		expect(problem).toMatchObject({code: 'bundle-part-size'});
		expect(problem.message).toContain('b.tar.001 (19999 instead of 20000 bytes)');
	});

	test('is read anew when a part of it is replaced', async () => {
		const {directory} = await cut(20_000);
		const port = await portOf(directory);
		const first = await port.open(never);
		expect(await port.open(never)).toBe(first);
		await rm(join(directory, 'b.tar.002'));
		expect((await problemOf(port.open(never))).code).toBe('bundle-part-missing');
	});
});

describe('a bundle in parts', () => {
	test('whose list is damaged, or of which there are two, is refused', async () => {
		const {directory, list} = await cut(20_000);
		const file = join(directory, 'b.tar.parts.json');
		const broken = [
			'{',
			'[]',
			JSON.stringify({...list, size: list.size + 1}),
			JSON.stringify({...list, formatVersion: 2}),
			JSON.stringify({...list, parts: list.parts.map((part) => ({...part, file: `../${part.file}`}))}),
			JSON.stringify({...list, parts: list.parts.map((part) => ({...part, file: 'b.tar.001'}))}),
		];
		for (const text of broken) {
			await writeFile(file, text);
			expect(await problemOf((await portOf(file)).open(never))).toMatchObject({
				code: 'bundle-parts-damaged',
				location: {file: 'b.tar.parts.json'},
			});
		}
		await writeFiles(directory, {'c.tar.parts.json': JSON.stringify(list)});
		expect((await problemOf((await portOf(directory)).open(never))).code).toBe('bundle-parts-ambiguous');
	});
});
