import {createHash} from 'node:crypto';
import {appendFile, readFile, truncate, writeFile} from 'node:fs/promises';
import {gzipSync, zstdCompressSync} from 'node:zlib';
import {describe, expect, test} from 'vitest';
import {openTar} from '../../source/archive/open-tar.ts';
import {unpackedOf} from '../../source/archive/range.ts';
import {openSlice, type Slice, scanSlice, withReader} from '../../source/archive/slice.ts';
import {classic, hex, layer, modern, never, problemOf, tarOf} from '../bundle/helpers.ts';
import {contentOf, sliceOf as sliceNamed} from './helpers.ts';

const compressions = [
	['gzip', gzipSync],
	['zstd', zstdCompressSync],
] as const;

const sliceOf = (bytes: Buffer) => sliceNamed(bytes, 'images/x.tar.gz');

const patterned = (size: number): Buffer => {
	const bytes = Buffer.alloc(size);
	for (let at = 0, value = 1; at < size; at++) {
		value = (value * 48_271) % 0x7fff_ffff;
		bytes[at] = value & 0x1f;
	}
	return bytes;
};

describe.each(compressions)('with %s', (_algorithm, compress) => {
	test('several compressed streams in one file are one archive', async () => {
		const [image] = [{reference: 'v/app:1', layers: [await layer('base'), await layer('app')]}];
		const tar = await tarOf(modern([image]));
		for (const cuts of [[700], [512, 513, 4096], [0, tar.length]]) {
			const edges = [0, ...cuts, tar.length];
			const pieces = edges.slice(1).map((end, index) => compress(tar.subarray(edges[index], end)));
			const slice = await sliceOf(Buffer.concat(pieces));
			const {entries, complete} = await openTar(slice, never);
			expect(complete).toBe(true);
			expect([...entries.keys()]).toEqual([...(await openTar(await sliceOf(tar), never)).entries.keys()]);
		}
	});

	test.each([
		['nothing but its magic number', 'bundle-archive-truncated', (bytes: Buffer) => bytes.subarray(0, 6)],
		['a cut in the middle', 'bundle-archive-truncated', (bytes: Buffer) => bytes.subarray(0, bytes.length >> 1)],
		['its last byte missing', 'bundle-archive-truncated', (bytes: Buffer) => bytes.subarray(0, -1)],
		[
			'something else behind it',
			'bundle-archive-damaged',
			(bytes: Buffer) => Buffer.concat([bytes, Buffer.from('and more')]),
		],
		[
			'changed bytes',
			'bundle-archive-damaged',
			(bytes: Buffer) => {
				const copy = Buffer.from(bytes);
				copy.fill(0xee, 40, 60);
				return copy;
			},
		],
	] as const)('a file with %s is refused by name', async (_what, code, change) => {
		// Random layers: what is left of a cut is no whole archive by luck.
		const random = await tarOf({file: createHash('sha512').update('x').digest().toString('hex').repeat(40)});
		const tar = await tarOf(classic([{reference: 'v/app:1', layers: [random]}]));
		const slice = await sliceOf(change(compress(tar)));
		const problem = await problemOf(openTar(slice, never));
		expect(problem).toMatchObject({code, area: 'bundle', location: {file: 'images/x.tar.gz'}});
	});

	test('a file that unpacks to gigabytes of nothing is refused', async () => {
		const zeros = compress(Buffer.alloc(64 * 1024 * 1024));
		const header = Buffer.from(await tarOf({big: ''})).subarray(0, 512);
		header.write('77777777777', 124, 'latin1');
		header.fill(32, 148, 156);
		const sum = header.reduce((total, byte) => total + byte, 0);
		header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
		const slice = await sliceOf(Buffer.concat([compress(header), ...Array.from({length: 30}, () => zeros)]));
		expect(await problemOf(openTar(slice, never))).toMatchObject({code: 'bundle-archive-oversized'});
	});
});

describe.each(compressions)('with %s', (algorithm, compress) => {
	test('members read in any order, alone or side by side, give the same bytes', async () => {
		const content = patterned(3_000_000);
		const slice = unpackedOf(await sliceOf(compress(content)), algorithm);
		const at = (offset: number, size: number): Slice => ({...slice, offset, size});
		const ranges = [
			[0, 10],
			[10, 700_000],
			[900_000, 1],
			[2_999_999, 1],
			[5, 2_000_000],
			[4, 1],
			[2_500_000, 500_000],
		] as const;
		for (const [offset, size] of ranges) {
			const found = await contentOf(openSlice(at(offset, size)));
			expect(found.equals(content.subarray(offset, offset + size))).toBe(true);
		}
		const together = await Promise.all(ranges.map(([offset, size]) => contentOf(openSlice(at(offset, size)))));
		for (const [index, [offset, size]] of ranges.entries()) {
			expect(together[index]?.equals(content.subarray(offset, offset + size))).toBe(true);
		}
		const backwards = await withReader(at(1000, 2_000_000), async (read) => [
			await read(1_000_000, 3),
			await read(7, 3),
			await read(1_999_999, 1),
		]);
		expect(Buffer.concat(backwards)).toEqual(
			Buffer.concat([
				content.subarray(1_001_000, 1_001_003),
				content.subarray(1007, 1010),
				content.subarray(2_000_999, 2_001_000),
			]),
		);
		expect((await problemOf(contentOf(openSlice(at(2_999_990, 11))))).code).toBe('bundle-archive-truncated');
	});

	test('a reader that loses interest half way does no harm to the next', async () => {
		const content = patterned(3_000_000);
		const slice = {...unpackedOf(await sliceOf(compress(content)), algorithm), size: content.length};
		for (let turn = 0; turn < 3; turn++) {
			for await (const chunk of openSlice(slice, 1000)) {
				expect((chunk as Buffer).equals(content.subarray(1000, 1000 + (chunk as Buffer).length))).toBe(true);
				break;
			}
		}
		const found = await contentOf(openSlice(slice, 2000));
		expect(found.equals(content.subarray(2000))).toBe(true);
	});
});

describe.each(compressions)('with %s', (algorithm, compress) => {
	test('an archive that is replaced between two reads is read anew', async () => {
		const [first, second] = [patterned(200_000), patterned(200_000).reverse()];
		const slice = unpackedOf(await sliceOf(compress(first)), algorithm);
		expect(await contentOf(openSlice({...slice, size: 10}))).toEqual(first.subarray(0, 10));
		const bytes = compress(second);
		await writeFile(slice.file, bytes);
		const from = {...slice.unpacked.from, size: bytes.length};
		const replaced = unpackedOf(from, algorithm);
		expect(await contentOf(openSlice({...replaced, offset: 100, size: 100}))).toEqual(second.subarray(100, 200));
	});

	test('one scan shows the compressed bytes and what comes out of them', async () => {
		const content = patterned(2_000_000);
		const packed = compress(content);
		const seen = [createHash('sha256'), createHash('sha256')] as const;
		for await (const chunk of scanSlice(unpackedOf(await sliceOf(packed), algorithm), (raw) => seen[0].update(raw))) {
			seen[1].update(chunk);
		}
		expect(seen.map((hash) => hash.digest('hex'))).toEqual([hex(packed), hex(content)]);
	});
});

describe('gzip and zstd as their tools write them', () => {
	test('zeros that a tape or a raw device added behind gzip data are no harm', async () => {
		const tar = await tarOf(modern([{reference: 'v/app:1', layers: [await layer('base')]}]));
		const slice = await sliceOf(gzipSync(tar));
		await appendFile(slice.file, Buffer.alloc(3_000_000));
		expect((await openTar({...slice, size: slice.size + 3_000_000}, never)).complete).toBe(true);
	});

	test('skippable frames, with which pzstd begins its files, are skipped', async () => {
		const tar = await tarOf(modern([{reference: 'v/app:1', layers: [await layer('base')]}]));
		const frame = Buffer.from('502a4d18040000000102030405'.slice(0, 24), 'hex');
		const pieces = [tar.subarray(0, 1000), tar.subarray(1000)].flatMap((piece) => [frame, zstdCompressSync(piece)]);
		expect((await openTar(await sliceOf(Buffer.concat(pieces)), never)).complete).toBe(true);
		const frames = Buffer.concat(Array.from({length: 110_000}, () => frame));
		expect((await problemOf(openTar(await sliceOf(frames), never))).area).toBe('bundle');
	});

	test('members that are read in their order cost one pass over the file', async () => {
		const content = patterned(4_000_000);
		const slice = unpackedOf(await sliceOf(gzipSync(content, {level: 0})), 'gzip');
		const readBytes = async () => Number(/^rchar: (\d+)$/mu.exec(await readFile('/proc/self/io', 'utf8'))?.[1]);
		const before = await readBytes();
		for (let offset = 0; offset < content.length; offset += 100_000) {
			const found = await contentOf(openSlice({...slice, offset, size: 90_000}));
			expect(found.equals(content.subarray(offset, offset + 90_000))).toBe(true);
		}
		// Forty passes from the start would read some 80 MB.
		expect((await readBytes()) - before).toBeLessThan(12_000_000);
	});

	test('a file that shrinks while it is read is told', async () => {
		const content = patterned(4_000_000);
		const slice = unpackedOf(await sliceOf(gzipSync(content, {level: 0})), 'gzip');
		await truncate(slice.file, 1_000_000);
		expect((await problemOf(contentOf(openSlice({...slice, size: content.length})))).code).toBe(
			'bundle-archive-truncated',
		);
		expect((await readFile(slice.file)).length).toBe(1_000_000);
	});
});
