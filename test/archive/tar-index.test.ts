import {gzipSync} from 'node:zlib';
import {expect, test} from 'vitest';
import {unpackedOf} from '../../source/archive/range.ts';
import {openSlice, readSlice} from '../../source/archive/slice.ts';
import {indexTar} from '../../source/archive/tar-index.ts';
import {tarTree} from '../../source/archive/tree.ts';
import {never, problemOf} from '../bundle/helpers.ts';
import {blocksOf, contentOf, headerOf, sliceOf, tarEnd} from './helpers.ts';

const list = async (...pieces: readonly Buffer[]) => indexTar(await sliceOf(Buffer.concat(pieces)), never);

const member = (name: string, content: string, type = '0') =>
	Buffer.concat([headerOf(name, {type, size: content.length}), blocksOf(content)]);

test('each kind of member is told, and where the bytes of a file lie', async () => {
	const {entries, complete} = await list(
		member('./a//b', 'hello'),
		headerOf('hard', {type: '1', target: 'a/b'}),
		headerOf('soft', {type: '2', target: 'a/b'}),
		headerOf('folder/', {type: '5'}),
		headerOf('pipe', {type: '6'}),
		tarEnd,
	);
	expect(complete).toBe(true);
	expect([...entries].map(([name, {kind}]) => [name, kind])).toEqual([
		['a/b', 'file'],
		['hard', 'link'],
		['soft', 'symlink'],
		['folder', 'folder'],
		['pipe', 'other'],
	]);
	const slice = entries.get('a/b')?.slice;
	expect(slice).toMatchObject({offset: 512, size: 5, label: 'images/x.tar:a/b'});
	expect(slice && (await readSlice(slice)).toString()).toBe('hello');
});

test('the later of two members of one name counts, and a member that is the archive itself is none', async () => {
	const {entries} = await list(headerOf('./', {type: '5'}), member('a', 'old'), member('a', 'newer'), tarEnd);
	expect([...entries.keys()]).toEqual(['a']);
	expect(entries.get('a')?.slice.size).toBe(5);
});

test('a tar without its closing blocks is not complete, with or without a piece of the next header', async () => {
	expect(await list(member('a', 'x'))).toMatchObject({complete: false});
	expect(await list(member('a', 'x'), Buffer.alloc(100))).toMatchObject({complete: false});
	const packed = await sliceOf(gzipSync(Buffer.concat([member('a', 'x'), Buffer.alloc(100)])));
	expect(await indexTar(unpackedOf(packed, 'gzip'), never)).toMatchObject({complete: false});
});

test('what a header before a member says of it counts for that member alone', async () => {
	const long = `${'long/'.repeat(40)}name`;
	const {entries} = await list(
		member('ignored', `${long}\0`, 'L'),
		member('short', 'x'),
		member('ignored', 'target/of/link\0', 'K'),
		headerOf('link', {type: '2', target: 'short'}),
		member('pax', '14 path=paxed\n27 linkpath=somewhere/else\n', 'x'),
		headerOf('other', {type: '2'}),
		member('global', '17 path=everyone\n', 'g'),
		member('own', 'x'),
		tarEnd,
	);
	expect([...entries].map(([name, {target}]) => [name, target])).toEqual([
		[long, ''],
		['link', 'target/of/link'],
		['paxed', 'somewhere/else'],
		['own', ''],
	]);
});

test('a size beyond what a header can say comes from pax, but never for a link', async () => {
	const {entries} = await list(
		member('pax', '10 size=5\n', 'x'),
		headerOf('a', {size: 0}),
		blocksOf('hello'),
		member('pax', '10 size=5\n', 'x'),
		headerOf('b', {type: '1', size: 9, target: 'a'}),
		tarEnd,
	);
	expect([...entries].map(([name, {slice}]) => [name, slice.size])).toEqual([
		['a', 5],
		['b', 0],
	]);
});

test('numbers of GNU tar beyond 8 GiB are read', async () => {
	const header = headerOf('huge');
	header.fill(0, 124, 136);
	header[124] = 0x80;
	header.writeBigUInt64BE(BigInt(1024 ** 4), 128);
	header.fill(32, 148, 156);
	const sum = header.reduce((total, byte) => total + byte, 0);
	header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
	expect((await problemOf(list(header))).cause).toBe('The member huge claims 1099511627776 bytes, but only 0 follow.');
});

test('of a compressed archive texts are kept while it is listed, and large members only by their first bytes', async () => {
	const layer = Buffer.alloc(3000, 'x\0').toString();
	const slice = unpackedOf(
		await sliceOf(gzipSync(Buffer.concat([member('text', '{"a":1}'), member('layer', layer), tarEnd]))),
		'gzip',
	);
	const {entries} = await indexTar(slice, never);
	const [text, large] = [entries.get('text')?.slice, entries.get('layer')?.slice];
	expect(Buffer.from(text?.head ?? []).toString()).toBe('{"a":1}');
	expect(large?.head).toHaveLength(16);
	expect(large && (await contentOf(openSlice(large))).toString()).toBe(layer);
	const wanted = (await indexTar(slice, never, (name) => name === 'layer')).entries.get('layer')?.slice;
	expect(wanted?.head).toHaveLength(3000);
});

test('a link is followed to the file that it means, over other links', async () => {
	const tree = tarTree(
		'x',
		await list(
			member('a/file', 'hello'),
			headerOf('b/soft', {type: '2', target: '../a/file'}),
			headerOf('c', {type: '1', target: 'b/soft'}),
			headerOf('gone', {type: '2', target: 'nowhere'}),
			headerOf('a/', {type: '5'}),
			tarEnd,
		),
	);
	expect(tree.find('c')).toMatchObject({size: 5});
	expect([tree.find('gone'), tree.find('a'), tree.find('none')]).toEqual([undefined, undefined, undefined]);
});

test('an abort ends the listing', async () => {
	const slice = await sliceOf(Buffer.concat([member('a', 'x'), tarEnd]));
	await expect(indexTar(slice, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
});
